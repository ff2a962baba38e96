#include "vault/playbook/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "vault/playbook/parse.h"

namespace holdfast::playbook {
namespace {

using Kind = TomlNode::Kind;

std::string InQuotes(std::string_view key) { return fmt::format("\"{}\"", key); }

std::optional<std::string> LineFault(std::string_view key, const std::string& text, std::size_t max_bytes) {
  if (text.find_first_not_of(' ') == text.npos) return fmt::format("\"{}\" is empty", key);
  if (text.size() > max_bytes)
    return fmt::format("\"{}\" has {} bytes, more than {}", key, text.size(), max_bytes);
  for (std::string_view rest = text; !rest.empty();) {
    const policy::CodePoint point = policy::FirstCodePoint(rest);
    if (point.bytes == 0) return fmt::format("\"{}\" is not UTF-8", key);
    if (policy::IsHidden(point.value) || point.value == '\t')
      return fmt::format("\"{}\" has {} in it: it is one line, all of it to be seen", key,
                         policy::PointName(point.value));
    rest.remove_prefix(point.bytes);
  }
  return std::nullopt;
}

bool IsUrlText(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme) || text.size() == kScheme.size()) return false;
  return std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  });
}

}  // namespace

std::string Reader::Choices(std::span<const std::string_view> names) {
  return fmt::format("one of {}", fmt::join(names, ", "));
}

std::string Reader::Line(const TomlNode& node, std::string_view key, std::size_t max_bytes) const {
  if (!policy::Expect(node, Kind::kText, InQuotes(key), problems_)) return "";
  auto fault = LineFault(key, node.text, max_bytes);
  if (!fault.has_value()) return node.text;
  problems_.Add(node.at, *std::move(fault));
  return "";
}

std::string Reader::Needed(std::string_view key, std::size_t max_bytes, std::string_view hint) const {
  const TomlNode* const node = fields_.Need(key, hint);
  return node == nullptr ? "" : Line(*node, key, max_bytes);
}

std::string Reader::Optional(std::string_view key, std::size_t max_bytes) const {
  const TomlNode* const node = fields_.Find(key);
  return node == nullptr ? "" : Line(*node, key, max_bytes);
}

std::string Reader::Id() const {
  const TomlNode* const node = fields_.Need("id", "as in id = \"revoke-apps\"");
  if (node == nullptr || !policy::Expect(*node, Kind::kText, "\"id\"", problems_)) return "";
  if (auto fault = policy::NameFault("id", node->text, /*plain=*/true); fault.has_value())
    problems_.Add(node->at, *std::move(fault));
  return node->text;
}

std::string Reader::Url(std::string_view key) const {
  std::string url = Optional(key, kMaxUrlBytes);
  if (url.empty() || IsUrlText(url)) return url;
  problems_.Add(fields_.Find(key)->at,
                fmt::format("\"{}\" {} is no address as in \"https://example.com/settings\"", key,
                            policy::Quoted(url)));
  return "";
}

std::vector<Ref> Reader::Refs(std::string_view key, std::string_view example) const {
  std::vector<Ref> refs;
  const TomlNode* const node = fields_.Find(key);
  if (node == nullptr) return refs;
  policy::EachOnce(*node, InQuotes(key), example, problems_,
                   [&](const TomlNode& item) -> std::optional<std::string> {
                     if (!policy::Expect(item, Kind::kText, fmt::format("each of \"{}\"", key), problems_))
                       return std::nullopt;
                     if (auto fault = policy::NameFault(key, item.text, /*plain=*/true); fault.has_value()) {
                       problems_.Add(item.at, *std::move(fault));
                       return std::nullopt;
                     }
                     refs.push_back({item.text, item.at});
                     return item.text;
                   });
  return refs;
}

std::vector<std::string> Reader::Words(std::string_view key,
                                       std::span<const std::string_view> allowed) const {
  std::vector<std::string> words;
  const TomlNode* const node = fields_.Find(key);
  if (node == nullptr) return words;
  policy::EachOnce(*node, InQuotes(key), fmt::format("{} = [\"{}\"]", key, allowed.front()), problems_,
                   [&](const TomlNode& item) -> std::optional<std::string> {
                     if (!policy::Expect(item, Kind::kText, fmt::format("each of \"{}\"", key), problems_) ||
                         !Number(item, key, allowed).has_value())
                       return std::nullopt;
                     words.push_back(item.text);
                     return item.text;
                   });
  return words;
}

std::optional<std::size_t> Reader::Number(const TomlNode& node, std::string_view key,
                                          std::span<const std::string_view> names) const {
  if (!policy::Expect(node, Kind::kText, InQuotes(key), problems_)) return std::nullopt;
  const auto found = std::ranges::find(names, node.text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  problems_.Add(node.at, policy::UnknownName(fmt::format("\"{}\":", key), node.text, names));
  return std::nullopt;
}

void ForEachTable(const Fields& fields, std::string_view key, std::size_t most, Problems& problems,
                  const std::function<void(const TomlNode& table)>& read) {
  const TomlNode* const node = fields.Find(key);
  if (node == nullptr) return;
  const bool tables = node->kind == Kind::kArray && std::ranges::all_of(node->children, [](const auto& item) {
                        return item.kind == Kind::kTable;
                      });
  if (!tables) {
    problems.Add(node->at, fmt::format("\"{0}\" stands in two brackets: [[{0}]]", key));
    return;
  }
  if (node->children.size() > most) {
    problems.Add(node->at, fmt::format("the playbook has {} of \"{}\", more than {}", node->children.size(),
                                       key, most));
    return;
  }
  for (const TomlNode& table : node->children) {
    if (problems.enough()) return;
    read(table);
  }
}

}  // namespace holdfast::playbook
