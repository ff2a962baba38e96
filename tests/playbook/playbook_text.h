// A small playbook without a fault, and ways to spoil it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "vault/playbook/parse.h"

namespace holdfast::playbook {

inline constexpr std::string_view kGood = R"toml(format = 1
id = "acme"
name = "Acme"
hosts = ["acme.example"]
model = "shared"
identity = { what = "a number", source = ["help"] }
owners = { least = 1, what = "one login", source = ["help"] }
reviewed = "2026-11-27"
[password]
min = 8
source = ["help"]
[[source]]
id = "help"
title = "Help"
standing = "vendor"
[[hold]]
id = "mail"
kind = "recovery-email"
keeps = "reset it by mail"
survives = "yes"
source = ["help"]
[[step]]
id = "recovery"
kind = "move"
do = "Replace the address."
ends = ["mail"]
evidence = "text"
within = "4h"
[[step]]
id = "rotate"
kind = "rotate"
do = "Set a new password."
after = ["recovery"]
secret = ["password"]
evidence = "text"
within = "4h"
)toml";

// The good one with the first `from` replaced.
inline std::string Instead(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}
inline std::string Also(std::string_view more) { return std::string(kGood).append(more); }

// A further step with these lines in it.
inline std::string AlsoStep(std::string_view id, std::string_view kind, std::string_view more) {
  return Also("[[step]]\nid = \"" + std::string(id) + "\"\nkind = \"" + std::string(kind) +
              "\"\ndo = \"Do it.\"\nevidence = \"text\"\nwithin = \"1d\"\n" + std::string(more));
}

inline Playbook Read(std::string_view text) {
  Parsed parsed = Parse(text);
  EXPECT_EQ(policy::Listed(parsed.problems), "") << text;
  return std::move(parsed.playbook);
}

}  // namespace holdfast::playbook
