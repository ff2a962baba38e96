// One command's conversation with the vault. Opening it loads the identity, and before anything else checks
// that the vault's log extends what this device has seen. Then it renews a certificate in the last third of
// its life; when that fails, it says so and goes on with the old one. Calls are thread safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "client/channel.h"
#include "client/errors.h"
#include "client/identity.h"
#include "client/renewal.h"
#include "client/witness.h"
#include "grpcpp/grpcpp.h"
#include "holdfast/v1/audit_service.pb.h"
#include "holdfast/v1/vault_service.pb.h"
#include "vault/crypto/box.h"

namespace holdfast::client {

enum class AutoRenewal { kOn, kOff };

class Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(AutoRenewal renewal = AutoRenewal::kOn);

  const Identity& identity() const { return identity_; }
  const std::string& address() const { return address_; }
  Witness& witness() { return witness_; }
  const Witness& witness() const { return witness_; }
  // The checkpoint that this device remembered before the command, cut to what a restore kept; the witness itself
  // has moved on.
  const std::optional<evidence::Checkpoint>& remembered() const { return remembered_; }
  std::shared_ptr<grpc::Channel> channel() const;
  std::string certificate() const;  // that it calls with now, PEM

  // A unary call with a deadline; e.g. Call<v1::VaultService>(&v1::VaultService::StubInterface::GetVault,
  // request). When a connection that had worked breaks, the same request is sent once more: request ids make
  // that safe. When it lacks an approval, and the command is to wait for one, it is sent again once that is
  // given.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                                               const Request&, Response*),
                                const std::type_identity_t<Request>& request) {
    Response response;
    for (;;) {
      const auto service = Service::NewStub(channel());
      grpc::Status status;
      for (int attempt = 0; attempt < 2; ++attempt) {
        grpc::ClientContext context;
        PrepareContext(context, /*again=*/attempt > 0);
        response.Clear();
        status = (service.get()->*method)(&context, request, &response);
        if (!MayRetry(status)) break;
      }
      if (status.ok()) break;
      const absl::Status failed = Explain(status);
      if (!TakeRenewedElsewhere(failed)) HF_RETURN_IF_ERROR(AwaitApproval(failed));
    }
    connected_ = true;
    return response;
  }

  // All pages of a list in one response.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> CallAllPages(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                                                       const Request&,
                                                                                       Response*),
                                        std::type_identity_t<Request> request) {
    constexpr int kPageSize = 200;
    Response all;
    request.set_page_size(kPageSize);
    do {
      HF_ASSIGN_OR_RETURN(const Response page, Call<Service>(method, request));
      request.set_page_token(page.next_page_token());
      all.MergeFrom(page);
    } while (!request.page_token().empty());
    all.clear_next_page_token();
    return all;
  }

  // Explains a call's failure to somebody who called with this device.
  absl::Status Explain(const grpc::Status& status) const;

  // GetVault, once, with the signature on the server's box key checked.
  absl::StatusOr<v1::Vault> Vault();

  // Renews this device now, and uses the new certificate once.
  absl::StatusOr<v1::RenewKeyResponse> RenewDevice();

 private:
  Session(Identity identity, std::string address, Witness witness);
  absl::Status CheckLog();
  absl::StatusOr<std::optional<Identity>> TryRenewal(Renewing renewing);
  void RenewIfDue();
  // Of a certificate that was renewed, and not by this device: asks for the renewal, so that the vault finds
  // out.
  absl::Status Challenge();
  void Use(const Identity& renewed);
  // True when another process of this device renewed it, which is why this one was refused: it goes on with
  // the new certificate.
  bool TakeRenewedElsewhere(const absl::Status& failed);
  absl::StatusOr<v1::GetCheckpointResponse> AskCheckpoint(std::int64_t known_size);
  absl::Status GoOnRestored(v1::GetCheckpointResponse answer);
  void PrepareContext(grpc::ClientContext& context, bool again) const;
  bool MayRetry(const grpc::Status& status) const;
  // OK once the approval is there that `failed` lacks; else `failed`, or why it will never be there.
  absl::Status AwaitApproval(const absl::Status& failed);

  Identity identity_;  // but for the certificate, which is that of the beginning
  std::string address_;
  Witness witness_;
  std::optional<evidence::Checkpoint> remembered_;
  const std::shared_ptr<Verdict> verdict_ = std::make_shared<Verdict>();
  mutable std::mutex channel_mutex_;
  std::shared_ptr<grpc::Channel> channel_;  // guarded by channel_mutex_, as is in_use_
  std::string in_use_;                      // the certificate under it, PEM
  std::atomic<bool> connected_{false};
  std::optional<v1::Vault> vault_;
  std::optional<Micros> wait_until_;  // set by the first wait
};

}  // namespace holdfast::client
