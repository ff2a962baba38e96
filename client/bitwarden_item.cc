#include "client/bitwarden_item.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/export_json.h"
#include "client/import_fit.h"
#include "client/import_seeds.h"
#include "client/slug.h"
#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/crypto/seed_search.h"
#include "vault/crypto/totp.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxItem = 896 * 1024;  // sealed, it must fit in one message of 1 MiB
constexpr int kBooleanField = 2;
constexpr int kLinkedField = 3;

struct OldPassword {
  std::optional<Micros> until{};
  std::string value;
};

std::optional<Micros> TimeAt(const Json& object, const char* key) {
  const Json& text = At(object, key);
  return text.is_string() ? ParseTime(text.get_ref<const std::string&>()) : std::nullopt;
}

// Oldest first.
absl::StatusOr<std::vector<OldPassword>> History(const Json& json) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(json, "passwordHistory", "passwordHistory"));
  std::vector<OldPassword> passwords;
  for (const Json& entry : *list) {
    if (!entry.is_object()) return InvalidField("passwordHistory", "must hold objects");
    HF_ASSIGN_OR_RETURN(std::string password, Text(entry, "password", "passwordHistory.password"));
    if (!password.empty())
      passwords.push_back({.until = TimeAt(entry, "lastUsedDate"), .value = std::move(password)});
  }
  std::ranges::stable_sort(passwords, {}, &OldPassword::until);
  return passwords;
}

// A value came when the one before it was last used.
absl::Status MapPassword(const Json& json, ImportSeeds& seeds, ImportEntry& entry) {
  HF_ASSIGN_OR_RETURN(std::vector<OldPassword> history, History(json));
  HF_ASSIGN_OR_RETURN(std::string password, Text(At(json, "login"), "password", "login.password"));
  std::vector<ImportValue> values;
  std::optional<Micros> since = TimeAt(json, "creationDate");
  int seeds_before = 0;
  for (OldPassword& old : history) {
    if (crypto::IsSeedUri(old.value)) {
      ++seeds_before;
      Wipe(old.value);
    } else {
      values.push_back({.value = Plaintext::TakeFrom(old.value), .since = since});
    }
    since = old.until.has_value() ? old.until : since;
  }
  if (seeds_before > 0)
    entry.left_out.push_back(fmt::format("{} of its earlier passwords are seeds: left out", seeds_before));
  const bool is_seed = seeds.Take("login.password", "password", "totp-password", password);
  if (password.empty() || is_seed) {
    // An earlier password must not pass for the current one.
    if (!values.empty()) entry.left_out.push_back("has earlier passwords but no current one: left out");
    Wipe(password);
    return absl::OkStatus();
  }
  if (const auto revised = TimeAt(At(json, "login"), "passwordRevisionDate")) since = revised;
  values.push_back({.value = Plaintext::TakeFrom(password), .since = since});
  AddSecret(entry, "password", "password", std::move(values));
  return absl::OkStatus();
}

// Old exports have one `uri`, which newer ones repeat in `uris`.
absl::StatusOr<std::vector<std::string>> Uris(const Json& login) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(login, "uris", "login.uris"));
  std::vector<std::string> uris;
  const auto add = [&](std::string uri) {
    if (!uri.empty() && std::ranges::count(uris, uri) == 0) uris.push_back(std::move(uri));
  };
  for (const Json& entry : *list) {
    if (!entry.is_object()) return InvalidField("login.uris", "must hold objects");
    HF_ASSIGN_OR_RETURN(std::string uri, Text(entry, "uri", "login.uris.uri"));
    add(std::move(uri));
  }
  HF_ASSIGN_OR_RETURN(std::string uri, Text(login, "uri", "login.uri"));
  add(std::move(uri));
  return uris;
}

absl::Status MapLogin(const Json& json, ImportSeeds& seeds, ImportEntry& entry) {
  const Json& login = At(json, "login");
  if (!login.is_object()) return InvalidField("login", "is required");
  HF_ASSIGN_OR_RETURN(const std::string username, Text(login, "username", "login.username"));
  entry.item.username = Fitted(entry, "login.username", "Username", username, kMaxHandle);
  HF_ASSIGN_OR_RETURN(std::string totp, Text(login, "totp", "login.totp"));
  seeds.TakeTotp(std::move(totp));
  HF_RETURN_IF_ERROR(MapPassword(json, seeds, entry));
  HF_ASSIGN_OR_RETURN(const std::vector<std::string> uris, Uris(login));
  for (const std::string& uri : uris) {
    if (&uri != &uris.front()) {
      AddDetail(entry, "URL", uri);
      continue;
    }
    entry.item.url = FittedUrl(entry, uri);
    entry.item.platform = PlatformOf(uri);
  }
  HF_ASSIGN_OR_RETURN(const Json* passkeys, List(login, "fido2Credentials", "login.fido2Credentials"));
  if (!passkeys->empty()) entry.left_out.push_back("has passkeys, which cannot be moved: left out");
  return absl::OkStatus();
}

absl::Status MapText(ImportEntry& entry, ImportSeeds& seeds, std::string_view field, std::string_view id,
                     std::string text) {
  text = seeds.TakeFromText(field, std::move(text));
  if (text.empty()) return absl::OkStatus();
  std::vector<ImportValue> values(1);
  values[0].value = Plaintext::TakeFrom(text);
  AddSecret(entry, id, "note", std::move(values));
  return absl::OkStatus();
}

std::string LinkedText(const Json& field) {
  const Json& linked = At(field, "linkedId");
  if (linked == 100) return "linked to the username";
  return linked == 101 ? "linked to the password" : "linked";
}

struct Field {
  int number = 0;  // from 1
  std::string name;
  std::string id;  // of the secret that it may become
};

absl::Status MapField(const Json& json, const Field& field, ImportSeeds& seeds, ImportEntry& entry) {
  const Json& type = At(json, "type");
  const std::string label = field.name.empty() ? fmt::format("Field {}", field.number) : field.name;
  HF_ASSIGN_OR_RETURN(std::string value, Text(json, "value", "fields.value"));
  if (type == kLinkedField || type == kBooleanField) {
    AddDetail(entry, label, type == kLinkedField ? LinkedText(json) : value.empty() ? "false" : value);
    return absl::OkStatus();
  }
  const std::string said = fmt::format("field \"{}\"", Shortened(OnOneLine(label), 60));
  if (seeds.Take(said, field.name, field.id, value)) {
    Wipe(value);
    return absl::OkStatus();
  }
  if (!value.empty() && Slug(field.name).size() <= 4 && crypto::NamesSeed(field.name))
    entry.changed.push_back(
        fmt::format("{} makes no codes: it comes in as secret {}, a note", said, field.id));
  return MapText(entry, seeds, said, field.id, std::move(value));
}

absl::Status MapFields(const Json& json, ImportSeeds& seeds, ImportEntry& entry) {
  HF_ASSIGN_OR_RETURN(const Json* list, List(json, "fields", "fields"));
  UniqueIds ids;
  Field field;
  for (const Json& item : *list) {
    ++field.number;
    if (!item.is_object()) return InvalidField("fields", "must hold objects");
    HF_ASSIGN_OR_RETURN(field.name, Text(item, "name", "fields.name"));
    const std::string slug = Slug(field.name);
    field.id = ids.Take("field-" + (slug.empty() ? fmt::format("{}", field.number) : slug));
    HF_RETURN_IF_ERROR(MapField(item, field, seeds, entry));
  }
  return absl::OkStatus();
}

absl::Status CheckSize(const ImportItem& item) {
  std::size_t total = 0;
  for (const ImportSecret& secret : item.secrets)
    for (const ImportValue& value : secret.values) total += value.value.size();
  return total <= kMaxItem ? absl::OkStatus() : InvalidField("item", "holds more than 896 KiB");
}

}  // namespace

absl::Status ReadBitwardenItem(const Json& json, int type, ImportEntry& entry) {
  entry.item.platform = kUnknownPlatform;
  ImportSeeds seeds(entry);
  if (type == kBitwardenLogin) HF_RETURN_IF_ERROR(MapLogin(json, seeds, entry));
  HF_ASSIGN_OR_RETURN(std::string notes, Text(json, "notes", "notes"));
  HF_RETURN_IF_ERROR(MapText(entry, seeds, "notes", "note", std::move(notes)));
  HF_RETURN_IF_ERROR(MapFields(json, seeds, entry));
  if (At(json, "attachments").is_array() && !At(json, "attachments").empty())
    entry.left_out.push_back("has attachments, which the export does not hold");
  return CheckSize(entry.item);
}

}  // namespace holdfast::client
