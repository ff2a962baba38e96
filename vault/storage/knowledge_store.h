// Tells who knows which value. A person knows a version when one of their holders was exposed to it, or to any
// version, of any secret, with which it shares a keyed hash (version_hash). Hashes outlive destroyed values.
//
// A person is done with a secret when both hold:
//   - the value in force is none that they know, and nobody attested it dead;
//   - each version that they know was attested dead by somebody else.
// So neither a rotation nor an attestation of their own ends anything, under whichever name; nor does a value
// that they know from elsewhere. It also ends by a settlement (handover_task), again by somebody else: the
// account is closed at the platform, or the secret is none. A secret that was removed has no value in force.
//
// Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"
#include "vault/storage/secret_store.h"

namespace holdfast::storage {

// The ways to end a task without a new value. Stored.
enum class SettledAs : int { kNot = 0, kClosed = 1, kNoSecret = 2 };

struct TaskState {
  bool in_force_known = false;  // the newest version is one that the person knows
  // The newest version is attested dead, or, since it came in, another with its value: nothing works.
  bool in_force_dead = false;
  bool removed = false;
  // Known to the person, and not attested dead by another one; ascending.
  std::vector<std::int64_t> open_versions{};
  SettledAs settled = SettledAs::kNot;
  bool concerns = false;  // the person knows some version

  // A value is in force that the person does not know.
  bool replaced() const { return removed || (!in_force_known && !in_force_dead); }
  bool done() const { return settled != SettledAs::kNot || (open_versions.empty() && replaced()); }
};

struct Attestation {
  std::int64_t id = 0;
  std::int64_t secret_id = 0;
  std::int64_t version = 0;
  std::int64_t holder_id = 0;
  std::string person{};  // the holder's, at that time: a workflow may be given to somebody else
  Micros attested_at = 0;
  std::string evidence{};
};

// A holder who knows the value in force of a secret.
struct Knower {
  std::int64_t secret_id = 0;
  std::int64_t holder_id = 0;
  Micros since = 0;       // when the last of their exposures to that value began
  bool only_imported = false;
  bool exposed = false;  // to this very version: else the value is known from elsewhere
};

// Two measures of knowing a version. kExposure leaves out what follows from equal values, which must not be told
// to whoever could put a guess in elsewhere and look here: lists, plans, what a requester reads of their own.
enum class KnownBy : int { kValue, kExposure };

class KnowledgeStore {
 public:
  explicit KnowledgeStore(Connection& connection, KnownBy by = KnownBy::kValue)
      : connection_(connection), by_(by) {}

  // The same hash of one version twice is kept once.
  absl::Status AddHash(std::int64_t secret_id, std::int64_t version, ByteView hash);

  absl::Status Attest(Attestation& attestation);  // sets attestation.id
  absl::StatusOr<std::vector<Attestation>> Attestations(std::int64_t secret_id, std::int64_t version);

  // True when a holder of the person was exposed to any version with this hash.
  absl::StatusOr<bool> Knows(std::string_view person, ByteView hash);
  absl::StatusOr<TaskState> TaskStateOf(std::int64_t secret_id, std::string_view person);
  // The same about one version alone, whoever knows others.
  absl::StatusOr<TaskState> TaskStateOf(std::int64_t secret_id, std::int64_t version, std::string_view person);
  // TaskStateOf() of each secret that concerns the person, by its id. Use it for more than a few: it looks the
  // person's values up once.
  absl::StatusOr<std::map<std::int64_t, TaskState>> StatesOf(std::string_view person);
  // Ids, ascending, of those that are not done.
  absl::StatusOr<std::vector<std::int64_t>> OpenByPerson(std::string_view person);
  // Everybody who knows a value in force, whatever they have access to; by secret and holder.
  absl::StatusOr<std::vector<Knower>> KnowersInForce();
  // Ids, ascending, of the secrets whose value in force is that of another one too.
  absl::StatusOr<std::vector<std::int64_t>> Reused();
  // Ids, ascending, of the secrets whose value in force is that of an earlier version of their own.
  absl::StatusOr<std::vector<std::int64_t>> PutBack();

 private:
  struct Settled {
    SettledAs as = SettledAs::kNot;
    std::int64_t version = 0;  // the newest one at that time
  };

  absl::StatusOr<bool> AttestedByAnother(std::int64_t secret_id, std::int64_t version, std::string_view person);
  absl::StatusOr<bool> InForceIsDead(std::int64_t secret_id, std::int64_t newest);
  absl::StatusOr<std::vector<std::int64_t>> KnownVersions(std::int64_t secret_id, std::string_view person);
  // By secret, ascending, of all that the person knows.
  absl::StatusOr<std::map<std::int64_t, std::vector<std::int64_t>>> AllKnownVersions(std::string_view person);
  // TaskStateOf() of a person who knows these versions.
  absl::StatusOr<TaskState> StateWhen(const std::vector<std::int64_t>& known, std::int64_t secret_id,
                                      std::string_view person);
  absl::StatusOr<Settled> SettledFor(std::int64_t secret_id, std::string_view person);

  Connection& connection_;
  KnownBy by_;
};

}  // namespace holdfast::storage
