#include "vault/evidence/restore.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace holdfast::evidence {
namespace {

constexpr std::string_view kFormat = "holdfast-restore/v1";
constexpr std::string_view kUnknown = "-";
constexpr std::size_t kLines = 5;

absl::Status Invalid(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "NOTE_INVALID", message);
}

std::string SizeAndRoot(const Checkpoint& checkpoint) {
  return fmt::format("{} {}", checkpoint.size, Base64Encode(checkpoint.root));
}

std::string FormatText(const RestoreStatement& statement) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n", kFormat, statement.ended.ToString(), statement.goes_on.ToString(),
                     SizeAndRoot(statement.restored),
                     statement.last_known.has_value() ? SizeAndRoot(*statement.last_known)
                                                      : std::string(kUnknown));
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// "<size> <root>" is what a checkpoint has on two lines.
absl::StatusOr<Checkpoint> ParseSizeAndRoot(std::string_view line, const std::string& origin) {
  std::string text = fmt::format("{}\n{}\n", origin, line);
  const std::size_t blank = text.find(' ', origin.size());
  if (blank == std::string::npos) return Invalid("a restore statement has no size and root");
  text[blank] = '\n';
  return ParseCheckpoint(text);
}

// The signatures are checked by the callers of this.
absl::StatusOr<RestoreStatement> ParseText(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  if (lines.size() != kLines || lines[0] != kFormat) return Invalid("a restore statement does not have its five lines");
  RestoreStatement statement;
  HF_ASSIGN_OR_RETURN(statement.ended, NoteVerifier::Parse(lines[1]));
  HF_ASSIGN_OR_RETURN(statement.goes_on, NoteVerifier::Parse(lines[2]));
  HF_ASSIGN_OR_RETURN(statement.restored, ParseSizeAndRoot(lines[3], statement.goes_on.name));
  if (lines[4] != kUnknown) {
    HF_ASSIGN_OR_RETURN(statement.last_known, ParseSizeAndRoot(lines[4], statement.ended.name));
    if (statement.last_known->size < statement.restored.size)
      return Invalid("a restore statement knows of fewer entries than it restored");
  }
  // One spelling a statement.
  if (FormatText(statement) != text) return Invalid("a restore statement is malformed");
  return statement;
}

// The verifier key of the origin that ended, as the note claims: its signature is yet to be checked.
std::optional<std::string> EndedIn(std::string_view note) {
  const std::vector<std::string_view> lines = LinesOf(note.substr(0, note.rfind("\n\n") + 1));
  if (lines.size() != kLines) return std::nullopt;
  return std::string(lines[1]);
}

}  // namespace

std::string SignRestore(const RestoreStatement& statement, const crypto::Signer& ended,
                        const crypto::Signer& goes_on) {
  const std::string text = FormatText(statement);
  const std::string second = SignNote(text, statement.goes_on.name, goes_on);
  return SignNote(text, statement.ended.name, ended) + second.substr(text.size() + 1);
}

absl::StatusOr<RestoreStatement> OpenRestore(std::string_view note, const NoteVerifier& ended) {
  HF_ASSIGN_OR_RETURN(const std::string text, OpenNote(note, ended));
  HF_ASSIGN_OR_RETURN(RestoreStatement statement, ParseText(text));
  if (statement.ended.ToString() != ended.ToString()) return Invalid("a restore statement ends another origin");
  if (statement.goes_on.name == ended.name) return Invalid("a restore statement begins no other origin");
  // Else a key that nobody holds, or another log's, could be named.
  HF_RETURN_IF_ERROR(OpenNote(note, statement.goes_on).status());
  return statement;
}

absl::StatusOr<std::vector<RestoreStatement>> FollowRestores(const std::vector<std::string>& notes,
                                                             const NoteVerifier& start) {
  std::vector<RestoreStatement> chain;
  NoteVerifier at = start;
  for (const std::string& note : notes) {
    if (EndedIn(note) != at.ToString()) {
      if (chain.empty()) continue;
      return Invalid("the restore statements do not follow one another");
    }
    HF_ASSIGN_OR_RETURN(RestoreStatement statement, OpenRestore(note, at));
    at = statement.goes_on;
    chain.push_back(std::move(statement));
  }
  return chain;
}

}  // namespace holdfast::evidence
