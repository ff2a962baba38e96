// A small organisation around a real vault, and short words for "this works" and "this is refused".
// Values that tests put in hold the word "fixture": no error, no table and no server log may show it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/harness/vault_fixture.h"

namespace holdfast::testing {

using Json = nlohmann::json;
using Args = std::vector<std::string>;

class Office : public VaultFixture {
 public:
  // Officer alice, enrolled, on a running server.
  Office();
  // Expects that the server's log shows no value and no enrollment string.
  ~Office();

  // A second officer, whom alice confirmed: from here on two people exist who can confirm others.
  void AddOmar() { AddHolder("omar", "security", "alice"); }
  // Registered by alice, confirmed by omar.
  void AddMember(const std::string& holder) { AddHolder(holder, "member", "omar"); }
  void Restart();
  // The same with all wall clocks, the server's and the devices', set ahead of now by so many seconds.
  void RestartAhead(std::int64_t seconds);
  // The steady clock alone goes ahead by so many seconds, while the server runs. The first time restarts it.
  void LetPass(std::int64_t seconds);
  // All wall clocks go ahead by so many days, while the server runs. The first time restarts it.
  void LetDaysPass(int days);
  // Calls as `holder` until the server shows a certificate that has not ended; it may take two seconds to.
  void AwaitServerCertificate(const std::string& holder) const;

  // The command must succeed; returns what it printed.
  std::string Ok(const std::string& holder, const Args& args, const std::string& input = {}) const;
  // The same with -o json.
  Json Get(const std::string& holder, const Args& args, const std::string& input = {}) const;
  // The command must be refused with this exit code in one line that shows no value; returns the line without
  // "holdfast: ".
  std::string Refused(int exit_code, const std::string& holder, const Args& args,
                      const std::string& input = {}) const;
  // The same with -o json: returns the error object.
  Json Error(int exit_code, const std::string& holder, const Args& args, const std::string& input = {}) const;

  // An account of tier 2 with a password.
  void AddAccount(const std::string& account, const std::string& owner, const Args& more = {}) const;
  void Put(const std::string& holder, const std::string& account, const std::string& value,
           const std::string& secret = "password") const;
  // With a reason, which tier 2 asks for, when there is none in `more`.
  std::string Reveal(const std::string& holder, const std::string& account, const Args& more = {}) const;
  // A one-time string for a device of `holder`.
  std::string NewString(const std::string& holder, const std::string& by = "alice") const;
  std::string Fingerprint(const std::string& holder) const;  // of the holder's enrolled device

  // All that alice can see of the vault's state, to show that nothing changed. Reading it leaves no trace in
  // itself.
  std::string State() const;
  // Entries of the log that match, newest first.
  Json Events(const Args& filters, const std::string& reader = "alice") const;

 private:
  // Sets a clock of the programs that are started from now on, and of those that were since the first time.
  void SetShift(const char* variable, std::int64_t seconds) const;

  std::int64_t ahead_ = 0;   // of the wall clock, seconds
  std::int64_t passed_ = 0;  // of the steady clock
};

// The only value of `field` in each object of a list.
std::vector<std::string> Each(const Json& list, const std::string& field);
// The one object of a list whose `field` is `value`; null when there is none.
Json Where(const Json& list, const std::string& field, const std::string& value);
// Where a fixture file of the repository is.
std::string FixturePath(const std::string& name);

}  // namespace holdfast::testing
