// The grammar of [[source]], [[hold]], [[step]], [[wait]] and [password].
#include <fmt/format.h>

#include <algorithm>

#include "vault/playbook/parse.h"
#include "vault/playbook/reader.h"
#include "vault/policy/attribute.h"

namespace holdfast::playbook {
namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view kSourceKeys[] = {"id", "title", "url", "standing"};
constexpr std::string_view kHoldKeys[] = {"id", "kind", "keeps", "where", "survives", "source"};
constexpr std::string_view kStepKeys[] = {"id",       "kind",   "who",   "do",      "where",
                                          "url",      "after",  "ends",  "facts",   "secret",
                                          "evidence", "within", "waive", "only_if", "source"};
constexpr std::string_view kWaitKeys[] = {"id", "what", "lasts", "step", "source"};
constexpr std::string_view kPasswordKeys[] = {"url",      "min",       "max",   "max_repeat",
                                              "required", "forbidden", "source"};
constexpr std::string_view kConditionKeys[] = {"secret_kind", "relation"};
constexpr int kMostCharacters = 1024;
constexpr std::size_t kClasses = 4;

// Without "none": whoever is nothing to an account leaves nothing behind.
std::span<const std::string_view> Relations() {
  return policy::InfoOf(policy::Attribute::kRelation).values.subspan(1);
}

Condition ReadCondition(const Reader& step) {
  Condition condition;
  const TomlNode* const table = step.fields().Table("only_if");
  if (table == nullptr) return condition;
  const Reader reader(*table, "\"only_if\"", kConditionKeys, step.problems());
  condition.secret_kinds = reader.Words("secret_kind", policy::SecretKinds());
  condition.relations = reader.Words("relation", Relations());
  return condition;
}

bool Replaces(StepKind kind) { return kind == StepKind::kRotate || kind == StepKind::kReEnrol; }

void CheckStep(const Reader& reader, const Step& step) {
  const TomlNode* const secret = reader.fields().Find("secret");
  if (secret == nullptr && Replaces(step.kind))
    reader.problems().Add(step.at, fmt::format("a step of kind {} has no \"secret\": {}", NameOf(step.kind),
                                               Reader::Choices(policy::SecretKinds())));
  if (secret != nullptr && !Replaces(step.kind))
    reader.problems().Add(
        secret->at,
        fmt::format("\"secret\" stands in steps of kind rotate and re-enrol, not {}", NameOf(step.kind)));
  if (step.evidence == Evidence::kNone && step.waive == Waiver::kNobody)
    reader.problems().Add(step.at, "nothing closes this step: ask for evidence, or name who may waive it");
}

std::string Forbidden(const Reader& reader) {
  const TomlNode* const node = reader.fields().Find("forbidden");
  if (node == nullptr || !policy::Expect(*node, Kind::kText, "\"forbidden\"", reader.problems())) return "";
  std::string sorted = node->text;
  std::ranges::sort(sorted);
  if (sorted.empty() || std::ranges::adjacent_find(sorted) != sorted.end() || sorted.front() < ' ' ||
      sorted.back() > '~') {
    reader.problems().Add(node->at, "\"forbidden\" is a text of printable ASCII characters, each once");
    return "";
  }
  return node->text;
}

std::optional<int> Count(const Reader& reader, std::string_view key, int most) {
  const auto number = reader.fields().Number(key, 1, most);
  return number.has_value() ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace

Source ReadSource(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a source", kSourceKeys, problems);
  return {.id = reader.Id(),
          .title = reader.Needed("title", kMaxShortText, "the page's own"),
          .url = reader.Url("url"),
          .standing = reader.NeededWord<Standing>("standing"),
          .at = reader.at()};
}

Hold ReadHold(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a hold", kHoldKeys, problems);
  return {.id = reader.Id(),
          .kind = reader.NeededWord<HoldKind>("kind"),
          .keeps = reader.Needed("keeps", kMaxLongText, "say what it lets a person do"),
          .where = reader.Optional("where", kMaxShortText),
          .survives = reader.NeededWord<Survives>("survives"),
          .sources = reader.Refs("source", "source = [\"help-page\"]"),
          .at = reader.at()};
}

Step ReadStep(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a step", kStepKeys, problems);
  Step step{.id = reader.Id(),
            .kind = reader.NeededWord<StepKind>("kind"),
            .who = reader.OptionalWord("who", Doer::kOwner),
            .action = reader.Needed("do", kMaxLongText, "say what to do, in the imperative"),
            .where = reader.Optional("where", kMaxShortText),
            .url = reader.Url("url"),
            .after = reader.Refs("after", "after = [\"recovery-email\"]"),
            .ends = reader.Refs("ends", "ends = [\"sessions\"]"),
            .facts = reader.Refs("facts", "facts = [\"identity\"]"),
            .secrets = reader.Words("secret", policy::SecretKinds()),
            .evidence = reader.NeededWord<Evidence>("evidence"),
            .within = 0,
            .waive = reader.OptionalWord("waive", Waiver::kNobody),
            .only_if = ReadCondition(reader),
            .sources = reader.Refs("source", "source = [\"help-page\"]"),
            .at = reader.at()};
  if (reader.fields().Need("within", "as in within = \"1d\", from the cut") != nullptr)
    step.within = reader.fields().Duration("within").value_or(0);
  CheckStep(reader, step);
  return step;
}

Wait ReadWait(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "a wait", kWaitKeys, problems);
  Wait wait{.id = reader.Id(),
            .what = reader.Needed("what", kMaxLongText, "say what has to wait"),
            .lasts = reader.fields().Duration("lasts"),
            .step = {},
            .sources = reader.Refs("source", "source = [\"help-page\"]"),
            .at = reader.at()};
  const TomlNode* const step = reader.fields().Need("step", "the id of the step that it keeps open");
  wait.step.id = step == nullptr ? "" : reader.Optional("step", policy::kMaxNameBytes);
  wait.step.at = step == nullptr ? reader.at() : step->at;
  return wait;
}

PasswordRules ReadPassword(const TomlNode& table, Problems& problems) {
  const Reader reader(table, "\"password\"", kPasswordKeys, problems);
  PasswordRules rules{.url = reader.Url("url"),
                      .min = Count(reader, "min", kMostCharacters),
                      .max = Count(reader, "max", kMostCharacters),
                      .max_repeat = Count(reader, "max_repeat", kMostCharacters),
                      .required = {},
                      .forbidden = Forbidden(reader),
                      .sources = reader.Refs("source", "source = [\"rules\"]"),
                      .at = reader.at()};
  for (const std::string& word : reader.Words("required", Names<CharacterClass>()))
    rules.required.push_back(*ValueOf<CharacterClass>(word));
  if (rules.max.has_value() && *rules.max < std::max(rules.min.value_or(1), static_cast<int>(kClasses)))
    problems.Add(reader.fields().Find("max")->at,
                 fmt::format("\"max\" is {}: less than \"min\", or than {}", *rules.max, kClasses));
  return rules;
}

}  // namespace holdfast::playbook
