#include "client/slug.h"

#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

char Lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

std::string_view HostOf(std::string_view uri) {
  if (const std::size_t scheme = uri.find("://"); scheme != uri.npos) uri.remove_prefix(scheme + 3);
  uri = uri.substr(0, uri.find_first_of("/?#"));
  if (const std::size_t user = uri.rfind('@'); user != uri.npos) uri.remove_prefix(user + 1);
  if (!uri.empty() && uri.front() == '[') return uri.substr(0, uri.find(']') + 1);
  return uri.substr(0, uri.find(':'));
}

}  // namespace

std::string Slug(std::string_view text) {
  std::string slug;
  for (const char raw : text) {
    const char c = Lower(raw);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() == kMaxSlug) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

std::string UniqueIds::Take(const std::string& id) {
  int& count = taken_[id];
  if (++count == 1) return id;
  std::string next = fmt::format("{}-{}", id, count);
  while (!taken_.emplace(next, 1).second) next = fmt::format("{}-{}", id, ++count);
  return next;
}

std::string PlatformOf(std::string_view uri) {
  std::string host;
  for (const char c : HostOf(uri)) host += Lower(c);
  constexpr std::string_view kWww = "www.";
  if (host.compare(0, kWww.size(), kWww) == 0) host.erase(0, kWww.size());
  return CheckLine("platform", host, kMaxPlatform, /*required=*/true).ok() ? host
                                                                           : std::string(kUnknownPlatform);
}

}  // namespace holdfast::client
