#include "vault/custody/place.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "vault/base/files.h"
#include "vault/base/json.h"
#include "vault/crypto/mac.h"
#include "vault/custody/paths.h"

namespace holdfast::custody {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "holdfast-place-v1";
constexpr std::size_t kMaxSize = 4096;
constexpr char kMachineId[] = "/etc/machine-id";
constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

std::string ReadSmall(const std::string& path) { return ReadUpTo(path, kMaxSize).value_or(""); }

// Some containers have no machine id: then all of them count as one machine, and the rest has to tell.
std::string HashOf(const std::string& path) {
  return HexEncode(crypto::Sha256({AsBytes(kFormat), AsBytes(ReadSmall(path))}));
}

absl::StatusOr<struct stat> Stat(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) return info;
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_READ",
                   fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
}

// Of a directory, whether it has a database or not.
absl::StatusOr<Place> DirectoryOf(const std::string& data_dir) {
  HF_ASSIGN_OR_RETURN(const auto directory, Stat(data_dir));
  return Place{.machine = HashOf(kMachineId),
               .boot = HashOf(kBootId),
               .device = directory.st_dev,
               .directory = directory.st_ino,
               .database = 0};
}

crypto::Digest MacOf(const Place& place, const SecretBytes& key) {
  Bytes numbers;
  for (const std::uint64_t number : {place.device, place.directory, place.database}) AppendU64(numbers, number);
  return crypto::Mac(key, {AsBytes(kFormat), AsBytes(place.machine), AsBytes(place.boot), numbers});
}

struct Recorded {
  Place place;
  Bytes mac;
};

std::optional<Recorded> Parse(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("format", Json()) != kFormat) return std::nullopt;
  const auto number = [&](const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_number_unsigned() ? it->get<std::uint64_t>() : 0;
  };
  const auto mac = HexDecode(TextIn(json, "mac"));
  if (!mac.has_value()) return std::nullopt;
  return Recorded{.place = {.machine = TextIn(json, "machine"),
                            .boot = TextIn(json, "boot"),
                            .device = number("device"),
                            .directory = number("directory"),
                            .database = number("database")},
                  .mac = *mac};
}

}  // namespace

absl::StatusOr<Place> PlaceOf(const std::string& data_dir) {
  HF_ASSIGN_OR_RETURN(Place place, DirectoryOf(data_dir));
  HF_ASSIGN_OR_RETURN(const auto database, Stat(DatabasePath(data_dir)));
  place.database = database.st_ino;
  return place;
}

std::string Moved(const Place& recorded, const Place& now) {
  if (recorded.machine != now.machine) return "it was last served on another machine";
  if (recorded.directory != now.directory) return "it is another directory than the one that was last served";
  if (recorded.boot == now.boot && recorded.device != now.device)
    return "it lies on another file system than the directory that was last served";
  return "";
}

std::optional<Place> ReadPlace(const std::string& data_dir) {
  const auto recorded = Parse(ReadSmall(PlacePath(data_dir)));
  if (!recorded.has_value()) return std::nullopt;
  return recorded->place;
}

bool PlaceIsAuthentic(const std::string& data_dir, const SecretBytes& mac_key) {
  const auto recorded = Parse(ReadSmall(PlacePath(data_dir)));
  return recorded.has_value() && crypto::EqualConstantTime(recorded->mac, MacOf(recorded->place, mac_key));
}

absl::Status WritePlace(const std::string& data_dir, const Place& place, const SecretBytes& mac_key) {
  const Json json = {{"format", kFormat},         {"machine", place.machine},     {"boot", place.boot},
                     {"device", place.device},    {"directory", place.directory}, {"database", place.database},
                     {"mac", HexEncode(MacOf(place, mac_key))}};
  return ReplaceFile(PlacePath(data_dir), AsBytes(json.dump() + "\n"));
}

absl::Status RefuseCopy(const std::string& data_dir, std::string_view why) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "IS_A_COPY",
      fmt::format("{} looks like a copy of a vault: {}. If the vault itself was moved here and is served nowhere "
                  "else, run 'holdfastd serve --adopt --data-dir {}'; to go on from a copy, run 'holdfastd restore "
                  "--from {} --data-dir NEW'",
                  data_dir, why, data_dir, data_dir));
}

absl::Status CheckPlace(const std::string& data_dir) {
  const auto recorded = ReadPlace(data_dir);
  if (!recorded.has_value())
    return RefuseCopy(data_dir, PlacePath(data_dir) + ", which says where it was last served, is missing or damaged");
  HF_ASSIGN_OR_RETURN(const Place now, DirectoryOf(data_dir));
  const std::string why = Moved(*recorded, now);
  return why.empty() ? absl::OkStatus() : RefuseCopy(data_dir, why);
}

}  // namespace holdfast::custody
