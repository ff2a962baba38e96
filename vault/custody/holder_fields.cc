#include "vault/custody/holder_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "vault/base/ascii.h"
#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/base/vocabulary.h"
#include "vault/custody/holders.h"

namespace holdfast::custody {
namespace {

constexpr std::int64_t kAllRoles = 15;

struct Named {
  Role role;
  std::string_view name;
};
constexpr Named kRoles[] = {{Role::kSecurity, "security"},
                            {Role::kAuditor, "auditor"},
                            {Role::kOffboarding, "offboarding"},
                            {Role::kMember, "member"}};

}  // namespace

absl::Status CheckDisplayName(std::string_view name) {
  return CheckLine("holder.display_name", name, kMaxDisplayName, /*required=*/false);
}

absl::Status CheckQualifications(const std::vector<std::string>& names) {
  constexpr std::string_view kField = "holder.qualifications";
  if (names.size() > kMaxQualifications)
    return InvalidField(kField, fmt::format("must be at most {}", kMaxQualifications));
  for (std::size_t i = 0; i < names.size(); ++i) {
    HF_RETURN_IF_ERROR(CheckId(kField, names[i]));
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      return InvalidField(kField, fmt::format("names {} twice", names[i]));
  }
  return absl::OkStatus();
}

absl::Status CheckPerson(std::string_view person) {
  HF_RETURN_IF_ERROR(CheckLine("holder.person", person, kMaxPerson, /*required=*/false));
  if (!std::ranges::all_of(person, [](char c) { return c > ' ' && c <= '~'; }))
    return InvalidField("holder.person", "must be ASCII letters, digits and signs without blanks");
  return absl::OkStatus();
}

absl::Status CheckRoles(std::int64_t roles) {
  if (roles == 0 || (roles & ~kAllRoles) != 0)
    return InvalidField("holder.roles", "must name at least one of member, security, auditor, offboarding");
  if (HasRole(roles, Role::kAuditor) && roles != static_cast<std::int64_t>(Role::kAuditor))
    return InvalidField("holder.roles", "an auditor has no other role");
  return absl::OkStatus();
}

std::string OneSpelling(std::string_view person) { return Lowered(person); }

std::string StoredQualifications(std::vector<std::string> qualifications) {
  std::ranges::sort(qualifications);
  return fmt::format("{}", fmt::join(qualifications, " "));
}

std::string RoleNames(std::int64_t roles) {
  std::string names;
  for (const auto& [role, name] : kRoles) {
    if (HasRole(roles, role)) names.append(names.empty() ? "" : " ").append(name);
  }
  return names;
}

}  // namespace holdfast::custody
