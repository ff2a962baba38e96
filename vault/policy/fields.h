// The keys of one table, typed: says what is wrong with each, at its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/policy/problems.h"
#include "vault/policy/toml_reader.h"

namespace holdfast::policy {

inline constexpr std::size_t kMaxItems = 200;  // of one array
inline constexpr std::size_t kMaxWhyBytes = 300;

// False, and a problem, unless the node is of that kind. `what` names it: `"uses"`.
bool Expect(const TomlNode& node, TomlNode::Kind kind, std::string_view what, Problems& problems);

// The values of an array that is neither empty nor too long, each once (compared as `spell` writes them,
// which complains itself about what it returns nothing for). False when it is no such array.
using Spell = std::function<std::optional<std::string>(const TomlNode& item)>;
bool EachOnce(const TomlNode& array, std::string_view what, std::string_view example, Problems& problems,
              const Spell& spell);

// "7d" as a duration; or nothing, and a problem.
std::optional<Micros> DurationOf(const TomlNode& node, std::string_view what, Problems& problems);
// "08:00-18:00" as hours; or nothing, and a problem.
std::optional<Hours> HoursOf(const TomlNode& node, Problems& problems);

class Fields {
 public:
  // Complains about keys that are not `known`; `what` says what the table is: "a rule".
  Fields(const TomlNode& table, std::string_view what, std::span<const std::string_view> known,
         Problems& problems);

  const TomlNode* Find(std::string_view key) const { return table_.Find(key); }
  // The same, and a problem when it is not there; `hint` says what to write.
  const TomlNode* Need(std::string_view key, std::string_view hint) const;

  // Nothing when the key is not there or, with a problem, when its value will not do.
  const TomlNode* Table(std::string_view key) const;
  std::optional<std::string> Text(std::string_view key) const;
  std::optional<std::int64_t> Number(std::string_view key, std::int64_t least, std::int64_t most) const;
  std::optional<Micros> Duration(std::string_view key) const;
  // For flags of which only true says anything.
  bool True(std::string_view key) const;
  // The text for people, which must be there.
  std::string Why() const;

 private:
  const TomlNode* Typed(std::string_view key, TomlNode::Kind kind) const;

  const TomlNode& table_;
  std::string what_;
  Problems& problems_;
};

}  // namespace holdfast::policy
