// A source that no build list names is dead, and a test that CTest does not know passes always.
#include "fmt/format.h"
#include "tests/lint/source_tree.h"

namespace holdfast::lint {
namespace {

// Named in the CMakeLists.txt of its folder or of one above it, up to tests/, vault/ or client/.
bool IsListed(const SourceFile& file) {
  std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
  std::string name = std::filesystem::path(file.path).filename();
  while (!folder.empty()) {
    if (HasWord(ReadText(std::filesystem::path(HF_SOURCE_DIR) / folder / "CMakeLists.txt"), name))
      return true;
    name = folder.filename().string() + "/" + name;
    folder = folder.parent_path();
  }
  return false;
}

Complaints CheckListed(const SourceFile& file) {
  if (!file.path.ends_with(".cc") || IsListed(file)) return {};
  return {"is named in no CMakeLists.txt of its folder"};
}

TEST(BuildLists, NameEverySource) {
  ExpectNoComplaints(ReadTree({"vault", "client"}), CheckListed);
  EXPECT_FALSE(CheckListed({"vault/base/unheard_of.cc", ""}).empty());
  EXPECT_FALSE(CheckListed({"vault/base/tatus.cc", ""}).empty());
  EXPECT_TRUE(CheckListed({"vault/base/status.cc", ""}).empty());
}

TEST(BuildLists, NameEveryTest) {
  std::vector<SourceFile> tests = ReadTree({"tests"});
  std::erase_if(tests, [](const SourceFile& file) { return !file.path.ends_with("_test.cc"); });
  ExpectNoComplaints(tests, CheckListed);
}

// A folder of tests whose own CMakeLists.txt is never read would be listed and still not run.
TEST(BuildLists, ReachEveryFolderOfTests) {
  const std::string top = ReadText(std::filesystem::path(HF_SOURCE_DIR) / "tests" / "CMakeLists.txt");
  for (const SourceFile& file : ReadTree({"tests"})) {
    if (!file.path.ends_with("_test.cc") || file.Folder() == "tests") continue;
    const std::string folder = file.path.substr(6, file.path.find('/', 6) - 6);
    EXPECT_TRUE(HasWord(top, folder)) << file.path;
  }
}

}  // namespace
}  // namespace holdfast::lint
