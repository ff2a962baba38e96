// What no file of the tree may hold.
#include "fmt/format.h"
#include "tests/lint/source_tree.h"

namespace holdfast::lint {
namespace {

constexpr std::size_t kMaxLines = 400;

bool IsCode(const SourceFile& file) {
  return file.IsCpp() || file.Under("scripts") || file.path.ends_with(".proto") ||
         file.path.ends_with(".py") || file.path.ends_with(".sh") || file.path.ends_with("CMakeLists.txt");
}

std::vector<SourceFile> Code(std::initializer_list<std::string_view> folders, bool cpp_only) {
  std::vector<SourceFile> files = ReadTree(folders);
  std::erase_if(files, [&](const SourceFile& file) { return cpp_only ? !file.IsCpp() : !IsCode(file); });
  return files;
}

Complaints CheckLength(const SourceFile& file) {
  const std::size_t lines = Lines(file.text).size();
  if (lines <= kMaxLines) return {};
  return {fmt::format("has {} lines, more than {}: it holds more than one idea", lines, kMaxLines)};
}

// Complaints about lines of code (comments aside) with one of these words.
Complaints CheckWords(const SourceFile& file, std::initializer_list<std::string_view> words,
                      std::string_view why) {
  Complaints complaints;
  int number = 0;
  for (const std::string_view line : Lines(file.text)) {
    ++number;
    for (const std::string_view word : words)
      if (HasWord(WithoutComment(line), word))
        complaints.push_back(fmt::format("line {}: {}: {}", number, word, why));
  }
  return complaints;
}

Complaints CheckMessagePrinting(const SourceFile& file) {
  return CheckWords(file, {"DebugString", "ShortDebugString", "Utf8DebugString"}, "prints secret fields");
}

// The server logs; only its entry point talks to a terminal.
Complaints CheckTerminalOutput(const SourceFile& file) {
  if (file.Under("vault/server")) return {};
  return CheckWords(
      file, {"std::cout", "std::cerr", "std::clog", "printf(", "fprintf(", "puts(", "fputs(", "fmt::print("},
      "the vault's libraries print nothing");
}

Complaints CheckSecretPrinting(const SourceFile& file) {
  Complaints complaints;
  for (const std::string_view line : Lines(file.text)) {
    const std::string_view code = WithoutComment(line);
    const bool secret = HasWord(code, "SecretBytes") || HasWord(code, "Plaintext");
    if (secret && (code.find("operator<<") != code.npos || HasWord(code, "formatter") ||
                   HasWord(code, "AbslStringify") || HasWord(code, "PrintTo")))
      complaints.push_back("gives a secret type a printed form");
  }
  return complaints;
}

// Each in two parts, so that this file does not hold them.
Complaints CheckForeignPlaces(const SourceFile& file) {
  Complaints complaints;
  for (const std::string& path :
       {std::string("/wo") + "rk/", std::string("/ro") + "ot/", std::string("/ho") + "me/"})
    if (file.text.find(path) != file.text.npos) complaints.push_back("names a path of one machine: " + path);
  for (std::size_t at = file.text.find("://"); at != file.text.npos; at = file.text.find("://", at + 3)) {
    const std::string_view rest = std::string_view(file.text).substr(at + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/:\"'`) \n"));
    for (const std::string_view word : {"registry.", "proxy.", "mirror.", "deb.", "pypi.", "npmjs."})
      if (host.starts_with(word) || host.find("." + std::string(word)) != host.npos)
        complaints.push_back(fmt::format("names a package host: {}", host));
  }
  return complaints;
}

TEST(Files, StayWithin400Lines) {
  ExpectNoComplaints(Code({"vault", "client", "tests", "proto", "scripts"}, /*cpp_only=*/false), CheckLength);
  std::string text;
  for (int i = 0; i < 400; ++i) text += "x\n";
  EXPECT_TRUE(CheckLength({"vault/a.cc", text}).empty());
  EXPECT_FALSE(CheckLength({"vault/a.cc", text + "y"}).empty());
}

TEST(Messages, AreNeverPrintedWithTheirSecretFields) {
  ExpectNoComplaints(Code({"vault", "client"}, /*cpp_only=*/true), CheckMessagePrinting);
  EXPECT_FALSE(CheckMessagePrinting({"client/a.cc", "log(m.ShortDebugString());"}).empty());
  EXPECT_TRUE(CheckMessagePrinting({"client/a.cc", "// no ShortDebugString() here"}).empty());
}

TEST(SecretTypes, HaveNoPrintedForm) {
  ExpectNoComplaints(Code({"vault", "client"}, /*cpp_only=*/true), CheckSecretPrinting);
  EXPECT_FALSE(
      CheckSecretPrinting({"a.h", "std::ostream& operator<<(std::ostream&, const SecretBytes&);"}).empty());
  EXPECT_FALSE(CheckSecretPrinting({"a.h", "template <> struct fmt::formatter<Plaintext> {};"}).empty());
}

TEST(VaultLibraries, PrintNothing) {
  ExpectNoComplaints(Code({"vault"}, /*cpp_only=*/true), CheckTerminalOutput);
  EXPECT_FALSE(CheckTerminalOutput({"vault/custody/a.cc", "  std::cout << value;"}).empty());
  EXPECT_TRUE(CheckTerminalOutput({"vault/custody/a.cc", "  snprintf(buffer, 3, \"x\");"}).empty());
  EXPECT_FALSE(CheckTerminalOutput({"vault/custody/a.cc", "  std::fprintf(stderr, message);"}).empty());
  EXPECT_TRUE(CheckTerminalOutput({"vault/server/main.cc", "  std::cout << version;"}).empty());
}

TEST(Tree, NamesNoMachineAndNoPackageHost) {
  ExpectNoComplaints(
      ReadTree({"vault", "client", "tests", "proto", "scripts", "cmake", "docs", "policies", ".ci"}),
      CheckForeignPlaces);
  for (const std::string name : {"README.md", "CMakeLists.txt", "CMakePresets.json"})
    ExpectNoComplaints({{name, ReadText(std::filesystem::path(HF_SOURCE_DIR) / name)}}, CheckForeignPlaces);
  EXPECT_FALSE(CheckForeignPlaces({"docs/a.md", std::string("see /ho") + "me/ana/x"}).empty());
  EXPECT_FALSE(CheckForeignPlaces({"docs/a.md", std::string("http://de") + "b.example.org/debian"}).empty());
  EXPECT_TRUE(CheckForeignPlaces({"docs/a.md", "https://example.org/deb"}).empty());
}

}  // namespace
}  // namespace holdfast::lint
