#include "vault/server/recovery_commands.h"

#include <fmt/format.h>

#include <cstdio>

#include "vault/base/clock.h"
#include "vault/base/files.h"
#include "vault/lifecycle/backup.h"
#include "vault/lifecycle/record.h"
#include "vault/lifecycle/restore.h"
#include "vault/server/vault_directory.h"

namespace holdfast::server {
namespace {

absl::Status Required(const std::string& value, std::string_view option) {
  return value.empty() ? InvalidField(option, "is required") : absl::OkStatus();
}

std::string Covers(const lifecycle::Contents& contents) {
  return fmt::format("{} log entries, the last of {}", contents.log.size, FormatTime(contents.last_event));
}

std::string LossOf(const lifecycle::Restored& restored) {
  if (!restored.last_known.has_value())
    return "Nobody knows what is lost: no checkpoint of the end was left. Whoever has one (each device, the witnesses) "
           "sees it.";
  if (*restored.last_known == restored.entries) return "Nothing is known to be lost.";
  return fmt::format(
      "Lost: {} log entries that are known of, and what they did: suspensions, revoked devices, ended access, new "
      "values. Do again what still matters.",
      *restored.last_known - restored.entries);
}

}  // namespace

RecoveryCommands::RecoveryCommands(CLI::App& app) {
  AddBackup(app);
  AddRestore(app);
}

void RecoveryCommands::AddBackup(CLI::App& app) {
  backup_ = app.add_subcommand("backup", "Write a backup, while a server runs too; or check one");
  // Not required by the parser: "backup verify" takes neither.
  backup_->add_option("--data-dir", data_dir_, "The vault's directory");
  backup_->add_option("--to", to_, "New file, outside the data directory; its recovery record is put beside it");
  backup_->add_option("--key-file", key_file_, kKeyFileHelp);
  verify_ = backup_->add_subcommand("verify", "Check a backup whole, without restoring it");
  verify_->add_option("FILE", file_, "The backup; its recovery record lies beside it")->required();
  verify_->add_option("--key-file", key_file_, kKeyFileHelp);
}

void RecoveryCommands::AddRestore(CLI::App& app) {
  restore_ = app.add_subcommand("restore", "Make a vault from a backup, or from a directory that cannot be served");
  restore_
      ->add_option("--from", from_,
                   "The backup; or the data directory whose anchor is lost, whose database is an older one, or that is "
                   "a copy. It stays as it is")
      ->required();
  restore_->add_option("--data-dir", data_dir_, "New or empty directory")->required();
  restore_->add_option("--key-file", key_file_, kKeyFileHelp);
  restore_->add_option("--anchor", anchor_, kAnchorHelp);
  restore_->add_option("--last-checkpoint", last_checkpoint_,
                       "A file with the newest checkpoint that anybody has, such as a device's \"checkpoint\": says "
                       "what is lost");
}

absl::Status RecoveryCommands::Run() const {
  if (restore_->parsed()) return Restore();
  return verify_->parsed() ? Verify() : Backup();
}

absl::Status RecoveryCommands::Backup() const {
  HF_RETURN_IF_ERROR(Required(data_dir_, "data-dir"));
  HF_RETURN_IF_ERROR(Required(to_, "to"));
  const std::string data_dir = AbsolutePath(data_dir_);
  HF_RETURN_IF_ERROR(CheckVaultDirectory(data_dir, "data-dir"));
  HF_ASSIGN_OR_RETURN(const lifecycle::Contents contents,
                      lifecycle::MakeBackup({.data_dir = data_dir,
                                             .key_file = AbsolutePath(key_file_),
                                             .to = AbsolutePath(to_)}));
  fmt::print("{}: {}\n", to_, Covers(contents));
  fmt::print(stderr,
             "Keep {} with it: the backup cannot be read without that, and who deletes that destroys the backup. Keep "
             "the key file apart from both.\n",
             lifecycle::RecordPath(to_));
  return absl::OkStatus();
}

absl::Status RecoveryCommands::Verify() const {
  HF_ASSIGN_OR_RETURN(const lifecycle::Contents contents,
                      lifecycle::VerifyBackup(AbsolutePath(file_), AbsolutePath(key_file_)));
  fmt::print("{}: whole, {}\n", file_, Covers(contents));
  return absl::OkStatus();
}

absl::Status RecoveryCommands::Restore() const {
  HF_ASSIGN_OR_RETURN(const lifecycle::Restored restored,
                      lifecycle::RestoreVault({.from = AbsolutePath(from_),
                                               .data_dir = AbsolutePath(data_dir_),
                                               .key_file = AbsolutePath(key_file_),
                                               .anchor = AbsolutePath(anchor_),
                                               .last_checkpoint = AbsolutePath(last_checkpoint_)}));
  fmt::print("{}: {} log entries restored, the last of {}\n", data_dir_, restored.entries,
             FormatTime(restored.last_event));
  fmt::print(stderr,
             "{}\nThe log goes on under a new key: {}\nStop the old vault for good, serve this one, and have {} of "
             "your officers run 'holdfast vault confirm-restore': until then no value leaves it. Each device asks "
             "its user once.\n",
             LossOf(restored), restored.verifier, restored.needed);
  return absl::OkStatus();
}

}  // namespace holdfast::server
