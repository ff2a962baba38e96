#include "vault/custody/policy_explain.h"

#include <fmt/format.h>

#include <optional>
#include <tuple>

#include "vault/custody/facts.h"
#include "vault/custody/sight.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using policy::Attribute;

// The rows that a Target borrows.
struct Things {
  std::optional<storage::Account> account;
  std::optional<storage::Secret> secret;
  std::optional<storage::Holder> subject;

  Target AsTarget(std::int64_t version) const {
    Target target{.account = account.has_value() ? &*account : nullptr,
                  .secret = secret.has_value() ? &*secret : nullptr,
                  .subject = subject.has_value() ? &*subject : nullptr};
    if (version > 0) target.version = version;
    return target;
  }
};

// An explanation tells what its facts are: nobody learns by it what they may not see.
absl::StatusOr<Things> FindThings(Tx& tx, const Actor& asker, const Question& question) {
  Things things;
  if (!question.account.empty()) {
    HF_ASSIGN_OR_RETURN(things.account, FindAccount(tx, asker, question.account, Action::kPolicyExplain));
    HF_RETURN_IF_ERROR(Authorize(tx, asker, Action::kAccountRead, {.account = &*things.account}).status());
  }
  if (!question.secret.empty()) {
    HF_RETURN_IF_ERROR(Authorize(tx, asker, Action::kSecretRead, {.account = &*things.account}).status());
    HF_ASSIGN_OR_RETURN(things.secret, FindSecret(tx, *things.account, question.secret));
  }
  if (!question.subject.empty()) {
    HF_ASSIGN_OR_RETURN(things.subject, FindHolder(tx, asker, question.subject, Action::kPolicyExplain));
    HF_RETURN_IF_ERROR(Authorize(tx, asker, Action::kHolderRead, {.subject = &*things.subject}).status());
  }
  return things;
}

// A confirmed device before others, the newest of those; none that is not accepted any more.
absl::StatusOr<std::optional<storage::DeviceKey>> BestKey(Tx& tx, const storage::Holder& holder) {
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(holder.id));
  const auto rank = [](const storage::DeviceKey& key) {
    return std::tuple(key.state == KeyState::kConfirmed, key.created_at, key.id);
  };
  std::optional<storage::DeviceKey> best;
  for (const storage::DeviceKey& key : keys) {
    if (key.state == KeyState::kRevoked || key.not_after <= tx.now()) continue;
    if (!best.has_value() || rank(key) > rank(*best)) best = key;
  }
  return best;
}

absl::StatusOr<Actor> ActorFor(Tx& tx, storage::Holder holder, std::vector<std::string>& assumptions) {
  Actor actor;
  HF_ASSIGN_OR_RETURN(auto key, BestKey(tx, holder));
  if (key.has_value()) {
    assumptions.push_back(fmt::format("the call comes from the {} device {}",
                                      key->state == KeyState::kConfirmed ? "confirmed" : "unconfirmed",
                                      FingerprintOf(*key)));
    actor.key = *std::move(key);
  } else {
    assumptions.push_back("no device of this holder is accepted now; one just confirmed is assumed");
    actor.key.state = KeyState::kConfirmed;
    actor.key.confirmed_at = tx.now();
  }
  actor.holder = std::move(holder);
  return actor;
}

// What only a call that is made would bring along.
void TellWhatIsLeftOut(const policy::Bundle& bundle, Action action, std::vector<std::string>& assumptions) {
  if (bundle.Tests(action, Attribute::kReason)) assumptions.push_back("no reason is given");
  if (bundle.Tests(action, Attribute::kTicket)) assumptions.push_back("no ticket is given");
  if (bundle.Tests(action, Attribute::kRequestedBySelf))
    assumptions.push_back("what it is about was asked for by somebody else");
  if (bundle.Tests(action, Attribute::kSoleOfficer))
    assumptions.push_back("other security holders exist who have had a confirmed device");
  if (bundle.Tests(action, Attribute::kSuccessorUnvetted) ||
      bundle.Tests(action, Attribute::kSuccessorIsSelf))
    assumptions.push_back("the successor is a backup owner, and somebody else");
}

}  // namespace

absl::StatusOr<Answer> ExplainDecision(Tx& tx, const Actor& asker, const Question& question) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, asker, question.holder, Action::kPolicyExplain));
  HF_RETURN_IF_ERROR(Authorize(tx, asker, Action::kPolicyExplain, {.subject = &holder}).status());
  HF_ASSIGN_OR_RETURN(const Things things, FindThings(tx, asker, question));
  Answer answer;
  HF_ASSIGN_OR_RETURN(const Actor actor, ActorFor(tx, std::move(holder), answer.assumptions));
  const Target target = things.AsTarget(question.version);
  HF_ASSIGN_OR_RETURN(const policy::Facts facts, GatherFacts(tx, actor, question.action, target, {}));
  HF_ASSIGN_OR_RETURN(const bool there, IsThere(tx, actor, question.action, target, /*refused=*/false));
  if (!there)
    answer.assumptions.push_back(fmt::format("{} may not see account {}: to them it is not there, and they do nothing to it",
                                             actor.holder.name, question.account));
  const policy::Bundle& bundle = tx.policy().bundle;
  answer.explanation = policy::Explain(bundle, facts);
  TellWhatIsLeftOut(bundle, question.action, answer.assumptions);
  return answer;
}

}  // namespace holdfast::custody
