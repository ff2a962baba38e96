// Fixed keys and short cuts for tests against pinned bytes, which were made with libsodium from Python.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"

namespace holdfast::crypto {

inline Bytes Hex(std::string_view text) { return HexDecode(text).value(); }

// `size` bytes counting up from `first`.
inline Bytes Count(std::uint8_t first, std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(first + i));
  return bytes;
}

inline SecretBytes Key(std::uint8_t first) { return SecretBytes::CopyOf(Count(first, 32)); }

inline std::string Text(ByteView bytes) { return std::string(AsChars(bytes)); }

}  // namespace holdfast::crypto
