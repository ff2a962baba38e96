// The vault, as one caller sees it.
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "vault/custody/access.h"
#include "vault/custody/break_glass_view.h"
#include "vault/custody/holders.h"
#include "vault/custody/recovery.h"
#include "vault/pki/inspect.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

void RenderPending(const custody::PendingRestore& pending, v1::PendingRestore& out) {
  out.set_entries(pending.restore.entries);
  out.set_last_known_entries(pending.restore.last_known.value_or(0));
  SetTime(pending.restore.restored_at, out.mutable_restore_time());
  out.set_needed(static_cast<std::int32_t>(pending.restore.needed));
  for (const storage::Holder& holder : pending.confirmed) out.add_confirmed_by(HolderName(holder.name));
  for (const storage::Holder& holder : pending.waiting) out.add_waiting_for(HolderName(holder.name));
  out.set_advice(custody::RestoreAdvice(pending));
}

using custody::Actor;

class VaultService final : public v1::VaultService::CallbackService {
 public:
  explicit VaultService(Core& core) : core_(core) {}

 private:
  Reactor* GetVault(Context* context, const v1::GetVaultRequest* request, v1::Vault* response) override {
    const auto prepare = [this](const v1::GetVaultRequest&) -> absl::StatusOr<Query<v1::Vault>> {
      return [this](custody::ReadTx& tx, const Actor& actor, v1::Vault& out) { return Fill(tx, actor, out); };
    };
    return Read(core_, context, "holdfast.v1.VaultService/GetVault", request, response, prepare);
  }

  Reactor* ConfirmRestore(Context* context, const v1::ConfirmRestoreRequest* request,
                          v1::Vault* response) override {
    const auto prepare = [this](const v1::ConfirmRestoreRequest&,
                                custody::Request keyed) -> absl::StatusOr<Work<v1::Vault>> {
      return [this, keyed = std::move(keyed)](custody::WriteTx& tx, const Actor& actor, v1::Vault& out) {
        HF_RETURN_IF_ERROR(custody::ConfirmRestore(tx, actor, keyed));
        return Fill(tx, actor, out);
      };
    };
    return Write(core_, context, "holdfast.v1.VaultService/ConfirmRestore", request, response, prepare);
  }

  Reactor* SetCustodian(Context* context, const v1::SetCustodianRequest* request, v1::Vault* response) override {
    const auto prepare = [this](const v1::SetCustodianRequest& message,
                                custody::Request keyed) -> absl::StatusOr<Work<v1::Vault>> {
      HF_ASSIGN_OR_RETURN(std::string holder, ParseName("holders", message.holder(), "holder"));
      return [this, keyed = std::move(keyed), holder = std::move(holder)](
                 custody::WriteTx& tx, const Actor& actor, v1::Vault& out) -> absl::Status {
        HF_RETURN_IF_ERROR(custody::SetCustodian(tx, actor, keyed, holder).status());
        return Fill(tx, actor, out);
      };
    };
    return Write(core_, context, "holdfast.v1.VaultService/SetCustodian", request, response, prepare);
  }

  absl::Status Fill(custody::Tx& tx, const Actor& actor, v1::Vault& out) const {
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, policy::Action::kVaultRead, {}).status());
    HF_ASSIGN_OR_RETURN(const storage::Holder custodian, custody::Custodian(tx));
    out.set_vault_id(tx.keys().vault_id_hex());
    out.set_server_version(core_.version);
    SetTime(WallNow(), out.mutable_server_time());
    out.set_box_key(std::string(AsChars(tx.keys().box.public_key())));
    out.set_box_key_signature(std::string(AsChars(tx.keys().box_signature)));
    Render(actor.holder, *out.mutable_caller());
    out.set_caller_fingerprint(custody::FingerprintOf(actor.key));
    out.set_custodian(HolderName(custodian.name));
    out.set_policy_hash(HexEncode(tx.policy().sha256));
    HF_ASSIGN_OR_RETURN(const int to_veto, custody::CountVetoable(tx, actor));
    out.set_break_glass_to_veto(to_veto);
    SetTime(tx.keys().server_certificate->current().not_after, out.mutable_server_certificate_expire_time());
    HF_ASSIGN_OR_RETURN(const auto ca, pki::InspectCertificate(tx.keys().ca_certificate));
    SetTime(ca.not_after, out.mutable_ca_certificate_expire_time());
    HF_ASSIGN_OR_RETURN(const auto pending, custody::FindPendingRestore(tx));
    if (pending.has_value()) RenderPending(*pending, *out.mutable_pending_restore());
    HF_ASSIGN_OR_RETURN(const auto suspended, custody::SuspensionsToConfirm(tx, actor));
    for (const storage::Holder& holder : suspended) out.add_suspensions_to_confirm(HolderName(holder.name));
    return absl::OkStatus();
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeVaultService(Core& core) { return std::make_unique<VaultService>(core); }

}  // namespace holdfast::rpc
