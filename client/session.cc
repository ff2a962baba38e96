#include "client/session.h"

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "client/approval_wait.h"
#include "client/restored.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "holdfast/v1/approval_service.grpc.pb.h"
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "vault/pki/enrollment_string.h"
#include "vault/pki/inspect.h"

namespace holdfast::client {
namespace {

constexpr std::chrono::seconds kDeadline(30);
constexpr std::chrono::seconds kRetryDeadline(5);
constexpr std::chrono::seconds kPollEvery(1);

absl::StatusOr<std::string> ApiAddress(const Identity& identity) {
  const char* override_address = std::getenv("HOLDFAST_SERVER");
  const bool overridden = override_address != nullptr && *override_address != '\0';
  std::string address = overridden ? override_address : identity.api_address;
  if (address.empty())
    return InvalidField("HOLDFAST_SERVER",
                        "must be set to the vault's host:port: enrollment did not tell it");
  if (!pki::IsHostPort(address)) return InvalidField("HOLDFAST_SERVER", "must be host:port");
  return address;
}

std::vector<Bytes> ToProof(const google::protobuf::RepeatedPtrField<std::string>& parts) {
  std::vector<Bytes> proof;
  for (const std::string& part : parts) proof.push_back(ToBytes(AsBytes(part)));
  return proof;
}

RestoredLog ToRestored(const v1::GetCheckpointResponse& answer) {
  RestoredLog log{.steps = {}, .note = answer.checkpoint(), .consistency = ToProof(answer.consistency())};
  for (const v1::Restore& restore : answer.restores())
    log.steps.push_back({.statement = restore.statement(), .consistency = ToProof(restore.consistency())});
  return log;
}

}  // namespace

Session::Session(Identity identity, std::string address, Witness witness)
    : identity_(std::move(identity)),
      address_(std::move(address)),
      witness_(std::move(witness)),
      remembered_(witness_.known()),
      channel_(ApiChannel(address_, identity_, verdict_)),
      in_use_(identity_.certificate_pem) {}

absl::StatusOr<std::unique_ptr<Session>> Session::Open(AutoRenewal renewal) {
  const std::string home = HomeDirectory();
  HF_ASSIGN_OR_RETURN(Identity identity, LoadIdentity(home));
  HF_RETURN_IF_ERROR(CheckCertificate(identity, WallNow()));
  HF_ASSIGN_OR_RETURN(std::string address, ApiAddress(identity));
  HF_ASSIGN_OR_RETURN(Witness witness, Witness::Load(home, identity.checkpoint_verifier));
  std::unique_ptr<Session> session(new Session(std::move(identity), std::move(address), std::move(witness)));
  absl::Status checked = session->CheckLog();
  if (ReasonOf(checked) == "KEY_REPLACED") checked = session->Challenge();
  HF_RETURN_IF_ERROR(checked);
  if (renewal == AutoRenewal::kOn) session->RenewIfDue();
  return session;
}

std::shared_ptr<grpc::Channel> Session::channel() const {
  const std::lock_guard lock(channel_mutex_);
  return channel_;
}

std::string Session::certificate() const {
  const std::lock_guard lock(channel_mutex_);
  return in_use_;
}

void Session::Use(const Identity& renewed) {
  const std::lock_guard lock(channel_mutex_);
  channel_ = ApiChannel(address_, renewed, verdict_);
  in_use_ = renewed.certificate_pem;
}

bool Session::TakeRenewedElsewhere(const absl::Status& failed) {
  if (ReasonOf(failed) != "KEY_REPLACED") return false;
  const auto stored = LoadIdentity(HomeDirectory());
  if (!stored.ok() || stored->vault_id != identity_.vault_id || stored->holder != identity_.holder)
    return false;
  {
    const std::lock_guard lock(channel_mutex_);
    if (stored->certificate_pem == in_use_) return false;
  }
  Use(*stored);
  return true;
}

// Without the approvals that the command may wait for or name: this is not what they are for.
absl::StatusOr<std::optional<Identity>> Session::TryRenewal(Renewing renewing) {
  const auto ask = [this](const v1::RenewKeyRequest& request) -> absl::StatusOr<v1::RenewKeyResponse> {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    v1::RenewKeyResponse response;
    const grpc::Status status = v1::HolderService::NewStub(channel())->RenewKey(&context, request, &response);
    if (!status.ok()) return Explain(status);
    return response;
  };
  HF_ASSIGN_OR_RETURN(auto renewed, Renew(HomeDirectory(), identity_, WallNow(), renewing, ask));
  if (renewed.has_value()) Use(*renewed);
  return renewed;
}

void Session::RenewIfDue() {
  const auto from = RenewableFrom(identity_.certificate_pem);
  if (!from.ok() || WallNow() < *from) return;
  const auto renewed = TryRenewal(Renewing::kByItself);
  if ((renewed.ok() && !renewed->has_value()) || CurrentApprovalUse().quiet) return;
  const auto info = pki::InspectCertificate(certificate());
  if (!info.ok()) return;
  const std::string until = FormatTime(info->not_after);
  fmt::print(stderr, "{}\n",
             Printable(renewed.ok()
                           ? fmt::format("This device's certificate was renewed; it is good until {}.", until)
                           : fmt::format("This device's certificate ends at {} and could not be renewed: {}",
                                         until, MessageOf(renewed.status()))));
}

absl::Status Session::Challenge() {
  HF_RETURN_IF_ERROR(TryRenewal(Renewing::kAsked).status());
  return CheckLog();
}

absl::StatusOr<v1::RenewKeyResponse> Session::RenewDevice() {
  v1::RenewKeyResponse response;
  const auto ask = [&](const v1::RenewKeyRequest& request) -> absl::StatusOr<v1::RenewKeyResponse> {
    HF_ASSIGN_OR_RETURN(response,
                        Call<v1::HolderService>(&v1::HolderService::StubInterface::RenewKey, request));
    return response;
  };
  HF_ASSIGN_OR_RETURN(const auto renewed,
                      Renew(HomeDirectory(), identity_, WallNow(), Renewing::kAsked, ask));
  if (response.certificate().empty())
    return MakeError(absl::StatusCode::kAborted, "RENEWED_MEANWHILE",
                     "another command renewed this device just now; nothing is left to do");
  Use(*renewed);
  HF_RETURN_IF_ERROR(Vault().status());
  return response;
}

absl::StatusOr<v1::GetCheckpointResponse> Session::AskCheckpoint(std::int64_t known_size) {
  v1::GetCheckpointRequest request;
  request.set_known_size(known_size);
  request.set_origin(witness_.verifier().name);
  auto answer = Call<v1::AuditService>(&v1::AuditService::StubInterface::GetCheckpoint, request);
  // A log shorter than what was asked to be extended cannot give a proof, and says so.
  if (ReasonOf(answer.status()) == "CHECKPOINT_AHEAD")
    return VerificationFailed(
        fmt::format("the vault's log was rolled back: it no longer holds the {} entries that this "
                    "device has seen; do not trust its answers, tell your auditors",
                    witness_.known_size()));
  if (ReasonOf(answer.status()) == "ORIGIN_UNKNOWN")
    return VerificationFailed(
        fmt::format("what answers at {} is the vault from before the restore that this device accepted, or another "
                    "restore of it: do not trust its answers, ask your security team which one is served",
                    address_));
  return answer;
}

absl::Status Session::CheckLog() {
  HF_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, AskCheckpoint(witness_.known_size()));
  if (answer.restores_size() > 0) return GoOnRestored(answer);
  return witness_.Advance(answer.checkpoint(), ToProof(answer.consistency()));
}

absl::Status Session::GoOnRestored(v1::GetCheckpointResponse answer) {
  HF_ASSIGN_OR_RETURN(Loss loss, CheckRestored(witness_.verifier(), witness_.known(), ToRestored(answer)));
  if (loss.seen > loss.restored) {
    // The last checkpoint cannot be compared with a log that has lost its end; an older one can.
    HF_ASSIGN_OR_RETURN(remembered_, witness_.OlderThan(loss.restored));
    if (remembered_.has_value()) {
      HF_ASSIGN_OR_RETURN(answer, AskCheckpoint(remembered_->size));
      HF_ASSIGN_OR_RETURN(const Loss again,
                          CheckRestored(witness_.verifier(), remembered_, ToRestored(answer)));
      loss.statements = again.statements;
    }
  }
  HF_RETURN_IF_ERROR(AskToAccept(loss, witness_.EvidencePath()));
  return witness_.Accept(loss.statements, answer.checkpoint());
}

absl::StatusOr<v1::Vault> Session::Vault() {
  if (vault_.has_value()) return *vault_;
  HF_ASSIGN_OR_RETURN(v1::Vault vault,
                      Call<v1::VaultService>(&v1::VaultService::StubInterface::GetVault, {}));
  crypto::BoxPublicKey key{};
  if (vault.vault_id() != identity_.vault_id || vault.box_key().size() != key.size())
    return VerificationFailed("what answers is not the vault that this device is enrolled with");
  std::copy(vault.box_key().begin(), vault.box_key().end(), key.begin());
  if (!crypto::VerifyBoxKey(identity_.box_signing_key, identity_.vault_id_bytes(), key,
                            AsBytes(vault.box_key_signature())))
    return VerificationFailed("the server's key for secrets is not signed by the vault: nothing was sent");
  vault_ = vault;
  return vault;
}

absl::Status Session::Explain(const grpc::Status& status) const {
  if (status.ok() || !status.error_details().empty()) return FromGrpc(status, address_);
  if (const absl::Status verdict = verdict_->status(); !verdict.ok())
    return NotTheVault(address_, "that this device is enrolled with", verdict);
  if (!connected_ && TurnedAway(status, *verdict_, *channel()))
    return MakeError(absl::StatusCode::kUnauthenticated, "DEVICE_REFUSED",
                     fmt::format("the vault at {} closed the connection: this device's key was revoked, or the vault "
                                 "does not know it; {}",
                                 address_, EnrollAnew(identity_)));
  return FromGrpc(status, address_);
}

void Session::PrepareContext(grpc::ClientContext& context, bool again) const {
  context.set_deadline(std::chrono::system_clock::now() + (again ? kRetryDeadline : kDeadline));
  context.set_wait_for_ready(again);
  if (const std::string& approval = CurrentApprovalUse().name; !approval.empty())
    context.AddMetadata(kApprovalMetadata, approval);
}

absl::Status Session::AwaitApproval(const absl::Status& failed) {
  const ApprovalUse& use = CurrentApprovalUse();
  const std::string missing = MissingApproval(failed);
  if (missing.empty() || !use.wait.has_value()) return failed;
  if (!wait_until_.has_value()) wait_until_ = WallNow() + *use.wait;
  auto details = DetailsOf(failed);
  const std::string& who = details.contains("approvers") ? details["approvers"] : details["needs"];
  if (!use.quiet)
    fmt::print(stderr, "{}\n",
               Printable(fmt::format("Waits for {}: {}", missing,
                                     ApprovalAdvice(missing, who))));
  v1::GetApprovalRequest request;
  request.set_name(missing);
  for (;;) {
    HF_ASSIGN_OR_RETURN(const v1::Approval approval,
                        Call<v1::ApprovalService>(&v1::ApprovalService::StubInterface::GetApproval, request));
    HF_ASSIGN_OR_RETURN(const bool approved, IsApproved(approval));
    if (approved) return absl::OkStatus();
    if (WallNow() >= *wait_until_) return failed;
    std::this_thread::sleep_for(kPollEvery);
  }
}

bool Session::MayRetry(const grpc::Status& status) const {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty() && connected_;
}

}  // namespace holdfast::client
