#include "vault/custody/attest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/policy/action.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

// Of so many persons: whoever leaves, somebody else has attested it.
constexpr std::size_t kEnoughPersons = 2;

struct Range {
  std::int64_t first = 1;
  std::int64_t last = 0;

  std::string Words() const { return first == last ? std::to_string(last) : fmt::format("{}-{}", first, last); }
};

absl::Status Failed(std::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

Range RangeOf(const AttestRequest& wanted, const storage::Secret& secret) {
  if (wanted.version != 0) return {.first = wanted.version, .last = wanted.version};
  if (wanted.through != 0) return {.last = wanted.through};
  return {.last = wanted.current ? secret.current_version : secret.current_version - 1};
}

absl::Status CheckRange(const AttestRequest& wanted, const storage::Secret& secret, const Range& range) {
  if (range.last < 1)
    return Failed("NOTHING_TO_ATTEST",
                  fmt::format("version 1 is the newest of {}: put a new value in first, or say --current when "
                              "the platform no longer accepts it",
                              secret.name));
  if (range.last < secret.current_version || wanted.current) return absl::OkStatus();
  return Failed("IS_CURRENT",
                fmt::format("version {} is the newest of {}, and nothing would work any more: put a new value "
                            "in first, or say --current when the platform no longer accepts it",
                            secret.current_version, secret.name));
}

// True when the actor's attestation of the version would add something: another person, as far as more count.
absl::StatusOr<bool> Adds(WriteTx& tx, const Actor& actor, std::int64_t secret_id, std::int64_t version,
                          const Range& range) {
  HF_ASSIGN_OR_RETURN(const auto present, storage::KnowledgeStore(tx.db()).Attestations(secret_id, version));
  std::set<std::string> persons;
  for (const storage::Attestation& one : present) {
    if (one.holder_id == actor.holder.id) return false;
    persons.insert(one.person);
  }
  if (persons.contains(actor.holder.person)) return false;
  return range.first == range.last || persons.size() < kEnoughPersons;
}

absl::StatusOr<std::vector<std::int64_t>> AttestEach(WriteTx& tx, const Actor& actor,
                                                     const storage::Secret& secret, const Range& range,
                                                     const std::string& evidence) {
  std::vector<std::int64_t> versions;
  for (std::int64_t version = range.first; version <= range.last; ++version) {
    HF_ASSIGN_OR_RETURN(const bool adds, Adds(tx, actor, secret.id, version, range));
    if (!adds) continue;
    storage::Attestation attestation{.secret_id = secret.id,
                                     .version = version,
                                     .holder_id = actor.holder.id,
                                     .person = actor.holder.person,
                                     .attested_at = tx.now(),
                                     .evidence = evidence};
    HF_RETURN_IF_ERROR(storage::KnowledgeStore(tx.db()).Attest(attestation));
    versions.push_back(version);
  }
  return versions;
}

// Those that the actor attested, for the same call again.
absl::StatusOr<std::vector<std::int64_t>> AttestedBy(WriteTx& tx, const Actor& actor,
                                                     const storage::Secret& secret, const Range& range) {
  std::vector<std::int64_t> versions;
  for (std::int64_t version = range.first; version <= range.last; ++version) {
    HF_ASSIGN_OR_RETURN(const auto present, storage::KnowledgeStore(tx.db()).Attestations(secret.id, version));
    if (std::ranges::any_of(present, [&](const auto& one) { return one.holder_id == actor.holder.id; }))
      versions.push_back(version);
  }
  return versions;
}

}  // namespace

absl::StatusOr<Attested> Attest(WriteTx& tx, const Actor& actor, const Request& request,
                                const AttestRequest& wanted) {
  HF_RETURN_IF_ERROR(CheckLine("evidence", wanted.evidence, kMaxEvidence, /*required=*/true));
  if (wanted.version != 0 && wanted.through != 0) return InvalidField("through", "goes without one version");
  std::map<std::string, std::string> texts{{"evidence", wanted.evidence}};
  // Decided on the last version, whose state is the one that rules can look at.
  HF_ASSIGN_OR_RETURN(const auto account, FindAccount(tx, actor, wanted.account, policy::Action::kSecretAttest));
  std::int64_t number = std::max(wanted.version, wanted.through);
  Range range;
  const auto secret = FindSecret(tx, account, wanted.secret);
  const absl::Status fits = [&]() -> absl::Status {
    if (!secret.ok()) return absl::OkStatus();  // Locate says so, to those who may know
    range = RangeOf(wanted, *secret);
    number = std::max<std::int64_t>(range.last, 1);
    return CheckRange(wanted, *secret, range);
  }();
  HF_ASSIGN_OR_RETURN(Located located, Locate(tx, actor, policy::Action::kSecretAttest, wanted.account,
                                              wanted.secret, number, texts));
  Attested attested{.row = std::move(located.row), .versions = {}};
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) {
    range.last = std::stoll(*repeat);
    HF_ASSIGN_OR_RETURN(attested.versions, AttestedBy(tx, actor, attested.row.secret, range));
    return attested;
  }
  HF_RETURN_IF_ERROR(fits);
  HF_ASSIGN_OR_RETURN(attested.versions,
                      AttestEach(tx, actor, attested.row.secret, range, wanted.evidence));
  if (attested.versions.empty())
    return Failed("ALREADY_ATTESTED", fmt::format("version {} of {} was attested dead already",
                                                  range.Words(), wanted.secret));
  texts["versions"] = range.Words();
  tx.Record(EventFor(actor, policy::Action::kSecretAttest, TargetOf(attested.row, texts), located.decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(range.last)));
  return attested;
}

}  // namespace holdfast::custody
