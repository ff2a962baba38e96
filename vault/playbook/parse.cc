#include "vault/playbook/parse.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "vault/playbook/host.h"
#include "vault/playbook/reader.h"
#include "vault/policy/toml_reader.h"

namespace holdfast::playbook {
namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view kKeys[] = {"format",   "id",     "name",     "hosts",    "model",
                                      "identity", "owners", "reviewed", "password", "source",
                                      "hold",     "step",   "wait"};
constexpr std::string_view kIdentityKeys[] = {"what", "source"};
constexpr std::string_view kOwnersKeys[] = {"least", "what", "source"};
constexpr int kFormat = 1;
constexpr int kMaxLeastOwners = 16;

void ReadFormat(const Fields& fields, Problems& problems) {
  const TomlNode* const node = fields.Need("format", "write format = 1");
  if (node == nullptr || !policy::Expect(*node, Kind::kInteger, "\"format\"", problems)) return;
  if (node->number != kFormat)
    problems.Add(node->at, fmt::format("format {} is not known here; allowed: {}", node->number, kFormat));
}

std::vector<Ref> ReadHosts(const Fields& fields, Problems& problems) {
  std::vector<Ref> hosts;
  const TomlNode* const node = fields.Find("hosts");
  if (node == nullptr) return hosts;
  policy::EachOnce(*node, "\"hosts\"", "hosts = [\"x.com\"]", problems,
                   [&](const TomlNode& item) -> std::optional<std::string> {
                     if (!policy::Expect(item, Kind::kText, "each of \"hosts\"", problems))
                       return std::nullopt;
                     if (!IsHost(item.text)) {
                       problems.Add(
                           item.at,
                           fmt::format("host {} is not as in \"x.com\": lower case, without https://, www. "
                                       "and path",
                                       policy::Quoted(item.text)));
                       return std::nullopt;
                     }
                     hosts.push_back({item.text, item.at});
                     return item.text;
                   });
  if (hosts.size() > kMaxHosts)
    problems.Add(node->at, fmt::format("\"hosts\" has {} values, more than {}", hosts.size(), kMaxHosts));
  return hosts;
}

Fact ReadIdentity(const Fields& fields, Problems& problems) {
  const TomlNode* const node =
      fields.Need("identity", "identity = { what = \"the id that renaming leaves\" }");
  if (node == nullptr || !policy::Expect(*node, Kind::kTable, "\"identity\"", problems)) return {};
  const Reader reader(*node, "\"identity\"", kIdentityKeys, problems);
  return {reader.Needed("what", kMaxShortText, "the id that stays when the account is renamed"),
          reader.Refs("source", "source = [\"help-page\"]"), node->at};
}

void ReadOwners(const Fields& fields, Problems& problems, Playbook& playbook) {
  const TomlNode* const node = fields.Need("owners", "owners = { least = 2, what = \"two administrators\" }");
  if (node == nullptr || !policy::Expect(*node, Kind::kTable, "\"owners\"", problems)) return;
  const Reader reader(*node, "\"owners\"", kOwnersKeys, problems);
  if (reader.fields().Need("least", "1 to 16") != nullptr)
    playbook.min_owners = static_cast<int>(reader.fields().Number("least", 1, kMaxLeastOwners).value_or(1));
  playbook.owners = {reader.Needed("what", kMaxLongText, "who can be owner on the platform"),
                     reader.Refs("source", "source = [\"help-page\"]"), node->at};
}

Micros ReadReviewed(const Fields& fields, Problems& problems) {
  const TomlNode* const node = fields.Need("reviewed", "the day on which its facts were last looked up");
  if (node == nullptr || !policy::Expect(*node, Kind::kText, "\"reviewed\"", problems)) return 0;
  constexpr std::size_t kDayBytes = std::string_view("2026-11-27").size();
  const auto day = node->text.size() == kDayBytes ? ParseTime(node->text + "T00:00:00Z") : std::nullopt;
  if (!day.has_value())
    problems.Add(node->at,
                 fmt::format("\"reviewed\" {} is no day as in \"2026-11-27\"", policy::Quoted(node->text)));
  return day.value_or(0);
}

// Adds an entry whose id nobody else has; `taken` spans what one reference may name.
template <typename Entry>
void Take(Entry entry, std::map<std::string, Position>& taken, std::vector<Entry>& into, Problems& problems) {
  const auto [first, fresh] = taken.emplace(entry.id, entry.at);
  if (!fresh && !entry.id.empty())
    problems.Add(entry.at, fmt::format("id {} is taken: at {}:{}", policy::Quoted(entry.id),
                                       first->second.line, first->second.column));
  into.push_back(std::move(entry));
}

// What "facts" may name beside holds and waits.
constexpr std::string_view kReserved[] = {"identity", "owners", "password"};

void ReadEntries(const Fields& fields, Problems& problems, Playbook& playbook) {
  std::map<std::string, Position> sources;
  std::map<std::string, Position> facts;
  std::map<std::string, Position> steps;
  for (const std::string_view reserved : kReserved) facts.emplace(reserved, Position{1, 1});
  ForEachTable(fields, "source", kMaxEntries, problems, [&](const TomlNode& table) {
    Take(ReadSource(table, problems), sources, playbook.sources, problems);
  });
  ForEachTable(fields, "hold", kMaxEntries, problems, [&](const TomlNode& table) {
    Take(ReadHold(table, problems), facts, playbook.holds, problems);
  });
  ForEachTable(fields, "wait", kMaxEntries, problems, [&](const TomlNode& table) {
    Take(ReadWait(table, problems), facts, playbook.waits, problems);
  });
  ForEachTable(fields, "step", kMaxEntries, problems, [&](const TomlNode& table) {
    Take(ReadStep(table, problems), steps, playbook.steps, problems);
  });
  if (playbook.steps.empty() && problems.empty())
    problems.Add({1, 1}, "a playbook without a [[step]] takes nothing back");
}

Playbook ReadPlaybook(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a playbook", kKeys, problems);
  const Fields& fields = reader.fields();
  Playbook playbook;
  ReadFormat(fields, problems);
  playbook.id = reader.Id();
  playbook.name = reader.Needed("name", kMaxShortText, "for people");
  playbook.hosts = ReadHosts(fields, problems);
  playbook.model = reader.NeededWord<AccountModel>("model");
  playbook.identity = ReadIdentity(fields, problems);
  ReadOwners(fields, problems, playbook);
  playbook.reviewed = ReadReviewed(fields, problems);
  if (const TomlNode* const password = fields.Table("password"); password != nullptr)
    playbook.password = ReadPassword(*password, problems);
  ReadEntries(fields, problems, playbook);
  return playbook;
}

}  // namespace

Parsed Parse(std::string_view text) {
  Parsed parsed;
  Problems problems;
  const auto table = policy::ReadToml(text, kMaxPlaybookBytes, problems);
  if (table.has_value() && problems.empty()) parsed.playbook = ReadPlaybook(*table, problems);
  parsed.playbook.text = text;
  parsed.problems = problems.Take();
  return parsed;
}

}  // namespace holdfast::playbook
