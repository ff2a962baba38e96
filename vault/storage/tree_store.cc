#include "vault/storage/tree_store.h"

#include <algorithm>

#include "vault/storage/rows.h"

namespace holdfast::storage {

absl::Status TreeStore::Append(std::int64_t first_position, const std::vector<TreeHash>& hashes) {
  std::int64_t id = first_position;
  for (const TreeHash& hash : hashes)
    HF_RETURN_IF_ERROR(
        connection_.Exec("INSERT INTO tree_hash (id, hash) VALUES (?1, ?2)", ++id, ByteView(hash)));
  return absl::OkStatus();
}

absl::StatusOr<TreeHash> TreeStore::Read(std::int64_t position) {
  Statement statement = connection_.Query("SELECT hash FROM tree_hash WHERE id = ?1", position + 1);
  const Bytes stored = statement.Step() ? statement.Blob(0) : Bytes();
  HF_RETURN_IF_ERROR(statement.status());
  TreeHash hash{};
  if (stored.size() != hash.size())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a hash of the log's tree is missing");
  std::copy(stored.begin(), stored.end(), hash.begin());
  return hash;
}

absl::StatusOr<std::int64_t> TreeStore::Count() {
  return ReadInt(connection_.Query("SELECT coalesce(max(id), 0) FROM tree_hash"));
}

}  // namespace holdfast::storage
