#include "vault/custody/knowledge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/crypto/mac.h"
#include "vault/crypto/value_forms.h"
#include "vault/custody/new_tasks.h"
#include "vault/pki/public_half.h"
#include "vault/storage/exposure_store.h"

namespace holdfast::custody {
namespace {

constexpr std::string_view kSeedKind = "totp";
constexpr std::uint8_t kScheme = 1;
constexpr std::size_t kHashSize = 16;
constexpr std::string_view kDomain = "holdfast-known-value-v1";

Bytes HashOf(const Tx& tx, crypto::ValueForm form, ByteView bytes) {
  const Bytes tag{static_cast<std::uint8_t>(form)};
  const crypto::Digest mac = crypto::Mac(tx.keys().knowledge, {AsBytes(kDomain), tag, bytes});
  Bytes hash(1 + kHashSize, kScheme);
  std::copy_n(mac.begin(), kHashSize, hash.begin() + 1);
  return hash;
}

}  // namespace

std::vector<Bytes> HashesOf(const Tx& tx, std::string_view kind, const Plaintext& value) {
  std::vector<Bytes> hashes;
  if (const auto half = pki::PublicHalf(value); half.has_value())
    hashes.push_back(HashOf(tx, crypto::ValueForm::kPublicKey, *half));
  for (const crypto::FormOfValue& form : crypto::FormsOf(value, /*is_seed=*/kind == kSeedKind)) {
    Bytes hash = HashOf(tx, form.form, form.bytes.ExposeSecret());
    if (std::ranges::find(hashes, hash) == hashes.end()) hashes.push_back(std::move(hash));
  }
  return hashes;
}

absl::Status RecordKnown(WriteTx& tx, const storage::Holder& holder, std::int64_t secret_id,
                         std::int64_t version) {
  HF_RETURN_IF_ERROR(
      storage::ExposureStore(tx.db()).Record(holder.id, secret_id, version, ExposureHow::kKnown, tx.now()));
  return AddTasksOf(tx, holder.person);
}

absl::Status KeepKnowledge(WriteTx& tx, const storage::Holder& workflow) {
  storage::ExposureStore exposures(tx.db());
  HF_ASSIGN_OR_RETURN(const auto seen, exposures.AllOf(workflow.id));
  if (seen.empty()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto identities, storage::HolderStore(tx.db()).ByPerson(workflow.person));
  const auto own = std::ranges::find(identities, HolderKind::kPerson, &storage::Holder::kind);
  if (own == identities.end())
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOBODY_TO_KNOW",
                     fmt::format("workflow {} knows values, and {}, who answers for it, has no other identity: "
                                 "register one first",
                                 workflow.name, workflow.person));
  for (const storage::Exposure& exposure : seen)
    HF_RETURN_IF_ERROR(RecordKnown(tx, *own, exposure.secret_id, exposure.version));
  return absl::OkStatus();
}

absl::StatusOr<Declared> DeclareKnown(WriteTx& tx, const Actor& actor, const Request& request,
                                      const Knowledge& knowledge) {
  // The decision depends on the holder: looked up before it, and an unknown id is told only after it.
  const auto found = FindHolder(tx, knowledge.holder);
  HF_ASSIGN_OR_RETURN(Located located,
                      Locate(tx, actor, policy::Action::kExposureAdd, knowledge.account, knowledge.secret,
                             knowledge.version, {{"reason", request.reason}}, found.ok() ? &*found : nullptr));
  HF_RETURN_IF_ERROR(found.status());
  Declared declared{.row = std::move(located.row), .holder = *found};
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return declared;
  HF_RETURN_IF_ERROR(
      RecordKnown(tx, declared.holder, declared.row.secret.id, declared.row.version.version));
  Target target = TargetOf(declared.row, {{"reason", request.reason}});
  target.subject = &declared.holder;
  tx.Record(EventFor(actor, policy::Action::kExposureAdd, target, located.decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(declared.row.version.version)));
  return declared;
}

}  // namespace holdfast::custody
