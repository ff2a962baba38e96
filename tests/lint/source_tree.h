// The checked-out sources as text, for the tests that read them. A rule is a function from one file to the
// complaints about it, so that each can be shown to bite on a made-up file.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::lint {

struct SourceFile {
  std::string path;  // from the root, with forward slashes
  std::string text;

  std::string_view Folder() const { return std::string_view(path).substr(0, path.rfind('/')); }
  bool Under(std::string_view folder) const { return path.starts_with(folder) && path[folder.size()] == '/'; }
  bool IsCpp() const { return path.ends_with(".cc") || path.ends_with(".h"); }
};

using Complaints = std::vector<std::string>;
using Rule = std::function<Complaints(const SourceFile&)>;

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every file below the given folders, in order of path.
inline std::vector<SourceFile> ReadTree(std::initializer_list<std::string_view> folders) {
  const std::filesystem::path root = HF_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string_view folder : folders) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().lexically_relative(root).generic_string();
      if (entry.is_regular_file() && path.find("__pycache__") == path.npos)
        files.push_back({path, ReadText(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

inline std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

inline std::string_view WithoutComment(std::string_view line) { return line.substr(0, line.find("//")); }

// True when `word` stands in `text` by itself, not inside a longer name. A word may end with "(": a call.
inline bool HasWord(std::string_view text, std::string_view word) {
  const auto is_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_name(text[at - 1])) &&
        (!is_name(word.back()) || end == text.size() || !is_name(text[end])))
      return true;
  }
  return false;
}

inline void ExpectNoComplaints(const std::vector<SourceFile>& files, const Rule& rule) {
  EXPECT_FALSE(files.empty());
  for (const SourceFile& file : files)
    for (const std::string& complaint : rule(file)) ADD_FAILURE() << file.path << ": " << complaint;
}

}  // namespace holdfast::lint
