// What a policy must stand before it is taken in. It goes through the whole decision space, which takes time
// that the ledger does not have: it runs outside of any transaction, and what passed is the only thing that
// can be staged or put in force (policy_change.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vault/base/status.h"
#include "vault/crypto/init.h"

namespace holdfast::custody {

inline constexpr std::size_t kMaxPolicyTests = 16;  // files

// A policy that passed. Its hash is that of its exact bytes.
class ReviewedPolicy {
 public:
  // Parses, lints, proves the assertions (its own and the program's), sees to it that it can be replaced, and
  // runs the tests, each the text of one file. INVALID_ARGUMENT naming "source" or "tests[i]", with all that
  // is wrong as "line:column: what", as far as it fits into an answer. Thread safe.
  static absl::StatusOr<ReviewedPolicy> Of(std::string source, const std::vector<std::string>& tests);
  // Of a text that passed when it was staged, perhaps before the program itself was replaced:
  // FAILED_PRECONDITION, reason POLICY_REFUSED.
  static absl::StatusOr<ReviewedPolicy> Again(std::string source);

  const std::string& source() const { return source_; }
  const crypto::Digest& sha256() const { return sha256_; }

 private:
  ReviewedPolicy(std::string source, const crypto::Digest& sha256)
      : source_(std::move(source)), sha256_(sha256) {}

  std::string source_;
  crypto::Digest sha256_;
};

}  // namespace holdfast::custody
