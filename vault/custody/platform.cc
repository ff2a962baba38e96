#include "vault/custody/platform.h"

#include "vault/playbook/library.h"

namespace holdfast::custody {
namespace {

// Those that come with the program, read when they are needed first.
const playbook::Library& Playbooks() {
  static const playbook::Library library = playbook::Library::Shipped();
  return library;
}

}  // namespace

std::string PlatformFor(std::string_view typed) {
  const playbook::Playbook* const book = Playbooks().For(typed);
  return book == nullptr ? std::string(typed) : book->id;
}

const std::string& PlaybookIds() {
  static const std::string ids = [] {
    std::string lines = "\n";
    for (const playbook::Playbook& each : Playbooks().all()) lines += each.id + "\n";
    return lines;
  }();
  return ids;
}

}  // namespace holdfast::custody
