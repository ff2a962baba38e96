#include "vault/custody/knowledge_findings.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "vault/storage/break_glass_store.h"
#include "vault/storage/finding_store.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

using storage::FindingRow;
using storage::Knower;

constexpr int kHolderBits = 22;

// A row of its own for each secret and holder.
std::int64_t PairRow(std::int64_t secret_id, std::int64_t holder_id) {
  return secret_id << kHolderBits | (holder_id & ((std::int64_t{1} << kHolderBits) - 1));
}

// The state of each secret for each person, looked up once a person.
class StatesByPerson {
 public:
  StatesByPerson(storage::Connection& db, storage::KnownBy by) : store_(db, by) {}

  absl::StatusOr<storage::TaskState> StateOf(std::int64_t secret_id, const std::string& person) {
    auto states = by_person_.find(person);
    if (states == by_person_.end()) {
      HF_ASSIGN_OR_RETURN(auto all, store_.StatesOf(person));
      states = by_person_.emplace(person, std::move(all)).first;
    }
    const auto state = states->second.find(secret_id);
    if (state != states->second.end()) return state->second;
    return store_.TaskStateOf(secret_id, person);  // they know none of its values
  }

 private:
  storage::KnowledgeStore store_;
  std::map<std::string, std::map<std::int64_t, storage::TaskState>> by_person_;
};

class KnowledgeFinder {
 public:
  KnowledgeFinder(Tx& tx, std::vector<Finding>& out)
      : tx_(tx),
        store_(tx.db()),
        knowledge_(tx.db(), storage::KnownBy::kValue),
        exposures_(tx.db(), storage::KnownBy::kExposure),
        out_(out) {}

  // Of those who are not active: all that they ever knew and that may still work.
  absl::Status OfTheGone() {
    HF_ASSIGN_OR_RETURN(const auto rows, storage::FindingStore(tx_.db()).ExposedInactive());
    for (const FindingRow& row : rows) {
      HF_ASSIGN_OR_RETURN(const storage::Holder* const holder, HolderOf(*row.holder_id));
      HF_ASSIGN_OR_RETURN(const auto shown, exposures_.StateOf(*row.secret_id, holder->person));
      HF_ASSIGN_OR_RETURN(const auto task, knowledge_.StateOf(*row.secret_id, holder->person));
      if (task.done()) continue;
      told_.insert({*row.secret_id, holder->id});
      Add(Severity::kCritical, FindingKind::kExposedToGone, "exposed.gone",
          PairRow(*row.secret_id, holder->id), *row.account_id, *row.secret_id, holder->id, row.since,
          fmt::format("{}, who is {}, knows it: put in a new version, and attest that the one they saw is dead",
                      holder->name, StatusWord(holder->status)));
      out_.back().for_security = shown.done();
    }
    return absl::OkStatus();
  }

  // Of everybody: values in force that open what they have no access to.
  absl::Status WithoutAccess() {
    HF_RETURN_IF_ERROR(SkipBrokenGlass());
    HF_ASSIGN_OR_RETURN(const auto knowers, store_.KnowersInForce());
    for (const Knower& knower : knowers) {
      HF_ASSIGN_OR_RETURN(const storage::Holder* const holder, HolderOf(knower.holder_id));
      if (told_.contains({knower.secret_id, holder->id})) continue;
      HF_ASSIGN_OR_RETURN(const storage::Secret secret, LoadSecret(tx_, knower.secret_id));
      HF_ASSIGN_OR_RETURN(const bool access, HasAccess(*holder, secret.account_id));
      if (access) continue;
      HF_ASSIGN_OR_RETURN(const auto task, knowledge_.StateOf(secret.id, holder->person));
      if (task.settled == storage::SettledAs::kNot) Tell(knower, *holder, secret);
    }
    return absl::OkStatus();
  }

  absl::Status NothingWorks() {
    HF_ASSIGN_OR_RETURN(const auto rows, storage::FindingStore(tx_.db()).SecretsDead());
    for (const FindingRow& row : rows)
      Add(row.tier == 1 ? Severity::kCritical : Severity::kWarning, FindingKind::kNothingWorks, "secret.dead",
          row.row, *row.account_id, *row.secret_id, std::nullopt, row.since,
          fmt::format("{} attested that its newest version, {}, is dead, so nothing works: put in a new value",
                      row.holder, row.number));
    // An attester must not learn that two values are equal: it is accepted, and told to security.
    HF_ASSIGN_OR_RETURN(const auto equal, storage::FindingStore(tx_.db()).ValuesDead());
    for (const FindingRow& row : equal) {
      Add(row.tier == 1 ? Severity::kCritical : Severity::kWarning, FindingKind::kNothingWorks, "secret.dead",
          row.row, *row.account_id, *row.secret_id, std::nullopt, row.since,
          fmt::format("{} attested that version {} is dead, and the newest is the same value, so nothing works: put "
                      "in another value",
                      row.holder, row.number));
      out_.back().for_security = true;
    }
    return absl::OkStatus();
  }

  // Without the value, and without the other place: whoever puts values in must not learn either.
  absl::Status Reused() {
    std::map<std::int64_t, std::string_view> found;
    HF_ASSIGN_OR_RETURN(const auto reused, store_.Reused());
    for (const std::int64_t id : reused)
      found.emplace(id, "its value is in force for another secret too: put in one of its own");
    HF_ASSIGN_OR_RETURN(const auto put_back, store_.PutBack());
    for (const std::int64_t id : put_back)
      found.emplace(id, "its value was in an earlier version already, so nothing was rotated: put in a new one");
    for (const auto& [id, words] : found) {
      HF_ASSIGN_OR_RETURN(const storage::Secret secret, LoadSecret(tx_, id));
      Add(Severity::kWarning, FindingKind::kValueReused, "value.reused", id, secret.account_id, id,
          std::nullopt, secret.updated_at, std::string(words));
      out_.back().for_security = true;
    }
    return absl::OkStatus();
  }

 private:
  // A broken glass has findings of its own (break_glass_findings.h).
  absl::Status SkipBrokenGlass() {
    HF_ASSIGN_OR_RETURN(const auto broken, storage::BreakGlassStore(tx_.db()).Unreviewed());
    for (const storage::BreakGlass& glass : broken) told_.insert({glass.secret_id, glass.requester_id});
    return absl::OkStatus();
  }

  // Findings by equal values are for security alone: others could put guesses in elsewhere, and look.
  void Tell(const Knower& knower, const storage::Holder& holder, const storage::Secret& secret) {
    TellOf(knower, holder, secret);
    out_.back().for_security = !knower.exposed;
  }
  void TellOf(const Knower& knower, const storage::Holder& holder, const storage::Secret& secret) {
    const std::int64_t row = PairRow(secret.id, holder.id);
    if (holder.status != HolderStatus::kActive)
      return Add(Severity::kCritical, FindingKind::kKnownWithoutAccess, "exposed.gone", row, secret.account_id,
                 secret.id, holder.id, knower.since,
                 fmt::format("{}, who is {}, knows the value in force: put in a new one", holder.name,
                             StatusWord(holder.status)));
    Add(knower.only_imported ? Severity::kInfo : Severity::kWarning, FindingKind::kKnownWithoutAccess,
        "exposed.no-access", row, secret.account_id, secret.id, holder.id, knower.since,
        fmt::format("{} has no access and knows the value in force{}: put in a new one", holder.name,
                    knower.only_imported ? ", having imported it" : ""));
  }

  absl::StatusOr<const storage::Holder*> HolderOf(std::int64_t id) {
    auto known = holders_.find(id);
    if (known == holders_.end()) {
      HF_ASSIGN_OR_RETURN(storage::Holder holder, LoadHolder(tx_, id));
      known = holders_.emplace(id, std::move(holder)).first;
    }
    return &known->second;
  }

  // Under any active identity of the person.
  absl::StatusOr<bool> HasAccess(const storage::Holder& holder, std::int64_t account_id) {
    auto known = access_.find(account_id);
    if (known == access_.end()) {
      HF_ASSIGN_OR_RETURN(const auto grants,
                          storage::GrantStore(tx_.db()).LiveByAccount(account_id, tx_.now()));
      std::set<std::string> persons;
      for (const storage::Grant& grant : grants) {
        HF_ASSIGN_OR_RETURN(const storage::Holder* const one, HolderOf(grant.holder_id));
        if (one->status == HolderStatus::kActive) persons.insert(one->person);
      }
      known = access_.emplace(account_id, std::move(persons)).first;
    }
    return known->second.contains(holder.person);
  }

  void Add(Severity severity, FindingKind kind, std::string rule, std::int64_t row, std::int64_t account_id,
           std::int64_t secret_id, std::optional<std::int64_t> holder_id, Micros since, std::string message) {
    out_.push_back({.id = FindingId(severity, kind, row),
                    .severity = severity,
                    .rule = std::move(rule),
                    .account_id = account_id,
                    .secret_id = secret_id,
                    .holder_id = holder_id,
                    .since = since,
                    .message = std::move(message)});
  }

  Tx& tx_;
  storage::KnowledgeStore store_;
  StatesByPerson knowledge_;
  StatesByPerson exposures_;
  std::vector<Finding>& out_;
  std::map<std::int64_t, storage::Holder> holders_;
  std::map<std::int64_t, std::set<std::string>> access_;
  std::set<std::pair<std::int64_t, std::int64_t>> told_;
};

}  // namespace

absl::Status AddKnowledgeFindings(Tx& tx, std::vector<Finding>& findings) {
  KnowledgeFinder finder(tx, findings);
  HF_RETURN_IF_ERROR(finder.OfTheGone());
  HF_RETURN_IF_ERROR(finder.WithoutAccess());
  HF_RETURN_IF_ERROR(finder.NothingWorks());
  return finder.Reused();
}

}  // namespace holdfast::custody
