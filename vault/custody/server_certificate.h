// The server's TLS certificate of now. It is stored nowhere: a vault issues one when it opens, and the next ones
// while it runs, each in the last third of the one before. Thread safe.
#pragma once

#include <mutex>
#include <string>

#include "vault/base/clock.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::custody {

struct Keys;

class ServerCertificate {
 public:
  struct Issued {
    std::string pem;
    Micros not_after = 0;
    Micros renewable_from = 0;
  };

  Issued current() const;
  // Issues the first one, or the next when it is due; true when it did.
  absl::StatusOr<bool> IssueIfDue(const Keys& keys, Micros now);

 private:
  mutable std::mutex mutex_;  // guards issued_
  Issued issued_;
};

}  // namespace holdfast::custody
