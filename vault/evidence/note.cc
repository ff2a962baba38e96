#include "vault/evidence/note.h"

#include <algorithm>
#include <array>
#include <optional>

#include "fmt/core.h"
#include "vault/base/text.h"

namespace holdfast::evidence {
namespace {

constexpr std::size_t kMaxNote = 64 * 1024;
constexpr int kMaxSignatures = 100;
constexpr std::size_t kMaxVerifier = 1024;
constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::string_view kDash = "\u2014 ";  // em dash, space

// Unicode's White_Space beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> kSpaces = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

absl::Status Invalid(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "NOTE_INVALID", message);
}

absl::Status InvalidKey(std::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "NOTE_KEY_INVALID", message);
}

bool IsAsciiControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

bool IsValidName(std::string_view name) {
  return !name.empty() && IsUtf8(name) && name.find_first_of("+ ") == std::string_view::npos &&
         std::none_of(name.begin(), name.end(), IsAsciiControl) &&
         std::none_of(kSpaces.begin(), kSpaces.end(),
                      [&](std::string_view space) { return name.find(space) != std::string_view::npos; });
}

// The part before the next `delimiter`, which is dropped with it.
std::optional<std::string_view> TakeUntil(std::string_view& text, char delimiter) {
  const std::size_t end = text.find(delimiter);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end + 1);
  return part;
}

std::uint32_t ReadU32(ByteView bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

std::uint32_t KeyId(std::string_view name, const crypto::PublicKey& key) {
  const std::array<std::uint8_t, 2> separator = {'\n', kEd25519};
  return ReadU32(crypto::Sha256({AsBytes(name), separator, key}));
}

struct SignatureLine {
  std::string_view name;
  std::uint32_t key_id = 0;
  Bytes signature;
};

std::optional<SignatureLine> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const auto name = TakeUntil(line, ' ');
  if (!name.has_value() || !IsValidName(*name)) return std::nullopt;
  const auto blob = Base64Decode(line);
  if (!blob.has_value() || blob->size() < 5) return std::nullopt;
  return SignatureLine{
      .name = *name, .key_id = ReadU32(*blob), .signature = Bytes(blob->begin() + 4, blob->end())};
}

}  // namespace

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(std::string_view vkey) {
  if (vkey.size() > kMaxVerifier) return InvalidKey("the verifier key is too long");
  const auto name = TakeUntil(vkey, '+');
  const auto id = TakeUntil(vkey, '+');
  if (!name.has_value() || !id.has_value() || !IsValidName(*name))
    return InvalidKey("the verifier key is not <name>+<id>+<key>");
  const auto id_bytes = HexDecode(*id);
  const auto typed_key = Base64Decode(vkey);
  if (!id_bytes.has_value() || id_bytes->size() != 4 || !typed_key.has_value())
    return InvalidKey("the verifier key is not <name>+<id>+<key>");
  crypto::PublicKey key;
  if (typed_key->size() != key.size() + 1 || typed_key->front() != kEd25519)
    return InvalidKey("the verifier key is not an Ed25519 key");
  std::copy(typed_key->begin() + 1, typed_key->end(), key.begin());
  NoteVerifier verifier = Of(*name, key);
  if (verifier.key_id != ReadU32(*id_bytes))
    return InvalidKey("the verifier key's id belongs to another key");
  return verifier;
}

NoteVerifier NoteVerifier::Of(std::string_view name, const crypto::PublicKey& key) {
  return NoteVerifier{.name = std::string(name), .key_id = KeyId(name, key), .key = key};
}

std::string NoteVerifier::ToString() const {
  Bytes typed_key = {kEd25519};
  typed_key.insert(typed_key.end(), key.begin(), key.end());
  return fmt::format("{}+{:08x}+{}", name, key_id, Base64Encode(typed_key));
}

std::string SignNote(std::string_view text, std::string_view name, const crypto::Signer& signer) {
  Bytes blob;
  AppendU32(blob, KeyId(name, signer.public_key()));
  const crypto::Signature signature = signer.Sign(AsBytes(text));
  blob.insert(blob.end(), signature.begin(), signature.end());
  return fmt::format("{}\n{}{} {}\n", text, kDash, name, Base64Encode(blob));
}

absl::StatusOr<std::string> OpenNote(std::string_view note, const NoteVerifier& verifier) {
  if (note.size() > kMaxNote) return Invalid("the note is too long");
  const auto is_bad = [](char c) { return IsAsciiControl(c) && c != '\n'; };
  if (!IsUtf8(note) || std::any_of(note.begin(), note.end(), is_bad)) return Invalid("the note is not text");
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos) return Invalid("the note has no signatures");
  const std::string_view text = note.substr(0, split + 1);
  std::string_view lines = note.substr(split + 2);
  if (lines.empty() || lines.back() != '\n') return Invalid("the note is cut short");
  bool verified = false;
  for (int count = 0; !lines.empty(); ++count) {
    const auto line = ParseSignatureLine(*TakeUntil(lines, '\n'));
    if (count == kMaxSignatures || !line.has_value()) return Invalid("a signature line is malformed");
    if (line->name != verifier.name || line->key_id != verifier.key_id) continue;
    // One bad signature under the known key spoils the note, whatever else is on it.
    if (!crypto::Verify(verifier.key, AsBytes(text), line->signature))
      return Invalid("the note's signature is not good");
    verified = true;
  }
  if (!verified) return Invalid("the note is not signed by the expected key");
  return std::string(text);
}

}  // namespace holdfast::evidence
