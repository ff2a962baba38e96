// Attestations: somebody says, with evidence, that the platform no longer accepts a version. Any number of
// persons may attest the same one: for somebody's departure those of others count.
#pragma once

#include <string>
#include <vector>

#include "vault/custody/locate.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// Of `version` alone, or of all from 1 to `through`, or (both 0) of all before the newest.
struct AttestRequest {
  std::string account;
  std::string secret;
  std::int64_t version = 0;
  std::int64_t through = 0;
  bool current = false;  // the newest may be among them: nothing works until a new value is in
  std::string evidence;
};
struct Attested {
  SecretRow row;  // of the last of them
  std::vector<std::int64_t> versions;
};
// FAILED_PRECONDITION: reason IS_CURRENT for the newest version unless that is said; NOTHING_TO_ATTEST when
// there is none before the newest; ALREADY_ATTESTED when the person attested each of them before.
absl::StatusOr<Attested> Attest(WriteTx& tx, const Actor& actor, const Request& request,
                                const AttestRequest& wanted);

}  // namespace holdfast::custody
