#include "client/audit_commands.h"

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
  return fmt::format("; {} text{} that entries commit to {} absent: erased, or damaged where the vault keeps them",
                     check.absent_texts(), check.absent_texts() == 1 ? "" : "s",
                     check.absent_texts() == 1 ? "is" : "are");
}

absl::Status PrintVerified(const Globals& globals, const LogCheck& check,
                           const std::optional<Checkpoint>& seen, std::string_view whose) {
  const std::string root = Base64Encode(check.root());
  if (globals.format() != OutputFormat::kTable) {
    nlohmann::ordered_json json = {
        {"verified", true}, {"entries", check.size()}, {"root", root}, {"absent_texts", check.absent_texts()}};
    if (seen.has_value() && seen->size <= check.size()) json["extends"] = seen->size;
    return WriteOut(json.dump() + "\n");
  }
  if (seen.has_value() && seen->size > check.size())
    return WriteOut(fmt::format("verified: {} entries, root {}; they end before the {} that {}{}\n",
                                check.size(), root, seen->size, whose, AbsentTexts(check)));
  if (!seen.has_value())
    return WriteOut(fmt::format("verified: {} entries, root {}; no older checkpoint to compare with{}\n",
                                check.size(), root, AbsentTexts(check)));
  return WriteOut(
      fmt::format("verified: {} entries, root {}, no entry missing or changed since checkpoint of size {} "
                  "that {}{}\n",
                  check.size(), root, seen->size, whose, AbsentTexts(check)));
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
  LogCheck check(std::move(seen));
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

absl::StatusOr<std::optional<Checkpoint>> OlderCheckpoint(const VerifyOptions& options,
                                                          const evidence::NoteVerifier& verifier) {
  if (options.checkpoint.empty()) return Remembered(options);
  const auto note = ReadTextFile(options.checkpoint);
  if (!note.ok()) return InvalidField("--checkpoint", fmt::format("{} cannot be read", options.checkpoint));
  HF_ASSIGN_OR_RETURN(Checkpoint checkpoint, OpenSigned(*note, verifier, options.checkpoint));
  return std::optional<Checkpoint>(std::move(checkpoint));
}

absl::Status VerifyFile(const Globals& globals, const VerifyOptions& options) {
  HF_ASSIGN_OR_RETURN(const evidence::NoteVerifier verifier, OfflineVerifier(options));
  HF_ASSIGN_OR_RETURN(const std::optional<Checkpoint> older, OlderCheckpoint(options, verifier));
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return InvalidField("--file", fmt::format("{} cannot be opened", options.file));
  // An export may well be older than what this device has seen since.
  const bool named = !options.checkpoint.empty();
  LogCheck check(AsList(older), /*may_be_older=*/!named);
  HF_ASSIGN_OR_RETURN(const std::string note, ReadExport(file, check));
  HF_ASSIGN_OR_RETURN(const Checkpoint last, OpenSigned(note, verifier, "the export's checkpoint"));
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
  LogCheck check(AsList(session->remembered()));
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
  Note(globals, fmt::format("exported up to entry {}{}{}", last.size - 1,
                            whole ? ", verified" : "; only an export from entry 0 on can be verified",
                            AbsentTexts(check)));
  return absl::OkStatus();
}

}  // namespace holdfast::client
