#include "vault/playbook/fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "vault/playbook/parse.h"
#include "vault/playbook/reader.h"
#include "vault/policy/attribute.h"
#include "vault/policy/toml_reader.h"

namespace holdfast::playbook {
namespace {

constexpr std::size_t kMaxFixtureBytes = 256 * 1024;
constexpr std::size_t kMaxCases = 1000;
constexpr std::string_view kFileKeys[] = {"case"};
constexpr std::string_view kCaseKeys[] = {"name",     "platform", "playbook", "knows",
                                          "relation", "steps",    "first"};

std::vector<std::string> Ids(const Reader& reader, std::string_view key) {
  std::vector<std::string> ids;
  for (const Ref& ref : reader.Refs(key, fmt::format("{} = [\"revoke-apps\"]", key))) ids.push_back(ref.id);
  return ids;
}

Case ReadCase(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a case", kCaseKeys, problems);
  Case each{.name = reader.Needed("name", kMaxShortText, "a sentence"),
            .at = reader.at(),
            .platform = reader.Needed("platform", kMaxUrlBytes, "a playbook's id, a host or a URL"),
            .playbook = reader.fields().Text("playbook"),
            .person = {},
            .steps = Ids(reader, "steps"),
            .first = Ids(reader, "first")};
  each.person.secret_kinds = reader.Words("knows", policy::SecretKinds());
  each.person.relations =
      reader.Words("relation", policy::InfoOf(policy::Attribute::kRelation).values.subspan(1));
  if (!each.playbook.has_value() && each.steps.empty() && each.first.empty())
    problems.Add(table.at, "a case expects nothing: write \"playbook\", \"steps\" or \"first\"");
  return each;
}

// Whether all of `wanted` are in `got`, in that order.
bool InThatOrder(const std::vector<std::string>& wanted, const std::vector<std::string>& got) {
  auto at = got.begin();
  for (const std::string& each : wanted) {
    at = std::find(at, got.end(), each);
    if (at == got.end()) return false;
    ++at;
  }
  return true;
}

}  // namespace

Fixture ParseFixture(std::string_view text) {
  Fixture fixture;
  Problems problems;
  const auto table = policy::ReadToml(text, kMaxFixtureBytes, problems);
  if (table.has_value() && problems.empty()) {
    const Fields fields(*table, "a file of tests", kFileKeys, problems);
    std::set<std::string> names;
    fields.Need("case", "it would pass whatever it is run on");
    ForEachTable(fields, "case", kMaxCases, problems, [&](const TomlNode& each) {
      fixture.cases.push_back(ReadCase(each, problems));
      if (!names.insert(fixture.cases.back().name).second)
        problems.Add(each.at, fmt::format("another case is named \"{}\" too", fixture.cases.back().name));
    });
  }
  fixture.problems = problems.Take();
  return fixture;
}

std::string Fault(const Library& library, const Case& each) {
  const Playbook* const playbook = library.For(each.platform);
  const std::string got = playbook == nullptr ? "" : playbook->id;
  if (each.playbook.has_value() && *each.playbook != got)
    return fmt::format("got playbook \"{}\", wanted \"{}\"", got, *each.playbook);
  if (each.steps.empty() && each.first.empty()) return "";
  if (playbook == nullptr) return fmt::format("there is no playbook for {}", policy::Quoted(each.platform));
  std::vector<std::string> steps;
  for (const DueStep& due : StepsFor(*playbook, each.person)) steps.push_back(due.step->id);
  if (!each.steps.empty() && each.steps != steps)
    return fmt::format("got steps {}; wanted {}", fmt::join(steps, ", "), fmt::join(each.steps, ", "));
  if (!InThatOrder(each.first, steps))
    return fmt::format("got steps {}; wanted among them, in this order: {}", fmt::join(steps, ", "),
                       fmt::join(each.first, ", "));
  return "";
}

}  // namespace holdfast::playbook
