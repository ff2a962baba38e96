#include "vault/custody/authorize.h"

#include <fmt/format.h>

#include <utility>

#include "vault/crypto/fingerprint.h"
#include "vault/custody/approvals.h"
#include "vault/custody/denial.h"
#include "vault/custody/facts.h"
#include "vault/custody/holders.h"
#include "vault/custody/recovery.h"
#include "vault/custody/rehearsal.h"
#include "vault/custody/renew.h"
#include "vault/custody/sight.h"

namespace holdfast::custody {
namespace {


// The device that acted, as its holder reads it out.
std::string DeviceOf(const Actor& actor) {
  return actor.key.cert_sha256.empty() ? "" : FingerprintOf(actor.key);
}

audit::Event Refusal(const Actor& actor, std::string type, std::string_view rule) {
  audit::Event event;
  event.type = std::move(type);
  event.actor = RefTo(actor.holder);
  event.outcome = audit::Outcome::kDenied;
  event.rule = rule;
  event.texts["peer"] = actor.peer;
  event.texts["device"] = DeviceOf(actor);
  return event;
}

absl::Status RefuseCall(Tx& tx, const Actor& actor, const Caller& caller, std::string_view rule,
                        absl::Status status) {
  audit::Event event = Refusal(actor, "call.refused", rule);
  event.texts["method"] = caller.request.method;
  event.texts["about"] = caller.request.about;
  tx.RecordInstead(std::move(event));
  AddDetail(status, "rule", rule);
  return status;
}

std::string RevokedWords(const storage::DeviceKey& key) {
  if (!key.stopped_at.has_value()) return "this device's key was revoked";
  return fmt::format(
      "this device was stopped at {}: its certificate was to be renewed twice, so its key may be in "
      "somebody else's hands; tell your security team, and enroll again",
      FormatTime(*key.stopped_at));
}

absl::Status Replaced(const storage::DeviceCertificate& certificate) {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "KEY_REPLACED",
      fmt::format("this device's certificate was renewed, and the new one is in use since {}: if this is not "
                  "an old copy of the device's files, somebody else has its key; tell your security team",
                  FormatTime(*certificate.ended_at)));
}

template <class Row>
absl::StatusOr<Row> Present(absl::StatusOr<std::optional<Row>> row, std::string_view what) {
  HF_RETURN_IF_ERROR(row.status());
  if (row->has_value()) return **std::move(row);
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                   fmt::format("a row refers to {} that is missing", what));
}

// What the caller can put right at once, by the name of the field.
absl::Status CheckGiven(const policy::Decision& decision, const Request& request) {
  const auto needed = [&](std::string_view field) {
    absl::Status status =
        InvalidField(field, fmt::format("is needed: {} (rule {})", decision.why, decision.rule));
    AddDetail(status, "rule", decision.rule);
    return status;
  };
  if (decision.obligations.reason && request.reason.empty()) return needed("reason");
  if (decision.obligations.ticket && request.ticket.empty()) return needed("ticket");
  return absl::OkStatus();
}

audit::Event BaseEvent(const Actor& actor, policy::Action action, const Target& target) {
  audit::Event event;
  event.type = policy::ActionName(action);
  event.actor = RefTo(actor.holder);
  // What is yet to be made has no row that an event could refer to.
  if (target.account != nullptr && target.account->id != 0) event.account = RefTo(*target.account);
  if (target.secret != nullptr && target.secret->id != 0) event.secret = RefTo(*target.secret);
  if (target.subject != nullptr && target.subject->id != 0) event.subject = RefTo(*target.subject);
  if (target.handover != nullptr) event.handover = RefTo(*target.handover);
  event.version = target.version;
  event.texts = target.texts;
  event.texts["peer"] = actor.peer;
  event.texts["device"] = DeviceOf(actor);
  return event;
}

absl::Status DeniedTo(Tx& tx, const Actor& actor, policy::Action action, std::string asked_for,
                      const policy::Decision& decision) {
  audit::Event event = Refusal(actor, std::string(policy::ActionName(action)), decision.rule);
  event.texts["asked-for"] = std::move(asked_for);
  tx.RecordInstead(std::move(event));
  return DeniedUnseen(decision);
}

}  // namespace

audit::Ref RefTo(const storage::Holder& holder) { return {holder.id, holder.pseudonym}; }
audit::Ref RefTo(const storage::Account& account) { return {account.id, account.pseudonym}; }
audit::Ref RefTo(const storage::Secret& secret) { return {secret.id, secret.pseudonym}; }
audit::Ref RefTo(const storage::Handover& handover) { return {handover.id, handover.pseudonym}; }

absl::StatusOr<Actor> Identify(Tx& tx, const Caller& caller) {
  HF_ASSIGN_OR_RETURN(auto certificate, storage::CertificateStore(tx.db()).BySha256(caller.cert_sha256));
  if (!certificate.has_value())
    return MakeError(absl::StatusCode::kUnauthenticated, "KEY_UNKNOWN",
                     "this device is not enrolled in this vault");
  HF_ASSIGN_OR_RETURN(storage::DeviceKey key, LoadDevice(tx, certificate->device_id));
  HF_ASSIGN_OR_RETURN(storage::Holder holder, LoadHolder(tx, key.holder_id));
  return Actor{.holder = std::move(holder),
               .key = std::move(key),
               .certificate = *std::move(certificate),
               .peer = caller.peer,
               .approval = caller.approval,
               .request = caller.request};
}

absl::Status CheckStanding(Tx& tx, const Actor& actor, const Caller& caller) {
  if (actor.holder.status != HolderStatus::kActive) {
    return RefuseCall(tx, actor, caller, "floor.inactive",
                      MakeError(absl::StatusCode::kPermissionDenied, "HOLDER_INACTIVE",
                                fmt::format("holder {} is suspended, leaving or gone", actor.holder.name)));
  }
  if (actor.key.state == KeyState::kRevoked) {
    return RefuseCall(tx, actor, caller, "floor.revoked-key",
                      MakeError(absl::StatusCode::kUnauthenticated, "KEY_REVOKED", RevokedWords(actor.key)));
  }
  if (actor.key.state == KeyState::kUnconfirmed) {
    const absl::Status issued = CheckIssuerStands(tx, actor.key.issuer_id);
    if (!issued.ok()) return RefuseCall(tx, actor, caller, "floor.issuer-inactive", issued);
  }
  if (actor.certificate.not_after <= tx.now()) {
    return RefuseCall(tx, actor, caller, "floor.expired-key",
                      MakeError(absl::StatusCode::kUnauthenticated, "KEY_EXPIRED",
                                "this device's certificate has expired; enroll again"));
  }
  if (actor.certificate.ended_at.has_value())
    return RefuseCall(tx, actor, caller, "floor.replaced-certificate", Replaced(actor.certificate));
  if (actor.certificate.used_at.has_value()) return absl::OkStatus();
  tx.DoFirst([id = actor.certificate.id, peer = caller.peer](WriteTx& first) {
    return TakeIntoUse(first, id, peer);
  });
  return MakeError(absl::StatusCode::kAborted, "CERTIFICATE_FIRST_USED",
                   "this renewed certificate was used for the first time; call again");
}

absl::StatusOr<Actor> Authenticate(Tx& tx, const Caller& caller) {
  HF_ASSIGN_OR_RETURN(Actor actor, Identify(tx, caller));
  HF_RETURN_IF_ERROR(CheckStanding(tx, actor, caller));
  return actor;
}

absl::StatusOr<policy::Decision> Consider(Tx& tx, const Actor& actor, policy::Action action,
                                          const Target& target, policy::Context context) {
  HF_ASSIGN_OR_RETURN(const policy::Facts facts, GatherFacts(tx, actor, action, target, std::move(context)));
  tx.set_decided();
  HF_ASSIGN_OR_RETURN(auto held, HeldByRestore(tx, action));
  if (held.has_value()) return *std::move(held);
  return tx.policy().bundle.Decide(facts);
}

absl::StatusOr<Permit> AuthorizeToWait(Tx& tx, const Actor& actor, policy::Action action,
                                       const Target& target, policy::Context context) {
  HF_ASSIGN_OR_RETURN(policy::Decision decision, Consider(tx, actor, action, target, std::move(context)));
  const bool denied = decision.effect == policy::Effect::kDeny;
  const absl::Status given = denied ? absl::OkStatus() : CheckGiven(decision, actor.request);
  const bool refused = denied || !given.ok();
  HF_ASSIGN_OR_RETURN(const bool there, IsThere(tx, actor, action, target, refused));
  if (!there) return NotThere(tx, actor, action, Thing::kAccount, target.account->name, target);
  if (refused) {
    // What is missing is on record too: it told the caller which rule guards the account.
    RecordRefusal(tx, actor, action, target, decision.rule);
    return denied ? DenialOf(tx, actor, action, target, decision) : given;
  }
  return Permit{std::move(decision), std::nullopt};
}

absl::StatusOr<Permit> Authorize(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                                 policy::Context context) {
  HF_ASSIGN_OR_RETURN(Permit permit, AuthorizeToWait(tx, actor, action, target, context));
  if (permit.allowed()) return permit;
  HF_ASSIGN_OR_RETURN(const auto approval, FindApproval(tx, actor, action, target));
  if (approval.has_value()) {
    HF_ASSIGN_OR_RETURN(context.votes, VotesFor(tx, *approval, target));
    HF_ASSIGN_OR_RETURN(policy::Decision approved, Consider(tx, actor, action, target, std::move(context)));
    if (approved.allowed()) {
      HF_RETURN_IF_ERROR(UseApproval(tx, actor, *approval));
      return Permit{std::move(approved), approval->event_idx};
    }
  }
  return AskForApproval(tx, actor, action, target, permit, approval);
}

audit::Event EventFor(const Actor& actor, policy::Action action, const Target& target, const Permit& permit) {
  audit::Event event = BaseEvent(actor, action, target);
  event.rule = permit.rule;
  event.approval = permit.approval;
  return event;
}

absl::StatusOr<storage::Account> FindAccount(Tx& tx, const Actor& actor, std::string_view name,
                                             policy::Action action) {
  HF_ASSIGN_OR_RETURN(auto account, storage::AccountStore(tx.db()).ByName(name));
  if (account.has_value()) return *std::move(account);
  HF_ASSIGN_OR_RETURN(const auto renamed, storage::AccountStore(tx.db()).ByFormerName(name));
  if (renamed.has_value()) {
    HF_ASSIGN_OR_RETURN(const policy::Decision reads,
                        Consider(tx, actor, policy::Action::kAccountRead, {.account = &*renamed}));
    if (reads.allowed())
      return MakeError(absl::StatusCode::kNotFound, "RENAMED",
                       fmt::format("account {} is called {} now", name, renamed->name));
  }
  return NotThere(tx, actor, action, Thing::kAccount, name);
}

absl::Status NothingShown(Tx& tx, const Actor& actor, policy::Action read) {
  HF_ASSIGN_OR_RETURN(const policy::Decision any, Consider(tx, actor, read, {}));
  if (any.effect != policy::Effect::kDeny || any.rule == kDefaultDeny) return absl::OkStatus();
  RecordRefusal(tx, actor, read, {}, any.rule);
  return DeniedByRule(any);
}

void RecordRefusal(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                   std::string_view rule) {
  audit::Event event = BaseEvent(actor, action, target);
  event.outcome = audit::Outcome::kDenied;
  event.rule = rule;
  tx.RecordInstead(std::move(event));
}

absl::Status AuthorizeShownAgain(Tx& tx, const Actor& actor, policy::Action read, const Target& target,
                                 policy::Context context) {
  return AuthorizeToWait(tx, actor, read, target, std::move(context)).status();
}

audit::Event RehearsalOf(const WriteTx& tx, const Actor& actor, const absl::Status& answer) {
  audit::Event event;
  event.type = "call.rehearsed";
  event.actor = RefTo(actor.holder);
  event.rule = tx.events().empty() ? "" : tx.events().front().rule;
  event.texts = {{"method", actor.request.method},
                 {"about", actor.request.about},
                 {"answer", answer.ok() ? "would succeed" : ReasonOf(answer)},
                 {"reason", actor.request.reason},
                 {"peer", actor.peer},
                 {"device", DeviceOf(actor)}};
  return event;
}

void RecordRehearsal(WriteTx& tx, const Actor& actor, const absl::Status& answer) {
  if (!tx.has_instead()) tx.RecordInstead(RehearsalOf(tx, actor, answer));
}

absl::StatusOr<storage::Secret> FindSecret(Tx& tx, const storage::Account& account, std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto secret, storage::SecretStore(tx.db()).ByName(account.id, name));
  if (secret.has_value()) return *std::move(secret);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("account {} has no secret {}", account.name, name));
}

absl::StatusOr<storage::Holder> FindHolder(Tx& tx, std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto holder, storage::HolderStore(tx.db()).ByName(name));
  if (holder.has_value()) return *std::move(holder);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no holder {}", name));
}

absl::StatusOr<storage::Holder> FindHolder(Tx& tx, const Actor& actor, std::string_view name,
                                           policy::Action action) {
  auto holder = FindHolder(tx, name);
  if (holder.ok() || !absl::IsNotFound(holder.status())) return holder;
  HF_ASSIGN_OR_RETURN(const policy::Decision any, Consider(tx, actor, policy::Action::kHolderRead, {}));
  return any.allowed() ? holder.status() : DeniedTo(tx, actor, action, HolderName(name), any);
}

absl::StatusOr<storage::Holder> FindHolderIn(Tx& tx, const Actor& actor, std::string_view field,
                                             std::string_view name, policy::Action action) {
  auto holder = FindHolder(tx, actor, name, action);
  if (absl::IsNotFound(holder.status()))
    return InvalidField(field, fmt::format("there is no holder {}", name));
  return holder;
}

absl::StatusOr<storage::Holder> LoadHolder(Tx& tx, std::int64_t id) {
  return Present(storage::HolderStore(tx.db()).ById(id), "a holder");
}

absl::StatusOr<storage::Account> LoadAccount(Tx& tx, std::int64_t id) {
  return Present(storage::AccountStore(tx.db()).ById(id), "an account");
}

absl::StatusOr<storage::Secret> LoadSecret(Tx& tx, std::int64_t id) {
  return Present(storage::SecretStore(tx.db()).ById(id), "a secret");
}

absl::StatusOr<storage::DeviceKey> LoadDevice(Tx& tx, std::int64_t id) {
  return Present(storage::KeyStore(tx.db()).ById(id), "a device");
}

std::string FingerprintOf(const storage::DeviceKey& device) {
  return crypto::KeyFingerprint(device.cert_sha256, device.box_public);
}

}  // namespace holdfast::custody
