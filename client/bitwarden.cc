#include "client/bitwarden.h"

#include <algorithm>
#include <map>
#include <utility>

#include "client/slug.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/value.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxItem = 896 * 1024;  // sealed, it must fit in one message of 1 MiB
constexpr int kLogin = 1;
constexpr int kSecureNote = 2;
constexpr int kBooleanField = 2;
constexpr int kLinkedField = 3;

// The parsed file holds every secret once more: overwritten before it is freed. Not recursive, as a file may
// be nested as deep as it likes.
void WipeStrings(Json& root) {
  std::vector<Json*> rest = {&root};
  while (!rest.empty()) {
    Json& json = *rest.back();
    rest.pop_back();
    if (json.is_string()) Wipe(json.get_ref<std::string&>());
    if (json.is_structured())
      for (Json& child : json) rest.push_back(&child);
  }
}

class WipedJson {
 public:
  explicit WipedJson(Json json) : json_(std::move(json)) {}
  WipedJson(const WipedJson&) = delete;
  WipedJson& operator=(const WipedJson&) = delete;
  ~WipedJson() { WipeStrings(json_); }
  Json& get() { return json_; }

 private:
  Json json_;
};

const Json& At(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

// "" when absent or null.
absl::StatusOr<std::string> Text(const Json& object, const char* key, std::string_view field) {
  const Json& value = At(object, key);
  if (value.is_null()) return std::string();
  if (!value.is_string()) return InvalidField(field, "must be text");
  return value.get<std::string>();
}

// Empty when absent or null.
absl::StatusOr<const Json*> List(const Json& object, const char* key, std::string_view field) {
  static const Json kEmpty = Json::array();
  const Json& value = At(object, key);
  if (value.is_null()) return &kEmpty;
  if (!value.is_array()) return InvalidField(field, "must be a list");
  return &value;
}

// Titles and groups are names: line breaks and other controls in them become blanks.
std::string OnOneLine(std::string text) {
  std::string line;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
    const std::string character = text.substr(0, size);
    line += CheckLine("", character, size, /*required=*/true).ok() ? character : " ";
    text.erase(0, size);
  }
  const std::size_t first = line.find_first_not_of(' ');
  return first == line.npos ? "" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

absl::Status AddSecret(ImportItem& item, std::string id, std::string kind, std::vector<std::string> values) {
  ImportSecret secret{.id = std::move(id), .kind = std::move(kind), .values = {}};
  absl::Status status;
  for (std::string& value : values) {
    if (value.size() > crypto::kMaxValueSize)
      status = InvalidField(secret.id, fmt::format("is longer than {} bytes", crypto::kMaxValueSize));
    secret.values.push_back(Plaintext::TakeFrom(value));
  }
  HF_RETURN_IF_ERROR(status);
  if (secret.values.size() > kMaxImportValues)
    return InvalidField(secret.id, fmt::format("has more than {} values", kMaxImportValues));
  if (item.secrets.size() == kMaxImportSecrets)
    return InvalidField("fields", fmt::format("are more than {} secrets with the others", kMaxImportSecrets));
  item.secrets.push_back(std::move(secret));
  return absl::OkStatus();
}

absl::Status AddText(ImportItem& item, const char* id, const char* kind, std::string value) {
  if (value.empty()) return absl::OkStatus();
  std::vector<std::string> values;
  values.push_back(std::move(value));
  return AddSecret(item, id, kind, std::move(values));
}

// Earlier passwords, oldest first; times are RFC 3339 in UTC, so they sort as text.
absl::StatusOr<std::vector<std::string>> History(const Json& json) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(json, "passwordHistory", "passwordHistory"));
  std::vector<std::pair<std::string, std::string>> dated;
  for (const Json& entry : *list) {
    if (!entry.is_object()) return InvalidField("passwordHistory", "must hold objects");
    HF_ASSIGN_OR_RETURN(std::string time, Text(entry, "lastUsedDate", "passwordHistory.lastUsedDate"));
    HF_ASSIGN_OR_RETURN(std::string password, Text(entry, "password", "passwordHistory.password"));
    if (!password.empty()) dated.emplace_back(std::move(time), std::move(password));
  }
  std::stable_sort(dated.begin(), dated.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> passwords;
  for (auto& [time, password] : dated) passwords.push_back(std::move(password));
  return passwords;
}

absl::Status MapPassword(const Json& json, ImportEntry& entry) {
  HF_ASSIGN_OR_RETURN(std::vector<std::string> values, History(json));
  HF_ASSIGN_OR_RETURN(std::string password, Text(At(json, "login"), "password", "login.password"));
  if (password.empty()) {
    // An earlier password must not pass for the current one.
    if (!values.empty()) entry.warnings.push_back("has earlier passwords but no current one: left out");
    for (std::string& value : values) Wipe(value);
    return absl::OkStatus();
  }
  values.push_back(std::move(password));
  return AddSecret(entry.item, "password", "password", std::move(values));
}

absl::Status MapUris(const Json& login, ImportItem& item) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(login, "uris", "login.uris"));
  std::string others;
  for (const Json& entry : *list) {
    if (!entry.is_object()) return InvalidField("login.uris", "must hold objects");
    HF_ASSIGN_OR_RETURN(const std::string uri, Text(entry, "uri", "login.uris.uri"));
    if (uri.empty()) continue;
    if (item.url.empty())
      item.url = uri;
    else
      others += (others.empty() ? "" : "\n") + uri;
  }
  return AddText(item, "uris", "note", std::move(others));
}

absl::Status MapLogin(const Json& json, ImportEntry& entry) {
  const Json& login = At(json, "login");
  if (!login.is_object()) return InvalidField("login", "is required");
  HF_ASSIGN_OR_RETURN(entry.item.username, Text(login, "username", "login.username"));
  HF_RETURN_IF_ERROR(MapPassword(json, entry));
  HF_ASSIGN_OR_RETURN(std::string totp, Text(login, "totp", "login.totp"));
  HF_RETURN_IF_ERROR(AddText(entry.item, "totp", "totp", std::move(totp)));
  HF_RETURN_IF_ERROR(MapUris(login, entry.item));
  HF_ASSIGN_OR_RETURN(const Json* passkeys, List(login, "fido2Credentials", "login.fido2Credentials"));
  if (!passkeys->empty()) entry.warnings.push_back("has passkeys, which cannot be moved: left out");
  return absl::OkStatus();
}

absl::StatusOr<std::string> FieldValue(const Json& field) {
  const Json& value = At(field, "value");
  if (value.is_boolean()) return std::string(value.get<bool>() ? "true" : "false");
  return Text(field, "value", "fields.value");
}

absl::Status MapFields(const Json& json, ImportEntry& entry) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(json, "fields", "fields"));
  UniqueIds ids;
  int number = 0;
  for (const Json& field : *list) {
    ++number;
    if (!field.is_object()) return InvalidField("fields", "must hold objects");
    const Json& type = At(field, "type");
    if (type == kLinkedField) continue;
    HF_ASSIGN_OR_RETURN(const std::string name, Text(field, "name", "fields.name"));
    HF_ASSIGN_OR_RETURN(std::string value, FieldValue(field));
    if (value.empty() && type == kBooleanField) value = "false";
    const std::string slug = Slug(name);
    const std::string id = ids.Take("field-" + (slug.empty() ? fmt::format("{}", number) : slug));
    HF_RETURN_IF_ERROR(AddText(entry.item, id.c_str(), "note", std::move(value)));
  }
  return absl::OkStatus();
}

using Groups = std::map<std::string, std::string>;

// Names of folders and collections by id.
Groups ReadGroups(const Json& file) {
  Groups groups;
  for (const char* key : {"folders", "collections"}) {
    for (const Json& group : At(file, key)) {
      const Json& id = At(group, "id");
      const Json& name = At(group, "name");
      if (id.is_string() && name.is_string())
        groups[id.get<std::string>()] = OnOneLine(name.get<std::string>());
    }
  }
  return groups;
}

std::string GroupOf(const Json& json, const Groups& groups) {
  std::vector<Json> ids = {At(json, "folderId")};
  const Json& collections = At(json, "collectionIds");
  if (collections.is_array() && !collections.empty()) ids.push_back(collections.front());
  for (const Json& id : ids) {
    const auto found = id.is_string() ? groups.find(id.get<std::string>()) : groups.end();
    if (found != groups.end()) return found->second;
  }
  return "";
}

absl::Status CheckItem(const ImportEntry& entry) {
  std::size_t total = 0;
  for (const ImportSecret& secret : entry.item.secrets)
    for (const Plaintext& value : secret.values) total += value.size();
  if (total > kMaxItem) return InvalidField("item", "holds more than 896 KiB");
  HF_RETURN_IF_ERROR(CheckLine("name", entry.title, kMaxSourceTitle, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckLine("id", entry.item.source_id, kMaxSourceId, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("folder", entry.item.group, kMaxUnit, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("login.username", entry.item.username, kMaxHandle, /*required=*/false));
  return CheckLine("login.uris", entry.item.url, kMaxUrl, /*required=*/false);
}

absl::Status MapItem(const Json& json, int type, const Groups& groups, ImportEntry& entry) {
  HF_ASSIGN_OR_RETURN(entry.item.source_id, Text(json, "id", "id"));
  entry.item.group = GroupOf(json, groups);
  if (type == kLogin) HF_RETURN_IF_ERROR(MapLogin(json, entry));
  HF_ASSIGN_OR_RETURN(std::string notes, Text(json, "notes", "notes"));
  HF_RETURN_IF_ERROR(AddText(entry.item, "note", "note", std::move(notes)));
  HF_RETURN_IF_ERROR(MapFields(json, entry));
  entry.item.platform = PlatformOf(entry.item.url);
  return CheckItem(entry);
}

absl::Status ReadItem(const Json& json, const Groups& groups, ImportEntry& entry) {
  if (!json.is_object()) return InvalidField("item", "must be an object");
  HF_ASSIGN_OR_RETURN(const std::string name, Text(json, "name", "name"));
  entry.title = OnOneLine(name);
  const Json& type = At(json, "type");
  if (!type.is_number_integer()) return InvalidField("type", "must be a number");
  if (type != kLogin && type != kSecureNote) {
    entry.skipped = fmt::format("is neither a login nor a note (type {})", type.dump());
    return absl::OkStatus();
  }
  if (entry.title.empty()) return InvalidField("name", "is required");
  return MapItem(json, type.get<int>(), groups, entry);
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

}  // namespace

absl::StatusOr<std::vector<ImportEntry>> ReadBitwarden(const Plaintext& file) {
  const std::string_view text = AsChars(file.ExposeSecret());
  WipedJson json(Json::parse(text, nullptr, /*allow_exceptions=*/false));
  if (json.get().is_discarded()) return InvalidField("FILE", "is not JSON in UTF-8");
  HF_RETURN_IF_ERROR(CheckFile(json.get()));
  const Groups groups = ReadGroups(json.get());
  std::vector<ImportEntry> entries;
  UniqueIds ids;
  for (const Json& item : json.get()["items"]) {
    ImportEntry& entry = entries.emplace_back();
    entry.position = static_cast<int>(entries.size());
    entry.status = ReadItem(item, groups, entry);
    if (!entry.status.ok() || !entry.skipped.empty()) continue;
    // A title without a Latin letter or digit leaves the platform, then the position.
    std::string slug = Slug(entry.title);
    if (slug.empty() && entry.item.platform != kUnknownPlatform) slug = Slug(entry.item.platform);
    entry.item.account_id = ids.Take(slug.empty() ? fmt::format("item-{}", entry.position) : slug);
  }
  return entries;
}

}  // namespace holdfast::client
