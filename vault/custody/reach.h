// Reach: the accounts that a person could take over by what they know and hold, whatever access is taken from
// them. An account is open to them while they know a version of one of its secrets that nobody else attested
// dead, of whatever kind but the seed of one-time codes: that alone opens nothing, nor does having received
// codes. From there on links lead, and from the person's own phones, logins and apps. Second factors are
// thought to stop nobody: the ways by which platforms recover an account often go round them. For one
// transaction; not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/reach/graph.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {

struct ReachedAccount {
  std::int64_t id = 0;       // the account's
  std::size_t position = 0;  // for Explain() and AccountsOnPath()
  std::size_t links = 0;     // that lead there; 0: they know a secret of it
};

class Reach {
 public:
  // Under every name that the person has. `tx` is borrowed.
  static absl::StatusOr<Reach> Of(Tx& tx, std::string_view person, storage::KnownBy known_by);

  // By id.
  const std::vector<ReachedAccount>& accounts() const { return accounts_; }
  // A page of them.
  std::vector<ReachedAccount> After(std::int64_t id, std::size_t limit) const;
  // "alice knows password v3 of mail-social; x-acme-news recovers through it".
  absl::StatusOr<std::string> Explain(const ReachedAccount& account) const;
  // Ids, in order, the account's own last.
  std::vector<std::int64_t> AccountsOnPath(const ReachedAccount& account) const;

 private:
  explicit Reach(Tx& tx) : tx_(&tx) {}

  absl::Status AddKnown(const std::vector<storage::Holder>& identities, std::string_view person,
                        storage::KnownBy known_by);
  absl::Status Close(const std::vector<storage::Holder>& identities);

  Tx* tx_;
  std::map<std::int64_t, std::string> openings_;  // by account: why it is open
  std::vector<reach::Reached> closure_;
  std::vector<ReachedAccount> accounts_;
};

inline constexpr std::size_t kMaxReachWarnings = 50;

// For whoever reads the holder's handover, one sentence for each account that links lead to: "reaches
// x-acme-news: mia knows password v3 of mail-social; x-acme-news recovers through it". Equal values count,
// but in a dry run, which could be repeated with one guess after another.
absl::StatusOr<std::vector<std::string>> ReachWarnings(Tx& tx, const storage::Holder& holder);

}  // namespace holdfast::custody
