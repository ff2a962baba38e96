// TOML as a tree in which everything knows its place in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/policy/problems.h"

namespace holdfast::policy {

struct TomlNode {
  enum class Kind : int { kText, kInteger, kFlag, kArray, kTable, kOther };  // other: fractions, dates, times

  Kind kind = Kind::kOther;
  Position at;
  std::string key;  // in the table that holds it; empty in an array
  Position key_at;
  std::string text;
  std::int64_t number = 0;
  bool flag = false;
  std::vector<TomlNode> children;  // of an array or a table, in the order of the text

  const TomlNode* Find(std::string_view name) const;
};

// The text as a table, checked by CheckTomlText() first; or nothing, and why not is in `problems`. Never
// throws.
std::optional<TomlNode> ReadToml(std::string_view text, std::size_t max_bytes, Problems& problems);

}  // namespace holdfast::policy
