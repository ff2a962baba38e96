#include "client/import_match.h"

#include <map>
#include <string>
#include <tuple>

#include "fmt/format.h"

namespace holdfast::client {
namespace {

using Key = std::tuple<std::string, std::string, std::string, std::string>;

Key KeyOf(const ImportEntry& entry) {
  return {entry.item.group, entry.title, entry.item.username, entry.item.url};
}

bool IsForTheVault(const ImportEntry& entry) { return entry.status.ok() && entry.skipped.empty(); }

// The earlier items with one key.
struct Before {
  int any = 0;         // lowest position; 0: none
  int without_id = 0;  // lowest position of those without an id
};

absl::Status Double(int first, std::string_view why) {
  return MakeError(absl::StatusCode::kAlreadyExists, "SAME_ITEM",
                   fmt::format("{} item {}: {}", why, first,
                               "nobody can tell them apart later; change one in the source, or delete it"));
}

}  // namespace

void FailDoubles(std::vector<ImportEntry>& entries) {
  std::map<std::string, int> ids;
  std::map<Key, Before> keys;
  for (ImportEntry& entry : entries) {
    if (!IsForTheVault(entry)) continue;
    const std::string& id = entry.item.source_id;
    Before& before = keys[KeyOf(entry)];
    const int alike = id.empty() ? before.any : before.without_id;
    if (!id.empty() && ids.contains(id)) {
      entry.status = Double(ids[id], "has the same id as");
    } else if (alike != 0) {
      entry.status = Double(alike, "has the same folder, name, username and URL as");
    }
    if (!entry.status.ok()) continue;
    if (!id.empty()) ids[id] = entry.position;
    if (before.any == 0) before.any = entry.position;
    if (id.empty()) before.without_id = entry.position;
  }
}

std::vector<std::vector<std::size_t>> Alike(const std::vector<ImportEntry>& entries) {
  std::map<Key, std::size_t> places;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!IsForTheVault(entries[i])) continue;
    const auto [place, is_new] = places.emplace(KeyOf(entries[i]), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(i);
  }
  return groups;
}

}  // namespace holdfast::client
