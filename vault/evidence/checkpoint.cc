#include <algorithm>
#include <optional>

#include "fmt/core.h"
#include "vault/base/ascii.h"
#include "vault/evidence/note.h"

namespace holdfast::evidence {
namespace {

absl::Status Invalid(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "NOTE_INVALID", message);
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Decimal without sign and leading zeros: one spelling a size.
std::optional<std::int64_t> ParseSize(std::string_view text) {
  if (text.front() < '0' || text.front() > '9' || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  return ParseNumber(text);
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, Base64Encode(checkpoint.root));
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  const auto origin = TakeLine(text);
  const auto size_line = TakeLine(text);
  const auto root_line = TakeLine(text);
  if (!origin.has_value() || !size_line.has_value() || !root_line.has_value() || !text.empty())
    return Invalid("a checkpoint does not have three lines");
  const auto size = ParseSize(*size_line);
  if (!size.has_value()) return Invalid("a checkpoint's size is malformed");
  const auto root = Base64Decode(*root_line);
  Checkpoint checkpoint{.origin = std::string(*origin), .size = *size, .root = {}};
  if (!root.has_value() || root->size() != checkpoint.root.size())
    return Invalid("a checkpoint's root is malformed");
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier) {
  HF_ASSIGN_OR_RETURN(const std::string text, OpenNote(note, verifier));
  HF_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(text));
  if (checkpoint.origin != verifier.name) return Invalid("a checkpoint is of another log");
  return checkpoint;
}

}  // namespace holdfast::evidence
