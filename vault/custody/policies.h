// The policy in force, as one transaction sees it: whatever is decided in a transaction is decided by the
// policy that stands in it.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "vault/crypto/init.h"
#include "vault/policy/bundle.h"
#include "vault/storage/policy_store.h"

namespace holdfast::custody {

struct Policy {
  std::int64_t id = 0;
  crypto::Digest sha256{};  // of its source, exactly as it was staged
  policy::Bundle bundle;

  Policy(std::int64_t id, const crypto::Digest& sha256, policy::Document document)
      : id(id), sha256(sha256), bundle(std::move(document)) {}
};

// Thread safe.
class Policies {
 public:
  // DATA_LOSS, reason POLICY_DAMAGED, when the stored text is not what its hash says or does not parse:
  // nothing is decided without a policy.
  absl::StatusOr<std::shared_ptr<const Policy>> Active(storage::Connection& db);

 private:
  std::mutex mutex_;
  std::shared_ptr<const Policy> newest_;  // guarded by mutex_
};

// The policy that a new vault begins with: policies/org.toml, as it was when this program was built.
std::string_view ShippedPolicy();

}  // namespace holdfast::custody
