#include "vault/custody/break_glass_findings.h"

#include <fmt/format.h>

#include <utility>

#include "vault/custody/break_glass_view.h"

namespace holdfast::custody {
namespace {

Finding FindingOf(const storage::BreakGlass& row, FindingKind kind, std::string_view rule,
                  std::string message) {
  return {.id = FindingId(Severity::kCritical, kind, row.id),
          .severity = Severity::kCritical,
          .rule = std::string(rule),
          .account_id = row.account_id,
          .secret_id = row.secret_id,
          .since = row.revealed_at.value_or(row.requested_at),
          .message = std::move(message)};
}

}  // namespace

absl::Status AddBreakGlassFindings(Tx& tx, std::vector<Finding>& findings) {
  storage::BreakGlassStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open, store.Open(tx.elapsed(), tx.policy().id));
  for (const storage::BreakGlass& row : open) {
    HF_ASSIGN_OR_RETURN(const storage::Holder requester, LoadHolder(tx, row.requester_id));
    findings.push_back(FindingOf(
        row, FindingKind::kBreakGlassWaiting, "break-glass.waiting",
        fmt::format("{} asks to break the glass over it: holdfast break-glass show {}, and veto it "
                    "unless that is right",
                    requester.name, row.id)));
  }
  HF_ASSIGN_OR_RETURN(const auto unreviewed, store.Unreviewed());
  for (const storage::BreakGlass& row : unreviewed) {
    HF_ASSIGN_OR_RETURN(const BreakGlassView view, ViewBreakGlass(tx, row));
    if (!view.rotation.done())
      findings.push_back(
          FindingOf(row, FindingKind::kBreakGlassRotation, "break-glass.rotation",
                    fmt::format("version {} was shown by break-glass/{}: somebody else must put in "
                                "a new value and attest that this one is dead",
                                *row.revealed_version, row.id)));
    findings.push_back(FindingOf(
        row, FindingKind::kBreakGlassReview, "break-glass.review",
        fmt::format("break-glass/{} was used: look at why, and then: holdfast break-glass review {}", row.id,
                    row.id)));
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
