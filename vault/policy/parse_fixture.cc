// The grammar of tests of policies.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "vault/base/clock.h"
#include "vault/policy/fields.h"
#include "vault/policy/fixture.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"
#include "vault/policy/toml_reader.h"

namespace holdfast::policy {
namespace {

using Kind = TomlNode::Kind;

constexpr std::size_t kMaxCaseName = 200;
constexpr std::string_view kFileKeys[] = {"case"};
constexpr std::string_view kCaseKeys[] = {"name",    "now",    "action", "subject", "resource",
                                          "context", "expect", "rule",   "missing"};
constexpr std::string_view kSubjectKeys[] = {
    "role", "holder", "status", "key", "additional_key", "key_age", "relation", "qualification", "person"};
constexpr std::string_view kResourceKeys[] = {"tier",    "platform", "unit",   "secret_kind",
                                              "account", "version",  "owners", "rotation_age"};
constexpr std::string_view kContextKeys[] = {"votes",
                                             "reason",
                                             "ticket",
                                             "in_handover",
                                             "about_self",
                                             "about_officer",
                                             "requested_by_self",
                                             "sole_officer",
                                             "successor_unvetted",
                                             "successor_is_self"};
constexpr std::string_view kVoteKeys[] = {"person", "role", "holder", "status", "relation"};
constexpr std::string_view kEffects[] = {"allow", "pending", "deny"};
constexpr int kMostOwners = 1000;

std::string InQuotes(std::string_view key) { return fmt::format("\"{}\"", key); }

// One table of a case.
class Part {
 public:
  Part(const TomlNode& table, std::string_view what, std::span<const std::string_view> known,
       Problems& problems)
      : fields_(table, what, known, problems), problems_(problems) {}

  const Fields& fields() const { return fields_; }

  // The number of a value that must be one of `allowed`.
  std::optional<std::size_t> OneOf(std::string_view key, std::span<const std::string_view> allowed) const {
    const TomlNode* const node = fields_.Find(key);
    if (node == nullptr || !Expect(*node, Kind::kText, InQuotes(key), problems_)) return std::nullopt;
    return Number(*node, key, allowed);
  }
  std::optional<std::size_t> OneOf(Attribute attribute) const {
    return OneOf(InfoOf(attribute).key, InfoOf(attribute).values);
  }

  // For enums that count from 1.
  template <typename Enum>
  void Set(Attribute attribute, Enum& into) const {
    if (const auto number = OneOf(attribute); number.has_value()) into = static_cast<Enum>(*number + 1);
  }
  // For attributes whose number 0 is "none".
  template <typename Enum>
  void Set(Attribute attribute, std::optional<Enum>& into) const {
    const auto number = OneOf(attribute);
    if (number.has_value()) into = *number == 0 ? std::nullopt : std::optional(static_cast<Enum>(*number));
  }
  void Set(Attribute attribute, bool& into) const {
    const std::string_view key = InfoOf(attribute).key;
    const TomlNode* const node = fields_.Find(key);
    if (node != nullptr && Expect(*node, Kind::kFlag, InQuotes(key), problems_)) into = node->flag;
  }

  void SetRoles(std::int64_t& into) const {
    const AttributeInfo& info = InfoOf(Attribute::kRole);
    const TomlNode* const node = fields_.Find(info.key);
    if (node == nullptr) return;
    into = 0;
    EachOnce(*node, InQuotes(info.key), "role = [\"member\"]", problems_,
             [&](const TomlNode& item) -> std::optional<std::string> {
               if (!Expect(item, Kind::kText, "each of \"role\"", problems_)) return std::nullopt;
               const auto number = Number(item, info.key, info.values);
               if (number.has_value()) into |= std::int64_t{1} << *number;
               return item.text;
             });
    if (HasRole(into, Role::kAuditor) && into != static_cast<std::int64_t>(Role::kAuditor))
      problems_.Add(node->at, "an auditor has no other role");
  }

  std::vector<std::string> Texts(std::string_view key, std::string_view example) const {
    std::vector<std::string> texts;
    const TomlNode* const node = fields_.Find(key);
    if (node == nullptr) return texts;
    EachOnce(*node, InQuotes(key), example, problems_,
             [&](const TomlNode& item) -> std::optional<std::string> {
               if (!Expect(item, Kind::kText, fmt::format("each of \"{}\"", key), problems_))
                 return std::nullopt;
               texts.push_back(item.text);
               return item.text;
             });
    return texts;
  }

  std::string Name(std::string_view key, bool plain) const {
    const TomlNode* const node = fields_.Find(key);
    if (node == nullptr || !Expect(*node, Kind::kText, InQuotes(key), problems_)) return "";
    if (auto fault = NameFault(key, node->text, plain); fault.has_value())
      problems_.Add(node->at, *std::move(fault));
    return node->text;
  }

 private:
  std::optional<std::size_t> Number(const TomlNode& node, std::string_view what,
                                    std::span<const std::string_view> allowed) const {
    const auto found = std::ranges::find(allowed, node.text);
    if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
    problems_.Add(node.at, UnknownName(what, node.text, allowed));
    return std::nullopt;
  }

  Fields fields_;
  Problems& problems_;
};

class CaseReader {
 public:
  CaseReader(const TomlNode& table, Problems& problems)
      : problems_(problems), part_(table, "a case", kCaseKeys, problems) {
    case_.at = table.at;
    case_.subject.roles = static_cast<std::int64_t>(Role::kMember);
    case_.subject.key = KeyState::kConfirmed;
  }

  Case Read() {
    if (const TomlNode* node = Need("name", "say what it shows")) {
      case_.name = node->text;
      if (node->text.empty() || node->text.size() > kMaxCaseName)
        problems_.Add(node->at, fmt::format("\"name\" has 1 to {} bytes", kMaxCaseName));
    }
    if (const TomlNode* node = Need("now", "as in now = \"2026-11-22T10:00:00Z\"")) {
      const auto now = ParseTime(node->text);
      if (!now.has_value()) problems_.Add(node->at, "\"now\" is a time as in \"2026-11-22T10:00:00Z\"");
      case_.context.now = now.value_or(0);
    }
    ReadAction();
    if (const TomlNode* table = part_.fields().Table("subject")) ReadSubject(*table);
    if (const TomlNode* table = part_.fields().Table("resource")) ReadResource(*table);
    if (const TomlNode* table = part_.fields().Table("context")) ReadContext(*table);
    ReadExpectation();
    return std::move(case_);
  }

 private:
  // A text that must be there.
  const TomlNode* Need(std::string_view key, std::string_view hint) {
    const TomlNode* const node = part_.fields().Need(key, hint);
    return node != nullptr && Expect(*node, Kind::kText, InQuotes(key), problems_) ? node : nullptr;
  }

  void ReadAction() {
    const TomlNode* const node = Need("action", "as in action = \"secret.reveal\"");
    if (node == nullptr) return;
    if (const auto action = ActionOf(node->text); action.has_value()) {
      case_.action = *action;
      return;
    }
    std::vector<std::string_view> names;
    for (const Action action : AllActions()) names.push_back(ActionName(action));
    problems_.Add(node->at, UnknownName("action", node->text, names, ""));
  }

  void ReadSubject(const TomlNode& table) {
    const Part part(table, "\"subject\"", kSubjectKeys, problems_);
    Subject& subject = case_.subject;
    part.SetRoles(subject.roles);
    part.Set(Attribute::kHolder, subject.kind);
    part.Set(Attribute::kStatus, subject.status);
    part.Set(Attribute::kKey, subject.key);
    part.Set(Attribute::kAdditionalKey, subject.key_is_additional);
    subject.key_age = part.fields().Duration("key_age").value_or(0);
    part.Set(Attribute::kRelation, subject.relation);
    subject.qualifications = part.Texts("qualification", "qualification = [\"privacy-training\"]");
    if (table.Find("person") != nullptr) case_.person = part.Name("person", /*plain=*/false);
  }

  void ReadResource(const TomlNode& table) {
    const Part part(table, "\"resource\"", kResourceKeys, problems_);
    Resource& resource = case_.resource;
    if (const auto tier = part.fields().Number("tier", 1, 3); tier.has_value()) {
      resource.tier = static_cast<int>(*tier);
      resource.account = AccountState::kActive;
    }
    case_.platform = part.Name("platform", /*plain=*/false);
    case_.unit = part.Name("unit", /*plain=*/false);
    if (const auto kind = part.OneOf("secret_kind", SecretKinds()); kind.has_value()) {
      case_.secret_kind = SecretKinds()[*kind];
      resource.version = VersionState::kCurrent;
    }
    part.Set(Attribute::kAccountState, resource.account);
    if (const auto version = part.OneOf(Attribute::kVersion); version.has_value())
      resource.version = static_cast<VersionState>(*version);
    resource.owners = static_cast<int>(part.fields().Number("owners", 0, kMostOwners).value_or(0));
    resource.rotation_age = part.fields().Duration("rotation_age").value_or(0);
  }

  void ReadContext(const TomlNode& table) {
    const Part part(table, "\"context\"", kContextKeys, problems_);
    Context& context = case_.context;
    part.Set(Attribute::kReason, context.has_reason);
    part.Set(Attribute::kTicket, context.has_ticket);
    part.Set(Attribute::kInHandover, context.in_handover);
    part.Set(Attribute::kAboutSelf, context.about_self);
    part.Set(Attribute::kAboutOfficer, context.about_officer);
    part.Set(Attribute::kRequestedBySelf, context.requested_by_self);
    part.Set(Attribute::kSoleOfficer, context.sole_officer);
    part.Set(Attribute::kSuccessorUnvetted, context.successor_unvetted);
    part.Set(Attribute::kSuccessorIsSelf, context.successor_is_self);
    const TomlNode* const votes = table.Find("votes");
    if (votes == nullptr || !Expect(*votes, Kind::kArray, "\"votes\"", problems_)) return;
    for (const TomlNode& vote : votes->children) {
      if (Expect(vote, Kind::kTable, "each of \"votes\"", problems_)) context.votes.push_back(ReadVote(vote));
    }
  }

  Vote ReadVote(const TomlNode& table) {
    const Part part(table, "a vote", kVoteKeys, problems_);
    Vote vote{.person = "", .roles = static_cast<std::int64_t>(Role::kMember)};
    if (part.fields().Need("person", "say whose it is") != nullptr)
      vote.person = part.Name("person", /*plain=*/false);
    part.SetRoles(vote.roles);
    part.Set(Attribute::kHolder, vote.kind);
    part.Set(Attribute::kStatus, vote.status);
    part.Set(Attribute::kRelation, vote.relation);
    return vote;
  }

  void ReadExpectation() {
    if (Need("expect", "\"allow\", \"pending\" or \"deny\"") != nullptr) {
      if (const auto effect = part_.OneOf("expect", kEffects); effect.has_value())
        case_.expect = static_cast<Effect>(*effect);
    }
    case_.rule = part_.fields().Text("rule");
    const TomlNode* const missing = part_.fields().Find("missing");
    if (missing == nullptr) return;
    case_.missing = part_.Texts("missing", "missing = [\"reason\"]");
    if (case_.expect != Effect::kPending)
      problems_.Add(missing->key_at, "\"missing\" stands with expect = \"pending\" only");
  }

  Problems& problems_;
  const Part part_;
  Case case_;
};

// The vault knows no such facts, so a test of them would show nothing.
void CheckPossible(const Case& each, Problems& problems) {
  if (each.resource.tier != 0) return;
  if (each.subject.relation.has_value() || !each.secret_kind.empty() || each.resource.account.has_value())
    problems.Add(each.at, "a case with a relation, a secret or an account needs the account's tier");
}

}  // namespace

Fixture ParseFixture(std::string_view text) {
  Fixture fixture;
  Problems problems;
  const auto root = ReadToml(text, kMaxPolicyBytes, problems);
  if (root.has_value()) {
    const Fields fields(*root, "a file of tests", kFileKeys, problems);
    const TomlNode* const cases = fields.Need("case", "write each test as [[case]]");
    std::set<std::string> names;
    if (cases != nullptr && cases->kind != Kind::kArray)
      problems.Add(cases->key_at, "\"case\" stands in two brackets: [[case]]");
    if (cases != nullptr && cases->kind == Kind::kArray) {
      for (const TomlNode& table : cases->children) {
        if (!Expect(table, Kind::kTable, "each of \"case\"", problems)) continue;
        Case each = CaseReader(table, problems).Read();
        CheckPossible(each, problems);
        if (!names.insert(each.name).second && !each.name.empty())
          problems.Add(each.at, fmt::format("another case is named {} too", Quoted(each.name)));
        fixture.cases.push_back(std::move(each));
      }
    }
  }
  fixture.problems = problems.Take();
  return fixture;
}

}  // namespace holdfast::policy
