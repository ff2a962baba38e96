// Values as people know them: keyed hashes by which equal ones are found, and knowledge that did not come by
// way of the vault.
#pragma once

#include <string>
#include <vector>

#include "vault/custody/locate.h"
#include "vault/custody/request.h"

namespace holdfast::custody {

// The hashes of a value, vault-wide under a key of their own that never changes: a scheme byte (1), then 16
// bytes. Two values of which somebody who knows one knows the other share at least one. The last stands for
// the value as a whole.
// `kind`: of its secret.
std::vector<Bytes> HashesOf(const Tx& tx, std::string_view kind, const Plaintext& value);

// Records that the holder knew this version before (ExposureHow::kKnown). The caller has decided on it and
// records the event. `version` must exist.
absl::Status RecordKnown(WriteTx& tx, const storage::Holder& holder, std::int64_t secret_id,
                         std::int64_t version);

// Before a workflow is given to another person: what it was exposed to, the person who answered for it knows
// from then on under a name of their own. FAILED_PRECONDITION, reason NOBODY_TO_KNOW, when they have none.
absl::Status KeepKnowledge(WriteTx& tx, const storage::Holder& workflow);

struct Knowledge {
  std::string account;
  std::string secret;
  std::int64_t version = 0;  // 0: the newest
  std::string holder;
};
struct Declared {
  SecretRow row;
  storage::Holder holder;
};
// Somebody knew a value before, or came to know it elsewhere: it counts as if they had been shown it.
absl::StatusOr<Declared> DeclareKnown(WriteTx& tx, const Actor& actor, const Request& request,
                                      const Knowledge& knowledge);

}  // namespace holdfast::custody
