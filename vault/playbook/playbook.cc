#include "vault/playbook/playbook.h"

#include <algorithm>

namespace holdfast::playbook {
namespace {

template <typename Entry>
const Entry* Find(const std::vector<Entry>& entries, std::string_view id) {
  const auto found = std::ranges::find(entries, id, &Entry::id);
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

const Step* Playbook::FindStep(std::string_view id) const { return Find(steps, id); }
const Hold* Playbook::FindHold(std::string_view id) const { return Find(holds, id); }
const Wait* Playbook::FindWait(std::string_view id) const { return Find(waits, id); }
const Source* Playbook::FindSource(std::string_view id) const { return Find(sources, id); }

}  // namespace holdfast::playbook
