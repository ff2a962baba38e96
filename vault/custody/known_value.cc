#include "vault/custody/known_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "vault/base/retry.h"
#include "vault/storage/break_glass_store.h"
#include "vault/storage/knowledge_store.h"
#include "vault/storage/refusal_store.h"

namespace holdfast::custody {
namespace {

// A person who must not know the value in force of the secret, and how far their task is.
struct Watched {
  std::string person;
  storage::TaskState state;
};

absl::Status Watch(Tx& tx, std::int64_t secret_id, std::int64_t holder_id, std::vector<Watched>& all) {
  HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, holder_id));
  HF_ASSIGN_OR_RETURN(auto state, storage::KnowledgeStore(tx.db()).TaskStateOf(secret_id, holder.person));
  if (state.concerns && state.settled == storage::SettledAs::kNot)
    all.push_back({.person = holder.person, .state = std::move(state)});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Watched>> WatchedOver(Tx& tx, const storage::Secret& secret) {
  std::vector<Watched> all;
  HF_ASSIGN_OR_RETURN(const auto cases, storage::HandoverStore(tx.db()).Open());
  for (const storage::Handover& open : cases)
    HF_RETURN_IF_ERROR(Watch(tx, secret.id, open.leaver_id, all));
  HF_ASSIGN_OR_RETURN(const auto broken, storage::BreakGlassStore(tx.db()).Unreviewed());
  for (const storage::BreakGlass& glass : broken) {
    if (glass.secret_id == secret.id) HF_RETURN_IF_ERROR(Watch(tx, secret.id, glass.requester_id, all));
  }
  return all;
}

absl::StatusOr<bool> IsKnown(Tx& tx, const std::string& person, const std::vector<Bytes>& hashes) {
  for (const Bytes& hash : hashes) {
    HF_ASSIGN_OR_RETURN(const bool knows, storage::KnowledgeStore(tx.db()).Knows(person, hash));
    if (knows) return true;
  }
  return false;
}

// When so many happened that there are `most` or more, the time of the one that must be forgotten first, so that
// fewer than `most` are left.
Micros UntilFewer(std::vector<Micros> times, std::size_t most) {
  const auto last = times.begin() + static_cast<std::ptrdiff_t>(times.size() - most);
  std::ranges::nth_element(times, last);
  return *last;
}

std::int64_t MillisOf(Micros wait) { return (wait + 999) / 1000; }

absl::Status TooManyKnown(const Tx& tx, const storage::Secret& secret, const std::map<Bytes, Micros>& told) {
  std::vector<Micros> times;
  for (const auto& [hash, last] : told) times.push_back(last);
  const Micros wait = UntilFewer(std::move(times), kMaxToldAnHour) + kHour - tx.now();
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_KNOWN_VALUES",
      fmt::format("{} values of {} were refused within an hour as known to somebody; again in {} minutes, with one "
                  "that is random",
                  told.size(), secret.name, (wait + kMinute - 1) / kMinute));
  SetRetryAfter(status, MillisOf(wait));
  return status;
}

absl::Status CheckPace(Tx& tx, const Actor& actor, const storage::Secret& secret) {
  const Micros since = tx.now() - kMinute;
  HF_ASSIGN_OR_RETURN(auto times, storage::SecretStore(tx.db()).PutTimes(secret.id, actor.holder.id, since));
  HF_ASSIGN_OR_RETURN(const auto refused,
                      storage::RefusalStore(tx.db()).TimesBy(secret.id, actor.holder.id, since));
  times.insert(times.end(), refused.begin(), refused.end());
  if (times.size() < kMaxPutsAMinute) return absl::OkStatus();
  const Micros wait = UntilFewer(std::move(times), kMaxPutsAMinute) + kMinute - tx.now();
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_PUTS",
      fmt::format("you put in {} values of {} within a minute, which is the most; again in {} seconds",
                  kMaxPutsAMinute, secret.name, (wait + kSecond - 1) / kSecond));
  SetRetryAfter(status, MillisOf(wait));
  return status;
}

absl::Status CheckHolderPace(Tx& tx, const Actor& actor) {
  HF_ASSIGN_OR_RETURN(auto times, storage::SecretStore(tx.db()).PutTimesBy(actor.holder.id, tx.now() - kHour));
  if (times.size() < kMaxPutsAnHour) return absl::OkStatus();
  const Micros wait = UntilFewer(std::move(times), kMaxPutsAnHour) + kHour - tx.now();
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_PUTS",
      fmt::format("you put in {} values within an hour, which is the most; go on in {} minutes, or bring many values in "
                  "by an import",
                  kMaxPutsAnHour, (wait + kMinute - 1) / kMinute));
  SetRetryAfter(status, MillisOf(wait));
  return status;
}

absl::Status CheckRoom(const storage::Secret& secret, const std::vector<Watched>& watched) {
  if (secret.current_version < kMaxVersionsPerSecret) return absl::OkStatus();
  // Nobody who filled a secret up can keep a rotation from being done.
  if (std::ranges::any_of(watched, [](const Watched& one) { return !one.state.replaced(); }))
    return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "TOO_MANY_VERSIONS",
      fmt::format("secret {} has {} versions, which is the most; put the value into a new secret",
                  secret.name, secret.current_version));
}

// In place of the put, which is undone.
void RefuseAsKnown(WriteTx& tx, const Actor& actor, const Target& target, const Bytes& hash) {
  audit::Event event = EventFor(actor, policy::Action::kSecretPut, target, {});
  event.outcome = audit::Outcome::kDenied;
  event.rule = "value.known";
  tx.DoInstead([event = std::move(event), secret_id = target.secret->id, holder_id = actor.holder.id,
                hash](WriteTx& instead) -> absl::Status {
    instead.Record(event);
    return storage::RefusalStore(instead.db()).Add(secret_id, holder_id, hash, instead.now());
  });
}

}  // namespace

absl::Status CheckNewValue(WriteTx& tx, const Actor& actor, const Target& target,
                           const std::vector<Bytes>& hashes) {
  const storage::Secret& secret = *target.secret;
  HF_RETURN_IF_ERROR(CheckHolderPace(tx, actor));
  if (secret.id == 0) return absl::OkStatus();
  HF_RETURN_IF_ERROR(CheckPace(tx, actor, secret));
  HF_ASSIGN_OR_RETURN(std::vector<Watched> watched, WatchedOver(tx, secret));
  HF_RETURN_IF_ERROR(CheckRoom(secret, watched));
  // The actor knows what they put in: it ends no task of theirs, and an equality would tell them nothing.
  std::erase_if(watched, [&](const Watched& one) { return one.person == actor.holder.person; });
  if (watched.empty() || tx.dry_run()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto told,
                      storage::RefusalStore(tx.db()).Values(secret.id, tx.now() - kHour));
  if (told.size() >= kMaxToldAnHour && !told.contains(hashes.back())) return TooManyKnown(tx, secret, told);
  for (const Watched& one : watched) {
    HF_ASSIGN_OR_RETURN(const bool known, IsKnown(tx, one.person, hashes));
    if (!known) continue;
    RefuseAsKnown(tx, actor, target, hashes.back());
    return MakeError(absl::StatusCode::kFailedPrecondition, "VALUE_KNOWN",
                     "value: is known to somebody it must not be; choose another, and not one like it");
  }
  return absl::OkStatus();
}

}  // namespace holdfast::custody
