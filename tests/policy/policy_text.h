// Policies with one fault each: a good one with something more, or something else.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vault/policy/parse.h"

namespace holdfast::policy {

inline constexpr std::string_view kHead = "format = 1\nname = \"p\"\n";
inline constexpr std::string_view kRule[] = {"[[rule]]", "id = \"a\"", "effect = \"permit\"",
                                             "actions = [\"secret.reveal\"]", "why = \"b\""};

inline std::string Whole(std::string_view text) { return std::string(text); }

// The line of the good rule that begins with `key` replaced; its lines are 3 to 7.
inline std::string Instead(std::string_view key, std::string_view other) {
  std::string text(kHead);
  for (const std::string_view line : kRule) text.append(line.starts_with(key) ? other : line).append("\n");
  return text;
}
// More lines between the head and the rule: from line 3 on.
inline std::string Top(std::string_view lines) {
  return std::string(kHead).append(lines).append(Instead("-", "").substr(kHead.size()));
}
// More lines behind those of the rule: from line 8 on.
inline std::string Also(std::string_view lines) { return Top("").append(lines); }
// Top(), and the rule uses the group of roles.
inline std::string Used(std::string_view group, std::string_view lines) {
  return Top(lines).append("when = { role = [\"").append(group).append("\"] }");
}
// Also(), but the rule is about reading only, or forbids.
inline std::string ReadOnly(std::string_view lines) {
  return Instead("actions", "actions = [\"account.read\"]").append(lines);
}
inline std::string Forbid(std::string_view lines) {
  return Instead("effect", "effect = \"forbid\"").append(lines);
}

// A text and what is wrong with it, "line:column: message".
struct BadPolicy {
  std::string text;
  std::string_view wrong;
};

// Each has that one problem, and no two the same message.
inline void ExpectEachItsOwn(const std::vector<BadPolicy>& policies) {
  std::set<std::string_view> messages;
  for (const auto& [text, wrong] : policies) {
    EXPECT_EQ(Listed(Parse(text).problems), std::string(wrong) + "\n") << text.substr(0, 400);
    EXPECT_TRUE(messages.insert(wrong.substr(wrong.find(": ") + 2)).second) << "a second time: " << wrong;
  }
}

}  // namespace holdfast::policy
