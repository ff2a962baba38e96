// Policies that tests reason about, parsed.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "vault/policy/parse.h"

namespace holdfast::policy {

// Of rules as text, below the two lines that every policy begins with: the first of `rules` is line 3.
inline Document DocumentOf(const std::string& rules) {
  Parsed parsed = Parse("format = 1\nname = \"test\"\n" + rules);
  EXPECT_EQ(Listed(parsed.problems), "");
  return std::move(parsed.document);
}

inline std::string SourceFile(const std::string& path) {
  std::ifstream in(std::string(HF_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline Document ShippedPolicy() {
  Parsed parsed = Parse(SourceFile("policies/org.toml"));
  EXPECT_EQ(Listed(parsed.problems), "");
  return std::move(parsed.document);
}

}  // namespace holdfast::policy
