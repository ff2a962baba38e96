// Tests of playbooks: which one a host leads to, and which steps a departure asks for, in which order.
//
//   [[case]]
//   name = "a link to a profile on X"
//   platform = "https://x.com/acme"         # as typed: a playbook's id, a host or a URL
//   playbook = "x"                          # expected; "" for none
//   [[case]]
//   name = "somebody who saw only the seed"
//   platform = "x"
//   knows = ["totp"]                        # kinds of secret; optional
//   relation = ["owner"]                    # optional
//   steps = ["identify", "re-enrol-totp"]   # expected: exactly these, in this order
//   first = ["recovery-email", "rotate"]    # expected: these among them, in this order
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/playbook/library.h"
#include "vault/playbook/order.h"

namespace holdfast::playbook {

struct Case {
  std::string name;
  Position at;
  std::string platform;
  std::optional<std::string> playbook;
  Person person;
  std::vector<std::string> steps;
  std::vector<std::string> first;
};

struct Fixture {
  std::vector<Case> cases;
  std::vector<Problem> problems;  // in the order of the text; `cases` are of use only without any
};

// Never throws, whatever the bytes. A file without cases, or a case that expects nothing, is a problem: it
// would pass whatever it is run on.
Fixture ParseFixture(std::string_view text);

// "got x, wanted y"; empty: passed.
std::string Fault(const Library& library, const Case& each);

}  // namespace holdfast::playbook
