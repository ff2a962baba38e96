// Playbooks as files: those that come with the program, an organisation's own, and what is wrong with them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/options.h"
#include "vault/base/status.h"
#include "vault/playbook/library.h"

namespace holdfast::client {

// One file and what is wrong with it, the rules of Lint() included.
struct CheckedPlaybook {
  std::string path;
  playbook::Playbook playbook;  // of use only without problems
  std::vector<policy::Problem> problems;
  std::vector<policy::Problem> warnings;
};
CheckedPlaybook CheckPlaybook(const std::string& path, std::string_view text);

// The *.toml files of a directory, in the order of their names. INVALID_ARGUMENT, naming --dir, when it
// cannot be read or has none.
absl::StatusOr<std::vector<std::string>> PlaybookFilesIn(const std::string& directory);

// Those that come with the program and, if `directory` is not "", the ones there in place of those they
// replace. Prints what is wrong with the latter.
absl::StatusOr<playbook::Library> LoadPlaybooks(const Globals& globals, const std::string& directory);

// INVALID_ARGUMENT, reason PLAYBOOK_INVALID: "FILE: 3 problems".
absl::Status BadPlaybookFile(const std::string& path, std::size_t problems);

// The playbook of an id, a URL or a host. NOT_FOUND, with the id that was probably meant.
absl::StatusOr<const playbook::Playbook*> PlaybookFor(const playbook::Library& library,
                                                      const std::string& platform);

}  // namespace holdfast::client
