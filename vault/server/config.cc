#include "vault/server/config.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <charconv>
#include <map>
#include <sstream>

#include "vault/base/files.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace holdfast::server {
namespace {

constexpr std::size_t kMaxConfigSize = 64 * 1024;
constexpr std::size_t kMaxLine = 4096;  // longer dotted keys overflow the parser's stack

absl::Status BadConfig(const std::string& path, const toml::source_region& where, std::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, "CONFIG",
                   fmt::format("{}:{}:{}: {}", path, where.begin.line, where.begin.column, what));
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  auto text = ReadUpTo(path, kMaxConfigSize + 1);
  if (!text.has_value()) return MakeError(absl::StatusCode::kInvalidArgument, "CONFIG", "cannot read " + path);
  if (text->size() > kMaxConfigSize)
    return MakeError(absl::StatusCode::kInvalidArgument, "CONFIG", path + " is larger than 64 KiB");
  std::istringstream lines(*text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.size() > kMaxLine) {
      return MakeError(absl::StatusCode::kInvalidArgument, "CONFIG",
                       fmt::format("{}:{}: the line is longer than {} bytes", path, number, kMaxLine));
    }
  }
  return *std::move(text);
}

std::map<std::string_view, std::string*> Keys(Config& config) {
  return {{"listen", &config.listen},
          {"advertise", &config.advertise},
          {"log", &config.log},
          {"log_level", &config.log_level}};
}

// "0.0.0.0", "::" and whatever else the resolver takes for "all addresses of this host".
bool IsWildcard(const std::string& host) {
  const addrinfo hints{.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  bool wildcard = false;
  if (found->ai_family == AF_INET) {
    wildcard = reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr.s_addr == htonl(INADDR_ANY);
  } else if (found->ai_family == AF_INET6) {
    wildcard = IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6*>(found->ai_addr)->sin6_addr);
  }
  freeaddrinfo(found);
  return wildcard;
}

}  // namespace

absl::StatusOr<HostPort> ParseHostPort(const std::string& text, std::string_view field) {
  const absl::Status bad = InvalidField(field, "must be host:port, for example 127.0.0.1:7443 or [::1]:7443");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad;
  HostPort address{.host = text.substr(0, colon), .port = -1};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  const bool number = stop == end && (error == std::errc() || error == std::errc::result_out_of_range);
  if (!number) return bad;
  if (error != std::errc() || address.port < 0 || address.port > 65535)
    return InvalidField(field, "the port must be from 0 to 65535");
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  else if (address.host.find(':') != std::string::npos)
    return bad;
  return address.host.empty() ? absl::StatusOr<HostPort>(bad) : address;
}

std::string JoinHostPort(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), address.host, address.port);
}

absl::Status CheckConfig(const Config& config) {
  HF_RETURN_IF_ERROR(ParseHostPort(config.listen, "listen").status());
  if (!config.advertise.empty()) HF_RETURN_IF_ERROR(ParseHostPort(config.advertise, "advertise").status());
  if (config.log != "text" && config.log != "json")
    return InvalidField("log", "must be \"text\" or \"json\"");
  for (const std::string_view level : {"debug", "info", "warn", "error"}) {
    if (config.log_level == level) return absl::OkStatus();
  }
  return InvalidField("log_level", "must be \"debug\", \"info\", \"warn\" or \"error\"");
}

absl::Status CheckAddress(const Config& config) {
  const bool own = config.advertise.empty();
  HF_ASSIGN_OR_RETURN(const HostPort told, ParseHostPort(own ? config.listen : config.advertise,
                                                         own ? "listen" : "advertise"));
  if (!own && told.port == 0) return InvalidField("advertise", "needs the port that clients connect to");
  if (!IsWildcard(told.host)) return absl::OkStatus();
  if (!own)
    return InvalidField("advertise",
                        fmt::format("{} is not an address that clients can use", config.advertise));
  return InvalidField(
      "listen", fmt::format("{} is not an address that clients can use: add --advertise vault.example.org:{}",
                            config.listen, told.port));
}

absl::StatusOr<Config> ReadConfig(const std::string& path) {
  HF_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) return BadConfig(path, parsed.error().source(), "not valid TOML");
  Config config;
  const auto keys = Keys(config);
  for (const auto& [key, value] : parsed.table()) {
    const auto known = keys.find(key.str());
    if (known == keys.end()) return BadConfig(path, key.source(), fmt::format("unknown key '{}'", key.str()));
    const auto* string = value.as_string();
    if (string == nullptr)
      return BadConfig(path, value.source(), fmt::format("'{}' must be a string", key.str()));
    *known->second = string->get();
  }
  const absl::Status checked = CheckConfig(config);
  if (checked.ok()) return config;
  const toml::node* node = parsed.table().get(FieldOf(checked));
  return BadConfig(path, node == nullptr ? toml::source_region() : node->source(), MessageOf(checked));
}

}  // namespace holdfast::server
