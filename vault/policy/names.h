// Names in policies, and what to say of wrong ones. Names are ASCII: letters of other scripts that look the
// same would let two rules look alike and mean different things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::policy {

inline constexpr std::size_t kMaxNameBytes = 63;

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: what stands here is not UTF-8
};
// The first one of a text that is not empty.
CodePoint FirstCodePoint(std::string_view text);
// True for characters that nobody sees (IsInvisible in vault/base/text.h), tab excepted.
bool IsHidden(std::uint32_t code_point);
// "U+043E".
std::string PointName(std::uint32_t code_point);

// As it can stand in a message on a terminal: printable ASCII, the rest as \u{43e}, cut at `max_bytes`.
std::string Printable(std::string_view text, std::size_t max_bytes);
// The same in quotes, cut as names are.
std::string Quoted(std::string_view text);

// `plain`: [a-z0-9][a-z0-9._-]*; otherwise single spaces may stand inside too. At most kMaxNameBytes. What is
// wrong with `name`, or nothing; `what` says what it names: "id".
std::optional<std::string> NameFault(std::string_view what, std::string_view name, bool plain);

// The one of `allowed` that was probably meant.
std::optional<std::string_view> Nearest(std::string_view given, std::span<const std::string_view> allowed);
// What to say of a `given` that is none of `allowed`; `choices` (may be empty) says what to choose from.
std::string UnknownName(std::string_view what, std::string_view given,
                        std::span<const std::string_view> allowed, std::string_view choices);
// The same, and the choices are all that is allowed.
std::string UnknownName(std::string_view what, std::string_view given,
                        std::span<const std::string_view> allowed);

}  // namespace holdfast::policy
