#include "vault/audit/log.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/audit/entry.h"
#include "vault/crypto/mac.h"
#include "vault/storage/event_store.h"
#include "vault/storage/tree_store.h"

namespace holdfast::audit {
namespace {

constexpr int kLoadPage = 1000;

absl::Status Damaged(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, reason, message);
}

std::optional<std::int64_t> IdOf(const std::optional<Ref>& ref) {
  if (!ref.has_value()) return std::nullopt;
  return ref->id;
}

// Whatever is found by its columns must be found as what its leaf says.
bool ColumnsAgree(const storage::EventRow& row, const Leaf& leaf) {
  return row.idx == leaf.index && row.time == leaf.time && row.type == leaf.type && row.version == leaf.version &&
         row.outcome == leaf.outcome && row.rule == leaf.rule && row.actor_id.has_value() == leaf.actor.has_value() &&
         row.account_id.has_value() == leaf.account.has_value() &&
         row.secret_id.has_value() == leaf.secret.has_value() &&
         row.subject_id.has_value() == leaf.subject.has_value() &&
         row.handover_id.has_value() == leaf.handover.has_value();
}

// Checks one stored event against the stored tree and moves the tip over it.
absl::Status Replay(storage::TreeStore& tree, const storage::EventRow& row, Tip& tip) {
  const std::int64_t index = tip.edge.size();
  if (row.idx != index || row.time < tip.last_time)
    return Damaged("LOG_DAMAGED", fmt::format("the log is not contiguous at entry {}", index));
  std::int64_t position = evidence::StoredPosition(0, index);
  for (const evidence::Hash& hash : tip.edge.Append(evidence::HashLeaf(row.leaf))) {
    HF_ASSIGN_OR_RETURN(const storage::TreeHash stored, tree.Read(position++));
    if (stored != hash) return EntryChanged(index);
  }
  const auto leaf = ParseLeaf(AsChars(row.leaf));
  if (!leaf.has_value() || !ColumnsAgree(row, *leaf))
    return Damaged("LOG_DAMAGED", fmt::format("entry {} of the log is not what its leaf says", index));
  tip.last_time = row.time;
  tip.last_uptime = std::max(tip.last_uptime, leaf->uptime);
  return absl::OkStatus();
}

storage::EventRow RowOf(const LeafFrame& frame, const Event& event, std::string_view leaf,
                        std::vector<storage::EventText> texts) {
  return {.idx = frame.index,
          .time = frame.time,
          .type = event.type,
          .actor_id = IdOf(event.actor),
          .account_id = IdOf(event.account),
          .secret_id = IdOf(event.secret),
          .subject_id = IdOf(event.subject),
          .version = event.version,
          .handover_id = IdOf(event.handover),
          .outcome = event.outcome,
          .rule = event.rule,
          .leaf = ToBytes(AsBytes(leaf)),
          .texts = std::move(texts)};
}

}  // namespace

crypto::Digest StateMac(const SecretBytes& key, std::int64_t index, const storage::StateSum& sum) {
  Bytes index_bytes;
  AppendU64(index_bytes, static_cast<std::uint64_t>(index));
  Bytes sum_bytes;
  for (const std::uint64_t lane : sum.lanes) AppendU64(sum_bytes, lane);
  return crypto::Mac(key, {AsBytes("holdfast-state-v1"), index_bytes, sum_bytes});
}

evidence::HashReader StoredHashes(storage::Connection& db) {
  return [&db](std::int64_t position) { return storage::TreeStore(db).Read(position); };
}

absl::StatusOr<Log> Log::Load(storage::Connection& db, const SecretBytes& state_key) {
  Log log(state_key);
  storage::EventStore events(db);
  storage::TreeStore tree(db);
  while (true) {
    HF_ASSIGN_OR_RETURN(const auto page, events.From(log.tip_.edge.size(), kLoadPage));
    for (const storage::EventRow& row : page) HF_RETURN_IF_ERROR(Replay(tree, row, log.tip_));
    if (page.size() < kLoadPage) break;
  }
  HF_ASSIGN_OR_RETURN(const std::int64_t stored, tree.Count());
  if (stored != evidence::StoredCount(log.tip_.edge.size()))
    return Damaged("LOG_DAMAGED", "the log's tree has hashes of entries that are not there");
  return log;
}

absl::Status Log::Append(storage::Connection& db, Tip& tip, Micros now, Micros uptime, ByteView command,
                         const crypto::Digest& policy, const Event& event) const {
  const std::int64_t index = tip.edge.size();
  const LeafFrame frame{.index = index,
                        .time = std::max(now, tip.last_time),
                        .uptime = std::max(uptime, tip.last_uptime),
                        .command = ToBytes(command),
                        .policy = policy,
                        .state = StateMac(*state_key_, index, db.state_sum())};
  std::map<std::string, Commitment> commitments;
  std::vector<storage::EventText> texts;
  for (const auto& [field, text] : event.texts) {
    if (text.empty()) continue;
    const Commitment& commitment = commitments.emplace(field, Commit(text)).first->second;
    texts.push_back({.field = field, .salt = commitment.salt, .text = text});
  }
  const std::string leaf = FormatLeaf(frame, event, commitments);
  HF_RETURN_IF_ERROR(storage::EventStore(db).Append(RowOf(frame, event, leaf, std::move(texts))));
  const std::vector<evidence::Hash> hashes = tip.edge.Append(evidence::HashLeaf(AsBytes(leaf)));
  HF_RETURN_IF_ERROR(storage::TreeStore(db).Append(evidence::StoredPosition(0, index), hashes));
  tip.last_time = frame.time;
  tip.last_uptime = frame.uptime;
  return absl::OkStatus();
}

std::string Log::SignCheckpoint(const std::string& origin, const crypto::Signer& signer) const {
  return evidence::SignNote(
      evidence::FormatCheckpoint({.origin = origin, .size = tip_.edge.size(), .root = tip_.edge.Root()}),
      origin, signer);
}

absl::Status Log::CheckExtends(storage::Connection& db, const evidence::Checkpoint& anchored) const {
  const std::int64_t size = tip_.edge.size();
  if (size < anchored.size) {
    return Damaged(
        "LOG_ROLLED_BACK",
        fmt::format("the database is older than its anchor: {} log entries, {} were anchored; put the newest "
                    "database back, or treat it as lost and investigate",
                    size, anchored.size));
  }
  HF_ASSIGN_OR_RETURN(const evidence::Hash root, evidence::RootAt(anchored.size, StoredHashes(db)));
  if (root != anchored.root) {
    return Damaged(
        "LOG_ROLLED_BACK",
        fmt::format("the log differs from its anchor within the first {} entries: this is not the database "
                    "that was anchored, or its history was changed",
                    anchored.size));
  }
  return absl::OkStatus();
}

absl::Status Log::CheckState(storage::Connection& db, const storage::StateSum& sum) const {
  const std::int64_t last = tip_.edge.size() - 1;
  HF_ASSIGN_OR_RETURN(const auto row, storage::EventStore(db).At(last));
  const std::string expected = R"("state":")" + HexEncode(StateMac(*state_key_, last, sum)) + '"';
  if (!row.has_value() || AsChars(row->leaf).find(expected) == std::string_view::npos) {
    return Damaged(
        "STATE_DAMAGED",
        "the database's rows are not those that the log's last entry recorded: they were changed outside the "
        "vault, or older pages were put back");
  }
  return absl::OkStatus();
}

}  // namespace holdfast::audit
