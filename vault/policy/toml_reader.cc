#include "vault/policy/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "vault/policy/names.h"
#include "vault/policy/toml_text.h"

// A second bound behind that of CheckTomlText().
#define TOML_MAX_NESTED_VALUES 16
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace holdfast::policy {
namespace {

constexpr std::size_t kMaxLibraryText = 200;

// toml++ counts columns in code points, and may name places past the end.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
      starts_.push_back(at + 1);
  }

  Position Of(const toml::source_position& place) const {
    const std::size_t line = std::clamp<std::size_t>(place.line, 1, starts_.size());
    std::string_view rest = text_.substr(starts_[line - 1]);
    rest = rest.substr(0, rest.find('\n'));
    std::size_t at = 0;
    for (std::size_t column = 1; column < place.column && at < rest.size(); ++column)
      at += std::max<std::size_t>(FirstCodePoint(rest.substr(at)).bytes, 1);
    return {static_cast<int>(line), static_cast<int>(at) + 1};
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_ = {0};
};

class Converter {
 public:
  explicit Converter(std::string_view text) : places_(text) {}

  TomlNode Convert(const toml::node& node) const {
    TomlNode out;
    out.at = places_.Of(node.source().begin);
    if (const auto* text = node.as_string()) {
      out.kind = TomlNode::Kind::kText;
      out.text = text->get();
    } else if (const auto* number = node.as_integer()) {
      out.kind = TomlNode::Kind::kInteger;
      out.number = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      out.kind = TomlNode::Kind::kFlag;
      out.flag = flag->get();
    } else if (const auto* array = node.as_array()) {
      out.kind = TomlNode::Kind::kArray;
      for (const toml::node& item : *array) out.children.push_back(Convert(item));
    } else if (const auto* table = node.as_table()) {
      out.kind = TomlNode::Kind::kTable;
      out.children = Entries(*table);
    }
    return out;
  }

  Position PlaceOf(const toml::source_position& place) const { return places_.Of(place); }

 private:
  std::vector<TomlNode> Entries(const toml::table& table) const {
    std::vector<TomlNode> entries;
    for (const auto& [key, value] : table) {
      TomlNode entry = Convert(value);
      entry.key = std::string(key.str());
      entry.key_at = places_.Of(key.source().begin);
      entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, {}, [](const TomlNode& entry) {
      return std::tuple(entry.key_at.line, entry.key_at.column, std::string_view(entry.key));
    });
    return entries;
  }

  Places places_;
};

std::string MessageOf(const toml::parse_error& error) {
  const std::string_view text = error.description();
  const bool bare = text.find("could not determine value type") != text.npos;
  return fmt::format("not TOML: {}{}", Printable(text, kMaxLibraryText),
                     bare ? " (texts stand in quotes)" : "");
}

}  // namespace

const TomlNode* TomlNode::Find(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &TomlNode::key);
  return found == children.end() ? nullptr : &*found;
}

std::optional<TomlNode> ReadToml(std::string_view text, std::size_t max_bytes, Problems& problems) {
  CheckTomlText(text, max_bytes, problems);
  if (!problems.empty()) return std::nullopt;
  const Converter converter(text);
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    problems.Add(converter.PlaceOf(result.error().source().begin), MessageOf(result.error()));
    return std::nullopt;
  }
  return converter.Convert(result.table());
}

}  // namespace holdfast::policy
