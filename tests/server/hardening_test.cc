#include "vault/server/hardening.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace holdfast::server {
namespace {

// HardenProcess cannot be undone: each of these runs in a process of its own.
template <typename Body>
void InChild(Body body) {
  EXPECT_EXIT(_exit(body() ? 0 : 1), testing::ExitedWithCode(0), "");
}

TEST(HardenProcess, LeavesNoWayToDumpTheProcess) {
  InChild([] {
    rlimit limit{};
    return HardenProcess().ok() && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
  });
}

TEST(HardenProcess, MakesNewFilesPrivate) {
  InChild([] { return HardenProcess().ok() && umask(0) == 077; });
}

TEST(HardenProcess, LeavesMemoryToBeHadWhateverTheLimit) {
  for (const rlim_t limit : {rlim_t{1} << 20, rlim_t{8} << 20}) {
    InChild([&] {
      const rlimit small{limit, limit};
      if (setrlimit(RLIMIT_MEMLOCK, &small) != 0 || !HardenProcess().ok()) return false;
      void* memory = mmap(nullptr, limit * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      return memory != MAP_FAILED;
    });
  }
}

TEST(HardenProcess, RefusesWhenNoMemoryCanBeLocked) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers replace mlock by nothing";
#endif
  if (geteuid() == 0) {
    // A privileged process is not bound by the limit; one without privileges is what this is about.
    InChild([] {
      const rlimit none{0, 0};
      constexpr uid_t kNobody = 65534;
      if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || setuid(kNobody) != 0) return false;
      return ReasonOf(HardenProcess().status()) == "MEMORY_NOT_LOCKED";
    });
    return;
  }
  InChild([] {
    const rlimit none{0, 0};
    return setrlimit(RLIMIT_MEMLOCK, &none) == 0 && ReasonOf(HardenProcess().status()) == "MEMORY_NOT_LOCKED";
  });
}

class PrivateDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "holdfast-hardening-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  static std::string Complaint(const std::string& path) {
    const absl::Status status = CheckPrivateDirectory(path, "data_dir");
    EXPECT_TRUE(status.ok() || FieldOf(status) == "data_dir");
    return std::string(MessageOf(status));
  }

  static std::string NotADirectory(const std::string& path) {
    return "data_dir: " + path + " is not a directory, or is a symbolic link";
  }

  std::filesystem::path dir_;
};

TEST_F(PrivateDirectory, IsAcceptedWithAndWithoutATrailingSlash) {
  EXPECT_EQ(Complaint(dir_), "");
  EXPECT_EQ(Complaint(dir_.string() + "//"), "");
}

TEST_F(PrivateDirectory, OpenToAnyoneElseIsRefused) {
  for (const mode_t mode : {0710, 0701, 0740, 0720, 0702, 0755, 0777}) {
    ASSERT_EQ(chmod(dir_.c_str(), mode), 0);
    EXPECT_EQ(Complaint(dir_), "data_dir: " + dir_.string() + " is open to other users: chmod 700 it") << mode;
  }
}

TEST_F(PrivateDirectory, ThatIsMissingALinkOrAFileIsRefused) {
  EXPECT_EQ(Complaint(dir_ / "missing"), "data_dir: " + (dir_ / "missing").string() +
                                             " does not exist: make a vault with 'holdfastd init'");
  std::filesystem::create_directory(dir_ / "real");
  ASSERT_EQ(chmod((dir_ / "real").c_str(), 0700), 0);
  std::filesystem::create_directory_symlink(dir_ / "real", dir_ / "link");
  ASSERT_EQ(Complaint(dir_ / "real"), "");
  EXPECT_EQ(Complaint(dir_ / "link"), NotADirectory((dir_ / "link").string()));
  EXPECT_EQ(Complaint(dir_.string() + "/link/"), NotADirectory(dir_.string() + "/link/"));
  const int fd = open((dir_ / "file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  close(fd);
  EXPECT_EQ(Complaint(dir_ / "file"), NotADirectory((dir_ / "file").string()));
  EXPECT_EQ(Complaint(""), "data_dir: is not a path");
  EXPECT_EQ(Complaint(dir_.string() + std::string("\0x", 2)), "data_dir: is not a path");
}

TEST_F(PrivateDirectory, OfAnotherUserIsRefused) {
  if (geteuid() != 0) {
    EXPECT_EQ(Complaint("/"), "data_dir: / does not belong to the server's user: chown it");
    return;
  }
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(chown(dir_.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(Complaint(dir_), "data_dir: " + dir_.string() + " does not belong to the server's user: chown it");
}

}  // namespace
}  // namespace holdfast::server
