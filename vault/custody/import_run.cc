#include "vault/custody/import_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "vault/crypto/init.h"
#include "vault/custody/rehearsal.h"

namespace holdfast::custody {
namespace {

Bytes LooksOf(const ImportSource& source) {
  Bytes all;
  for (const std::string* text : {&source.group, &source.title, &source.username, &source.url})
    AppendField(all, AsBytes(*text));
  return ToBytes(crypto::Sha256(all));
}

}  // namespace

absl::StatusOr<ImportRun> ImportRun::Of(WriteTx& tx, const Actor& actor, const Request& request,
                                        const ImportItem& item) {
  ImportRun run({.holder_id = actor.holder.id,
                 .run = item.run,
                 .request_id = request.id,
                 .source = item.source.system,
                 .source_id = item.source.id,
                 .looks = LooksOf(item.source)});
  HF_ASSIGN_OR_RETURN(run.earlier_, storage::ImportStore(tx.db()).Like(run.own_));
  run.repeated_ = std::erase_if(run.earlier_, [&](const storage::ImportedItem& one) {
                    return one.request_id == request.id;
                  }) != 0;
  return run;
}

absl::Status ImportRun::CheckIsAnother() const {
  for (const storage::ImportedItem& one : earlier_) {
    const bool both = !own_.source_id.empty() && !one.source_id.empty();
    const bool same_id = both && own_.source_id == one.source_id && own_.source == one.source;
    if (!same_id && both) continue;
    return MakeError(absl::StatusCode::kAlreadyExists, "SAME_ITEM",
                     fmt::format("source: another item of this run has the same {}: nobody can tell them apart later; "
                                 "change one in the source, or delete it",
                                 same_id ? "id" : "folder, name, username and URL"));
  }
  return absl::OkStatus();
}

bool ImportRun::Took(std::int64_t account_id) const {
  return std::ranges::any_of(earlier_, [&](const auto& one) { return one.account_id == account_id; });
}

absl::Status ImportRun::Keep(WriteTx& tx, const Actor& actor, std::int64_t account_id, bool is_new) {
  if (repeated_) return absl::OkStatus();
  if (!is_new || !tx.dry_run()) own_.account_id = account_id;
  if (!tx.dry_run()) return storage::ImportStore(tx.db()).Add(own_, tx.now());
  tx.DoInstead([own = own_, event = RehearsalOf(tx, actor, absl::OkStatus())](WriteTx& after) {
    after.Record(event);
    return storage::ImportStore(after.db()).Add(own, after.now());
  });
  return absl::OkStatus();
}

}  // namespace holdfast::custody
