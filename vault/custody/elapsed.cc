#include "vault/custody/elapsed.h"

#include <algorithm>
#include <chrono>

#include "vault/storage/setting_store.h"

namespace holdfast::custody {
namespace {

// CLOCK_MONOTONIC: stands still with a machine that sleeps, as nobody reaches that one either.
Micros SteadyNow() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

absl::StatusOr<Elapsed> Elapsed::Load(storage::Connection& db, Micros at_least) {
  HF_ASSIGN_OR_RETURN(const Micros before, storage::SettingStore(db).Elapsed());
  return Elapsed(std::max(before, at_least), SteadyNow());
}

Micros Elapsed::Now() const { return before_ + SteadyNow() - since_; }

absl::Status Elapsed::Save(storage::Connection& db, Micros elapsed) {
  return storage::SettingStore(db).SetElapsed(elapsed);
}

}  // namespace holdfast::custody
