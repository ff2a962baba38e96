// RFC 7468 armour, strictly: a text is one or more blocks of one label and nothing else (no explanatory text,
// no headers), so that every object has one reading. Line ends may be LF or CRLF.
// Only pki/ includes this file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"

namespace holdfast::pki {

inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";
inline constexpr std::string_view kRequestLabel = "CERTIFICATE REQUEST";
inline constexpr std::string_view kPrivateKeyLabel = "PRIVATE KEY";

// Takes the first block off `text`; nullopt, with `text` unchanged, when it does not begin with one.
std::optional<Bytes> TakePemBlock(std::string_view& text, std::string_view label);

// The block when it is the whole text.
std::optional<Bytes> DecodePem(std::string_view text, std::string_view label);

std::string EncodePem(ByteView der, std::string_view label);

}  // namespace holdfast::pki
