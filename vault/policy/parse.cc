#include "vault/policy/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/policy/fields.h"
#include "vault/policy/floor.h"
#include "vault/policy/names.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view kKeys[] = {"format", "name", "qualifications", "roles",
                                      "tiers",  "idle", "handover",       "rule",  "never"};
constexpr std::string_view kTierNames[] = {"1", "2", "3"};
constexpr std::string_view kTierKeys[] = {"min_owners", "max_secret_age", "review_every", "max_grant"};
constexpr std::string_view kIdleKeys[] = {"holder", "grant", "unconfirmed"};
constexpr std::string_view kHandoverKeys[] = {"freezes_a_day", "tasks_due"};
constexpr std::string_view kFloorName = "floor";
constexpr int kFormat = 1;
constexpr int kMaxOwners = 16;
constexpr int kMaxFreezes = 1000;

void ReadFormat(const Fields& fields, Problems& problems) {
  const TomlNode* const node = fields.Need("format", "write format = 1");
  if (node == nullptr || !Expect(*node, Kind::kInteger, "\"format\"", problems)) return;
  if (node->number != kFormat)
    problems.Add(node->at, fmt::format("format {} is not known here; allowed: {}", node->number, kFormat));
}

std::string ReadName(const Fields& fields, PolicyText& policy) {
  const TomlNode* const node = fields.Need("name", "as in name = \"org\"");
  if (node == nullptr || !Expect(*node, Kind::kText, "\"name\"", policy.problems)) return "";
  if (auto fault = NameFault("name", node->text, /*plain=*/true); fault.has_value()) {
    policy.problems.Add(node->at, *std::move(fault));
  } else if (node->text == kFloorName && !policy.is_floor) {
    policy.problems.Add(node->at, "the name \"floor\" is that of the rules that no policy can loosen");
  }
  return node->text;
}

std::vector<std::string> ReadQualifications(const Fields& fields, PolicyText& policy) {
  std::vector<std::string> names;
  const TomlNode* const node = fields.Find("qualifications");
  if (node == nullptr) return names;
  const std::string example = "qualifications = [\"privacy-training\"]";
  const auto take = [&](const TomlNode& item) -> std::optional<std::string> {
    if (!Expect(item, Kind::kText, "each of \"qualifications\"", policy.problems)) return std::nullopt;
    auto fault = NameFault("qualification", item.text, /*plain=*/true);
    policy.qualifications.emplace(item.text, Declared{.at = item.at, .used = fault.has_value()});
    if (fault.has_value()) policy.problems.Add(item.at, *std::move(fault));
    if (policy.qualifications.size() == kMaxNames + 1 && names.size() == kMaxNames)
      policy.problems.Add(item.at, fmt::format("more than {} qualifications", kMaxNames));
    names.push_back(item.text);
    return item.text;
  };
  EachOnce(*node, "\"qualifications\"", example, policy.problems, take);
  return names;
}

TierLimits ReadTier(const TomlNode& table, Problems& problems) {
  const Fields fields(table, fmt::format("tier {}", table.key), kTierKeys, problems);
  TierLimits limits;
  limits.min_owners =
      static_cast<int>(fields.Number("min_owners", 1, kMaxOwners).value_or(limits.min_owners));
  limits.max_secret_age = fields.Duration("max_secret_age");
  limits.review_every = fields.Duration("review_every");
  limits.max_grant = fields.Duration("max_grant");
  return limits;
}

void ReadTiers(const Fields& fields, Document& document, Problems& problems) {
  const TomlNode* const tiers = fields.Table("tiers");
  if (tiers == nullptr) return;
  for (const TomlNode& tier : tiers->children) {
    const auto* const found = std::ranges::find(kTierNames, tier.key);
    if (found == std::end(kTierNames)) {
      problems.Add(tier.key_at, fmt::format("no tier {}: tiers are 1, 2 and 3", Quoted(tier.key)));
    } else if (Expect(tier, Kind::kTable, fmt::format("tier {}", tier.key), problems)) {
      document.tiers[static_cast<std::size_t>(found - kTierNames)] = ReadTier(tier, problems);
    }
  }
}

void ReadIdle(const Fields& fields, IdleLimits& idle, Problems& problems) {
  const TomlNode* const table = fields.Table("idle");
  if (table == nullptr) return;
  const Fields limits(*table, "\"idle\"", kIdleKeys, problems);
  idle.holder = limits.Duration("holder");
  idle.grant = limits.Duration("grant");
  idle.unconfirmed = limits.Duration("unconfirmed");
}

void ReadHandover(const Fields& fields, HandoverLimits& handover, Problems& problems) {
  const TomlNode* const table = fields.Table("handover");
  if (table == nullptr) return;
  const Fields limits(*table, "\"handover\"", kHandoverKeys, problems);
  handover.freezes_a_day =
      static_cast<int>(limits.Number("freezes_a_day", 1, kMaxFreezes).value_or(handover.freezes_a_day));
  handover.tasks_due = limits.Duration("tasks_due").value_or(handover.tasks_due);
}

// Each table of [[key]].
template <class Read>
void EachTable(const Fields& fields, std::string_view key, Problems& problems, Read read) {
  const TomlNode* const node = fields.Find(key);
  if (node == nullptr) return;
  if (node->kind != Kind::kArray) {
    problems.Add(node->key_at, fmt::format("\"{}\" stands in two brackets: [[{}]]", key, key));
    return;
  }
  for (const TomlNode& table : node->children) {
    if (problems.enough()) return;
    if (Expect(table, Kind::kTable, fmt::format("each of \"{}\"", key), problems)) read(table);
  }
}

void ReportUnused(PolicyText& policy) {
  ReportUnusedGroups(policy);
  if (policy.qualifications.size() > kMaxNames) return;  // they have their complaint
  for (const auto& [name, declared] : policy.qualifications) {
    if (!declared.used)
      policy.problems.Add(declared.at, fmt::format("no rule asks for the qualification {}", Quoted(name)));
  }
}

Document ReadDocument(const TomlNode& root, PolicyText& policy) {
  Document document;
  const Fields fields(root, "a policy", kKeys, policy.problems);
  ReadFormat(fields, policy.problems);
  document.name = ReadName(fields, policy);
  document.qualifications = ReadQualifications(fields, policy);
  if (const TomlNode* const roles = fields.Table("roles")) ReadGroups(*roles, policy);
  ReadTiers(fields, document, policy.problems);
  ReadIdle(fields, document.idle, policy.problems);
  ReadHandover(fields, document.handover, policy.problems);
  EachTable(fields, "rule", policy.problems,
            [&](const TomlNode& table) { document.rules.push_back(ReadRule(table, policy)); });
  EachTable(fields, "never", policy.problems,
            [&](const TomlNode& table) { document.nevers.push_back(ReadNever(table, policy)); });
  ReportUnused(policy);
  return document;
}

}  // namespace

Parsed Parse(std::string_view text) {
  Parsed parsed;
  PolicyText policy;
  policy.is_floor = text == FloorText();
  if (const auto root = ReadToml(text, kMaxPolicyBytes, policy.problems); root.has_value())
    parsed.document = ReadDocument(*root, policy);
  parsed.problems = policy.problems.Take();
  return parsed;
}

}  // namespace holdfast::policy
