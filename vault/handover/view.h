// A handover as its readers see it: derived from rows in one snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::handover {

// One account that the leaver had a relation to.
struct AccountView {
  std::string account;  // id
  Relation relation = Relation::kOwner;
  std::string successor;  // holder id; empty when none is needed
  storage::ChosenBy chosen_by = storage::ChosenBy::kNotAnOwner;
};

// Rotate one secret of which the leaver knows a version, or find an account further owners.
struct TaskView {
  std::int64_t id = 0;  // its number, from 1 in each case; 0 in a plan
  std::int64_t secret_id = 0;
  std::string account;
  std::string secret;  // empty: about the account's owners
  storage::TaskState state;
  int owners_lacking = 0;
  std::string assignee;  // the account's active owner, by name; empty: security
  std::string person;    // the assignee's
  std::optional<Micros> due;

  bool done() const { return secret.empty() ? owners_lacking == 0 : state.done(); }
};

struct CaseView {
  storage::Handover row;  // id 0 in a plan
  std::string leaver;
  std::string starter;
  std::string approver;         // may be empty
  std::string ender;            // who closed or cancelled it; may be empty
  std::string named_successor;  // may be empty
  std::string approval;         // "approvals/4", the newest of its cut; may be empty
  std::string approvers;        // who could say yes now, in words, while it waits
  std::vector<AccountView> accounts;
  std::vector<TaskView> tasks;
  std::vector<std::string> warnings;
};

// The case by name ("7"), or NOT_FOUND.
absl::StatusOr<storage::Handover> FindCase(custody::Tx& tx, std::string_view name);
// The same, if the actor may see it; else as NotThere() of sight.h.
absl::StatusOr<storage::Handover> FindSeenCase(custody::Tx& tx, const custody::Actor& actor, policy::Action action,
                                               std::string_view name);
// Without accounts and tasks.
absl::StatusOr<CaseView> Summarize(custody::Tx& tx, const storage::Handover& row);
// With all: while it waits for approval, what the cut would do if it were made now.
absl::StatusOr<CaseView> Describe(custody::Tx& tx, const storage::Handover& row);
absl::StatusOr<std::vector<TaskView>> TasksOf(custody::Tx& tx, const storage::Handover& row);
// Without number, assignee and end.
absl::StatusOr<TaskView> ViewTask(custody::Tx& tx, std::int64_t secret_id, std::string_view person);

// A task of a case that is cut and open.
struct OwnTask {
  std::int64_t id = 0;  // for pages
  storage::Handover row;
  TaskView task;
};
// Those that are the actor's: of accounts that their person owns, as far as they may see those; of security, those
// that are nobody's too.
absl::StatusOr<std::vector<OwnTask>> TasksOfActor(custody::Tx& tx, const custody::Actor& actor);

}  // namespace holdfast::handover
