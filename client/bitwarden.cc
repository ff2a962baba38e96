#include "client/bitwarden.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "client/bitwarden_item.h"
#include "client/export_json.h"
#include "client/import_fit.h"
#include "client/import_match.h"
#include "client/slug.h"
#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

// Names of folders and collections by id.
using Names = std::map<std::string, std::string>;
struct Groups {
  Names folders;
  Names collections;
};

Names ReadNames(const Json& list) {
  Names names;
  for (const Json& group : list) {
    const Json& id = At(group, "id");
    const Json& name = At(group, "name");
    if (id.is_string() && name.is_string()) names[id.get<std::string>()] = OnOneLine(name.get<std::string>());
  }
  return names;
}

// By its id when the file does not name it.
std::string NameOf(const Names& names, const std::string& id) {
  const auto found = names.find(id);
  return found == names.end() || found->second.empty() ? id : found->second;
}

// An item stands in one folder and any number of collections, which the organisation shares. The first of
// them is the unit; if there are more, all are kept as details.
void MapGroups(const Json& json, const Groups& groups, ImportEntry& entry) {
  std::vector<ImportDetail> all;
  const Json& collections = At(json, "collectionIds");
  if (collections.is_array())
    for (const Json& id : collections)
      if (id.is_string()) all.push_back({"Collection", NameOf(groups.collections, id.get<std::string>())});
  if (const Json& folder = At(json, "folderId"); folder.is_string())
    all.push_back({"Folder", NameOf(groups.folders, folder.get<std::string>())});
  if (all.empty()) return;
  entry.item.group = Fitted(entry, "folder", all.front().name, all.front().value, kMaxUnit);
  if (all.size() == 1) return;
  for (const ImportDetail& group : all) AddDetail(entry, group.name, group.value);
}

// As a number, or as the text of one.
std::optional<int> TypeOf(const Json& json) {
  const auto text = Text(json, "type", "type");
  int type = 0;
  if (!text.ok() || text->empty()) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), type);
  return error == std::errc() && end == text->data() + text->size() ? std::optional(type) : std::nullopt;
}

// "" for what the vault takes.
std::string SkippedAs(const Json& json, int type) {
  if (!At(json, "deletedDate").is_null()) return "is in the trash";
  switch (type) {
    case kBitwardenLogin:
    case kBitwardenNote:
      return "";
    case 3:
      return "is a card, neither a login nor a note";
    case 4:
      return "is an identity, neither a login nor a note";
    case 5:
      return "is an SSH key, neither a login nor a note";
    default:
      return fmt::format("is neither a login nor a note (type {})", type);
  }
}

void MapTitle(const std::string& name, ImportEntry& entry) {
  entry.title = Shortened(OnOneLine(name), kMaxSourceTitle);
  if (!entry.title.empty()) return;
  const ImportItem& item = entry.item;
  entry.title = item.platform != kUnknownPlatform ? item.platform : item.username;
  if (entry.title.empty()) entry.title = fmt::format("Item {}", entry.position);
  entry.changed.push_back(fmt::format("has no name: it comes in as \"{}\"", entry.title));
}

void MapId(const std::string& id, ImportEntry& entry) {
  if (CheckLine("", id, kMaxSourceId, /*required=*/false).ok()) {
    entry.item.source_id = id;
  } else {
    entry.changed.push_back(
        "has an id that is no line of 128 bytes: it is known by its name and folder instead");
  }
}

absl::Status ReadItem(const Json& json, const Groups& groups, ImportEntry& entry) {
  if (!json.is_object()) return InvalidField("item", "must be an object");
  HF_ASSIGN_OR_RETURN(const std::string name, Text(json, "name", "name"));
  entry.title = Shortened(OnOneLine(name), kMaxSourceTitle);
  const std::optional<int> type = TypeOf(json);
  if (!type.has_value()) return InvalidField("type", "must be a number");
  entry.skipped = SkippedAs(json, *type);
  if (!entry.skipped.empty()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const std::string id, Text(json, "id", "id"));
  MapId(id, entry);
  entry.item.archived = !At(json, "archivedDate").is_null();
  MapGroups(json, groups, entry);
  if (OnOneLine(name).size() > kMaxSourceTitle) Fitted(entry, "name", "Name", name, kMaxSourceTitle);
  HF_RETURN_IF_ERROR(ReadBitwardenItem(json, *type, entry));
  MapTitle(name, entry);
  if (entry.item.archived) entry.changed.push_back("is archived there: it comes in archived");
  return absl::OkStatus();
}

absl::Status CheckFile(const Json& file) {
  if (!file.is_object()) return InvalidField("FILE", "is not an export of Bitwarden");
  const Json& encrypted = At(file, "encrypted");
  if (encrypted.is_boolean() && encrypted.get<bool>())
    return InvalidField("FILE",
                        "is an encrypted export: export it anew as \".json\", not \".json (Encrypted)\"");
  if (!At(file, "items").is_array())
    return InvalidField("FILE", "is not an export of Bitwarden: it has no items");
  return absl::OkStatus();
}

// A title without a Latin letter or digit leaves the platform, then the position.
std::string WantedId(const ImportEntry& entry) {
  std::string slug = Slug(entry.title);
  if (slug.empty() && entry.item.platform != kUnknownPlatform) slug = Slug(entry.item.platform);
  return slug.empty() ? fmt::format("item-{}", entry.position) : slug;
}

}  // namespace

absl::StatusOr<std::vector<ImportEntry>> ReadBitwarden(const Plaintext& text) {
  HF_ASSIGN_OR_RETURN(const ExportJson file, ExportJson::Parse(text));
  HF_RETURN_IF_ERROR(CheckFile(file.root()));
  const Groups groups{.folders = ReadNames(At(file.root(), "folders")),
                      .collections = ReadNames(At(file.root(), "collections"))};
  std::vector<ImportEntry> entries;
  UniqueIds ids;
  for (const Json& item : At(file.root(), "items")) {
    ImportEntry& entry = entries.emplace_back();
    entry.position = static_cast<int>(entries.size());
    entry.status = ReadItem(item, groups, entry);
    if (entry.status.ok() && entry.skipped.empty()) entry.item.account_id = ids.Take(WantedId(entry));
  }
  FailDoubles(entries);
  return entries;
}

}  // namespace holdfast::client
