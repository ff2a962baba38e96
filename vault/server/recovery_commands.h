// "holdfastd backup", "backup verify" and "restore".
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "vault/base/status.h"

namespace holdfast::server {

inline constexpr char kKeyFileHelp[] = "The vault's key file, if it no longer lies where 'init' put it";
inline constexpr char kAnchorHelp[] =
    "New file for signed checkpoints; best on another volume (default: in the data directory)";

class RecoveryCommands {
 public:
  explicit RecoveryCommands(CLI::App& app);
  RecoveryCommands(const RecoveryCommands&) = delete;
  RecoveryCommands& operator=(const RecoveryCommands&) = delete;

  // True when one of them was named; then Run() carries it out and prints what it did.
  bool parsed() const { return backup_->parsed() || restore_->parsed(); }
  absl::Status Run() const;

 private:
  void AddBackup(CLI::App& app);
  void AddRestore(CLI::App& app);
  absl::Status Backup() const;
  absl::Status Verify() const;
  absl::Status Restore() const;

  CLI::App* backup_ = nullptr;
  CLI::App* verify_ = nullptr;
  CLI::App* restore_ = nullptr;
  std::string data_dir_;
  std::string key_file_;
  std::string to_;
  std::string file_;
  std::string from_;
  std::string anchor_;
  std::string last_checkpoint_;
};

}  // namespace holdfast::server
