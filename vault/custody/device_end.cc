#include "vault/custody/device_end.h"

#include <utility>

#include "vault/crypto/fingerprint.h"
#include "vault/custody/holders.h"

namespace holdfast::custody {

absl::Status EndDevices(WriteTx& tx, const Actor& actor, std::vector<storage::DeviceKey> doomed,
                        std::string_view rule, const storage::Handover* handover) {
  for (storage::DeviceKey& key : doomed) {
    if (key.state == KeyState::kRevoked) continue;
    key.state = KeyState::kRevoked;
    key.revoked_at = tx.now();
    HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Update(key));
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, key.holder_id));
    audit::Event event;
    event.type = "key.end";
    event.actor = RefTo(actor.holder);
    event.subject = RefTo(holder);
    if (handover != nullptr) event.handover = RefTo(*handover);
    event.rule = rule;
    event.texts = {{"fingerprint", crypto::KeyFingerprint(key.cert_sha256, key.box_public)}};
    tx.Record(std::move(event));
  }
  return absl::OkStatus();
}

absl::Status EndAllDevices(WriteTx& tx, const Actor& actor, const storage::Holder& holder,
                           std::string_view rule) {
  storage::KeyStore keys(tx.db());
  HF_RETURN_IF_ERROR(VoidStrings(tx, holder));
  HF_ASSIGN_OR_RETURN(auto vouched, keys.UnconfirmedIssuedBy(holder.id));
  HF_RETURN_IF_ERROR(EndDevices(tx, actor, std::move(vouched), rule));
  HF_ASSIGN_OR_RETURN(auto own, keys.ByHolder(holder.id));
  return EndDevices(tx, actor, std::move(own), rule);
}

}  // namespace holdfast::custody
