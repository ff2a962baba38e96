// One client under load, and what it must find again after a crash. Each works on accounts of its own and
// sends one request at a time, so what the vault holds is known but for the one request that was under way.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/harness/api_client.h"

namespace holdfast::crash {

class Worker {
 public:
  Worker(const std::string& home, std::string holder, std::uint64_t seed);

  const testing::ApiClient& client() const { return client_; }
  absl::Status Connect(const std::string& address) { return client_.Connect(address); }

  // Sends requests until the server is gone. `between` is called between requests; its OK is needed to go on.
  void LoadUntilDead(const std::function<absl::Status()>& between);

  // After the restart, in this order:
  // What was acknowledged since the last such call is there, and nothing beyond the request that was under
  // way.
  void CheckAcknowledged();
  // The request under way and the last acknowledged one, sent again, take effect once.
  void RepeatAndCheck();
  // Everything since the beginning, values included.
  void CheckAll();

  // All requests that took effect; each must be in the log once.
  const std::vector<std::string>& done() const { return done_; }
  bool was_interrupted() const { return was_interrupted_; }

 private:
  enum class Kind { kCreate, kPut, kReveal };
  struct Step {
    Kind kind = Kind::kCreate;
    std::string account;
    std::string value;  // put: what was put; reveal: what must come
    std::string request_id;
    std::int64_t version = 0;  // of the secret, before the step
  };

  Step Next();
  absl::Status Send(const Step& step);
  void Acknowledge(const Step& step);
  std::int64_t CountVersions(const std::string& account);
  std::string NewRequestId();

  testing::ApiClient client_;
  std::string holder_;
  std::mt19937_64 random_;
  int serial_ = 0;
  std::map<std::string, std::vector<std::string>>
      accounts_;                      // values of the secret "password", by version - 1
  std::vector<std::string> recent_;   // accounts of the last rounds
  std::vector<std::string> touched_;  // accounts changed since the last check
  std::vector<std::string> done_;
  std::optional<Step> last_;
  std::optional<Step> under_way_;
  bool was_interrupted_ = false;
};

}  // namespace holdfast::crash
