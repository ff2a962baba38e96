// A call that changes the policy. Its text is reviewed between a snapshot, in which it is decided whether
// this caller may ask for so much work at all, and the transaction, in which everything is decided again: the
// review blocks neither a thread of gRPC nor the ledger.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "holdfast/v1/policy_service.pb.h"
#include "vault/base/retry.h"
#include "vault/custody/policy_review.h"
#include "vault/custody/worker_pool.h"
#include "vault/rpc/call.h"

namespace holdfast::rpc {

struct PolicyChange {
  // Decides, and gives the text.
  std::function<absl::Status(custody::ReadTx&, const custody::Actor&, std::string& source)> gather;
  std::function<absl::StatusOr<custody::ReviewedPolicy>(std::string source)> review;
  std::function<absl::Status(custody::WriteTx&, const custody::Actor&, const custody::ReviewedPolicy&,
                             v1::Policy&)>
      apply;
};

// One review at a time, and a few that wait; thread safe. Must outlive the calls in it.
class Reviews {
 public:
  Reviews() { pool_.Start(/*threads=*/1, /*max_queue=*/16); }

  bool Post(std::function<void()> review) {
    return pool_.Post([review = std::move(review)](int) { review(); });
  }

 private:
  custody::WorkerPool pool_;
};

// One such call on its way. Kept by what it waits for.
class ReviewedCall : public std::enable_shared_from_this<ReviewedCall> {
 public:
  ReviewedCall(Core& core, Reviews& reviews, const Context& context, Call<v1::Policy>& call,
               v1::Policy& response, custody::Caller caller, PolicyChange change, bool dry_run)
      : core_(core),
        reviews_(reviews),
        context_(context),
        call_(call),
        response_(response),
        caller_(std::move(caller)),
        change_(std::move(change)),
        dry_run_(dry_run) {}

  void Start() {
    core_.ledger.Read(
        [self = shared_from_this()](custody::ReadTx& tx) {
          auto actor = custody::Authenticate(tx, self->caller_);
          return actor.ok() ? Decided(tx, self->change_.gather(tx, *actor, self->source_)) : actor.status();
        },
        Abandoned(),
        [self = shared_from_this()](const absl::Status& status) {
          if (!status.ok()) return self->call_.Answer(status);
          if (self->reviews_.Post([self] { self->Review(); })) return;
          absl::Status busy = MakeError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                        "other policies are being reviewed; try again");
          SetRetryAfter(busy, 1000);
          self->call_.Answer(busy);
        });
  }

 private:
  custody::Abandoned Abandoned() const {
    return [&context = context_] { return IsAbandoned(context); };
  }

  void Review() {
    if (IsAbandoned(context_)) return call_.Answer(custody::Late());
    auto reviewed = change_.review(std::move(source_));
    if (!reviewed.ok()) return call_.Answer(reviewed.status());
    reviewed_ = *std::move(reviewed);
    call_.Submit(core_.ledger, [self = shared_from_this()](custody::WriteTx& tx) {
      tx.set_dry_run(self->dry_run_);
      auto actor = custody::Authenticate(tx, self->caller_);
      if (!actor.ok()) return actor.status();
      absl::Status done = Decided(tx, self->change_.apply(tx, *actor, *self->reviewed_, self->response_));
      if (self->dry_run_) custody::RecordRehearsal(tx, *actor, done);
      return done;
    });
  }

  Core& core_;
  Reviews& reviews_;
  const Context& context_;
  Call<v1::Policy>& call_;
  v1::Policy& response_;
  const custody::Caller caller_;
  const PolicyChange change_;
  const bool dry_run_;
  std::string source_;
  std::optional<custody::ReviewedPolicy> reviewed_;
};

// As Write() in call.h.
template <class Request, class Prepare>
Reactor* WriteReviewed(Core& core, Reviews& reviews, const Context* context, std::string_view method,
                       const Request* request, v1::Policy* response, Prepare prepare) {
  auto* call = new Call<v1::Policy>(*context, *response);
  auto caller = call->Enter(core, method);
  if (!caller.ok()) return Fail(call, caller.status());
  auto keyed = RequestOf(method, *request);
  if (!keyed.ok()) return Fail(call, keyed.status());
  caller->request = *keyed;
  absl::StatusOr<PolicyChange> change = prepare(*request, *std::move(keyed));
  if (!change.ok()) return Fail(call, change.status());
  bool dry_run = false;
  if constexpr (requires { request->validate_only(); }) dry_run = request->validate_only();
  std::make_shared<ReviewedCall>(core, reviews, *context, *call, *response, *std::move(caller),
                                 *std::move(change), dry_run)
      ->Start();
  return call;
}

}  // namespace holdfast::rpc
