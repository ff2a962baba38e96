// The numbers behind names: facts and conditions as sets of small numbers, so that a rule is a few ANDs.
//
// Every fact has one number in its attribute's domain (a set of numbers for roles and qualifications). The
// domain of an attribute that has no fixed values is cut where the policies at hand cut it: the names that
// they mention and "any other", the ages and hours at which some condition changes.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <vector>

#include "vault/policy/document.h"
#include "vault/policy/facts.h"

namespace holdfast::policy {

inline constexpr std::size_t kMaxDomain = 256;
using Mask = std::bitset<kMaxDomain>;
using Values = std::array<Mask, kAttributeCount>;  // by attribute

class Domains {
 public:
  // Of all that `documents` mention. REQUIRES: each was parsed without problems, which bounds their names.
  explicit Domains(std::initializer_list<const Document*> documents);

  // How many numbers an attribute has.
  std::size_t size(Attribute attribute) const;
  // What a number stands for: "mastodon", "(any other)", "at least 7d", "08:00-18:00".
  std::string Name(Attribute attribute, std::size_t number) const;
  Mask MaskOf(const Condition& condition) const;
  Values Bind(const Facts& facts) const;

 private:
  const std::vector<std::string>& names(Attribute attribute) const;
  const std::vector<Micros>& cuts(Attribute attribute) const;

  std::array<std::vector<std::string>, kAttributeCount>
      names_;                                              // sorted; number n is names_[n - 1], 0 any other
  std::array<std::vector<Micros>, kAttributeCount> cuts_;  // sorted; number = how many cuts are <= the fact
};

}  // namespace holdfast::policy
