// The rules that are in force: a table of predicates over the facts of one decision.
#pragma once

#include <span>
#include <string_view>

#include "vault/policy/decide.h"

namespace holdfast::policy {

struct Facts {
  const Subject& subject;
  Action action;
  const Resource& resource;
  const Context& context;

  bool Is(Role role) const { return HasRole(subject.roles, role); }
  bool Stands(Relation relation) const { return subject.relation == relation; }
  bool Related() const { return subject.relation.has_value(); }
};

struct Rule {
  std::string_view id;
  Effect effect;
  bool (*applies)(const Facts& facts);
  std::string_view why;
};

std::span<const Rule> Rules();

}  // namespace holdfast::policy
