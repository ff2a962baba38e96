// The fuzzer's checks without a fuzzer: over the corpus, the shipped policies and the floor, and over
// mutations of them that are the same in every run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "vault/policy/floor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast::policy {
namespace {

constexpr int kMutations = 20'000;
constexpr int kLargeMutations = 1'000;  // of texts that take long
constexpr std::size_t kLarge = 4096;

const std::string_view kTokens[] = {"[",
                                    "]",
                                    "{",
                                    "}",
                                    "[[",
                                    "]]",
                                    "\"",
                                    "'",
                                    "\"\"\"",
                                    "'''",
                                    "=",
                                    ".",
                                    ",",
                                    "#",
                                    "\\",
                                    "\n",
                                    "\r",
                                    "\r\n",
                                    "*",
                                    "0",
                                    "-1",
                                    "99999999999",
                                    "1.5",
                                    "true",
                                    "1979-05-27",
                                    "0x1F",
                                    "\"7d\"",
                                    "\"*\"",
                                    "[[rule]]\n",
                                    "[[never]]\n",
                                    "[roles]\n",
                                    "when = {",
                                    "unless",
                                    "require",
                                    "tier = [1]",
                                    "\\u0000",
                                    "\xd0\xbe",
                                    "\xef\xbb\xbf",
                                    "\xe2\x80\xae",
                                    "\xff",
                                    std::string_view("\0", 1),
                                    "\x1b[2J"};

void Try(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::vector<std::string> Texts() {
  std::vector<std::string> texts = {std::string(FloorText())};
  const std::filesystem::path root = HF_SOURCE_DIR;
  for (const auto& folder : {root / "tests/fuzz/corpus/policy", root / "policies"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".toml") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      texts.push_back((std::ostringstream() << file.rdbuf()).str());
    }
  }
  std::ranges::sort(texts);  // directories come in any order
  return texts;
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string Mutate(std::string text) {
    for (std::size_t n = Below(4) + 1; n > 0; --n) Once(text);
    return text;
  }
  std::size_t Below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

 private:
  void Once(std::string& text) {
    const std::size_t at = Below(text.size());
    switch (Below(7)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(Below(256));
        break;
      case 1:
        text.erase(at, Below(16));
        break;
      case 2:
        text.insert(at, kTokens[Below(std::size(kTokens))]);
        break;
      case 3:
        text.insert(Below(text.size()), text.substr(at, Below(200)));
        break;
      case 4:  // a line somewhere else
        text.insert(LineStart(text, Below(text.size())), Line(text, at));
        break;
      case 5:  // without a line
        text.erase(LineStart(text, at), Line(text, at).size());
        break;
      default:
        text.resize(at);
    }
  }

  static std::size_t LineStart(const std::string& text, std::size_t at) {
    const std::size_t before = at == 0 ? text.npos : text.rfind('\n', at - 1);
    return before == text.npos ? 0 : before + 1;
  }
  static std::string Line(const std::string& text, std::size_t at) {
    const std::size_t start = LineStart(text, at);
    const std::size_t end = text.find('\n', start);
    return text.substr(start, end == text.npos ? text.npos : end - start + 1);
  }

  std::mt19937 random_;
};

TEST(PolicyCorpus, PassesEveryCheck) {
  const std::vector<std::string> texts = Texts();
  ASSERT_GE(texts.size(), 6U);
  for (const std::string& text : texts) Try(text);
}

TEST(PolicyCorpus, PassesEveryCheckCutAnywhere) {
  for (const std::string& text : Texts()) {
    if (text.size() > kLarge) continue;
    for (std::size_t size = 0; size < text.size(); ++size) Try(text.substr(0, size));
  }
}

TEST(PolicyCorpus, PassesEveryCheckMutated) {
  Mutator mutator(/*seed=*/20261122);
  std::vector<std::string> small;
  std::vector<std::string> large;
  for (std::string& text : Texts()) (text.size() > kLarge ? large : small).push_back(std::move(text));
  for (int i = 0; i < kMutations; ++i) Try(mutator.Mutate(small[mutator.Below(small.size())]));
  for (int i = 0; i < kLargeMutations; ++i) Try(mutator.Mutate(large[mutator.Below(large.size())]));
}

}  // namespace
}  // namespace holdfast::policy
