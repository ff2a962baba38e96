// Playbooks as text: TOML 1.0, typed. The whole grammar stands in docs/playbooks.md.
//
//   format = 1
//   id = "x"                                   # an account's platform
//   name = "X (Twitter) account"
//   hosts = ["x.com", "twitter.com"]           # and all below them; optional
//   model = "both"                             # shared, personal or both
//   identity = { what = "numeric user id", source = ["api"] }
//   owners = { least = 1, what = "one login; delegates beside it", source = ["delegates"] }
//   reviewed = "2026-11-27"
//   [password]                                 # url, min, max, max_repeat, required, forbidden, source
//   [[source]]                                 # id, title, url, standing
//   [[hold]]                                   # id, kind, keeps, where, survives, source
//   [[step]]                                   # id, kind, who, do, where, url, after, ends, facts, secret,
//                                              # evidence, within, waive, only_if, source
//   [[wait]]                                   # id, what, lasts, step, source
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "vault/playbook/playbook.h"

namespace holdfast::playbook {

inline constexpr std::size_t kMaxPlaybookBytes = 64 * 1024;
inline constexpr std::size_t kMaxEntries = 60;  // of [[source]], [[hold]], [[step]] and [[wait]], each
inline constexpr std::size_t kMaxHosts = 40;
inline constexpr std::size_t kMaxShortText = 200;  // names, titles, places
inline constexpr std::size_t kMaxLongText = 700;   // what to do, what is kept
inline constexpr std::size_t kMaxUrlBytes = 300;

struct Parsed {
  Playbook playbook;                      // of use only without problems
  std::vector<policy::Problem> problems;  // in the order of the text
};

// Never throws, whatever the bytes. Lists all that is wrong, not only the first fault. References between
// entries are the business of Lint().
Parsed Parse(std::string_view text);

}  // namespace holdfast::playbook
