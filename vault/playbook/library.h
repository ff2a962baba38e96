// The playbooks that are in force: those that come with the program, and an organisation's own in their
// place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vault/playbook/playbook.h"

namespace holdfast::playbook {

// A file of playbooks, as it was when this program was built.
struct ShippedFile {
  std::string_view name;  // "x.toml"
  std::string_view text;
};
std::span<const ShippedFile> ShippedFiles();
// The tests that come with them: policies/tests/playbooks.toml.
std::string_view ShippedCases();

class Library {
 public:
  // In the order of their ids. Aborts when one has a problem: the tests keep those from being shipped.
  static Library Shipped();

  // In place of the one with its id, if there is one.
  void Put(Playbook playbook);

  std::span<const Playbook> all() const { return playbooks_; }
  const Playbook* Find(std::string_view id) const;  // nullptr when there is none
  // The one with the longest host that the text, a URL or a bare host, lies within.
  const Playbook* ForHost(std::string_view text) const;
  // The id of a playbook in whatever case, or a URL or host.
  const Playbook* For(std::string_view text) const;

 private:
  std::vector<Playbook> playbooks_;
};

}  // namespace holdfast::playbook
