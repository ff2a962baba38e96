// Time that passed while the vault was open: what the waits of break-glass count. The wall clock does not
// move it, and it stands still while the vault is down, when nobody could say no.
//
// It is saved now and then, and when the ledger stops. After a crash it has lost what came after the last
// time: a wait may get longer by that, never shorter. Thread safe.
#pragma once

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::custody {

class Elapsed {
 public:
  // Goes on from what was saved, but from no less than `at_least`, what the log's last entry says: an old page of
  // what was saved, put back, would open a break-glass request again whose time is over.
  static absl::StatusOr<Elapsed> Load(storage::Connection& db, Micros at_least);

  Micros Now() const;
  static absl::Status Save(storage::Connection& db, Micros elapsed);

 private:
  Elapsed(Micros before, Micros since) : before_(before), since_(since) {}

  Micros before_;
  Micros since_;  // by the steady clock, which counts from the machine's start
};

}  // namespace holdfast::custody
