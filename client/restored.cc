#include "client/restored.h"

#include <algorithm>
#include <utility>

#include "client/prompt.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "vault/evidence/restore.h"

namespace holdfast::client {
namespace {

using evidence::Checkpoint;
using evidence::RestoreStatement;

bool accept_restore = false;

std::string LossText(const RestoreStatement& first, std::int64_t seen, std::int64_t restored) {
  std::string text = fmt::format(
      "the vault was restored from a backup: its log goes on from entry {} under a new key; ", restored);
  if (seen > restored) {
    const bool one = seen - restored == 1;
    text += fmt::format("{} {} that this device has seen {} lost", seen - restored, one ? "entry" : "entries",
                        one ? "is" : "are");
  } else {
    text += "all that this device has seen is still there";
  }
  if (!first.last_known.has_value()) return text + "; the vault does not know how many entries its log had";
  const std::int64_t known = first.last_known->size;
  if (known < seen)
    return text + fmt::format("; the vault admits to {} only: tell your auditors", known - restored);
  return text + fmt::format("; the vault says it lost {}", known - restored);
}

// A checkpoint that was signed twice for one size, over different entries, convicts the vault.
absl::Status CheckLastKnown(const RestoreStatement& first, const std::optional<Checkpoint>& known) {
  if (!known.has_value() || !first.last_known.has_value() || known->size != first.last_known->size ||
      known->root == first.last_known->root)
    return absl::OkStatus();
  return VerificationFailed(
      fmt::format("the vault was restored and names another log of {} entries as its last than this device "
                  "has seen: entries were "
                  "changed; do not trust its answers, tell your auditors",
                  known->size));
}

}  // namespace

void SetAcceptRestore(bool accept) { accept_restore = accept; }

absl::StatusOr<Loss> CheckRestored(const evidence::NoteVerifier& trusted,
                                   const std::optional<Checkpoint>& known, const RestoredLog& log) {
  Loss loss;
  for (const RestoredLog::Step& step : log.steps) loss.statements.push_back(step.statement);
  const auto chain = evidence::FollowRestores(loss.statements, trusted);
  if (!chain.ok() || chain->size() != log.steps.size() || chain->empty())
    return VerificationFailed(
        "the vault says that it was restored, but not under the key that this device trusts: do not trust "
        "its answers, "
        "tell your auditors");
  const auto next = evidence::OpenCheckpoint(log.note, chain->back().goes_on);
  if (!next.ok())
    return VerificationFailed(
        "the restored vault's checkpoint is not signed with the key that the restore began");
  for (std::size_t i = 0; i < chain->size(); ++i) {
    const Checkpoint& restored = (*chain)[i].restored;
    // A restore is an entry itself, so the log must be longer than what was restored.
    if (restored.size >= next->size || !evidence::VerifyConsistency(restored.size, next->size, restored.root,
                                                                    next->root, log.steps[i].consistency)
                                            .ok())
      return VerificationFailed(fmt::format(
          "the restored vault's log does not contain the {} entries that it says were restored: do not "
          "trust its answers, tell your auditors",
          restored.size));
  }
  const RestoreStatement& first = chain->front();
  HF_RETURN_IF_ERROR(CheckLastKnown(first, known));
  loss.restored = first.restored.size;
  loss.seen = known.has_value() ? known->size : 0;
  if (known.has_value() && known->size <= loss.restored)
    HF_RETURN_IF_ERROR(CheckExtends(*known, *next, log.consistency));
  loss.text = LossText(first, loss.seen, loss.restored);
  return loss;
}

absl::Status AskToAccept(const Loss& loss, const std::string& evidence_path) {
  const std::string kept = fmt::format("what it saw last is kept in {}", evidence_path);
  if (accept_restore) {
    fmt::print(stderr, "{}\n", Printable(fmt::format("Accepted: {}; {}", loss.text, kept)));
    return absl::OkStatus();
  }
  if (CanAsk())
    return Confirm(
        /*yes=*/false,
        Printable(fmt::format("Before you agree, ask your security team whether they restored the vault. "
                              "What happened there: {}; {}. Go on with the restored vault?",
                              loss.text, kept)),
        "");
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "RESTORE_NOT_ACCEPTED",
      fmt::format("{}; ask your security team whether they restored it, then repeat the command with "
                  "--accept-restore",
                  loss.text));
}

}  // namespace holdfast::client
