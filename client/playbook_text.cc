#include "client/playbook_text.h"

#include <algorithm>

#include "client/text_table.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "vault/playbook/facts.h"
#include "vault/policy/duration.h"

namespace holdfast::client {
namespace {

using playbook::Claim;
using playbook::DueStep;
using playbook::NameOf;
using playbook::Playbook;
using playbook::Ref;
using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kStepIndent = 4;
constexpr std::size_t kDayBytes = 10;  // "2026-11-27"

std::string DayOf(Micros time) { return FormatTime(time).substr(0, kDayBytes); }

std::vector<std::string> Ids(const std::vector<Ref>& refs) {
  std::vector<std::string> ids;
  for (const Ref& ref : refs) ids.push_back(ref.id);
  return ids;
}

std::vector<std::string> Ids(const std::vector<const playbook::Step*>& steps) {
  std::vector<std::string> ids;
  for (const playbook::Step* const step : steps) ids.push_back(step->id);
  return ids;
}

std::string InWords(const playbook::Condition& condition) {
  std::vector<std::string> ways;
  if (!condition.secret_kinds.empty())
    ways.push_back(fmt::format("knows a secret of kind {}", fmt::join(condition.secret_kinds, " or ")));
  if (!condition.relations.empty())
    ways.push_back(fmt::format("was {} of the account", fmt::join(condition.relations, " or ")));
  return fmt::format("{}", fmt::join(ways, ", or "));
}

std::string WaiverInWords(playbook::Waiver waiver) {
  switch (waiver) {
    case playbook::Waiver::kNobody:
      return "nobody may waive it";
    case playbook::Waiver::kSecurity:
      return "security may waive it";
    case playbook::Waiver::kSecurityByTwo:
      return "two of security may waive it";
  }
  return "";
}

std::string StepText(const Playbook& book, const DueStep& due, std::size_t number) {
  const playbook::Step& step = *due.step;
  std::string text =
      Printable(fmt::format("{:2}. {}: {} by {} within {}, evidence {}; {}", number, step.id,
                            NameOf(step.kind), NameOf(step.who), policy::FormatDuration(step.within),
                            NameOf(step.evidence), WaiverInWords(step.waive))) +
      "\n" + Wrapped(step.action, kStepIndent, kWidth);
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += Wrapped(fmt::format("{}: {}", name, value), kStepIndent, kWidth);
  };
  line("where", step.where);
  line("open", step.url);
  line("ends", fmt::format("{}", fmt::join(Ids(step.ends), ", ")));
  line("after", fmt::format("{}", fmt::join(Ids(due.after), ", ")));
  if (!step.only_if.always()) line("only if the person", InWords(step.only_if));
  for (const playbook::Wait& wait : book.waits) {
    if (wait.step.id != step.id) continue;
    line(wait.lasts.has_value() ? fmt::format("waits {}", policy::FormatDuration(*wait.lasts)) : "waits",
         wait.what);
  }
  return text;
}

std::string HeadText(const Playbook& book) {
  std::vector<std::pair<std::string, std::string>> fields = {{"playbook", book.id}, {"for", book.name}};
  if (!book.hosts.empty()) fields.emplace_back("hosts", fmt::format("{}", fmt::join(Ids(book.hosts), ", ")));
  fields.emplace_back("logins", NameOf(book.model));
  fields.emplace_back("identified by", book.identity.what);
  fields.emplace_back("owners", fmt::format("at least {}: {}", book.min_owners, book.owners.what));
  for (const Claim& claim : playbook::ClaimsOf(book)) {
    if (claim.id == "password") fields.emplace_back("password", claim.text);
  }
  fields.emplace_back("reviewed", DayOf(book.reviewed));
  return FormatFields(fields);
}

// "vendor: OAuth FAQ, https://...".
std::string InWords(const playbook::Source& source) {
  std::string text = fmt::format("{}: {}", NameOf(source.standing), source.title);
  return source.url.empty() ? text : fmt::format("{}, {}", text, source.url);
}

std::string RestsOn(const Claim& claim) {
  std::vector<std::string> parts;
  for (const playbook::Source* const source : claim.sources) parts.push_back(InWords(*source));
  if (claim.is_open && claim.asked_by != nullptr)
    parts.insert(parts.begin(), fmt::format("? checked by step {}", claim.asked_by->id));
  return fmt::format("{}", fmt::join(parts, "; "));
}

Json ConditionJson(const playbook::Condition& condition) {
  return {{"secretKinds", condition.secret_kinds}, {"relations", condition.relations}};
}

Json StepJson(const DueStep& due) {
  const playbook::Step& step = *due.step;
  return {{"id", step.id},
          {"kind", NameOf(step.kind)},
          {"who", NameOf(step.who)},
          {"do", step.action},
          {"where", step.where},
          {"url", step.url},
          {"after", Ids(due.after)},
          {"ends", Ids(step.ends)},
          {"facts", Ids(step.facts)},
          {"secrets", step.secrets},
          {"evidence", NameOf(step.evidence)},
          {"within", policy::FormatDuration(step.within)},
          {"waive", NameOf(step.waive)},
          {"onlyIf", ConditionJson(step.only_if)}};
}

}  // namespace

std::string Wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string printable = Printable(text);
  std::string out;
  std::string line(indent, ' ');
  bool fresh = true;
  for (std::string_view rest = printable; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word.empty()) continue;
    if (!fresh && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      out += line + "\n";
      line.assign(indent, ' ');
      fresh = true;
    }
    if (!fresh) line += ' ';
    line += word;
    fresh = false;
  }
  return out + line + "\n";
}

std::string PlaybookText(const Playbook& book, const std::vector<DueStep>& steps) {
  std::string text = HeadText(book) + "\nSteps, in this order:\n";
  std::size_t number = 0;
  for (const DueStep& due : steps) text += StepText(book, due, ++number);
  text += "\nWhat a person can keep, and whether it outlives a change of the password:\n";
  for (const playbook::Hold& hold : book.holds) {
    text += Wrapped(fmt::format("{} ({}): {} [outlives it: {}]", hold.id, NameOf(hold.kind), hold.keeps,
                                NameOf(hold.survives)),
                    2, kWidth);
    if (!hold.where.empty()) text += Wrapped(fmt::format("where: {}", hold.where), kStepIndent, kWidth);
  }
  text += "\nWhat this rests on:\n";
  for (const Claim& claim : playbook::ClaimsOf(book))
    text += Wrapped(fmt::format("{}: {}", claim.id, RestsOn(claim)), 2, kWidth);
  return text;
}

Json PlaybookJson(const Playbook& book, const std::vector<DueStep>& steps) {
  Json json = PlaybookSummary(book);
  json["identity"] = book.identity.what;
  json["owners"] = {{"least", book.min_owners}, {"what", book.owners.what}};
  if (book.password.has_value()) {
    Json rules = {{"url", book.password->url}, {"forbidden", book.password->forbidden}};
    if (book.password->min.has_value()) rules["min"] = *book.password->min;
    if (book.password->max.has_value()) rules["max"] = *book.password->max;
    if (book.password->max_repeat.has_value()) rules["maxRepeat"] = *book.password->max_repeat;
    for (const playbook::CharacterClass each : book.password->required)
      rules["required"].push_back(NameOf(each));
    json["password"] = std::move(rules);
  }
  json["steps"] = Json::array();
  for (const DueStep& due : steps) json["steps"].push_back(StepJson(due));
  json["holds"] = Json::array();
  for (const playbook::Hold& hold : book.holds)
    json["holds"].push_back({{"id", hold.id},
                             {"kind", NameOf(hold.kind)},
                             {"keeps", hold.keeps},
                             {"where", hold.where},
                             {"survives", NameOf(hold.survives)}});
  json["waits"] = Json::array();
  for (const playbook::Wait& wait : book.waits)
    json["waits"].push_back({{"id", wait.id},
                             {"step", wait.step.id},
                             {"what", wait.what},
                             {"lasts", wait.lasts.has_value() ? policy::FormatDuration(*wait.lasts) : ""}});
  json["facts"] = FactsJson(book);
  return json;
}

std::string PlaybookTable(std::span<const Playbook> playbooks) {
  std::vector<std::vector<std::string>> rows = {
      {"PLATFORM", "FOR", "LOGINS", "HOLDS", "STEPS", "REVIEWED", "HOSTS"}};
  for (const Playbook& book : playbooks)
    rows.push_back({book.id, book.name, std::string(NameOf(book.model)), std::to_string(book.holds.size()),
                    std::to_string(book.steps.size()), DayOf(book.reviewed),
                    book.hosts.empty() ? "-" : fmt::format("{}", fmt::join(Ids(book.hosts), ", "))});
  return FormatTable(rows);
}

Json PlaybookSummary(const Playbook& book) {
  return {{"platform", book.id},
          {"displayName", book.name},
          {"hosts", Ids(book.hosts)},
          {"logins", NameOf(book.model)},
          {"reviewed", DayOf(book.reviewed)}};
}

std::string FactTable(std::span<const Playbook> playbooks) {
  std::vector<std::vector<std::string>> rows = {{"PLATFORM", "FACT", "CLAIM", "RESTS ON"}};
  std::size_t asked = 0;
  for (const Playbook& book : playbooks) {
    for (const Claim& claim : playbook::ClaimsOf(book)) {
      rows.push_back({book.id, claim.id, claim.text, RestsOn(claim)});
      if (claim.is_open) ++asked;
    }
  }
  return FormatTable(rows) + fmt::format("{} facts: {} with a source, {} that a step asks to check\n",
                                         rows.size() - 1, rows.size() - 1 - asked, asked);
}

Json FactsJson(const Playbook& book) {
  Json facts = Json::array();
  for (const Claim& claim : playbook::ClaimsOf(book)) {
    Json sources = Json::array();
    for (const playbook::Source* const source : claim.sources)
      sources.push_back(
          {{"title", source->title}, {"url", source->url}, {"standing", NameOf(source->standing)}});
    facts.push_back({{"id", claim.id},
                     {"claim", claim.text},
                     {"open", claim.is_open},
                     {"checkedBy", claim.is_open && claim.asked_by != nullptr ? claim.asked_by->id : ""},
                     {"sources", std::move(sources)}});
  }
  return facts;
}

}  // namespace holdfast::client
