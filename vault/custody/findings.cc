#include "vault/custody/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/custody/break_glass_findings.h"
#include "vault/custody/case_findings.h"
#include "vault/custody/holders.h"
#include "vault/custody/knowledge_findings.h"
#include "vault/custody/limits.h"
#include "vault/custody/platform.h"
#include "vault/custody/recovery.h"
#include "vault/custody/sight.h"
#include "vault/pki/inspect.h"
#include "vault/policy/duration.h"
#include "vault/storage/finding_store.h"

namespace holdfast::custody {
namespace {

using policy::FormatDuration;
using storage::FindingRow;
using storage::PerTier;

constexpr Micros kKeyEndsSoon = 30 * kDay;
constexpr Micros kServerEndsSoon = 30 * kDay;  // it is renewed 133 days before
constexpr Micros kCaEndsSoon = 2 * 365 * kDay;
constexpr Micros kHandoverDragsOn = 30 * kDay;
constexpr Micros kMisuseTold = 30 * kDay;
constexpr int kKindBits = 6;
constexpr int kRowBits = 54;

PerTier Each(const policy::Bundle& bundle, std::optional<Micros> policy::TierLimits::*limit) {
  return {bundle.tier(1).*limit, bundle.tier(2).*limit, bundle.tier(3).*limit};
}

class Finder {
 public:
  Finder(Tx& tx, std::vector<Finding>& out)
      : tx_(tx), bundle_(tx.policy().bundle), store_(tx.db()), out_(out) {}

  absl::Status Owners() {
    // Where one is enough, one alone is worth a word.
    PerTier wanted;
    for (int tier = 1; tier <= 3; ++tier)
      wanted[static_cast<std::size_t>(tier - 1)] = std::max(bundle_.tier(tier).min_owners, 2);
    HF_ASSIGN_OR_RETURN(const auto few, store_.AccountsWithFewerOwners(wanted, tx_.now()));
    for (const FindingRow& row : few) {
      const int minimum = bundle_.tier(row.tier).min_owners;
      if (row.number < minimum) {
        Add(Severity::kCritical, FindingKind::kTooFewOwners, TierRule(row.tier, "min_owners"), row, row.since,
            fmt::format("has {} active owner{}, backup owners included, and needs {}", row.number,
                        row.number == 1 ? "" : "s", minimum));
      } else {
        Add(Severity::kWarning, FindingKind::kSingleOwner, "owner.single", row, row.since,
            fmt::format("{} is its only active owner: name a backup owner", row.holder));
      }
    }
    HF_ASSIGN_OR_RETURN(const auto inactive, store_.InactiveOwners(tx_.now()));
    for (const FindingRow& row : inactive)
      Add(Severity::kWarning, FindingKind::kOwnerInactive, "owner.suspended", row, row.since,
          fmt::format("its owner {} is {}: name another owner", row.holder, StatusWord(row.status)));
    return absl::OkStatus();
  }

  absl::Status Secrets() {
    HF_ASSIGN_OR_RETURN(const auto old, store_.SecretsOlderThan(
                                            Each(bundle_, &policy::TierLimits::max_secret_age), tx_.now()));
    for (const FindingRow& row : old)
      Add(row.tier == 1 ? Severity::kCritical : Severity::kWarning, FindingKind::kRotationOverdue,
          TierRule(row.tier, "max_secret_age"), row, row.since + row.number,
          fmt::format("has been in use for {} and must be replaced every {}", Days(tx_.now() - row.since),
                      FormatDuration(row.number)));
    return absl::OkStatus();
  }

  absl::Status Reviews() {
    HF_ASSIGN_OR_RETURN(const auto stale, store_.AccountsNotReviewed(
                                              Each(bundle_, &policy::TierLimits::review_every), tx_.now()));
    for (const FindingRow& row : stale)
      Add(Severity::kWarning, FindingKind::kReviewOverdue, TierRule(row.tier, "review_every"), row,
          row.since + row.number,
          fmt::format("was looked over {} ago and must be every {}: holdfast account review",
                      Days(tx_.now() - row.since), FormatDuration(row.number)));
    return absl::OkStatus();
  }

  absl::Status Platforms() {
    HF_ASSIGN_OR_RETURN(const auto elsewhere, store_.AccountsElsewhere(PlaybookIds()));
    for (const FindingRow& row : elsewhere)
      Add(Severity::kInfo, FindingKind::kNoPlaybook, "account.no-playbook", row, row.since,
          "no playbook is known for its platform, so a handover follows the generic one: holdfast playbook list, then "
          "holdfast account update ID --platform PLAYBOOK");
    return absl::OkStatus();
  }

  absl::Status Grants() {
    const PerTier limits = Each(bundle_, &policy::TierLimits::max_grant);
    HF_ASSIGN_OR_RETURN(const auto lengthy, store_.GrantsLongerThan(limits, tx_.now()));
    for (const FindingRow& row : lengthy)
      Add(Severity::kWarning, FindingKind::kGrantTooLong, TierRule(row.tier, "max_grant"), row, row.since,
          fmt::format("{} has access {}; the most is {}", row.holder,
                      row.number == 0 ? "without end" : "for " + Days(row.number),
                      FormatDuration(*limits[static_cast<std::size_t>(row.tier - 1)])));
    const auto& idle = bundle_.document().idle.grant;
    if (!idle.has_value()) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const auto unused, store_.GrantsUnused(*idle, tx_.now()));
    for (const FindingRow& row : unused)
      Add(Severity::kWarning, FindingKind::kGrantUnused, "idle.grant", row, row.since + *idle,
          fmt::format("{} has access and has not used it for {}: revoke it", row.holder,
                      Days(tx_.now() - row.since)));
    return absl::OkStatus();
  }

  absl::Status Holders() {
    const auto& idle = bundle_.document().idle.holder;
    if (!idle.has_value()) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const auto rows, store_.HoldersIdle(*idle, tx_.now()));
    for (const FindingRow& row : rows)
      Add(Severity::kWarning, FindingKind::kHolderIdle, "idle.holder", row, row.since + *idle,
          fmt::format("did nothing that is on record for {}: suspend them, or start a handover",
                      Days(tx_.now() - row.since)));
    return absl::OkStatus();
  }

  // Whoever could confirm it is told by name of whom, and how.
  absl::Status Suspensions() {
    HF_ASSIGN_OR_RETURN(const auto alone,
                        storage::HolderStore(tx_.db()).SuspensionEndsBy(tx_.now() + kLoneSuspension));
    for (const storage::Holder& holder : alone) {
      if (holder.status != HolderStatus::kSuspended) continue;  // frozen: nothing lapses meanwhile
      HF_ASSIGN_OR_RETURN(const storage::Holder by, LoadHolder(tx_, holder.suspended_by.value_or(0)));
      const FindingRow row{.row = holder.id, .holder_id = holder.id};
      Add(Severity::kCritical, FindingKind::kSuspendedAlone, "floor.lone-suspension", row,
          holder.suspended_at.value_or(0),
          fmt::format("{} alone suspended this officer, until {}: to keep it so, somebody else runs: holdfast "
                      "holder confirm-suspension {}",
                      by.name, FormatTime(*holder.suspension_ends), holder.name));
    }
    return absl::OkStatus();
  }

  // One officer alone can end another's last device: whoever is left must see it, and where the way back begins.
  absl::Status WithoutDevice() {
    constexpr auto kWatching = static_cast<std::int64_t>(Role::kSecurity) | static_cast<std::int64_t>(Role::kAuditor);
    HF_ASSIGN_OR_RETURN(const auto rows, store_.WithoutDevice(kWatching, tx_.now()));
    for (const FindingRow& row : rows)
      Add(Severity::kCritical, FindingKind::kWithoutDevice, "floor.locked-out", row, row.since,
          fmt::format("their last device was ended, so {0} sees and stops nothing; by whom, says: holdfast audit log "
                      "--type key.revoke --subject {0}. Ask {0}. To let {0} in again, an officer runs: holdfast holder "
                      "enroll {0}; or on the vault's host, with the server stopped: holdfastd enroll {0}",
                      row.holder));
    return absl::OkStatus();
  }

  absl::Status DeviceKeys() {
    HF_ASSIGN_OR_RETURN(const auto stopped, store_.KeysStopped());
    for (const FindingRow& row : stopped) {
      HF_ASSIGN_OR_RETURN(const std::string fingerprint, Fingerprint(row.row));
      Add(Severity::kCritical, FindingKind::kKeyStopped, "key.stopped", row, row.since,
          fmt::format("the device {} was to be renewed by two keys and is stopped: somebody may have copied its "
                      "key. Replace what it could open, then: holdfast holder revoke-key {} --fingerprint {}",
                      fingerprint, row.holder, fingerprint));
    }
    if (const auto& idle = bundle_.document().idle.unconfirmed; idle.has_value()) {
      HF_ASSIGN_OR_RETURN(const auto rows, store_.KeysUnconfirmed(*idle, tx_.now()));
      for (const FindingRow& row : rows) {
        HF_ASSIGN_OR_RETURN(const std::string fingerprint, Fingerprint(row.row));
        Add(Severity::kWarning, FindingKind::kKeyUnconfirmed, "idle.unconfirmed", row, row.since + *idle,
            fmt::format("nobody confirmed the key {} for {}: confirm or revoke it", fingerprint,
                        Days(tx_.now() - row.since)));
      }
    }
    HF_ASSIGN_OR_RETURN(const auto ending, store_.KeysEnding(kKeyEndsSoon, tx_.now()));
    for (const FindingRow& row : ending)
      Add(Severity::kInfo, FindingKind::kKeyExpires, "key.expires", row, row.since - kKeyEndsSoon,
          fmt::format("their last device ends within {}: any command on it renews it; without it, they need a "
                      "string for a new one: holdfast holder enroll {}",
                      Days(row.since - tx_.now() + kDay), row.holder));
    return absl::OkStatus();
  }

  absl::Status Strings() {
    HF_ASSIGN_OR_RETURN(const auto misused, store_.StringsMisused(kMisuseTold, tx_.now()));
    for (const FindingRow& row : misused) {
      if (row.number != 0) {
        HF_ASSIGN_OR_RETURN(const std::string fingerprint, Fingerprint(row.number));
        Add(Severity::kCritical, FindingKind::kStringMisused, "string.used-twice", row, row.since,
            fmt::format("somebody presented the enrollment string of {0} after the device {1} had been enrolled with "
                        "it: ask {0} for the fingerprint that 'holdfast status' shows. If that is {1}: holdfast holder confirm {0} "
                        "--fingerprint {1}. If not, it is a stranger's: holdfast holder revoke-key {0} --fingerprint "
                        "{1}",
                        row.holder, fingerprint));
      } else {
        Add(Severity::kWarning, FindingKind::kStringMisused, "string.ended", row, row.since,
            fmt::format("somebody presented an enrollment string of {} that had ended unused: ask {} whether it "
                        "was them",
                        row.holder, row.holder));
      }
    }
    return absl::OkStatus();
  }

  // The server's and the CA's certificates: no device can connect without them.
  absl::Status Certificates() {
    const Micros server = tx_.keys().server_certificate->current().not_after;
    if (server <= tx_.now() + kServerEndsSoon)
      Add(Severity::kCritical, FindingKind::kServerEnds, "server.expires", {}, server - kServerEndsSoon,
          fmt::format("the server's certificate ends at {} and was not renewed: the server's log says why; a "
                      "restart issues it anew",
                      FormatTime(server)));
    HF_ASSIGN_OR_RETURN(const auto ca, pki::InspectCertificate(tx_.keys().ca_certificate));
    if (ca.not_after <= tx_.now() + kCaEndsSoon)
      Add(Severity::kWarning, FindingKind::kCaEnds, "ca.expires", {}, ca.not_after - kCaEndsSoon,
          fmt::format("the vault's CA certificate ends at {}, and with it every device's: move to a new vault "
                      "before (docs/threat-model.md)",
                      FormatTime(ca.not_after)));
    return absl::OkStatus();
  }

  absl::Status Handovers() {
    HF_ASSIGN_OR_RETURN(const auto open, store_.HandoversOpen(kHandoverDragsOn, tx_.now()));
    for (const FindingRow& row : open) {
      Add(Severity::kWarning, FindingKind::kHandoverOpen, "handover.open", row, row.since + kHandoverDragsOn,
          fmt::format("the handover of {} has been open for {}", row.holder, Days(tx_.now() - row.since)));
      out_.back().handover_id = row.row;
    }
    return absl::OkStatus();
  }

 private:
  static std::string Days(Micros time) { return fmt::format("{}d", time / kDay); }

  absl::StatusOr<std::string> Fingerprint(std::int64_t key_id) {
    HF_ASSIGN_OR_RETURN(const storage::DeviceKey key, LoadDevice(tx_, key_id));
    return FingerprintOf(key);
  }

  void Add(Severity severity, FindingKind kind, std::string rule, const FindingRow& row, Micros since,
           std::string message) {
    out_.push_back({.id = FindingId(severity, kind, row.row),
                    .severity = severity,
                    .rule = std::move(rule),
                    .account_id = row.account_id,
                    .secret_id = row.secret_id,
                    .holder_id = row.holder_id,
                    .since = since,
                    .message = std::move(message)});
  }

  Tx& tx_;
  const policy::Bundle& bundle_;
  storage::FindingStore store_;
  std::vector<Finding>& out_;
};

bool Matches(const Finding& finding, const FindingFilter& filter) {
  return (!filter.severity.has_value() || finding.severity == *filter.severity) &&
         (filter.rule.empty() || finding.rule == filter.rule) &&
         (!filter.account_id.has_value() || finding.account_id == filter.account_id);
}

absl::Status AddRestoreFinding(Tx& tx, std::vector<Finding>& all) {
  HF_ASSIGN_OR_RETURN(const auto pending, FindPendingRestore(tx));
  if (!pending.has_value()) return absl::OkStatus();
  all.push_back({.id = FindingId(Severity::kCritical, FindingKind::kRestoreUnconfirmed, pending->restore.id),
                 .severity = Severity::kCritical,
                 .rule = "restore.unconfirmed",
                 .since = pending->restore.restored_at,
                 .message = RestoreAdvice(*pending)});
  return absl::OkStatus();
}

}  // namespace

std::string_view StatusWord(HolderStatus status) {
  switch (status) {
    case HolderStatus::kActive:
      return "active";
    case HolderStatus::kSuspended:
      return "suspended";
    case HolderStatus::kLeaving:
      return "leaving";
    case HolderStatus::kLeft:
      return "gone";
  }
  return "";
}

std::int64_t FindingId(Severity severity, FindingKind kind, std::int64_t row) {
  const auto rank = static_cast<std::int64_t>(severity) << kKindBits | static_cast<std::int64_t>(kind);
  return rank << kRowBits | row;
}

absl::StatusOr<std::vector<Finding>> AllFindings(Tx& tx) {
  std::vector<Finding> all;
  Finder finder(tx, all);
  HF_RETURN_IF_ERROR(finder.Owners());
  HF_RETURN_IF_ERROR(finder.Secrets());
  HF_RETURN_IF_ERROR(finder.Reviews());
  HF_RETURN_IF_ERROR(finder.Platforms());
  HF_RETURN_IF_ERROR(finder.Grants());
  HF_RETURN_IF_ERROR(finder.Holders());
  HF_RETURN_IF_ERROR(finder.Suspensions());
  HF_RETURN_IF_ERROR(finder.WithoutDevice());
  HF_RETURN_IF_ERROR(finder.DeviceKeys());
  HF_RETURN_IF_ERROR(finder.Strings());
  HF_RETURN_IF_ERROR(finder.Certificates());
  HF_RETURN_IF_ERROR(finder.Handovers());
  HF_RETURN_IF_ERROR(AddCaseFindings(tx, all));
  HF_RETURN_IF_ERROR(AddKnowledgeFindings(tx, all));
  HF_RETURN_IF_ERROR(AddBreakGlassFindings(tx, all));
  HF_RETURN_IF_ERROR(AddRestoreFinding(tx, all));
  return all;
}

absl::StatusOr<std::vector<Finding>> ListFindings(Tx& tx, const Actor& actor, const FindingFilter& filter,
                                                  std::int64_t after, int limit) {
  // Decided of each by itself; where there is none, the policy was asked all the same.
  HF_RETURN_IF_ERROR(Consider(tx, actor, policy::Action::kFindingRead, {}).status());
  HF_ASSIGN_OR_RETURN(std::vector<Finding> all, AllFindings(tx));
  std::ranges::sort(all, {}, &Finding::id);
  Sight sight(tx, actor, policy::Action::kFindingRead);
  std::vector<Finding> seen;
  for (Finding& finding : all) {
    if (static_cast<int>(seen.size()) == limit) break;
    if (finding.id <= after || !Matches(finding, filter)) continue;
    if (finding.for_security && !actor.Is(Role::kSecurity)) continue;
    HF_ASSIGN_OR_RETURN(const bool sees, sight.Sees(finding.account_id, finding.holder_id));
    if (sees) seen.push_back(std::move(finding));
  }
  return seen;
}

}  // namespace holdfast::custody
