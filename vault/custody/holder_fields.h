// The fields of a holder, checked: for those who register holders and those who change them. Errors name
// "holder.<field>". Thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/status.h"

namespace holdfast::custody {

absl::Status CheckDisplayName(std::string_view name);
// At most kMaxQualifications ids, each once.
absl::Status CheckQualifications(const std::vector<std::string>& names);
// May be empty.
absl::Status CheckPerson(std::string_view person);
// At least one; an auditor has no other.
absl::Status CheckRoles(std::int64_t roles);

// One person has one spelling: rules about two persons must not be met by one in two cases of letters.
std::string OneSpelling(std::string_view person);
// Sorted, with single spaces; ids have none.
std::string StoredQualifications(std::vector<std::string> qualifications);
// "member security", for the record and for whoever approves.
std::string RoleNames(std::int64_t roles);

}  // namespace holdfast::custody
