// Rows as messages of the API, read in the transaction that the answer speaks of. Each fills `out`, which is
// empty.
#pragma once

#include "vault/audit/entry.h"
#include "vault/custody/secrets.h"
#include "vault/handover/view.h"
#include "vault/rpc/enums.h"
#include "vault/rpc/names.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/grant_store.h"

namespace holdfast::rpc {

absl::Status Render(Names& names, const storage::Account& row, v1::Account& out);
absl::Status Render(Names& names, const storage::Grant& row, v1::Grant& out);
absl::Status Render(Names& names, const storage::Exposure& row, v1::Exposure& out);
// Without keys.
void Render(const storage::Holder& row, v1::Holder& out);
absl::Status RenderWithKeys(Names& names, const storage::Holder& row, v1::Holder& out);
void Render(const storage::Account& account, const storage::Secret& row, v1::Secret& out);
absl::Status Render(Names& names, const custody::SecretRow& row, v1::SecretVersion& out);
void Render(const handover::CaseView& view, v1::Handover& out);
void Render(const storage::Handover& handover, const handover::TaskView& task, v1::HandoverTask& out);
// The steps that are left of a task, for people; "" when there is none.
std::string Todo(const storage::TaskState& task);
// All that it shows comes from the leaf and the texts that the leaf commits to. DATA_LOSS, reason LOG_DAMAGED, when
// the entry was stored beside other rows than its leaf names.
absl::Status Render(Names& names, const audit::Entry& entry, v1::Event& out);

}  // namespace holdfast::rpc
