#include "vault/storage/exposure_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "vault/storage/knowledge_store.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Exposure ReadExposure(const Statement& row) {
  Exposure exposure;
  exposure.id = row.Int(0);
  exposure.holder_id = row.Int(1);
  exposure.secret_id = row.Int(2);
  exposure.account_id = row.Int(3);
  exposure.version = row.Int(4);
  exposure.how = row.As<ExposureHow>(5);
  exposure.first_at = row.Int(6);
  exposure.last_at = row.Int(7);
  exposure.times = row.Int(8);
  return exposure;
}

constexpr int kReadAtOnce = 256;
// In the order of ReadExposure().
constexpr std::string_view kRows =
    "SELECT e.id, e.holder_id, e.secret_id, s.account_id, e.version, e.how, e.first_at, e.last_at, e.times"
    " FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE ";

// Tells which exposures still count; looks at each task once.
class Liveness {
 public:
  explicit Liveness(Connection& connection) : knowledge_(connection, KnownBy::kExposure), connection_(connection) {}

  absl::StatusOr<bool> Of(const Exposure& exposure) {
    HF_ASSIGN_OR_RETURN(const std::string person, PersonOf(exposure.holder_id));
    const auto key = std::pair(exposure.secret_id, person);
    auto known = tasks_.find(key);
    if (known == tasks_.end()) {
      HF_ASSIGN_OR_RETURN(TaskState state, knowledge_.TaskStateOf(exposure.secret_id, person));
      known = tasks_.emplace(key, std::move(state)).first;
    }
    const TaskState& task = known->second;
    if (task.settled != SettledAs::kNot) return false;
    return !task.replaced() || std::ranges::binary_search(task.open_versions, exposure.version);
  }

 private:
  absl::StatusOr<std::string> PersonOf(std::int64_t holder_id) {
    auto known = persons_.find(holder_id);
    if (known == persons_.end()) {
      Statement row = connection_.Query("SELECT person FROM holder WHERE id = ?1", holder_id);
      std::string person = row.Step() ? row.Text(0) : std::string();
      HF_RETURN_IF_ERROR(row.status());
      known = persons_.emplace(holder_id, std::move(person)).first;
    }
    return known->second;
  }

  KnowledgeStore knowledge_;
  Connection& connection_;
  std::map<std::pair<std::int64_t, std::string>, TaskState> tasks_;
  std::map<std::int64_t, std::string> persons_;
};

}  // namespace

absl::Status ExposureStore::Record(std::int64_t holder_id, std::int64_t secret_id, std::int64_t version,
                                   ExposureHow how, Micros now) {
  return connection_.Exec(
      "INSERT INTO exposure (holder_id, secret_id, version, how, first_at, last_at, times)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1) ON CONFLICT (holder_id, secret_id, version, how)"
      " DO UPDATE SET last_at = ?5, times = times + 1",
      holder_id, secret_id, version, how, now);
}

absl::StatusOr<std::vector<Exposure>> ExposureStore::List(const ExposureFilter& filter, std::int64_t after_id,
                                                          int limit) {
  Liveness liveness(connection_);
  std::vector<Exposure> listed;
  while (std::ssize(listed) < limit) {
    HF_ASSIGN_OR_RETURN(
        std::vector<Exposure> rows,
        ReadAll(connection_.Query(fmt::format("{}e.id > ?1 AND (?3 IS NULL OR e.holder_id = ?3)"
                                              " AND (?4 IS NULL OR s.account_id = ?4) ORDER BY e.id LIMIT ?2",
                                              kRows),
                                  after_id, kReadAtOnce, filter.holder_id, filter.account_id),
                &ReadExposure));
    if (rows.empty()) break;
    after_id = rows.back().id;
    for (Exposure& row : rows) {
      if (std::ssize(listed) == limit) break;
      HF_ASSIGN_OR_RETURN(row.live, liveness.Of(row));
      if (row.live || !filter.live_only) listed.push_back(row);
    }
  }
  return listed;
}

absl::StatusOr<std::vector<Exposure>> ExposureStore::Of(std::int64_t holder_id, std::int64_t secret_id,
                                                        std::int64_t version) {
  HF_ASSIGN_OR_RETURN(
      std::vector<Exposure> rows,
      ReadAll(connection_.Query(
                  fmt::format("{}e.holder_id = ?1 AND e.secret_id = ?2 AND e.version = ?3 ORDER BY e.id", kRows),
                  holder_id, secret_id, version),
              &ReadExposure));
  Liveness liveness(connection_);
  for (Exposure& row : rows) {
    HF_ASSIGN_OR_RETURN(row.live, liveness.Of(row));
  }
  return rows;
}

absl::StatusOr<std::vector<Exposure>> ExposureStore::AllOf(std::int64_t holder_id) {
  return ReadAll(connection_.Query(fmt::format("{}e.holder_id = ?1 ORDER BY e.id", kRows), holder_id),
                 &ReadExposure);
}

absl::StatusOr<bool> ExposureStore::HasSeen(std::string_view person, std::int64_t secret_id,
                                            std::int64_t version) {
  return ReadBool(connection_.Query("SELECT EXISTS (SELECT 1 FROM exposure e JOIN holder h ON h.id = e.holder_id"
                                    " WHERE e.secret_id = ?1 AND e.version = ?2 AND h.person = ?3)",
                                    secret_id, version, person));
}

absl::StatusOr<std::optional<Micros>> ExposureStore::LastShown(std::int64_t holder_id,
                                                               std::int64_t secret_id, std::int64_t version) {
  Statement statement = connection_.Query(
      "SELECT last_at FROM exposure WHERE holder_id = ?1 AND secret_id = ?2 AND version = ?3 AND how = ?4",
      holder_id, secret_id, version, ExposureHow::kShown);
  std::optional<Micros> last;
  if (statement.Step()) last = statement.Int(0);
  HF_RETURN_IF_ERROR(statement.status());
  return last;
}

}  // namespace holdfast::storage
