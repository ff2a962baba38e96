// Ids and platforms made from what people called things elsewhere.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace holdfast::client {

inline constexpr std::size_t kMaxSlug = 48;

// Lower-case ASCII letters and digits, anything else as single hyphens between them; "" when nothing is left.
// Other scripts and accents are written in Latin letters, umlauts as German does: "Müller & Söhne" is
// "mueller-soehne".
std::string Slug(std::string_view text);

// Tells names apart within one file: the first keeps its id, the next get -2, -3 ...
class UniqueIds {
 public:
  std::string Take(const std::string& id);

 private:
  std::map<std::string, int> taken_;
};

inline constexpr std::string_view kUnknownPlatform = "unknown";

// The host of a URI in lower case without "www.", kUnknownPlatform when there is none that fits a platform's
// name.
std::string PlatformOf(std::string_view uri);

}  // namespace holdfast::client
