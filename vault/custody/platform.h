// Platforms of accounts: ids of playbooks, or whatever was typed where no playbook fits. Thread safe.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::custody {

// The id of the playbook that `typed` names, or whose host it is or has in it: "https://x.com/acme" gives
// "x". Otherwise `typed` itself: such an account follows the playbook "generic", and a finding says so.
std::string PlatformFor(std::string_view typed);

// The ids of all playbooks, one a line, with a line break before the first too.
const std::string& PlaybookIds();

}  // namespace holdfast::custody
