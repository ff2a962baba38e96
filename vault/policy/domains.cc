#include "vault/policy/domains.h"

#include <fmt/format.h>

#include <algorithm>

#include "vault/base/ascii.h"
#include "vault/policy/duration.h"

namespace holdfast::policy {
namespace {

constexpr int kMinutesPerDay = 24 * 60;
// 1 January 1970 was a Thursday; weeks begin on Monday.
constexpr std::int64_t kEpochWeekday = 3;
constexpr int kMostOwners = 3;

std::size_t Index(Attribute attribute) { return static_cast<std::size_t>(attribute); }

template <class T>
void SortUnique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());  // clang 14 has no ranges::unique
}

Mask One(std::size_t number) { return Mask().set(number); }

template <class T>
std::size_t CountUpTo(const std::vector<T>& sorted, T value) {
  return static_cast<std::size_t>(std::ranges::upper_bound(sorted, value) - sorted.begin());
}

std::size_t NameNumber(const std::vector<std::string>& sorted, std::string_view name) {
  const auto found = std::ranges::lower_bound(sorted, name);
  if (found == sorted.end() || *found != name) return 0;
  return static_cast<std::size_t>(found - sorted.begin()) + 1;
}

std::size_t FixedNumber(Attribute attribute, std::string_view name) {
  const auto values = InfoOf(attribute).values;
  return static_cast<std::size_t>(std::ranges::find(values, name) - values.begin());
}

std::string Clock(Micros minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

// Bit n of `bits` is the value 2^n of an enum of bits.
Mask BitsOf(std::int64_t bits, std::size_t count) {
  Mask mask;
  for (std::size_t i = 0; i < count; ++i) {
    if ((bits >> i & 1) != 0) mask.set(i);
  }
  return mask;
}

std::size_t AccountNumber(const Resource& resource) {
  return resource.account.has_value() ? static_cast<std::size_t>(*resource.account) : 0;
}

template <class Enum>
std::size_t LessOne(Enum value) {
  return static_cast<std::size_t>(value) - 1;
}

}  // namespace

Domains::Domains(std::initializer_list<const Document*> documents) {
  const auto gather = [this](const std::vector<Condition>& conditions) {
    for (const Condition& condition : conditions) {
      const AttributeType type = InfoOf(condition.attribute).type;
      auto& cuts = cuts_[Index(condition.attribute)];
      if (type == AttributeType::kAge) cuts.push_back(condition.at_least);
      for (const Hours& hours : condition.hours) cuts.insert(cuts.end(), {hours.from, hours.to});
      if (type != AttributeType::kNamed && type != AttributeType::kNamedSet) continue;
      auto& names = names_[Index(condition.attribute)];
      names.insert(names.end(), condition.values.begin(), condition.values.end());
    }
  };
  for (const Document* document : documents) {
    for (const Rule& rule : document->rules) {
      gather(rule.scope.when);
      gather(rule.scope.unless);
    }
    for (const Never& never : document->nevers) {
      gather(never.scope.when);
      gather(never.scope.unless);
    }
  }
  for (auto& names : names_) SortUnique(names);
  for (auto& cuts : cuts_) SortUnique(cuts);
}

const std::vector<std::string>& Domains::names(Attribute attribute) const { return names_[Index(attribute)]; }
const std::vector<Micros>& Domains::cuts(Attribute attribute) const { return cuts_[Index(attribute)]; }

std::size_t Domains::size(Attribute attribute) const {
  switch (InfoOf(attribute).type) {
    case AttributeType::kFixed:
    case AttributeType::kFixedSet:
    case AttributeType::kFlag:
      return InfoOf(attribute).values.size();
    case AttributeType::kNamed:
    case AttributeType::kNamedSet:
      return names(attribute).size() + 1;
    case AttributeType::kAge:
    case AttributeType::kHours:
      return cuts(attribute).size() + 1;
  }
  return 0;
}

std::string Domains::Name(Attribute attribute, std::size_t number) const {
  switch (InfoOf(attribute).type) {
    case AttributeType::kFixed:
    case AttributeType::kFixedSet:
    case AttributeType::kFlag:
      return std::string(InfoOf(attribute).values[number]);
    case AttributeType::kNamed:
    case AttributeType::kNamedSet:
      return number == 0 ? "(any other)" : names(attribute)[number - 1];
    case AttributeType::kAge:
      return number == 0 ? "(younger)" : "at least " + FormatDuration(cuts(attribute)[number - 1]);
    case AttributeType::kHours:
      break;
  }
  const auto& starts = cuts(attribute);
  const Micros from = number == 0 ? 0 : starts[number - 1];
  return Clock(from) + "-" + Clock(number < starts.size() ? starts[number] : kMinutesPerDay);
}

Mask Domains::MaskOf(const Condition& condition) const {
  const Attribute attribute = condition.attribute;
  Mask mask;
  switch (InfoOf(attribute).type) {
    case AttributeType::kFixed:
    case AttributeType::kFixedSet:
    case AttributeType::kFlag:
      for (const std::string& value : condition.values) mask.set(FixedNumber(attribute, value));
      return mask;
    case AttributeType::kNamed:
    case AttributeType::kNamedSet:
      for (const std::string& value : condition.values) mask.set(NameNumber(names(attribute), value));
      return mask;
    case AttributeType::kAge:
      for (std::size_t i = 0; i < size(attribute); ++i)
        mask.set(i, i >= CountUpTo(cuts(attribute), condition.at_least));
      return mask;
    case AttributeType::kHours:
      break;
  }
  for (std::size_t i = 0; i < size(attribute); ++i) {
    const Micros start = i == 0 ? 0 : cuts(attribute)[i - 1];
    for (const Hours& hours : condition.hours) {
      const bool within = hours.from <= hours.to ? start >= hours.from && start < hours.to
                                                 : start >= hours.from || start < hours.to;
      if (within) mask.set(i);
    }
  }
  return mask;
}

Values Domains::Bind(const Facts& facts) const {
  using enum Attribute;
  const auto& [subject, action, resource, context] = facts;
  const Micros day = context.now / kDay;
  Values values;
  const auto set = [&values](Attribute attribute, std::size_t number) {
    values[Index(attribute)] = One(number);
  };
  const auto flag = [&](Attribute attribute, bool value) { set(attribute, value ? 1 : 0); };
  values[Index(kRole)] = BitsOf(subject.roles, InfoOf(kRole).values.size());
  for (const std::string& name : subject.qualifications)
    values[Index(kQualification)].set(NameNumber(names(kQualification), name));
  set(kHolder, LessOne(subject.kind));
  set(kStatus, LessOne(subject.status));
  set(kKey, LessOne(subject.key));
  flag(kAdditionalKey, subject.key_is_additional);
  set(kKeyAge, CountUpTo(cuts(kKeyAge), subject.key_age));
  set(kRelation, subject.relation.has_value() ? static_cast<std::size_t>(*subject.relation) : 0);
  set(kTier, static_cast<std::size_t>(resource.tier));
  if (!names(kPlatform).empty()) set(kPlatform, NameNumber(names(kPlatform), Lowered(resource.platform)));
  if (!names(kUnit).empty()) set(kUnit, NameNumber(names(kUnit), Lowered(resource.unit)));
  set(kSecretKind, resource.secret_kind.empty() ? 0 : FixedNumber(kSecretKind, resource.secret_kind));
  set(kAccountState, AccountNumber(resource));
  set(kVersion, static_cast<std::size_t>(resource.version));
  set(kOwners, static_cast<std::size_t>(std::clamp(resource.owners, 0, kMostOwners)));
  set(kRotationAge, CountUpTo(cuts(kRotationAge), resource.rotation_age));
  set(kWeekday, static_cast<std::size_t>((day + kEpochWeekday) % 7));
  set(kHours, CountUpTo(cuts(kHours), context.now % kDay / kMinute));
  flag(kReason, context.has_reason);
  flag(kTicket, context.has_ticket);
  flag(kInHandover, context.in_handover);
  flag(kAboutSelf, context.about_self);
  flag(kAboutOfficer, context.about_officer);
  flag(kRequestedBySelf, context.requested_by_self);
  flag(kSoleOfficer, context.sole_officer);
  flag(kSuccessorUnvetted, context.successor_unvetted);
  flag(kSuccessorIsSelf, context.successor_is_self);
  return values;
}

}  // namespace holdfast::policy
