#include "vault/storage/event_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Bytes EncodeTexts(const std::vector<EventText>& texts) {
  Bytes out;
  for (const EventText& text : texts) {
    AppendField(out, AsBytes(text.field));
    AppendField(out, text.salt);
    AppendField(out, AsBytes(text.text));
  }
  return out;
}

// Takes a u32-prefixed field off the front; false when there is none that is whole.
bool TakeField(ByteView& in, ByteView& field) {
  if (in.size() < 4) return false;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | in[i];
  if (size > in.size() - 4) return false;
  field = in.subspan(4, size);
  in = in.subspan(4 + size);
  return true;
}

// As many as are whole: texts can be damaged without the log being so.
std::vector<EventText> DecodeTexts(ByteView in) {
  std::vector<EventText> texts;
  ByteView field;
  ByteView salt;
  ByteView text;
  while (TakeField(in, field) && TakeField(in, salt) && TakeField(in, text))
    texts.push_back({.field = std::string(AsChars(field)),
                     .salt = ToBytes(salt),
                     .text = std::string(AsChars(text))});
  return texts;
}

EventRow ReadEvent(const Statement& row) {
  EventRow event;
  event.idx = row.Int(0);
  event.time = row.Int(1);
  event.type = row.Text(2);
  event.actor_id = row.OptInt(3);
  event.account_id = row.OptInt(4);
  event.secret_id = row.OptInt(5);
  event.subject_id = row.OptInt(6);
  event.version = row.OptInt(7);
  event.handover_id = row.OptInt(8);
  event.outcome = row.As<EventOutcome>(9);
  event.rule = row.Text(10);
  event.leaf = row.Blob(11);
  event.texts = DecodeTexts(row.Blob(12));
  return event;
}

// A condition in use is a plain comparison, so that an index can serve it; the others still name their
// parameter.
std::string FilterSql(const EventFilter& filter) {
  std::string sql;
  sql += filter.actor_id.has_value() ? " AND actor_id = ?4" : " AND ?4 IS NULL";
  sql += filter.account_id.has_value() ? " AND account_id = ?5" : " AND ?5 IS NULL";
  sql += filter.secret_id.has_value() ? " AND secret_id = ?6" : " AND ?6 IS NULL";
  sql += filter.subject_id.has_value() ? " AND subject_id = ?7" : " AND ?7 IS NULL";
  sql += filter.handover_id.has_value() ? " AND handover_id = ?8" : " AND ?8 IS NULL";
  sql += filter.type.has_value() ? " AND type = ?9" : " AND ?9 IS NULL";
  sql += filter.outcome.has_value() ? " AND outcome = ?10" : " AND ?10 IS NULL";
  sql += filter.type_prefix.has_value() ? " AND substr(type, 1, length(?11)) = ?11" : " AND ?11 IS NULL";
  return sql;
}

}  // namespace

absl::Status EventStore::Append(const EventRow& event) {
  return connection_.Exec(
      "INSERT INTO event (idx, time, type, actor_id, account_id, secret_id, subject_id, version, "
      "handover_id, outcome,"
      " rule, leaf, texts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
      event.idx, event.time, event.type, event.actor_id, event.account_id, event.secret_id, event.subject_id,
      event.version, event.handover_id, event.outcome, event.rule, event.leaf,
      EncodeTexts(event.texts));
}

absl::StatusOr<std::int64_t> EventStore::Size() {
  return ReadInt(connection_.Query("SELECT coalesce(max(idx), -1) + 1 FROM event"));
}

absl::StatusOr<std::optional<EventRow>> EventStore::At(std::int64_t idx) {
  return ReadOne(connection_.Query("SELECT * FROM event WHERE idx = ?1", idx), &ReadEvent);
}

// Time never decreases with the index: no index on time is needed.
absl::StatusOr<std::int64_t> EventStore::FirstNotBefore(Micros time) {
  std::int64_t low = 0;
  HF_ASSIGN_OR_RETURN(std::int64_t high, Size());
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    HF_ASSIGN_OR_RETURN(const std::int64_t at,
                        ReadInt(connection_.Query("SELECT time FROM event WHERE idx = ?1", middle)));
    if (at < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

absl::StatusOr<IndexRange> EventStore::RangeOf(const EventFilter& filter) {
  HF_ASSIGN_OR_RETURN(const std::int64_t size, Size());
  IndexRange range{.first = 0, .last = size - 1};
  if (filter.time_from.has_value()) {
    HF_ASSIGN_OR_RETURN(range.first, FirstNotBefore(*filter.time_from));
  }
  if (filter.time_to.has_value()) {
    HF_ASSIGN_OR_RETURN(const std::int64_t end, FirstNotBefore(*filter.time_to));
    range.last = end - 1;
  }
  return range;
}

absl::StatusOr<std::vector<EventRow>> EventStore::From(std::int64_t from_idx, int limit) {
  return ReadAll(
      connection_.Query("SELECT * FROM event WHERE idx >= ?1 ORDER BY idx LIMIT ?2", from_idx, limit), &ReadEvent);
}

absl::StatusOr<std::vector<EventRow>> EventStore::List(const EventFilter& filter, const IndexRange& range,
                                                       int limit) {
  const std::string sql =
      "SELECT * FROM event WHERE idx BETWEEN ?1 AND ?2" + FilterSql(filter) + " ORDER BY idx DESC LIMIT ?3";
  return ReadAll(connection_.Query(sql, range.first, range.last, limit, filter.actor_id, filter.account_id,
                                   filter.secret_id, filter.subject_id, filter.handover_id, filter.type,
                                   filter.outcome, filter.type_prefix),
                 &ReadEvent);
}

}  // namespace holdfast::storage
