// One unary call from its arrival to its answer, without blocking a thread of gRPC: it is checked where it
// arrives, its work runs in the ledger, and it is answered when that is durable.
//
// The answer is filled in inside the transaction and sent only if the transaction succeeded. Request and
// response live until the call is over, so work may hold references to both.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "vault/base/secret_bytes.h"
#include "vault/rpc/caller.h"
#include "vault/rpc/canonical.h"
#include "vault/rpc/core.h"
#include "vault/rpc/status.h"

namespace holdfast::rpc {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

// What a call does in its transaction, for a caller who is known.
template <class Response>
using Work = std::function<absl::Status(custody::WriteTx&, const custody::Actor&, Response&)>;
template <class Response>
using Query = std::function<absl::Status(custody::ReadTx&, const custody::Actor&, Response&)>;

inline constexpr std::size_t kLongAnswer = 128 * 1024;  // more than any act's

template <class Response>
class Call final : public Reactor {
 public:
  Call(const Context& context, Response& response) : context_(context), response_(response) {}

  // First: takes a place among what the device has under way. An error is what to answer with.
  absl::Status Enter(Core& core, const Bytes& certificate_sha256) {
    HF_ASSIGN_OR_RETURN(ticket_, core.limits.Enter(context_, certificate_sha256));
    return absl::OkStatus();
  }
  absl::StatusOr<custody::Caller> Enter(Core& core, std::string_view method) {
    HF_ASSIGN_OR_RETURN(custody::Caller caller, CallerOf(context_, method));
    HF_RETURN_IF_ERROR(Enter(core, caller.cert_sha256));
    return caller;
  }

  // Answers with `status`; once. The call must not be touched afterwards.
  void Answer(const absl::Status& status) {
    if (status.ok() && ticket_ != nullptr) {
      const std::size_t size = response_.ByteSizeLong();
      if (size > kLongAnswer) return AnswerRead(status);
      ticket_->OweInAnyCase(size);
    }
    Finish(ToGrpc(status));
  }
  // The same for a list: it is not given to who has left too many unread.
  void AnswerRead(absl::Status status) {
    if (status.ok() && ticket_ != nullptr) status = ticket_->Owe(response_.ByteSizeLong());
    if (!status.ok()) response_.Clear();
    Finish(ToGrpc(status));
  }

  // `release` runs after the transaction is durable, just before the answer.
  void Submit(custody::Ledger& ledger, custody::Work work, std::function<absl::Status()> release = nullptr) {
    ledger.Submit(std::move(work), Abandoned(),
                  [this, release = std::move(release)](const absl::Status& status) {
                    Answer(status.ok() && release ? release() : status);
                  });
  }
  void Read(custody::Ledger& ledger, custody::Query query) {
    ledger.Read(std::move(query), Abandoned(), [this](const absl::Status& status) { AnswerRead(status); });
  }

 private:
  custody::Abandoned Abandoned() const {
    return [this] { return IsAbandoned(context_); };
  }
  void OnDone() override {
    // An enrollment string has been sent by now.
    if constexpr (requires { response_.mutable_enrollment(); }) Wipe(*response_.mutable_enrollment());
    delete this;
  }

  const Context& context_;
  Response& response_;
  std::unique_ptr<CallLimits::Ticket> ticket_;
};

// A call that went well without the policy having been asked is a fault of ours: it fails, and is undone.
inline absl::Status Decided(const custody::Tx& tx, absl::Status status) {
  if (!status.ok() || tx.decided()) return status;
  return MakeError(absl::StatusCode::kInternal, "UNDECIDED", "the policy was not asked");
}

// The same for a call that fails where it arrives.
template <class Response>
Reactor* Fail(Call<Response>* call, const absl::Status& status) {
  call->Answer(status);
  return call;
}

// A mutating call. `prepare(request, custody::Request)` checks and gives the Work, or an error. `release` as
// in Submit().
template <class Request, class Response, class Prepare>
Reactor* Write(Core& core, const Context* context, std::string_view method, const Request* request,
               Response* response, Prepare prepare, std::function<absl::Status()> release = nullptr) {
  auto* call = new Call<Response>(*context, *response);
  auto caller = call->Enter(core, method);
  if (!caller.ok()) return Fail(call, caller.status());
  auto keyed = RequestOf(method, *request);
  if (!keyed.ok()) return Fail(call, keyed.status());
  caller->request = *keyed;
  absl::StatusOr<Work<Response>> work = prepare(*request, *std::move(keyed));
  if (!work.ok()) return Fail(call, work.status());
  bool dry_run = false;
  if constexpr (requires { request->validate_only(); }) dry_run = request->validate_only();
  call->Submit(
      core.ledger,
      [caller = *std::move(caller), work = *std::move(work), dry_run, response](custody::WriteTx& tx) {
        tx.set_dry_run(dry_run);
        auto actor = custody::Authenticate(tx, caller);
        if (!actor.ok()) return actor.status();
        absl::Status done = Decided(tx, work(tx, *actor, *response));
        if (dry_run) custody::RecordRehearsal(tx, *actor, done);
        return done;
      },
      std::move(release));
  return call;
}

// A reading call. `prepare(request)` checks and gives the Query, or an error.
template <class Request, class Response, class Prepare>
Reactor* Read(Core& core, const Context* context, std::string_view method, const Request* request,
              Response* response, Prepare prepare) {
  auto* call = new Call<Response>(*context, *response);
  auto caller = call->Enter(core, method);
  if (!caller.ok()) return Fail(call, caller.status());
  caller->request.about = AboutOf(*request);
  absl::StatusOr<Query<Response>> query = prepare(*request);
  if (!query.ok()) return Fail(call, query.status());
  call->Read(core.ledger,
             [caller = *std::move(caller), query = *std::move(query), response](custody::ReadTx& tx) {
               auto actor = custody::Authenticate(tx, caller);
               return actor.ok() ? Decided(tx, query(tx, *actor, *response)) : actor.status();
             });
  return call;
}

}  // namespace holdfast::rpc
