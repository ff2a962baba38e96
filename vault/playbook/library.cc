#include "vault/playbook/library.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "vault/playbook/host.h"
#include "vault/playbook/parse.h"

namespace holdfast::playbook {

Library Library::Shipped() {
  Library library;
  for (const ShippedFile& file : ShippedFiles()) {
    Parsed parsed = Parse(file.text);
    if (!parsed.problems.empty()) std::abort();
    library.Put(std::move(parsed.playbook));
  }
  return library;
}

void Library::Put(Playbook playbook) {
  const auto place = std::ranges::lower_bound(playbooks_, playbook.id, {}, &Playbook::id);
  if (place != playbooks_.end() && place->id == playbook.id) {
    *place = std::move(playbook);
  } else {
    playbooks_.insert(place, std::move(playbook));
  }
}

const Playbook* Library::Find(std::string_view id) const {
  const auto found = std::ranges::find(playbooks_, id, &Playbook::id);
  return found == playbooks_.end() ? nullptr : &*found;
}

const Playbook* Library::ForHost(std::string_view text) const {
  const auto host = HostOf(text);
  if (!host.has_value()) return nullptr;
  const Playbook* best = nullptr;
  std::size_t length = 0;
  for (const Playbook& playbook : playbooks_) {
    for (const Ref& each : playbook.hosts) {
      if (each.id.size() <= length || !IsWithin(*host, each.id)) continue;
      best = &playbook;
      length = each.id.size();
    }
  }
  return best;
}

const Playbook* Library::For(std::string_view text) const {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const Playbook* const named = Find(lower);
  return named != nullptr ? named : ForHost(text);
}

}  // namespace holdfast::playbook
