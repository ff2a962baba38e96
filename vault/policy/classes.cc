#include "vault/policy/classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "vault/base/vocabulary.h"
#include "vault/policy/words.h"

namespace holdfast::policy {
namespace {

constexpr std::size_t kMaxNamesShown = 8;

// One bit a test: whether it holds of the value.
using Signature = std::vector<bool>;

Signature SignatureOf(const Mask& value, const std::vector<Mask>& tests) {
  Signature signature;
  signature.reserve(tests.size());
  for (const Mask& test : tests) signature.push_back((test & value).any());
  return signature;
}

Signature Either(Signature a, const Signature& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = a[i] || b[i];
  return a;
}

std::vector<Mask> RoleSets() {
  const std::size_t count = InfoOf(Attribute::kRole).values.size();
  const Mask auditor = Mask(static_cast<unsigned long long>(Role::kAuditor));
  std::vector<Mask> sets;
  for (unsigned long long bits = 1; bits < 1ULL << count; ++bits) {
    const Mask roles(bits);
    if ((roles & auditor).none() || roles == auditor) sets.push_back(roles);
  }
  return sets;
}

std::vector<Mask> SingleValues(std::size_t count) {
  std::vector<Mask> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i].set(i);
  return values;
}

std::vector<ValueClass> Grouped(const std::vector<Mask>& values, const std::vector<Mask>& tests) {
  std::map<Signature, std::size_t> places;
  std::vector<ValueClass> classes;
  for (const Mask& value : values) {
    const auto [place, added] = places.emplace(SignatureOf(value, tests), classes.size());
    if (added) classes.emplace_back();
    classes[place->second].members.push_back(value);
  }
  return classes;
}

// The subsets of the names that tests tell apart, one name after the other, so that no set is looked at that
// is like another in all tests.
std::optional<std::vector<ValueClass>> Subsets(std::size_t names, const std::vector<Mask>& tests,
                                               std::size_t limit) {
  std::map<Signature, Mask> found{{Signature(tests.size()), Mask()}};
  std::set<Signature> done{Signature(tests.size())};
  for (std::size_t i = 0; i < names; ++i) {
    const Mask name = Mask().set(i);
    const Signature signature = SignatureOf(name, tests);
    if (!done.insert(signature).second) continue;
    std::vector<std::pair<Signature, Mask>> larger;
    for (const auto& [known, set] : found) larger.emplace_back(Either(known, signature), set | name);
    for (auto& [both, set] : larger) {
      auto& smallest = found.emplace(std::move(both), set).first->second;
      if (set.count() < smallest.count()) smallest = set;
    }
    if (found.size() > limit) return std::nullopt;
  }
  std::vector<ValueClass> classes;
  for (const auto& [signature, set] : found) classes.push_back({{set}});
  std::ranges::stable_sort(classes, {}, [](const ValueClass& each) { return each.sample().count(); });
  return classes;
}

}  // namespace

std::string NameOf(Attribute attribute, const Domains& domains, const Mask& value) {
  std::string name;
  for (std::size_t i = 0; i < kMaxDomain; ++i) {
    if (value.test(i)) name += (name.empty() ? "" : "+") + domains.Name(attribute, i);
  }
  return name.empty() ? "none" : name;
}

std::optional<std::vector<ValueClass>> ClassesOf(Attribute attribute, const Domains& domains,
                                                 const std::vector<Mask>& tests, std::size_t limit) {
  const AttributeType type = InfoOf(attribute).type;
  if (type == AttributeType::kNamedSet) return Subsets(domains.size(attribute), tests, limit);
  return Grouped(type == AttributeType::kFixedSet ? RoleSets() : SingleValues(domains.size(attribute)),
                 tests);
}

std::string InWords(Attribute attribute, const Domains& domains,
                    const std::vector<const ValueClass*>& classes) {
  const std::string key(InfoOf(attribute).key);
  if (InfoOf(attribute).type == AttributeType::kFlag)
    return (classes.front()->sample().test(1) ? "" : "not ") + key;
  std::vector<std::string> names;
  for (const ValueClass* each : classes) {
    for (const Mask& member : each->members) names.push_back(NameOf(attribute, domains, member));
  }
  if (names.size() > kMaxNamesShown) {
    const std::size_t more = names.size() - kMaxNamesShown + 1;
    names.resize(kMaxNamesShown - 1);
    names.push_back(fmt::format("{} more", more));
  }
  return key + " " + Either(names);
}

}  // namespace holdfast::policy
