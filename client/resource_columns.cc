#include "client/resource_columns.h"

#include <map>

#include "client/timestamp.h"
#include "fmt/format.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "holdfast/v1/audit_service.pb.h"
#include "holdfast/v1/secret_service.pb.h"
#include "vault/base/clock.h"

namespace holdfast::client {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Kind = CellKind;

const std::map<std::string, Columns>& AllColumns() {
  static const std::map<std::string, Columns> all = {
      {"Holder",
       {{"ID", "name", Kind::kName},
        {"DISPLAY NAME", "display_name"},
        {"KIND", "kind"},
        {"ROLES", "roles"},
        {"STATUS", "status"},
        {"CREATED", "create_time"}}},
      {"DeviceKey",
       {{"FINGERPRINT", "fingerprint"},
        {"STATE", "state"},
        {"ISSUER", "issuer", Kind::kName},
        {"CONFIRMER", "confirmer", Kind::kName},
        {"ENROLLED", "create_time"},
        {"EXPIRES", "expire_time"},
        {"STOPPED", "stop_time"}}},
      {"Account",
       {{"ID", "name", Kind::kName},
        {"PLATFORM", "platform"},
        {"HANDLE", "handle"},
        {"TIER", "tier"},
        {"OWNER", "owner", Kind::kName},
        {"BACKUPS", "backups", Kind::kName},
        {"REVIEWED", "review_time"},
        {"STATE", "state"}}},
      {"AccountLink", {{"LINK", "text"}, {"BY", "linker", Kind::kName}, {"SINCE", "link_time"}}},
      {"AccountDetail", {{"NAME", "name"}, {"VALUE", "value"}}},
      {"Secret",
       {{"SECRET", "name", Kind::kName},
        {"KIND", "kind"},
        {"VERSION", "current_version"},
        {"CREATED", "create_time"},
        {"CHANGED", "update_time"}}},
      {"SecretVersion",
       {{"VERSION", "version"},
        {"STATE", "state"},
        {"CREATOR", "creator", Kind::kName},
        {"CREATED", "create_time"},
        {"IN USE SINCE", "in_use_time"},
        {"ATTESTED DEAD BY", "attestations", Kind::kAttesters},
        {"DESTROYED", "destroy_time"}}},
      {"Attestation",
       {{"ATTESTED DEAD BY", "attester", Kind::kName}, {"TIME", "attest_time"}, {"EVIDENCE", "evidence"}}},
      {"Grant",
       {{"ACCOUNT", "account", Kind::kName},
        {"HOLDER", "holder", Kind::kName},
        {"RELATION", "relation"},
        {"GIVEN BY", "grantor", Kind::kName},
        {"SINCE", "create_time"},
        {"EXPIRES", "expire_time"},
        {"REASON", "reason"}}},
      {"Exposure",
       {{"HOLDER", "holder", Kind::kName},
        {"VERSION", "version", Kind::kName},
        {"KIND", "kind"},
        {"FIRST", "first_time"},
        {"LAST", "last_time"},
        {"TIMES", "times"},
        {"LIVE", "live"}}},
      {"ReachedAccount", {{"ACCOUNT", "account", Kind::kName}, {"LINKS", "links"}, {"HOW", "path"}}},
      {"Approval",
       {{"ID", "name", Kind::kName},
        {"STATE", "state"},
        {"REQUESTER", "requester", Kind::kName},
        {"ACTION", "action"},
        {"ACCOUNT", "account", Kind::kName},
        {"SECRET", "secret", Kind::kName},
        {"VERSION", "version", Kind::kNumber},
        {"FOR", "subject", Kind::kName},
        {"CASE", "handover", Kind::kName},
        {"DETAILS", "details"},
        {"WAITS FOR", "approvers"},
        {"REASON", "reason"},
        {"DECIDE UNTIL", "decide_time_limit"}}},
      {"ApprovalVote", {{"YES OF", "holder", Kind::kName}, {"TIME", "vote_time"}, {"REASON", "reason"}}},
      {"Finding",
       {{"SEVERITY", "severity"},
        {"RULE", "rule"},
        {"WHAT", "resource", Kind::kName},
        {"SINCE", "since_time"},
        {"MESSAGE", "message"}}},
      {"Handover",
       {{"CASE", "name", Kind::kName},
        {"LEAVER", "leaver", Kind::kName},
        {"STATE", "state"},
        {"APPROVAL", "approval_required"},
        {"STARTED BY", "starter", Kind::kName},
        {"STARTED", "start_time"},
        {"CUT", "cut_time"},
        {"CLOSED", "close_time"},
        {"CANCELLED", "cancel_time"}}},
      {"HandoverAccount",
       {{"ACCOUNT", "account", Kind::kName},
        {"LEAVER WAS", "relation"},
        {"SUCCESSOR", "successor", Kind::kName},
        {"CHOSEN AS", "choice"}}},
      {"HandoverTask",
       {{"TASK", "name", Kind::kName},
        {"SECRET", "secret", Kind::kName},
        {"STATE", "state"},
        {"OF", "assignee", Kind::kName},
        {"DUE", "due_time"},
        {"MAY STILL WORK", "unattested_versions"},
        {"NEW VALUE", "replaced"},
        {"TO DO", "todo"}}},
      {"Policy",
       {{"ID", "name", Kind::kName},
        {"STATE", "state"},
        {"SHA256", "sha256"},
        {"STAGED BY", "stager", Kind::kName},
        {"STAGED", "stage_time"},
        {"ACTIVATED BY", "activator", Kind::kName},
        {"ACTIVATED", "activate_time"}}},
      {"BreakGlass",
       {{"ID", "name", Kind::kName},
        {"STATE", "state"},
        {"REQUESTER", "requester", Kind::kName},
        {"SECRET", "secret", Kind::kName},
        {"REQUESTED", "request_time"},
        {"READY", "ready_time"},
        {"REASON", "reason"}}},
      {"BreakGlassTask", {{"TASK", "task"}, {"DONE", "done"}, {"TO DO", "todo"}}},
      {"Event",
       {{"INDEX", "index"},
        {"TIME", "time"},
        {"TYPE", "type"},
        {"OUTCOME", "outcome"},
        {"ACTOR", "actor", Kind::kName},
        {"ACCOUNT", "account", Kind::kAskedFor},
        {"SECRET", "secret", Kind::kName},
        {"SUBJECT", "subject", Kind::kName},
        {"CASE", "handover", Kind::kName},
        {"RULE", "rule"},
        {"REASON", "texts", Kind::kTexts}}},
  };
  return all;
}

// "accounts/x/secrets/y/versions/3" -> "x/y/3": every second part.
std::string Shorten(const std::string& name) {
  std::string ids;
  bool is_id = false;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    if (is_id) ids += (ids.empty() ? "" : "/") + name.substr(start, end - start);
    is_id = !is_id;
    start = end + 1;
  }
  return ids;
}

// "KEY_STATE_CONFIRMED" of KeyState -> "confirmed".
std::string EnumText(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix += '_';
    prefix += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  std::string text = value.name();
  if (text.compare(0, prefix.size() + 1, prefix + "_") == 0) text.erase(0, prefix.size() + 1);
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text == "unspecified" ? "" : text;
}

std::string TimeText(const Message& message) {
  const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
  std::string text = FormatTime(TimestampMicros(time)).substr(0, sizeof("2026-11-22T02:49") - 1);
  text[10] = ' ';
  return text;
}

// "4h", "3h 59m", "45s".
std::string DurationText(const Message& message) {
  const std::int64_t seconds = static_cast<const google::protobuf::Duration&>(message).seconds();
  const std::int64_t hours = seconds / 3600;
  const std::int64_t minutes = seconds / 60 % 60;
  if (hours == 0 && minutes == 0) return fmt::format("{}s", seconds);
  if (hours == 0) return fmt::format("{}m", minutes);
  return minutes == 0 ? fmt::format("{}h", hours) : fmt::format("{}h {}m", hours, minutes);
}

std::string PartText(const Message& message) {
  return message.GetDescriptor()->name() == "Duration" ? DurationText(message) : TimeText(message);
}

std::string EventText(const Message& message, std::string_view field) {
  for (const auto& text : static_cast<const v1::Event&>(message).texts())
    if (text.field() == field) return text.absent() ? "(absent)" : text.text();
  return "";
}

std::string AttestersText(const Message& message) {
  std::string names;
  for (const auto& one : static_cast<const v1::SecretVersion&>(message).attestations())
    names += (names.empty() ? "" : ", ") + Shorten(one.attester());
  return names;
}

std::string ScalarText(const Message& m, const FieldDescriptor& f) {
  const auto* r = m.GetReflection();
  switch (f.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return r->GetString(m, &f);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*r->GetEnum(m, &f));
    case FieldDescriptor::CPPTYPE_BOOL:
      return r->GetBool(m, &f) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format("{}", r->GetInt32(m, &f));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format("{}", r->GetInt64(m, &f));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return r->HasField(m, &f) ? PartText(r->GetMessage(m, &f)) : "";
    default:
      return "";  // no other type is in the API
  }
}

std::string ElementText(const Message& m, const FieldDescriptor& f, int i) {
  const auto* r = m.GetReflection();
  switch (f.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return r->GetRepeatedString(m, &f, i);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*r->GetRepeatedEnum(m, &f, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format("{}", r->GetRepeatedInt64(m, &f, i));
    default:
      return "";
  }
}

}  // namespace

const Columns* ColumnsOf(const google::protobuf::Descriptor& type) {
  const auto found = AllColumns().find(type.name());
  return found == AllColumns().end() ? nullptr : &found->second;
}

bool IsCell(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  const std::string& type = field.message_type()->full_name();
  return !field.is_repeated() && (type == "google.protobuf.Timestamp" || type == "google.protobuf.Duration");
}

std::string CellText(const Message& message, const Column& column) {
  if (column.kind == CellKind::kTexts) return EventText(message, "reason");
  if (column.kind == CellKind::kAttesters) return AttestersText(message);
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(column.field);
  if (field == nullptr) return "";
  const auto shortened = [&](const std::string& text) {
    if (column.kind == CellKind::kAskedFor)
      return Shorten(text.empty() ? EventText(message, "asked-for") : text);
    if (column.kind == CellKind::kNumber && text == "0") return std::string();
    return column.kind == CellKind::kName ? Shorten(text) : text;
  };
  if (!field->is_repeated()) return shortened(ScalarText(message, *field));
  std::string joined;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
    joined += (i == 0 ? "" : ", ") + shortened(ElementText(message, *field, i));
  return joined;
}

}  // namespace holdfast::client
