// A broken glass as its readers see it: derived from rows and the elapsed time of one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/storage/break_glass_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {

enum class BreakGlassState : int {
  kWaiting = 1,
  kReady = 2,
  kVetoed = 3,
  kExpired = 4,   // not revealed within a day of being ready
  kRevealed = 5,  // rotation or review are left to do
  kClosed = 6,    // rotated, and reviewed
  kVoid = 7,      // asked for under another policy than the one in force
};
// "WAITING".
std::string_view BreakGlassStateName(BreakGlassState state);
BreakGlassState StateOf(const Tx& tx, const storage::BreakGlass& row);

struct BreakGlassView {
  storage::BreakGlass row;
  BreakGlassState state = BreakGlassState::kWaiting;
  Micros left = 0;  // elapsed time until it is ready, or until it is over; 0 where neither is to come
  // Of what was revealed, as far as exposures tell: the requester reads it too.
  storage::TaskState rotation;
};

absl::StatusOr<BreakGlassView> ViewBreakGlass(Tx& tx, const storage::BreakGlass& row);

// The rows around one request.
struct BreakGlassRows {
  storage::BreakGlass row;
  storage::Account account;
  storage::Secret secret;
  storage::Holder requester;

  // For the record; borrows the rows.
  Target AsTarget(std::map<std::string, std::string> texts = {}) const;
};
absl::StatusOr<BreakGlassRows> LoadBreakGlass(Tx& tx, const storage::BreakGlass& row);
// If the actor may see it, or asked for it and does more than read it; else as NotThere() of sight.h.
absl::StatusOr<BreakGlassRows> FindBreakGlass(Tx& tx, const Actor& actor, policy::Action action, std::int64_t id);

absl::StatusOr<BreakGlassView> GetBreakGlass(Tx& tx, const Actor& actor, std::int64_t id);
// A page is what is left of a bounded number of rows: it may be empty and not the last.
struct BreakGlassPage {
  std::vector<BreakGlassView> views;
  std::optional<std::int64_t> last;  // the number after which the next page begins; none: there is no more
};
inline constexpr int kBreakGlassLookedAt = 1000;
// Those with ids after `after_id` that the actor may read, at most `limit`. `open_only`: where something is
// still to come.
absl::StatusOr<BreakGlassPage> ListBreakGlass(Tx& tx, const Actor& actor, bool open_only,
                                              std::int64_t after_id, int limit);
// How many the actor could veto now.
absl::StatusOr<int> CountVetoable(Tx& tx, const Actor& actor);

}  // namespace holdfast::custody
