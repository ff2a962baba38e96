#include "vault/playbook/host.h"

#include <algorithm>
#include <cstddef>

namespace holdfast::playbook {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::string_view kWww = "www.";

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

}  // namespace

bool IsHost(std::string_view text) {
  if (text.size() > kMaxHostBytes || text.starts_with(kWww)) return false;
  std::size_t labels = 0;
  std::string_view last;
  for (std::string_view rest = text;; ++labels) {
    const std::size_t dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!IsLabel(last)) return false;
    if (dot == rest.npos) break;
    rest.remove_prefix(dot + 1);
  }
  // The last label of a name is never a number: that is how addresses are told from names.
  return labels > 0 && !std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> HostOf(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t user = text.rfind('@'); user != text.npos) text.remove_prefix(user + 1);
  text = text.substr(0, text.find(':'));
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string host(text);
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (host.starts_with(kWww)) host.erase(0, kWww.size());
  return IsHost(host) ? std::optional(host) : std::nullopt;
}

bool IsWithin(std::string_view host, std::string_view of) {
  if (host == of) return true;
  return host.size() > of.size() && host.ends_with(of) && host[host.size() - of.size() - 1] == '.';
}

}  // namespace holdfast::playbook
