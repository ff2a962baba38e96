// Settings of a running server: a TOML file, overridden by the command line.
//
//   listen           = "127.0.0.1:7443"   # API; port 0 takes a free one
//   enroll_listen    = "127.0.0.1:7444"   # enrollment
//   advertise        = "vault.example.org:7443"   # how others reach the API; default: what it listens on
//   enroll_advertise = "vault.example.org:7444"   # needed when listening on all addresses of the host
//   log              = "text" | "json"
//   log_level        = "info" | "warn" | "error" | "debug"
#pragma once

#include <string>

#include "vault/base/status.h"

namespace holdfast::server {

inline constexpr char kDefaultListen[] = "127.0.0.1:7443";
inline constexpr char kDefaultEnrollListen[] = "127.0.0.1:7444";

struct Config {
  std::string listen = kDefaultListen;
  std::string enroll_listen = kDefaultEnrollListen;
  std::string advertise;
  std::string enroll_advertise;
  std::string log = "text";
  std::string log_level = "info";
};

// Unknown keys, wrong types and values out of range are INVALID_ARGUMENT and name file, line and key.
absl::StatusOr<Config> ReadConfig(const std::string& path);
// The same checks for values from the command line; errors name the field.
absl::Status CheckConfig(const Config& config);
// What can only be said when file and command line are put together: clients are told addresses that they can
// use, and no listener takes the other's.
absl::Status CheckAddresses(const Config& config);

struct HostPort {
  std::string host;  // without brackets
  int port = 0;      // 0 to 65535
};
absl::StatusOr<HostPort> ParseHostPort(const std::string& text, std::string_view field);
std::string JoinHostPort(const HostPort& address);

}  // namespace holdfast::server
