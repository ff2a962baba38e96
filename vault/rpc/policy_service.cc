// The policy: what it is, changing it, and why it says what it says.
#include <fmt/format.h>

#include "holdfast/v1/policy_service.grpc.pb.h"
#include "vault/custody/policy_change.h"
#include "vault/custody/policy_explain.h"
#include "vault/policy/floor.h"
#include "vault/policy/parse.h"
#include "vault/policy/words.h"
#include "vault/rpc/names.h"
#include "vault/rpc/page.h"
#include "vault/rpc/reviewed_call.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

constexpr std::string_view kFloor = "floor";

v1::PolicyState StateOf(const custody::Tx& tx, const storage::PolicyRow& row) {
  if (row.id == tx.policy().id) return v1::POLICY_STATE_ACTIVE;
  if (row.activated_at.has_value()) return v1::POLICY_STATE_SUPERSEDED;
  return row.source.empty() ? v1::POLICY_STATE_DROPPED : v1::POLICY_STATE_STAGED;
}

// Without its text.
absl::Status RenderPolicy(Names& names, const storage::PolicyRow& row, v1::Policy& out) {
  out.set_name(custody::PolicyName(row.id));
  out.set_state(StateOf(names.tx(), row));
  out.set_sha256(HexEncode(row.sha256));
  HF_ASSIGN_OR_RETURN(*out.mutable_stager(), names.Holder(row.staged_by));
  SetTime(row.staged_at, out.mutable_stage_time());
  HF_ASSIGN_OR_RETURN(*out.mutable_activator(), names.Holder(row.activated_by));
  if (row.activated_at.has_value()) SetTime(*row.activated_at, out.mutable_activate_time());
  return absl::OkStatus();
}

void RenderFloor(v1::Policy& out) {
  out.set_name(fmt::format("policies/{}", kFloor));
  out.set_state(v1::POLICY_STATE_ACTIVE);
  out.set_sha256(HexEncode(crypto::Sha256(AsBytes(policy::FloorText()))));
  out.set_source(std::string(policy::FloorText()));
}

absl::StatusOr<Query<v1::Policy>> PrepareGet(const v1::GetPolicyRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string id, ParseName("policies", message.name(), "name"));
  return [id = std::move(id)](custody::ReadTx& tx, const Actor& actor, v1::Policy& out) -> absl::Status {
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kPolicyRead, {}).status());
    if (id == kFloor) {
      RenderFloor(out);
      return absl::OkStatus();
    }
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindPolicy(tx, id));
    out.set_source(row.source);
    Names names(tx);
    return RenderPolicy(names, row, out);
  };
}

absl::StatusOr<Query<v1::ListPoliciesResponse>> PrepareList(const v1::ListPoliciesRequest& message) {
  return [&message](custody::ReadTx& tx, const Actor& actor, v1::ListPoliciesResponse& out) -> absl::Status {
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kPolicyRead, {}).status());
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto rows, storage::PolicyStore(tx.db()).List(page.after(), page.limit() + 1));
    out.set_next_page_token(page.CutAndToken(rows));
    Names names(tx);
    for (const auto& row : rows) HF_RETURN_IF_ERROR(RenderPolicy(names, row, *out.add_policies()));
    return absl::OkStatus();
  };
}

absl::StatusOr<PolicyChange> PrepareStage(const v1::StagePolicyRequest& message, custody::Request request) {
  if (message.source().size() > policy::kMaxPolicyBytes)
    return InvalidField("source", fmt::format("is larger than {} bytes", policy::kMaxPolicyBytes));
  if (message.tests_size() > static_cast<int>(custody::kMaxPolicyTests))
    return InvalidField("tests", fmt::format("more than {} files", custody::kMaxPolicyTests));
  for (int i = 0; i < message.tests_size(); ++i) {
    if (message.tests(i).size() > policy::kMaxPolicyBytes)
      return InvalidField(fmt::format("tests[{}]", i),
                          fmt::format("is larger than {} bytes", policy::kMaxPolicyBytes));
  }
  PolicyChange change;
  change.gather = [&message](custody::ReadTx& tx, const Actor& actor, std::string& source) {
    source = message.source();
    return custody::AuthorizeToWait(tx, actor, Action::kPolicyStage, {}).status();
  };
  change.review = [&message](std::string source) {
    return custody::ReviewedPolicy::Of(std::move(source), {message.tests().begin(), message.tests().end()});
  };
  change.apply = [request = std::move(request)](custody::WriteTx& tx, const Actor& actor,
                                                const custody::ReviewedPolicy& reviewed,
                                                v1::Policy& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::StagePolicy(tx, actor, request, reviewed));
    Names names(tx);
    return RenderPolicy(names, row, out);
  };
  return change;
}

absl::StatusOr<PolicyChange> PrepareActivate(const v1::ActivatePolicyRequest& message,
                                             custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string id, ParseName("policies", message.name(), "name"));
  PolicyChange change;
  change.gather = [&message, id](custody::ReadTx& tx, const Actor& actor,
                                 std::string& source) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::PolicyToActivate(tx, actor, id, message.sha256()));
    source = row.source;
    return absl::OkStatus();
  };
  change.review = &custody::ReviewedPolicy::Again;
  change.apply = [&message, id, request = std::move(request)](custody::WriteTx& tx, const Actor& actor,
                                                              const custody::ReviewedPolicy& reviewed,
                                                              v1::Policy& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row,
                        custody::ActivatePolicy(tx, actor, request, id, message.sha256(), reviewed));
    Names names(tx);
    HF_RETURN_IF_ERROR(RenderPolicy(names, row, out));
    out.set_state(v1::POLICY_STATE_ACTIVE);  // from the next command on
    return absl::OkStatus();
  };
  return change;
}

absl::StatusOr<custody::Question> ParseQuestion(const v1::ExplainDecisionRequest& message) {
  custody::Question question;
  HF_ASSIGN_OR_RETURN(question.holder, ParseName("holders", message.holder(), "holder"));
  const auto action = policy::ActionOf(message.action());
  if (!action.has_value())
    return InvalidField("action", "must be an action that rules name, as \"secret.reveal\"");
  question.action = *action;
  HF_ASSIGN_OR_RETURN(question.account, ParseOptionalName("accounts", message.account(), "account"));
  HF_ASSIGN_OR_RETURN(question.subject, ParseOptionalName("holders", message.subject(), "subject"));
  if (message.secret().empty()) return question;
  HF_ASSIGN_OR_RETURN(VersionName named, ParseSecretOrVersion(message.secret(), "secret"));
  if (!question.account.empty() && question.account != named.account)
    return InvalidField("secret", "belongs to another account");
  question.account = std::move(named.account);
  question.secret = std::move(named.secret);
  question.version = named.version;
  return question;
}

v1::DecisionEffect ToProto(policy::Effect effect) {
  switch (effect) {
    case policy::Effect::kAllow:
      return v1::DECISION_EFFECT_ALLOW;
    case policy::Effect::kPending:
      return v1::DECISION_EFFECT_PENDING;
    case policy::Effect::kDeny:
      return v1::DECISION_EFFECT_DENY;
  }
  return v1::DECISION_EFFECT_UNSPECIFIED;
}

void RenderAnswer(const custody::Tx& tx, const custody::Answer& answer, v1::ExplainDecisionResponse& out) {
  const policy::Decision& decision = answer.explanation.decision;
  out.set_effect(ToProto(decision.effect));
  out.set_rule(decision.rule);
  out.set_why(decision.why);
  for (const std::string& missing : decision.missing) out.add_missing(missing);
  for (const policy::Rule* rule : answer.explanation.matching) {
    v1::MatchingRule& matching = *out.add_matching();
    matching.set_rule(rule->id);
    matching.set_effect(policy::InWords(rule->kind));
    matching.set_obligations(policy::InWords(rule->require));
    matching.set_why(rule->why);
  }
  for (const policy::NearMiss& miss : answer.explanation.near_misses) {
    v1::UnmatchedPermit& unmatched = *out.add_unmatched();
    unmatched.set_rule(miss.rule->id);
    for (const std::string& fails : miss.fails) unmatched.add_needs(fails);
    unmatched.set_why(miss.rule->why);
  }
  for (const std::string& assumption : answer.assumptions) out.add_assumptions(assumption);
  out.set_policy(custody::PolicyName(tx.policy().id));
  out.set_policy_hash(HexEncode(tx.policy().sha256));
}

absl::StatusOr<Query<v1::ExplainDecisionResponse>> PrepareExplain(const v1::ExplainDecisionRequest& message) {
  HF_ASSIGN_OR_RETURN(custody::Question question, ParseQuestion(message));
  return [question = std::move(question)](custody::ReadTx& tx, const Actor& actor,
                                          v1::ExplainDecisionResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto answer, custody::ExplainDecision(tx, actor, question));
    RenderAnswer(tx, answer, out);
    return absl::OkStatus();
  };
}

class PolicyService final : public v1::PolicyService::CallbackService {
 public:
  explicit PolicyService(Core& core) : core_(core) {}

 private:
  Reactor* GetPolicy(Context* context, const v1::GetPolicyRequest* request, v1::Policy* response) override {
    return Read(core_, context, "holdfast.v1.PolicyService/GetPolicy", request, response, PrepareGet);
  }
  Reactor* ListPolicies(Context* context, const v1::ListPoliciesRequest* request,
                        v1::ListPoliciesResponse* response) override {
    return Read(core_, context, "holdfast.v1.PolicyService/ListPolicies", request, response, PrepareList);
  }
  Reactor* StagePolicy(Context* context, const v1::StagePolicyRequest* request,
                       v1::Policy* response) override {
    return WriteReviewed(core_, reviews_, context, "holdfast.v1.PolicyService/StagePolicy", request, response,
                         PrepareStage);
  }
  Reactor* ActivatePolicy(Context* context, const v1::ActivatePolicyRequest* request,
                          v1::Policy* response) override {
    return WriteReviewed(core_, reviews_, context, "holdfast.v1.PolicyService/ActivatePolicy", request,
                         response, PrepareActivate);
  }
  Reactor* ExplainDecision(Context* context, const v1::ExplainDecisionRequest* request,
                           v1::ExplainDecisionResponse* response) override {
    return Read(core_, context, "holdfast.v1.PolicyService/ExplainDecision", request, response,
                PrepareExplain);
  }

  Core& core_;
  Reviews reviews_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePolicyService(Core& core) { return std::make_unique<PolicyService>(core); }

}  // namespace holdfast::rpc
