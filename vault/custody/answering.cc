#include "vault/custody/answering.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/custody/device_end.h"
#include "vault/custody/holders.h"
#include "vault/custody/knowledge.h"

namespace holdfast::custody {
namespace {

constexpr std::string_view kPassedOn = "floor.workflow-passed-on";

struct Standing {
  bool known = false;
  bool active = false;
};

absl::StatusOr<Standing> StandingOf(Tx& tx, std::string_view person) {
  HF_ASSIGN_OR_RETURN(auto identities, storage::HolderStore(tx.db()).ByPerson(person));
  std::erase_if(identities, [](const storage::Holder& one) { return one.kind != HolderKind::kPerson; });
  return Standing{.known = !identities.empty(),
                  .active = std::ranges::count(identities, HolderStatus::kActive, &storage::Holder::status) > 0};
}

}  // namespace

absl::Status CheckMayAnswer(Tx& tx, std::string_view person) {
  HF_RETURN_IF_ERROR(CheckNotLeaving(tx, person));
  HF_ASSIGN_OR_RETURN(const Standing standing, StandingOf(tx, person));
  if (standing.active) return absl::OkStatus();
  return InvalidField("holder.person", fmt::format("nobody who is active has the person id {}", person));
}

absl::Status CheckAnswered(Tx& tx, const storage::Holder& holder) {
  if (holder.kind != HolderKind::kWorkflow) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const Standing standing, StandingOf(tx, holder.person));
  if (standing.active || !standing.known) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "PERSON_INACTIVE",
                   fmt::format("{}, who answers for the workflow {}, is suspended or has left; somebody else must "
                               "answer for it: holdfast holder update {} --person ID",
                               holder.person, holder.name, holder.name));
}

absl::Status PassOn(WriteTx& tx, const Actor& actor, const storage::Holder& workflow) {
  HF_RETURN_IF_ERROR(KeepKnowledge(tx, workflow));
  return EndAllDevices(tx, actor, workflow, kPassedOn);
}

}  // namespace holdfast::custody
