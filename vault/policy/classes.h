// The values of one attribute in classes: those that none of the tests at hand tells apart.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "vault/policy/domains.h"

namespace holdfast::policy {

// What facts of this class bind to. A value of an attribute of sets is a set: of roles, all sets that the
// vault can hold (an auditor has no other role, everybody has one) are listed; of qualifications, one with
// the fewest.
struct ValueClass {
  std::vector<Mask> members;  // never empty

  const Mask& sample() const { return members.front(); }
};

// Nothing when there would be more than `limit` classes.
std::optional<std::vector<ValueClass>> ClassesOf(Attribute attribute, const Domains& domains,
                                                 const std::vector<Mask>& tests, std::size_t limit);

// A value alone: "2", "security+member", "none".
std::string NameOf(Attribute attribute, const Domains& domains, const Mask& value);
// "tier 1 or 2", "role member or security+member", "not about_self"; of several classes of one attribute.
std::string InWords(Attribute attribute, const Domains& domains,
                    const std::vector<const ValueClass*>& classes);

}  // namespace holdfast::policy
