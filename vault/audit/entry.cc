#include "vault/audit/entry.h"

#include <fmt/format.h>

#include <utility>

#include "vault/base/text.h"
#include "vault/evidence/tree.h"
#include "vault/storage/tree_store.h"

namespace holdfast::audit {
namespace {

// A text that is not UTF-8 was never recorded: nothing else comes in.
bool Opens(const Leaf& leaf, const storage::EventText& text) {
  const auto committed = leaf.commitments.find(text.field);
  return committed != leaf.commitments.end() && IsUtf8(text.text) &&
         ToBytes(crypto::Sha256({text.salt, AsBytes(text.text)})) == committed->second;
}

}  // namespace

absl::Status EntryChanged(std::int64_t index) {
  return MakeError(absl::StatusCode::kDataLoss, "LOG_DAMAGED",
                   fmt::format("entry {} of the log is not what was recorded", index));
}

absl::Status EntryMissing(std::int64_t index) {
  return MakeError(absl::StatusCode::kDataLoss, "LOG_DAMAGED", fmt::format("entry {} of the log is missing", index));
}

absl::StatusOr<Entry> CheckedEntry(storage::Connection& db, storage::EventRow row) {
  HF_ASSIGN_OR_RETURN(const storage::TreeHash stored,
                      storage::TreeStore(db).Read(evidence::StoredPosition(0, row.idx)));
  auto leaf = ParseLeaf(AsChars(row.leaf));
  if (stored != evidence::HashLeaf(row.leaf) || !leaf.has_value() || leaf->index != row.idx)
    return EntryChanged(row.idx);
  Entry entry{.row = std::move(row), .leaf = *std::move(leaf), .texts = {}, .absent = {}};
  for (const storage::EventText& text : entry.row.texts) {
    if (Opens(entry.leaf, text)) entry.texts.emplace(text.field, text);
  }
  for (const auto& [field, hash] : entry.leaf.commitments) {
    if (!entry.texts.contains(field)) entry.absent.push_back(field);
  }
  return entry;
}

}  // namespace holdfast::audit
