#include "client/import_fit.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/value.h"

namespace holdfast::client {
namespace {

constexpr std::string_view kMore = "more";
constexpr std::string_view kCut = "...";

// Bytes of the first character.
std::size_t CharacterSize(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

ImportSecret* Find(ImportItem& item, std::string_view id) {
  const auto found = std::ranges::find(item.secrets, id, &ImportSecret::id);
  return found == item.secrets.end() ? nullptr : &*found;
}

// Appends a line to the secret "more".
void AddLine(ImportEntry& entry, std::string line) {
  ImportSecret* const more = Find(entry.item, kMore);
  if (more == nullptr) {
    std::vector<ImportValue> values(1);
    values[0].value = Plaintext::TakeFrom(line);
    AddSecret(entry, kMore, "note", std::move(values));
    return;
  }
  const Plaintext& before = more->values[0].value;
  if (before.size() + 1 + line.size() > crypto::kMaxValueSize) {
    entry.left_out.push_back(fmt::format("\"{}\" is too long: left out", Shortened(line, 60)));
    return;
  }
  std::string text = fmt::format("{}\n{}", AsChars(before.ExposeSecret()), line);
  more->values[0].value = Plaintext::TakeFrom(text);
}

}  // namespace

std::string OnOneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  line = WithoutInvisible(line);
  const std::size_t first = line.find_first_not_of(' ');
  return first == line.npos ? "" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

std::string Shortened(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t size = 0;
  for (std::size_t next = CharacterSize(text); next <= max_bytes - kCut.size();
       next += CharacterSize(text.substr(next)))
    size = next;
  return fmt::format("{}{}", text.substr(0, size), kCut);
}

void AddDetail(ImportEntry& entry, std::string_view name, std::string_view value) {
  const std::string on_line = OnOneLine(value);
  std::string label = OnOneLine(name);
  if (label.empty()) label = "Field";
  if (label.size() <= kMaxDetailName && on_line.size() <= kMaxDetailValue &&
      entry.item.details.size() < kMaxDetails) {
    entry.item.details.push_back({.name = std::move(label), .value = on_line});
    return;
  }
  entry.changed.push_back(
      fmt::format("\"{}\" does not fit among the account's details: it comes in as secret {}",
                  Shortened(label, 60), kMore));
  AddLine(entry, fmt::format("{}: {}", label, on_line));
}

std::string Fitted(ImportEntry& entry, std::string_view field, std::string_view name, std::string_view text,
                   std::size_t max_bytes) {
  if (CheckLine("", text, max_bytes, /*required=*/false).ok()) return std::string(text);
  std::string line = OnOneLine(text);
  if (line.size() > max_bytes) {
    entry.changed.push_back(
        fmt::format("{} is longer than {} bytes: shortened, and kept whole as a detail of the account", field,
                    max_bytes));
    AddDetail(entry, name, line);
    return Shortened(line, max_bytes);
  }
  entry.changed.push_back(
      fmt::format("{} comes in without line breaks, tabs and characters that nobody sees", field));
  return line;
}

std::string FittedUrl(ImportEntry& entry, std::string_view uri) {
  std::string line = OnOneLine(uri);
  if (line.size() <= kMaxUrl) return line;
  entry.changed.push_back(fmt::format(
      "login.uris: one is longer than {} bytes: shortened, and kept whole as a detail of the account",
      kMaxUrl));
  AddDetail(entry, "URL", line);
  line.resize(std::min(line.size(), line.find_first_of("?#")));
  if (line.size() <= kMaxUrl) return line;
  const std::size_t scheme = line.find("://");
  line.resize(std::min(line.size(), line.find('/', scheme == line.npos ? 0 : scheme + 3)));
  return line.size() <= kMaxUrl ? line : "";
}

void AddSecret(ImportEntry& entry, std::string_view id, std::string_view kind,
               std::vector<ImportValue> values) {
  const auto too_long = [](const ImportValue& value) { return value.value.size() > crypto::kMaxValueSize; };
  // Without the newest value, an earlier one would pass for it.
  if (!values.empty() && too_long(values.back())) {
    entry.left_out.push_back(fmt::format("{} is longer than {} bytes: left out", id, crypto::kMaxValueSize));
    return;
  }
  if (const std::size_t earlier = std::erase_if(values, too_long); earlier > 0)
    entry.left_out.push_back(
        fmt::format("{}: {} earlier longer than {} bytes left out", id, earlier, crypto::kMaxValueSize));
  if (values.size() > kMaxImportValues) {
    const std::size_t over = values.size() - kMaxImportValues;
    entry.left_out.push_back(
        fmt::format("{} has more than {} values: the {} oldest left out", id, kMaxImportValues, over));
    values.erase(values.begin(), std::next(values.begin(), static_cast<std::ptrdiff_t>(over)));
  }
  if (values.empty()) return;
  if (entry.item.secrets.size() == kMaxImportSecrets) {
    entry.left_out.push_back(
        fmt::format("{} would be one more than {} secrets: left out", id, kMaxImportSecrets));
    return;
  }
  entry.item.secrets.push_back(
      {.id = std::string(id), .kind = std::string(kind), .values = std::move(values)});
}

}  // namespace holdfast::client
