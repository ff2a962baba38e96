#include "client/successor_map.h"

#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "client/files.h"
#include "client/options.h"
#include "fmt/format.h"

namespace holdfast::client {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kRow = "successors[";

absl::Status Wrong(const SuccessorMap& map, int line, std::string_view field, std::string_view why) {
  return InvalidField("--map", fmt::format("{} line {}: {}: {}", map.path, line, field, why));
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return "";
  text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? Trimmed(text.substr(1, text.size() - 2)) : text;
}

absl::Status AddLine(SuccessorMap& map, int line, std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == text.npos || text.find(',', comma + 1) != text.npos)
    return Wrong(map, line, "row", "must have two fields: account,successor");
  const std::string_view account = Trimmed(text.substr(0, comma));
  const std::string_view successor = Trimmed(text.substr(comma + 1));
  if (map.rows.empty() && account == "account" && successor == "successor") return absl::OkStatus();
  v1::AccountSuccessor row;
  auto account_name = AccountArg("account", account);
  if (!account_name.ok()) return Wrong(map, line, "account", "must be an account's id");
  auto successor_name = HolderArg("successor", successor);
  if (!successor_name.ok()) return Wrong(map, line, "successor", "must be a holder's id");
  row.set_account(*std::move(account_name));
  row.set_successor(*std::move(successor_name));
  map.rows.push_back(std::move(row));
  map.lines.push_back(line);
  return absl::OkStatus();
}

absl::Status CheckOnce(const SuccessorMap& map) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    const auto [seen, fresh] = first.emplace(map.rows[i].account(), i);
    if (fresh) continue;
    return Wrong(map, map.lines[i], "account",
                 fmt::format("{} stands in line {} already, for {}", LastId(map.rows[i].account()),
                             map.lines[seen->second], LastId(map.rows[seen->second].successor())));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SuccessorMap> ParseSuccessorMap(const std::string& path, const std::string& text) {
  SuccessorMap map{.path = path};
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!Trimmed(one).empty()) HF_RETURN_IF_ERROR(AddLine(map, line, one));
  }
  HF_RETURN_IF_ERROR(CheckOnce(map));
  if (map.rows.empty()) return InvalidField("--map", fmt::format("{} names no account", path));
  return map;
}

absl::StatusOr<SuccessorMap> ReadSuccessorMap(const std::string& path) {
  auto text = ReadTextFile(path);
  if (!text.ok()) return InvalidField("--map", MessageOf(text.status()));
  return ParseSuccessorMap(path, *text);
}

absl::Status ByLine(const SuccessorMap& map, const absl::Status& failed) {
  const std::string field = FieldOf(failed);
  if (!field.starts_with(kRow)) return failed;
  std::size_t row = 0;
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data() + kRow.size(), end, row);
  if (error != std::errc() || row >= map.lines.size()) return failed;
  std::string message(MessageOf(failed));
  if (message.starts_with(field + ": ")) message.erase(0, field.size() + 2);
  return Wrong(map, map.lines[row], field.substr(field.rfind('.') + 1), message);
}

}  // namespace holdfast::client
