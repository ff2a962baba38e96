#include "vault/policy/toml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "vault/policy/names.h"
#include "vault/policy/parse.h"

namespace holdfast::policy {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

int Column(std::size_t offset) { return static_cast<int>(offset) + 1; }

// Of one line without its LF; its first fault is enough.
void CheckLineBytes(std::string_view line, int number, Problems& problems) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > kMaxLineBytes) {
    problems.Add({number, Column(kMaxLineBytes)},
                 fmt::format("the line is longer than {} bytes", kMaxLineBytes));
    return;
  }
  std::size_t at = 0;
  if (number == 1 && line.starts_with(kByteOrderMark)) {
    problems.Add({1, 1}, "the file begins with a byte order mark (U+FEFF): save it without");
    at = kByteOrderMark.size();
  }
  while (at < line.size()) {
    const CodePoint point = FirstCodePoint(line.substr(at));
    const Position place{number, Column(at)};
    if (point.bytes == 0) {
      problems.Add(place, fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(line[at])));
      return;
    }
    if (point.value == 0) return problems.Add(place, "a NUL byte (U+0000)");
    if (point.value == '\r') return problems.Add(place, "a carriage return (U+000D) that ends no line");
    if (IsHidden(point.value)) {
      problems.Add(place,
                   fmt::format("{} cannot be seen, or changes how text is shown", PointName(point.value)));
      return;
    }
    at += point.bytes;
  }
}

// Brackets, dots and letters outside of quotes and comments.
class Walk {
 public:
  Walk(std::string_view text, Problems& problems) : text_(text), problems_(problems) {}

  void Run() {
    while (at_ < text_.size()) {
      if (!Step()) return;
    }
    if (!open_.empty())
      problems_.Add(open_.back().second, fmt::format("this {} is not closed", open_.back().first));
  }

 private:
  Position here() const { return {line_, Column(at_ - line_start_)}; }

  // False when the rest is not worth looking at.
  bool Step() {
    switch (const char c = text_[at_]) {
      case '\n':
        return EndLine();
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return true;
      case '"':
      case '\'':
        Skip(c);
        return true;
      case '[':
      case '{':
        return Open(c);
      case ']':
      case '}':
        return Close(c);
      case '.':
        if (++dots_ > kMaxTomlDots) {
          problems_.Add(here(), fmt::format("the line has more than {} dots in its keys", kMaxTomlDots));
          return false;
        }
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x80) Foreign();
    }
    ++at_;
    return true;
  }

  bool EndLine() {
    if (!open_.empty() && open_.back().first == '{') {
      problems_.Add(open_.back().second, "this { is not closed where its line ends; TOML wants it there");
      return false;
    }
    NextLine();
    return true;
  }

  void NextLine() {
    line_start_ = ++at_;
    ++line_;
    dots_ = 0;
    foreign_ = false;
  }

  bool Open(char bracket) {
    if (open_.size() == kMaxTomlDepth) {
      problems_.Add(here(),
                    fmt::format("brackets stand more than {} deep here; is one not closed?", kMaxTomlDepth));
      return false;
    }
    open_.push_back({bracket, here()});
    ++at_;
    return true;
  }

  bool Close(char bracket) {
    const char opening = bracket == ']' ? '[' : '{';
    if (open_.empty()) {
      problems_.Add(here(), fmt::format("this {} closes nothing", bracket));
      return false;
    }
    const auto [opened, at] = open_.back();
    if (opened != opening) {
      problems_.Add(here(),
                    fmt::format("this {} cannot close the {} at {}:{}", bracket, opened, at.line, at.column));
      return false;
    }
    open_.pop_back();
    ++at_;
    return true;
  }

  void Foreign() {
    if (foreign_) return;
    foreign_ = true;
    const CodePoint point = FirstCodePoint(text_.substr(at_));
    problems_.Add(here(), fmt::format("{} stands outside of quotes; keys are ASCII", PointName(point.value)));
  }

  // Past a string. One that is not closed ends with its line, where the TOML parser will complain.
  void Skip(char quote) {
    const bool many = text_.substr(at_).starts_with(std::string(3, quote));
    at_ += many ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && !many) return;
      if (c == '\n') {
        NextLine();
        continue;
      }
      if (c == '\\' && quote == '"' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      const bool ends = c == quote && (!many || text_.substr(at_).starts_with(std::string(3, quote)));
      ++at_;
      if (!ends) continue;
      // A string of many lines may end with five quotes, of which two are its own.
      for (int extra = 0; many && extra < 4 && at_ < text_.size() && text_[at_] == quote; ++extra) ++at_;
      return;
    }
  }

  std::string_view text_;
  Problems& problems_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::vector<std::pair<char, Position>> open_;
  int dots_ = 0;
  bool foreign_ = false;
};

}  // namespace

void CheckTomlText(std::string_view text, std::size_t max_bytes, Problems& problems) {
  if (text.size() > max_bytes) {
    problems.Add({1, 1}, fmt::format("the file has {} bytes, more than {}", text.size(), max_bytes));
    return;
  }
  int number = 1;
  for (std::size_t start = 0; start <= text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    CheckLineBytes(text.substr(start, end - start), number, problems);
    start = end + 1;
  }
  if (problems.empty()) Walk(text, problems).Run();
}

}  // namespace holdfast::policy
