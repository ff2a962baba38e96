#include "vault/custody/data_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "vault/audit/anchor.h"
#include "vault/base/clock.h"
#include "vault/custody/paths.h"
#include "vault/storage/copy.h"

namespace holdfast::custody {
namespace {

absl::Status Changed(const std::string& path, std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "FILES_CHANGED",
                   fmt::format("{} was {} while the vault ran", path, what));
}

absl::Status WriteAnchor(const std::string& path, const std::string& checkpoint) {
  HF_ASSIGN_OR_RETURN(audit::Anchor anchor, audit::Anchor::Create(path));
  return anchor.Write(checkpoint);
}

// "2026-11-27T18-02-03.123456Z": no colon, which some file systems refuse.
std::string TimeInAName() {
  std::string time = FormatTime(WallNow());
  std::ranges::replace(time, ':', '-');
  return time;
}

}  // namespace

absl::StatusOr<DataFiles> DataFiles::Of(const std::string& data_dir, const std::string& anchor,
                                        const SecretBytes& database_key) {
  DataFiles files(data_dir, database_key.Clone());
  for (const std::string& path : {DatabasePath(data_dir), DatabasePath(data_dir) + "-wal", anchor}) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return Changed(path, "removed");
    files.files_.push_back({.path = path, .device = info.st_dev, .inode = info.st_ino});
  }
  return files;
}

absl::Status DataFiles::CheckInPlace() const {
  for (const File& file : files_) {
    struct stat info {};
    if (stat(file.path.c_str(), &info) != 0) return Changed(file.path, "removed");
    if (info.st_dev != file.device || info.st_ino != file.inode) return Changed(file.path, "replaced");
  }
  return absl::OkStatus();
}

absl::Status DataFiles::Rescue(storage::Connection& db, const std::string& checkpoint,
                               const absl::Status& why) const {
  const std::string path = fmt::format("{}/rescue-{}", data_dir_, TimeInAName());
  absl::Status rescued = storage::CopyDatabase(db, database_key_, path);
  if (rescued.ok()) rescued = WriteAnchor(path + ".anchor", checkpoint);
  const std::string told =
      rescued.ok() ? fmt::format("{}; all that was acknowledged is in {}, and its newest checkpoint in {}.anchor: "
                                 "find out what happened, then put them in the place of {} (without its -wal and "
                                 "-shm) and of {}, and serve with --adopt",
                                 MessageOf(why), path, path, files_.front().path, files_.back().path)
                   : fmt::format("{}; it could not be written to {} either: {}", MessageOf(why), path,
                                 MessageOf(rescued));
  return MakeError(why.code(), ReasonOf(why), told);
}

}  // namespace holdfast::custody
