// Settings of a running server: a TOML file, overridden by the command line.
//
//   listen    = "127.0.0.1:7443"          # port 0 takes a free one
//   advertise = "vault.example.org:7443"  # how others reach it; needed when listening on all addresses of the host
//   log       = "text" | "json"
//   log_level = "info" | "warn" | "error" | "debug"
#pragma once

#include <string>

#include "vault/base/status.h"

namespace holdfast::server {

inline constexpr char kDefaultListen[] = "127.0.0.1:7443";

struct Config {
  std::string listen = kDefaultListen;
  std::string advertise;
  std::string log = "text";
  std::string log_level = "info";
};

// Unknown keys, wrong types and values out of range are INVALID_ARGUMENT and name file, line and key.
absl::StatusOr<Config> ReadConfig(const std::string& path);
// The same checks for values from the command line; errors name the field.
absl::Status CheckConfig(const Config& config);
// For file and command line put together: clients are told an address that they can use.
absl::Status CheckAddress(const Config& config);

struct HostPort {
  std::string host;  // without brackets
  int port = 0;      // 0 to 65535
};
absl::StatusOr<HostPort> ParseHostPort(const std::string& text, std::string_view field);
std::string JoinHostPort(const HostPort& address);

}  // namespace holdfast::server
