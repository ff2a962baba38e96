#include "vault/crypto/value_forms.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utf8proc.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "vault/crypto/totp.h"
#include "vault/crypto/totp_hash.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kProbe = "holdfast-seed-probe";
constexpr std::size_t kPlainSeed = 10;  // bytes
constexpr std::size_t kMinCode = 6;
constexpr std::size_t kMaxCode = 40;
constexpr std::size_t kLongestCharacter = 4;  // bytes of UTF-8

bool IsBlank(utf8proc_int32_t point) {
  return point == '\t' || point == ' ' || utf8proc_category(point) == UTF8PROC_CATEGORY_ZS;
}

// Drops blanks before line ends and all of both at the two ends. Returns the new length.
std::size_t Trim(std::span<utf8proc_int32_t> points) {
  std::size_t size = 0;
  for (const utf8proc_int32_t point : points) {
    if (point == '\n') {
      while (size > 0 && IsBlank(points[size - 1])) --size;
    }
    if (size == 0 && (point == '\n' || IsBlank(point))) continue;
    points[size++] = point;
  }
  while (size > 0 && (points[size - 1] == '\n' || IsBlank(points[size - 1]))) --size;
  return size;
}

// None for what is no UTF-8. Every buffer is ours, so that all of them are wiped.
std::optional<Plaintext> TextOf(ByteView value) {
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE | UTF8PROC_NLF2LF);
  const auto size = static_cast<utf8proc_ssize_t>(value.size());
  const utf8proc_ssize_t needed = utf8proc_decompose(value.data(), size, nullptr, 0, kOptions);
  if (needed < 0) return std::nullopt;
  Plaintext buffer(static_cast<std::size_t>(needed) * sizeof(utf8proc_int32_t));
  auto* points = reinterpret_cast<utf8proc_int32_t*>(buffer.ExposeSecretMutable().data());
  if (utf8proc_decompose(value.data(), size, points, needed, kOptions) != needed) return std::nullopt;
  const utf8proc_ssize_t normal = utf8proc_normalize_utf32(points, needed, kOptions);
  if (normal < 0) return std::nullopt;
  const std::size_t kept = Trim({points, static_cast<std::size_t>(normal)});
  Plaintext text(kept * kLongestCharacter);
  std::size_t length = 0;
  for (std::size_t i = 0; i < kept; ++i)
    length += static_cast<std::size_t>(
        utf8proc_encode_char(points[i], text.ExposeSecretMutable().data() + length));
  text.Resize(length);
  return text;
}

// HMAC pads a short key with zeros and hashes a long one: seeds that look different can make the same codes.
// So what a seed makes is compared, not the seed.
Plaintext ProbeSeed(const Plaintext& seed, TotpHash hash) {
  Plaintext out(1 + EVP_MAX_MD_SIZE);
  out.ExposeSecretMutable()[0] = static_cast<std::uint8_t>(hash);
  unsigned size = 0;
  const ByteView key = seed.ExposeSecret();
  const ByteView probe = AsBytes(kProbe);
  if (HMAC(HashOf(hash), key.data(), static_cast<int>(key.size()), probe.data(), probe.size(),
           out.ExposeSecretMutable().data() + 1, &size) == nullptr)
    size = 0;
  out.Resize(1 + size);
  return out;
}

// Of other values too: a seed may have been kept as a password or a note before.
void AddSeed(const Plaintext& value, bool is_seed, std::vector<FormOfValue>& forms) {
  const auto totp = ParseTotp(value);
  if (!totp.ok()) return;
  if (!is_seed && !IsSeedUri(AsChars(value.ExposeSecret())) && totp->seed.size() < kPlainSeed) return;
  forms.push_back({ValueForm::kSeed, ProbeSeed(totp->seed, TotpHash::kSha1)});
  if (totp->hash != TotpHash::kSha1)
    forms.push_back({ValueForm::kSeed, ProbeSeed(totp->seed, totp->hash)});
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "1. ", "12) ", "- ", "* ": lists are often kept with their numbers.
std::string_view WithoutNumber(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && end < 3 && IsDigit(line[end])) ++end;
  const bool numbered = end > 0 && end < line.size() && (line[end] == '.' || line[end] == ')');
  const bool listed = end == 0 && (line.starts_with("- ") || line.starts_with("* "));
  if (numbered || listed) line.remove_prefix(end + 1);
  while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
  return line;
}

// None for what is no code: letters and digits of ASCII, a digit among them.
std::optional<Plaintext> CodeOf(std::string_view line) {
  line = WithoutNumber(line);
  if (line.size() > kMaxCode) return std::nullopt;
  Plaintext code(line.size());
  std::size_t size = 0;
  bool digit = false;
  for (const char c : line) {
    if (c == ' ' || c == '-') continue;
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !IsDigit(c) && !(c >= 'a' && c <= 'z')) return std::nullopt;
    digit = digit || IsDigit(c);
    code.ExposeSecretMutable()[size++] = static_cast<std::uint8_t>(upper ? c - 'A' + 'a' : c);
  }
  if (!digit || size < kMinCode) return std::nullopt;
  code.Resize(size);
  return code;
}

// A set: two lines or more, each of which is a code. Whoever kept one of them can still come in by it.
void AddCodes(std::string_view text, std::vector<FormOfValue>& forms) {
  std::vector<FormOfValue> codes;
  while (!text.empty() && codes.size() < kMaxCodes) {
    const std::string_view line = text.substr(0, text.find_first_of("\n,;"));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t") == line.npos) continue;
    auto code = CodeOf(line);
    if (!code.has_value()) return;
    codes.push_back({ValueForm::kCode, *std::move(code)});
  }
  if (codes.size() < 2) return;
  std::ranges::move(codes, std::back_inserter(forms));
}

}  // namespace

std::vector<FormOfValue> FormsOf(const Plaintext& value, bool is_seed) {
  std::vector<FormOfValue> forms;
  auto text = TextOf(value.ExposeSecret());
  if (text.has_value() && !text->empty()) {
    AddCodes(AsChars(text->ExposeSecret()), forms);
    AddSeed(*text, is_seed, forms);
    forms.push_back({ValueForm::kText, *std::move(text)});
  } else {
    forms.push_back({ValueForm::kExact, Plaintext::CopyOf(value.ExposeSecret())});
  }
  return forms;
}

}  // namespace holdfast::crypto
