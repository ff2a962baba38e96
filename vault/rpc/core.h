// What every service stands on.
#pragma once

#include <atomic>
#include <string>

#include "vault/custody/keys.h"
#include "vault/custody/ledger.h"
#include "vault/rpc/call_limits.h"

namespace holdfast::rpc {

// Must outlive the services made with it and the calls in them.
struct Core {
  custody::Ledger& ledger;
  const custody::Keys& keys;
  std::string api_address;      // "host:port" that others can reach; may be empty
  std::string version;          // of this software
  std::atomic<bool>& stopping;  // set before shutdown: long streams end
  CallLimits& limits;
};

}  // namespace holdfast::rpc
