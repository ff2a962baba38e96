// Views and owning buffers of bytes that are not secret, and their text encodings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView AsBytes(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
inline std::string_view AsChars(ByteView b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }
inline Bytes ToBytes(ByteView b) { return {b.begin(), b.end()}; }

// Lower-case hexadecimal. HexDecode refuses odd lengths and any other character (upper case too).
std::string HexEncode(ByteView bytes);
std::optional<Bytes> HexDecode(std::string_view text);

// RFC 4648 base64: standard with padding, and the URL alphabet without. Decoding is strict.
std::string Base64Encode(ByteView bytes);
std::optional<Bytes> Base64Decode(std::string_view text);
std::string Base64UrlEncode(ByteView bytes);
std::optional<Bytes> Base64UrlDecode(std::string_view text);

// Appends an unsigned integer, big-endian; and a length-prefixed (u32) field: the injective framing
// under every MAC and associated data here.
void AppendU32(Bytes& out, std::uint32_t value);
void AppendU64(Bytes& out, std::uint64_t value);
void AppendField(Bytes& out, ByteView field);

}  // namespace holdfast
