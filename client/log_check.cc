#include "client/log_check.h"

#include <algorithm>
#include <utility>

#include "client/witness.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/crypto/init.h"
#include "vault/evidence/restore.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kSaltSize = 32;
constexpr char kRestoreType[] = "vault.restore";

absl::Status BadEntry(std::int64_t index, std::string_view what) {
  return VerificationFailed(fmt::format("entry {} {}", index, what));
}

std::string Dump(const OrderedJson& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace);
}

const std::string* StringIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

bool IsObject(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object();
}

// An erased text is absent beside the leaf; a text without commitment was added by somebody.
absl::Status CheckTexts(const LogEntry& entry, const Json& commitments) {
  for (const auto& [field, text] : entry.texts) {
    const std::string* committed = StringIn(commitments, field.c_str());
    if (committed == nullptr)
      return BadEntry(entry.index, fmt::format("has no commitment to its text \"{}\"", field));
    if (text.salt.size() != kSaltSize ||
        HexEncode(crypto::Sha256({text.salt, AsBytes(text.text)})) != *committed)
      return BadEntry(entry.index, fmt::format("was given another text \"{}\" than was recorded", field));
  }
  return absl::OkStatus();
}

// Of a leaf; the rest of it is what was recorded, whatever it says.
struct CheckedLeaf {
  Micros time = 0;
  std::int64_t absent_texts = 0;
};
absl::StatusOr<CheckedLeaf> CheckLeaf(const LogEntry& entry) {
  const Json leaf = Json::parse(entry.leaf, nullptr, /*allow_exceptions=*/false);
  if (!leaf.is_object() || !IsObject(leaf, "texts"))
    return BadEntry(entry.index, "is not a leaf of this log");
  if (leaf.value("index", Json()) != entry.index) return BadEntry(entry.index, "says that it is another one");
  const std::string* time = StringIn(leaf, "time");
  const auto micros = time == nullptr ? std::nullopt : ParseTime(*time);
  if (!micros.has_value()) return BadEntry(entry.index, "has no time");
  HF_RETURN_IF_ERROR(CheckTexts(entry, leaf["texts"]));
  return CheckedLeaf{.time = *micros, .absent_texts = std::ssize(leaf["texts"]) - std::ssize(entry.texts)};
}

std::string TypeOf(std::string_view leaf) {
  const Json json = Json::parse(leaf, nullptr, /*allow_exceptions=*/false);
  const std::string* type = json.is_object() ? StringIn(json, "type") : nullptr;
  return type == nullptr ? std::string() : *type;
}

}  // namespace

std::string FormatEntryLine(const LogEntry& entry) {
  OrderedJson texts = OrderedJson::object();
  for (const auto& [field, text] : entry.texts)
    texts[field] = OrderedJson({{"salt", HexEncode(text.salt)}, {"text", text.text}});
  return Dump({{"index", entry.index}, {"leaf", entry.leaf}, {"texts", texts}});
}

std::string FormatCheckpointLine(std::string_view note) {
  OrderedJson line = OrderedJson::object();
  line["checkpoint"] = note;
  return Dump(line);
}

absl::StatusOr<ExportLine> ParseExportLine(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  ExportLine parsed;
  if (!json.is_object()) return VerificationFailed("not a line of an export");
  if (const std::string* note = StringIn(json, "checkpoint"); note != nullptr) {
    parsed.checkpoint = *note;
    return parsed;
  }
  const std::string* leaf = StringIn(json, "leaf");
  const auto index = json.find("index");
  if (leaf == nullptr || index == json.end() || !index->is_number_integer() || !IsObject(json, "texts"))
    return VerificationFailed("not a line of an export");
  parsed.entry.index = index->get<std::int64_t>();
  parsed.entry.leaf = *leaf;
  for (const auto& [field, value] : json["texts"].items()) {
    const std::string* salt = value.is_object() ? StringIn(value, "salt") : nullptr;
    const std::string* text = value.is_object() ? StringIn(value, "text") : nullptr;
    const auto salt_bytes = salt == nullptr ? std::nullopt : HexDecode(*salt);
    if (!salt_bytes.has_value() || text == nullptr) return VerificationFailed("not a line of an export");
    parsed.entry.texts[field] = LogText{.salt = *salt_bytes, .text = *text};
  }
  return parsed;
}

LogCheck::LogCheck(evidence::NoteVerifier trusted, std::vector<evidence::Checkpoint> seen, bool may_be_older)
    : verifiers_({std::move(trusted)}), seen_(std::move(seen)), may_be_older_(may_be_older) {}

// Only a statement by the key that is trusted so far ends it; one about earlier keys is passed over.
absl::Status LogCheck::FollowRestore(const LogEntry& entry) {
  const auto text = entry.texts.find("statement");
  if (text == entry.texts.end() || TypeOf(entry.leaf) != kRestoreType) return absl::OkStatus();
  const auto statement = evidence::OpenRestore(text->second.text, verifiers_.back());
  if (!statement.ok()) return absl::OkStatus();
  if (statement->restored.size != edge_.size() || statement->restored.root != edge_.Root())
    return BadEntry(entry.index, "says that the log was restored to other entries than stand before it");
  Restored restored{.entry = entry.index};
  std::erase_if(seen_, [&](const evidence::Checkpoint& seen) {
    const bool gone = seen.origin == statement->ended.name && seen.size > entry.index;
    if (gone) restored.lost = std::max(restored.lost, seen.size - entry.index);
    return gone;
  });
  restores_.push_back(restored);
  verifiers_.push_back(statement->goes_on);
  return absl::OkStatus();
}

absl::Status LogCheck::CheckSeen() {
  for (const evidence::Checkpoint& checkpoint : seen_)
    if (checkpoint.size == edge_.size() && checkpoint.root != edge_.Root())
      return VerificationFailed(fmt::format(
          "the first {} entries are not those of the checkpoint seen before: entries were changed",
          checkpoint.size));
  return absl::OkStatus();
}

absl::Status LogCheck::Add(const LogEntry& entry) {
  if (entry.index != edge_.size())
    return VerificationFailed(fmt::format("entry {} stands where entry {} belongs: entries are missing",
                                          entry.index, edge_.size()));
  HF_ASSIGN_OR_RETURN(const CheckedLeaf leaf, CheckLeaf(entry));
  if (leaf.time < last_time_) return BadEntry(entry.index, "is older than the one before");
  last_time_ = leaf.time;
  absent_texts_ += leaf.absent_texts;
  HF_RETURN_IF_ERROR(FollowRestore(entry));
  edge_.Append(evidence::HashLeaf(AsBytes(entry.leaf)));
  return CheckSeen();
}

absl::Status LogCheck::Finish(const evidence::Checkpoint& last) {
  if (last.size != edge_.size())
    return VerificationFailed(
        fmt::format("there are {} entries, but the checkpoint is of {}", edge_.size(), last.size));
  if (last.root != edge_.Root())
    return VerificationFailed("the entries are not those that the checkpoint was signed for");
  for (const evidence::Checkpoint& checkpoint : seen_)
    if (checkpoint.size > edge_.size() && !may_be_older_)
      return VerificationFailed(
          fmt::format("there are {} entries, but {} were seen before: the log was rolled back", edge_.size(),
                      checkpoint.size));
  return absl::OkStatus();
}

}  // namespace holdfast::client
