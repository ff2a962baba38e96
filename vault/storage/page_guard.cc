#include "vault/storage/page_guard.h"

#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "vault/storage/errors.h"

namespace holdfast::storage {
namespace {

constexpr char kName[] = "holdfast-guarded";
constexpr std::string_view kWalSuffix = "-wal";
constexpr std::int64_t kPageSize = 4096;
constexpr std::int64_t kWalHeaderSize = 32;
constexpr std::int64_t kFrameHeaderSize = 24;
constexpr std::int64_t kMarkSize = 16;

// The last bytes of an encrypted page belong to its HMAC, which covers a random IV: no two versions share them.
using Mark = std::array<std::uint8_t, kMarkSize>;

// Where marks stand in a file: at first + n * stride, n from 0.
struct Layout {
  std::int64_t first = 0;
  std::int64_t stride = 0;
};
constexpr Layout kDatabase{kPageSize - kMarkSize, kPageSize};
constexpr Layout kWal{kWalHeaderSize + kFrameHeaderSize + kPageSize - kMarkSize, kFrameHeaderSize + kPageSize};

// The marks of one file, shared by all its connections. Thread safe.
class FileMarks {
 public:
  explicit FileMarks(Layout layout) : layout_(layout) {}

  // True when the pages read are those remembered; pages that are not known yet are remembered now.
  bool Matches(const std::uint8_t* data, std::int64_t size, std::int64_t offset) {
    return ForEach(data, size, offset, [](Mark& known, const Mark& seen) {
      if (known == Mark{}) known = seen;
      return known == seen;
    });
  }
  void Note(const std::uint8_t* data, std::int64_t size, std::int64_t offset) {
    ForEach(data, size, offset, [](Mark& known, const Mark& seen) {
      known = seen;
      return true;
    });
  }
  void Truncate(std::int64_t size) {
    const std::lock_guard lock(mutex_);
    const std::int64_t kept = size < layout_.first ? 0 : (size - layout_.first) / layout_.stride + 1;
    if (kept < std::ssize(marks_)) marks_.resize(static_cast<std::size_t>(kept));
  }

 private:
  template <class Visit>
  bool ForEach(const std::uint8_t* data, std::int64_t size, std::int64_t offset, Visit visit) {
    const std::lock_guard lock(mutex_);
    std::int64_t n = offset <= layout_.first ? 0 : (offset - layout_.first + layout_.stride - 1) / layout_.stride;
    for (;; ++n) {
      const std::int64_t at = layout_.first + n * layout_.stride;
      if (at + kMarkSize > offset + size) return true;
      if (n >= std::ssize(marks_)) marks_.resize(static_cast<std::size_t>(n + 1 + n / 8));
      Mark seen{};
      std::memcpy(seen.data(), data + (at - offset), seen.size());
      if (!visit(marks_[static_cast<std::size_t>(n)], seen)) return false;
    }
  }

  const Layout layout_;
  std::mutex mutex_;
  std::vector<Mark> marks_;  // guarded by mutex_; all zero: not known
};

// Of one database.
struct DatabaseMarks {
  FileMarks database{kDatabase};
  FileMarks wal{kWal};
  // This process has a writer on it. One that only reads has nothing to hold the files to: another process, which does
  // have one, writes them.
  std::atomic<bool> written_here = false;
};

// For as long as some connection has it open.
std::shared_ptr<DatabaseMarks> MarksOf(const std::string& database) {
  static auto* const mutex = new std::mutex;
  static auto* const open = new std::map<std::string, std::weak_ptr<DatabaseMarks>>;
  const std::lock_guard lock(*mutex);
  std::erase_if(*open, [](const auto& entry) { return entry.second.expired(); });
  if (const auto known = open->find(database); known != open->end()) return known->second.lock();
  auto marks = std::make_shared<DatabaseMarks>();
  open->emplace(database, marks);
  return marks;
}

// SQLite allocates it, with the real file behind it.
struct GuardedFile {
  sqlite3_file base{};
  std::shared_ptr<DatabaseMarks> of;
  FileMarks* marks = nullptr;  // none: a file that is not guarded
  sqlite3_file* real = nullptr;
};

GuardedFile* Self(sqlite3_file* file) { return reinterpret_cast<GuardedFile*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Self(file)->real; }
FileMarks* MarksFor(sqlite3_file* file) {
  const GuardedFile& self = *Self(file);
  return self.marks != nullptr && self.of->written_here ? self.marks : nullptr;
}
const sqlite3_io_methods& Methods(sqlite3_file* file) { return *Real(file)->pMethods; }

int Close(sqlite3_file* file) {
  const int code = Methods(file).xClose(Real(file));
  Self(file)->~GuardedFile();
  return code;
}

int Read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  const int code = Methods(file).xRead(Real(file), data, size, offset);
  FileMarks* marks = MarksFor(file);
  if (code != SQLITE_OK || marks == nullptr) return code;
  return marks->Matches(static_cast<const std::uint8_t*>(data), size, offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  FileMarks* marks = MarksFor(file);
  if (marks != nullptr) marks->Note(static_cast<const std::uint8_t*>(data), size, offset);
  return Methods(file).xWrite(Real(file), data, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = Methods(file).xTruncate(Real(file), size);
  FileMarks* marks = MarksFor(file);
  if (code == SQLITE_OK && marks != nullptr) marks->Truncate(size);
  return code;
}

// Version 2: without xFetch no page is read past the guard by way of a memory map.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = &Close,
    .xRead = &Read,
    .xWrite = &Write,
    .xTruncate = &Truncate,
    .xSync = [](sqlite3_file* f, int flags) { return Methods(f).xSync(Real(f), flags); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return Methods(f).xFileSize(Real(f), size); },
    .xLock = [](sqlite3_file* f, int lock) { return Methods(f).xLock(Real(f), lock); },
    .xUnlock = [](sqlite3_file* f, int lock) { return Methods(f).xUnlock(Real(f), lock); },
    .xCheckReservedLock = [](sqlite3_file* f, int* out) { return Methods(f).xCheckReservedLock(Real(f), out); },
    .xFileControl = [](sqlite3_file* f, int op, void* arg) { return Methods(f).xFileControl(Real(f), op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return Methods(f).xSectorSize(Real(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return Methods(f).xDeviceCharacteristics(Real(f)); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** out) { return Methods(f).xShmMap(Real(f), page, size, extend, out); },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return Methods(f).xShmLock(Real(f), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { Methods(f).xShmBarrier(Real(f)); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return Methods(f).xShmUnmap(Real(f), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* RealVfs() { return sqlite3_vfs_find("unix"); }

void Guard(GuardedFile& file, std::string name, int flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    file.of = MarksOf(name);
    file.marks = &file.of->database;
    if ((flags & SQLITE_OPEN_READWRITE) != 0) file.of->written_here = true;
  } else if ((flags & SQLITE_OPEN_WAL) != 0 && name.ends_with(kWalSuffix)) {
    name.resize(name.size() - kWalSuffix.size());
    file.of = MarksOf(name);
    file.marks = &file.of->wal;
  }
}

int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* guarded = new (file) GuardedFile;
  guarded->real = reinterpret_cast<sqlite3_file*>(guarded + 1);
  const int code = RealVfs()->xOpen(RealVfs(), name, guarded->real, flags, out_flags);
  if (code != SQLITE_OK) {
    guarded->~GuardedFile();
    file->pMethods = nullptr;  // tells SQLite not to close it
    return code;
  }
  if (name != nullptr) Guard(*guarded, name, flags);
  guarded->base.pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

absl::StatusOr<const char*> GuardedVfs() {
  static const int registered = [] {
    // All but opening is the real one's business.
    static sqlite3_vfs vfs = *RealVfs();
    vfs.zName = kName;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(GuardedFile)) + RealVfs()->szOsFile;
    vfs.xOpen = &Open;
    return sqlite3_vfs_register(&vfs, /*makeDflt=*/0);
  }();
  if (registered != SQLITE_OK) return DatabaseError(registered);
  return kName;
}

}  // namespace holdfast::storage
