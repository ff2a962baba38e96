// Hosts of platforms, as playbooks list them and as people paste them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::playbook {

// Lower-case DNS labels with a dot between them, without a leading "www.".
bool IsHost(std::string_view text);

// The host of a URL, or of a bare host, in that form: "https://www.X.com/acme" gives "x.com". Nothing for a
// text that has none, such as "x" or an address in numbers.
std::optional<std::string> HostOf(std::string_view text);

// Whether `host` is `of`, or lies below it: "mobile.x.com" below "x.com", "notx.com" not.
bool IsWithin(std::string_view host, std::string_view of);

}  // namespace holdfast::playbook
