#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "vault/policy/fields.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

constexpr std::size_t kMaxCircleBytes = 600;

std::span<const std::string_view> Roles() { return InfoOf(Attribute::kRole).values; }
bool IsRole(std::string_view name) { return std::ranges::find(Roles(), name) != Roles().end(); }

void ReadGroup(const TomlNode& entry, const std::vector<std::string_view>& known, PolicyText& policy) {
  if (IsRole(entry.key)) {
    policy.problems.Add(entry.key_at, fmt::format("group {} has the name of a role", Quoted(entry.key)));
    return;
  }
  const std::size_t before = policy.problems.size();
  if (auto fault = NameFault("group of roles", entry.key, /*plain=*/true); fault.has_value())
    policy.problems.Add(entry.key_at, *std::move(fault));
  RoleGroup group;
  group.at = entry.key_at;
  const std::string what = fmt::format("group {}", Quoted(entry.key));
  const std::string example = "[\"security\", \"auditor\"]";
  EachOnce(entry, what, example, policy.problems, [&](const TomlNode& item) -> std::optional<std::string> {
    if (!Expect(item, TomlNode::Kind::kText, "each of a group's roles", policy.problems)) return std::nullopt;
    if (std::ranges::find(known, item.text) == known.end())
      policy.problems.Add(item.at, UnknownName("role or group", item.text, known));
    group.named.push_back(item.text);
    return item.text;
  });
  group.used = policy.problems.size() != before;  // one complaint is enough
  policy.groups.emplace(entry.key, std::move(group));
}

// Writes a group out, members first. `path` holds the groups on the way to it.
void WriteOut(const std::string& name, std::vector<std::string>& path, std::set<std::string>& done,
              PolicyText& policy) {
  if (done.contains(name)) return;
  RoleGroup& group = policy.groups.find(name)->second;
  if (const auto before = std::ranges::find(path, name); before != path.end()) {
    const std::string circle = fmt::format("{} -> {}", fmt::join(before, path.end(), " -> "), name);
    policy.problems.Add(group.at, fmt::format("groups of roles name each other in a circle: {}",
                                              Printable(circle, kMaxCircleBytes)));
    return;
  }
  path.push_back(name);
  const auto add = [&group](const std::string& role) {
    if (std::ranges::find(group.roles, role) == group.roles.end()) group.roles.push_back(role);
  };
  for (const std::string& member : group.named) {
    if (IsRole(member)) add(member);
    const auto inner = policy.groups.find(member);
    if (inner == policy.groups.end()) continue;
    WriteOut(member, path, done, policy);
    for (const std::string& role : inner->second.roles) add(role);
  }
  path.pop_back();
  done.insert(name);
}

void MarkUsed(RoleGroup& group, PolicyText& policy) {
  for (const std::string& member : group.named) {
    const auto inner = policy.groups.find(member);
    if (inner == policy.groups.end() || inner->second.used) continue;
    inner->second.used = true;
    MarkUsed(inner->second, policy);
  }
}

}  // namespace

void ReadGroups(const TomlNode& table, PolicyText& policy) {
  if (table.children.size() > kMaxNames) {
    policy.problems.Add(table.children[kMaxNames].key_at,
                        fmt::format("more than {} groups of roles", kMaxNames));
    return;
  }
  std::vector<std::string_view> known(Roles().begin(), Roles().end());
  for (const TomlNode& entry : table.children) known.emplace_back(entry.key);
  for (const TomlNode& entry : table.children) ReadGroup(entry, known, policy);
  std::vector<std::string> path;
  std::set<std::string> done;
  for (const TomlNode& entry :
       table.children) {  // in the order of the text: a circle is named from its first
    if (policy.groups.contains(entry.key)) WriteOut(entry.key, path, done, policy);
  }
}

void ReportUnusedGroups(PolicyText& policy) {
  for (auto& [name, group] : policy.groups) {
    if (group.used) MarkUsed(group, policy);
  }
  for (const auto& [name, group] : policy.groups) {
    if (!group.used)
      policy.problems.Add(group.at, fmt::format("no rule uses the group of roles {}", Quoted(name)));
  }
}

}  // namespace holdfast::policy
