#include "client/slug.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>

#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

char Lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

// Accounts are called what their people call them, in any script: ICU knows them all, a table of ours would
// know a few. One transliterator is made for all calls; its use is const.
std::string InLatin(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::string(text);
  static const icu::Transliterator* const latin = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Transliterator::createInstance("Russian-Latin/BGN; Any-Latin; de-ASCII; Latin-ASCII",
                                               UTRANS_FORWARD, error);
  }();
  if (latin == nullptr) return std::string(text);  // the id is poorer, no more
  auto unicode = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  latin->transliterate(unicode);
  std::string out;
  unicode.toUTF8String(out);
  return out;
}

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
  for (const char raw : InLatin(text)) {
    const char c = Lower(raw);
    if (c == '\'') continue;  // "Sam's"; in Latin, also a soft sign
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
