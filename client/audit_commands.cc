#include "client/audit_commands.h"

#include <algorithm>
#include <fstream>

#include "client/export_file.h"
#include "client/files.h"
#include "client/log_stream.h"
#include "client/print.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

using evidence::Checkpoint;

std::vector<Checkpoint> AsList(const std::optional<Checkpoint>& checkpoint) {
  return checkpoint.has_value() ? std::vector<Checkpoint>{*checkpoint} : std::vector<Checkpoint>();
}

// "", or what to add to a line about a log with texts that are not there.
std::string AbsentTexts(const LogCheck& check) {
  if (check.absent_texts() == 0) return "";
  return fmt::format(
      "; {} text{} that entries commit to {} absent: erased, or damaged where the vault keeps them",
      check.absent_texts(), check.absent_texts() == 1 ? "" : "s", check.absent_texts() == 1 ? "is" : "are");
}

// ", restored at entry 40 (3 entries that this device remembers are lost)".
std::string RestoresText(const LogCheck& check, std::string_view whose) {
  std::string text;
  for (const LogCheck::Restored& restored : check.restores()) {
    text += fmt::format(", restored at entry {}", restored.entry);
    const bool one = restored.lost == 1;
    if (restored.lost > 0)
      text += fmt::format(" ({} {} that {} {} lost)", restored.lost, one ? "entry" : "entries", whose,
                          one ? "is" : "are");
  }
  return text;
}

absl::Status PrintVerified(const Globals& globals, const LogCheck& check,
                           const std::optional<Checkpoint>& seen, std::string_view whose) {
  const std::string root = Base64Encode(check.root());
  if (globals.format() != OutputFormat::kTable) {
    nlohmann::ordered_json json = {{"verified", true},
                                   {"entries", check.size()},
                                   {"root", root},
                                   {"absent_texts", check.absent_texts()}};
    if (seen.has_value() && seen->size <= check.size()) json["extends"] = seen->size;
    for (const LogCheck::Restored& restored : check.restores())
      json["restores"].push_back({{"entry", restored.entry}, {"lost", restored.lost}});
    return WriteOut(json.dump() + "\n");
  }
  const std::string what =
      fmt::format("verified: {} entries, root {}{}", check.size(), root, RestoresText(check, whose));
  const bool lost =
      std::ranges::any_of(check.restores(), [](const auto& restored) { return restored.lost > 0; });
  if (lost) return WriteOut(what + AbsentTexts(check) + "\n");
  if (seen.has_value() && seen->size > check.size())
    return WriteOut(
        fmt::format("{}; they end before the {} that {}{}\n", what, seen->size, whose, AbsentTexts(check)));
  if (!seen.has_value())
    return WriteOut(what + "; no older checkpoint to compare with" + AbsentTexts(check) + "\n");
  return WriteOut(fmt::format("{}, no entry missing or changed since checkpoint of size {} that {}{}\n", what,
                              seen->size, whose, AbsentTexts(check)));
}

absl::StatusOr<Checkpoint> OpenSigned(const std::string& note, const evidence::NoteVerifier& verifier,
                                      std::string_view what) {
  auto checkpoint = evidence::OpenCheckpoint(note, verifier);
  if (!checkpoint.ok()) return VerificationFailed(fmt::format("{} is not signed with the vault's key", what));
  return checkpoint;
}

absl::Status VerifyOnline(const Globals& globals) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  // The newest checkpoint extends what was remembered: that was proved on opening. Both are recomputed here.
  std::vector<Checkpoint> seen = AsList(session->remembered());
  if (session->witness().known().has_value()) seen.push_back(*session->witness().known());
  LogCheck check(session->witness().verifier(), std::move(seen));
  HF_ASSIGN_OR_RETURN(const std::string note,
                      StreamLog(*session, 0, [&](const LogEntry& entry) { return check.Add(entry); }));
  HF_ASSIGN_OR_RETURN(const Checkpoint last,
                      OpenSigned(note, session->witness().verifier(), "the last checkpoint"));
  HF_RETURN_IF_ERROR(check.Finish(last));
  HF_RETURN_IF_ERROR(session->witness().Remember(note));
  return PrintVerified(globals, check, session->remembered(), "this device remembers");
}

absl::StatusOr<evidence::NoteVerifier> OfflineVerifier(const VerifyOptions& options) {
  std::string key = options.verifier;
  if (key.empty()) {
    const auto identity = LoadIdentity(HomeDirectory());
    if (ReasonOf(identity.status()) == "NOT_ENROLLED")
      return MakeError(
          absl::StatusCode::kUnauthenticated, "NOT_ENROLLED",
          "this device is not enrolled and has no key to verify with: add --verifier KEY, as \"holdfast "
          "status\" shows it on a device that is");
    HF_RETURN_IF_ERROR(identity.status());
    key = identity->checkpoint_verifier;
  }
  auto verifier = evidence::NoteVerifier::Parse(key);
  if (!verifier.ok())
    return InvalidField("--verifier", "must be a verifier key: <name>+<8 hex digits>+<base64>");
  return verifier;
}

// Of this device, when it is one of the same vault.
absl::StatusOr<std::optional<Checkpoint>> Remembered(const VerifyOptions& options) {
  const std::string home = HomeDirectory();
  const auto identity = LoadIdentity(home);
  if (!identity.ok() || (!options.verifier.empty() && options.verifier != identity->checkpoint_verifier))
    return std::optional<Checkpoint>();
  HF_ASSIGN_OR_RETURN(const Witness witness, Witness::Load(home, identity->checkpoint_verifier));
  return witness.known();
}

// A checkpoint in a file. Which key must have signed it shows once the log was read: a restore begins
// another.
struct Older {
  std::string note;
  Checkpoint checkpoint;
};

absl::StatusOr<Older> ReadOlder(const std::string& path) {
  auto note = ReadTextFile(path);
  if (!note.ok()) return InvalidField("--checkpoint", fmt::format("{} cannot be read", path));
  auto checkpoint = evidence::ParseCheckpoint(std::string_view(*note).substr(0, note->find("\n\n") + 1));
  if (!checkpoint.ok()) return VerificationFailed(fmt::format("{} is no signed checkpoint", path));
  return Older{.note = *std::move(note), .checkpoint = *std::move(checkpoint)};
}

absl::Status CheckSignedByAny(const std::string& note, const LogCheck& check, std::string_view what) {
  for (const evidence::NoteVerifier& verifier : check.verifiers())
    if (evidence::OpenCheckpoint(note, verifier).ok()) return absl::OkStatus();
  return OpenSigned(note, check.verifiers().front(), what).status();
}

absl::Status VerifyFile(const Globals& globals, const VerifyOptions& options) {
  HF_ASSIGN_OR_RETURN(const evidence::NoteVerifier verifier, OfflineVerifier(options));
  const bool named = !options.checkpoint.empty();
  std::optional<Older> brought;
  std::optional<Checkpoint> older;
  if (named) {
    HF_ASSIGN_OR_RETURN(brought, ReadOlder(options.checkpoint));
    older = brought->checkpoint;
  } else {
    HF_ASSIGN_OR_RETURN(older, Remembered(options));
  }
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return InvalidField("--file", fmt::format("{} cannot be opened", options.file));
  // An export may well be older than what this device has seen since.
  LogCheck check(verifier, AsList(older), /*may_be_older=*/!named);
  HF_ASSIGN_OR_RETURN(const std::string note, ReadExport(file, check));
  if (brought.has_value()) HF_RETURN_IF_ERROR(CheckSignedByAny(brought->note, check, options.checkpoint));
  HF_ASSIGN_OR_RETURN(const Checkpoint last,
                      OpenSigned(note, check.verifiers().back(), "the export's checkpoint"));
  HF_RETURN_IF_ERROR(check.Finish(last));
  return PrintVerified(globals, check, older,
                       named ? fmt::format("{} holds", options.checkpoint) : "this device remembers");
}

}  // namespace

absl::Status VerifyLog(const Globals& globals, const VerifyOptions& options) {
  return options.file.empty() ? VerifyOnline(globals) : VerifyFile(globals, options);
}

absl::Status ExportLog(const Globals& globals, const ExportOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(ExportWriter writer, ExportWriter::Open(options.out));
  LogCheck check(session->witness().verifier(), AsList(session->remembered()));
  const bool whole = options.from == 0;
  HF_ASSIGN_OR_RETURN(const std::string note, StreamLog(*session, options.from, [&](const LogEntry& entry) {
                        if (whole) HF_RETURN_IF_ERROR(check.Add(entry));
                        return writer.Write(FormatEntryLine(entry));
                      }));
  HF_ASSIGN_OR_RETURN(const Checkpoint last,
                      OpenSigned(note, session->witness().verifier(), "the last checkpoint"));
  if (whole) HF_RETURN_IF_ERROR(check.Finish(last));
  HF_RETURN_IF_ERROR(writer.Write(FormatCheckpointLine(note)));
  HF_RETURN_IF_ERROR(writer.Finish());
  Note(globals, fmt::format("exported {} entries{}{}", last.size - options.from,
                            whole ? ", verified" : "; only an export from entry 0 on can be verified",
                            AbsentTexts(check)));
  return absl::OkStatus();
}

}  // namespace holdfast::client
