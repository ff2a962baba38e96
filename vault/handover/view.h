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

// Rotate one secret of which the leaver knows a version.
struct TaskView {
  std::int64_t id = 0;  // the secret's; 0 before the cut
  std::string account;
  std::string secret;
  storage::TaskState state;

  bool done() const { return state.done(); }
};

struct CaseView {
  storage::Handover row;  // id 0 in a plan
  std::string leaver;
  std::string starter;
  std::string approver;         // may be empty
  std::string named_successor;  // may be empty
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
absl::StatusOr<TaskView> ViewTask(custody::Tx& tx, std::int64_t secret_id, std::string_view person);

}  // namespace holdfast::handover
