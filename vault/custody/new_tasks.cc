#include "vault/custody/new_tasks.h"

#include "vault/custody/authorize.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

// A rehearsal tells no equality of values.
storage::KnowledgeStore KnowledgeOf(const Tx& tx) {
  return storage::KnowledgeStore(tx.db(), tx.dry_run() ? storage::KnownBy::kExposure : storage::KnownBy::kValue);
}

}  // namespace

absl::Status AddTasksFor(WriteTx& tx, std::int64_t secret_id) {
  storage::HandoverStore cases(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open, cases.Open());
  for (const storage::Handover& one : open) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, one.leaver_id));
    HF_ASSIGN_OR_RETURN(const auto state, KnowledgeOf(tx).TaskStateOf(secret_id, leaver.person));
    if (!state.concerns || state.done()) continue;
    HF_RETURN_IF_ERROR(cases.AddTask(one.id, secret_id));
  }
  return absl::OkStatus();
}

absl::Status AddTasksOf(WriteTx& tx, std::string_view person) {
  storage::HandoverStore cases(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open, cases.Open());
  for (const storage::Handover& one : open) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, LoadHolder(tx, one.leaver_id));
    if (leaver.person != person) continue;
    HF_ASSIGN_OR_RETURN(const auto secrets, KnowledgeOf(tx).OpenByPerson(person));
    for (const std::int64_t secret_id : secrets) HF_RETURN_IF_ERROR(cases.AddTask(one.id, secret_id));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
