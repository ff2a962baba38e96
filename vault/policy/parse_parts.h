// The parts of a policy, and what one part must know of another while a text is read.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vault/policy/document.h"
#include "vault/policy/fields.h"
#include "vault/policy/problems.h"
#include "vault/policy/toml_reader.h"

namespace holdfast::policy {

// A name that must be used somewhere.
struct Declared {
  Position at;
  bool used = false;
};

struct RoleGroup : Declared {
  std::vector<std::string> named;  // roles and groups, as written
  std::vector<std::string> roles;  // written out
};

struct PolicyText {
  bool is_floor = false;  // the compiled-in floor itself
  Problems problems;
  std::map<std::string, RoleGroup, std::less<>> groups;
  std::map<std::string, Declared, std::less<>> qualifications;
  std::map<std::string, Position, std::less<>> ids;              // of rules and assertions
  std::array<std::set<std::string>, kAttributeCount> mentioned;  // names, ages and hours
  std::size_t rules = 0;                                         // assertions too
};

// [roles]. Groups are written out, circles are reported.
void ReadGroups(const TomlNode& table, PolicyText& policy);
void ReportUnusedGroups(PolicyText& policy);

// `actions`, `when` and `unless` of a rule or an assertion; and one of the latter two.
Scope ReadScope(const Fields& rule, PolicyText& policy);
std::vector<Condition> ReadConditions(const TomlNode& table, PolicyText& policy);

// Each of [[rule]] and of [[never]].
Rule ReadRule(const TomlNode& table, PolicyText& policy);
Never ReadNever(const TomlNode& table, PolicyText& policy);
// `require` of a rule.
Obligations ReadObligations(const TomlNode& table, const std::vector<Action>& actions, Problems& problems);

}  // namespace holdfast::policy
