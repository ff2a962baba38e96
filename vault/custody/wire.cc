#include "vault/custody/wire.h"

#include <algorithm>
#include <utility>

namespace holdfast::custody {
namespace {

absl::StatusOr<crypto::BoxPublicKey> DeviceKeyOf(const Actor& actor) {
  crypto::BoxPublicKey key{};
  if (actor.key.box_public.size() != key.size())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a device key has the wrong size");
  std::ranges::copy(actor.key.box_public, key.begin());
  return key;
}

}  // namespace

absl::StatusOr<Plaintext> OpenFromCaller(const Tx& tx, const Actor& actor, crypto::BoxHeader header,
                                         const Boxed& boxed, std::string_view field) {
  if (boxed.box.empty() || boxed.box.size() > kMaxBoxSize)
    return InvalidField(field, "must be a sealed value of at most 80 KiB");
  if (!std::ranges::equal(boxed.server_key, tx.keys().box.public_key())) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "BOX_KEY_OLD",
        "the value was sealed to an older key of the server; get the present one and seal again");
  }
  header.recipient = tx.keys().vault_id_hex();
  HF_ASSIGN_OR_RETURN(const crypto::BoxPublicKey sender, DeviceKeyOf(actor));
  auto value = crypto::OpenBox(header, tx.now(), boxed.box, sender, tx.keys().box);
  if (!value.ok()) return InvalidField(field, MessageOf(value.status()));
  return value;
}

absl::StatusOr<Release> PrepareRelease(const Actor& actor, crypto::BoxHeader header, Plaintext value) {
  header.recipient = actor.holder.name;
  HF_ASSIGN_OR_RETURN(const crypto::BoxPublicKey recipient, DeviceKeyOf(actor));
  return Release{.value = std::move(value), .header = std::move(header), .recipient = recipient};
}

absl::StatusOr<Bytes> SealRelease(const Keys& keys, Micros now, const Release& release) {
  return crypto::SealBox(release.header, now + release.valid_for, release.value.ExposeSecret(), release.recipient,
                         keys.box);
}

}  // namespace holdfast::custody
