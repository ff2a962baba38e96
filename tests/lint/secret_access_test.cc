// Which files read secrets in clear: secret_access.txt, one path a line.
#include <set>

#include "tests/lint/source_tree.h"

namespace holdfast::lint {
namespace {

constexpr std::string_view kList = "tests/lint/secret_access.txt";

std::set<std::string> Listed() {
  std::set<std::string> listed;
  const std::string text = ReadText(std::filesystem::path(HF_SOURCE_DIR) / kList);
  for (const std::string_view line : Lines(text))
    if (!line.empty() && line.front() != '#') listed.emplace(line);
  return listed;
}

bool ReadsSecrets(const SourceFile& file) {
  for (const std::string_view line : Lines(file.text))
    if (HasWord(WithoutComment(line), "ExposeSecret") || HasWord(WithoutComment(line), "ExposeSecretMutable"))
      return true;
  return false;
}

TEST(SecretAccess, IsListedFileByFile) {
  std::set<std::string> unused = Listed();
  const std::set<std::string> listed = unused;
  ASSERT_FALSE(listed.empty());
  for (const SourceFile& file : ReadTree({"vault", "client"})) {
    if (!file.IsCpp() || !ReadsSecrets(file)) continue;
    unused.erase(file.path);
    EXPECT_TRUE(listed.contains(file.path)) << file.path << " calls ExposeSecret; see " << kList;
  }
  for (const std::string& path : unused)
    ADD_FAILURE() << kList << " names " << path << ", which does not need it";
}

TEST(SecretAccess, IsSeenInCodeAndNotInComments) {
  EXPECT_TRUE(ReadsSecrets({"a.cc", "x(key.ExposeSecret());"}));
  EXPECT_TRUE(ReadsSecrets({"a.cc", "key.ExposeSecretMutable()[0] = 1;"}));
  EXPECT_FALSE(ReadsSecrets({"a.cc", "// ExposeSecret is not called"}));
}

}  // namespace
}  // namespace holdfast::lint
