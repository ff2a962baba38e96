#include "client/print.h"

#include <unistd.h>

#include "client/resource_columns.h"
#include "client/terminal.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "vault/base/files.h"

namespace holdfast::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The repeated field of a list response; nullptr when the message is a resource itself.
const FieldDescriptor* ListFieldOf(const Message& message) {
  const auto* type = message.GetDescriptor();
  return type->FindFieldByName("next_page_token") == nullptr ? nullptr : type->field(0);
}

// Times in tables have no zone of their own.
std::string HeaderOf(const Column& column, const google::protobuf::Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName(column.field);
  const bool time = field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                    field->message_type()->full_name() == "google.protobuf.Timestamp";
  return time ? column.header + " (UTC)" : column.header;
}

std::string TableOf(const Message& message, const FieldDescriptor* list) {
  const Columns* columns = ColumnsOf(*list->message_type());
  std::vector<std::vector<std::string>> rows(1);
  if (columns == nullptr) return "";
  for (const Column& column : *columns) rows[0].push_back(HeaderOf(column, *list->message_type()));
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, list); ++i) {
    const Message& item = reflection->GetRepeatedMessage(message, list, i);
    auto& row = rows.emplace_back();
    for (const Column& column : *columns) row.push_back(CellText(item, column));
  }
  return FormatTable(rows, TerminalWidth());
}

std::string Heading(const std::string& field) {
  std::string heading = field;
  for (char& c : heading) c = c == '_' ? ' ' : c;
  return heading;
}

// Scalars, times and names first, what is nested below.
std::string DetailsOfMessage(const Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  std::vector<std::pair<std::string, std::string>> fields;
  std::string nested;
  for (const auto* field : set) {
    if (IsCell(*field)) {
      fields.emplace_back(Heading(field->name()),
                          CellText(message, Column{"", field->name(), CellKind::kText}));
    } else if (field->is_repeated()) {
      nested += fmt::format("\n{}:\n{}", Heading(field->name()), TableOf(message, field));
    } else {
      nested += fmt::format("\n{}:\n{}", Heading(field->name()),
                            DetailsOfMessage(reflection->GetMessage(message, field)));
    }
  }
  return FormatFields(fields) + nested;
}

absl::StatusOr<std::string> JsonLines(const Message& message) {
  const FieldDescriptor* list = ListFieldOf(message);
  std::string lines;
  if (list == nullptr) {
    HF_ASSIGN_OR_RETURN(lines, ToJson(message));
    return lines + "\n";
  }
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, list); ++i) {
    HF_ASSIGN_OR_RETURN(const std::string line, ToJson(reflection->GetRepeatedMessage(message, list, i)));
    lines += line + "\n";
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::string> ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok())
    return MakeError(absl::StatusCode::kInternal, "NOT_PRINTABLE", "the answer cannot be written as JSON");
  return json;
}

std::string ToTable(const Message& message) {
  const FieldDescriptor* list = ListFieldOf(message);
  return list == nullptr ? DetailsOfMessage(message) : TableOf(message, list);
}

absl::Status Print(const Globals& globals, const Message& message) {
  switch (globals.format()) {
    case OutputFormat::kTable:
      return WriteOut(ToTable(message));
    case OutputFormat::kJson: {
      HF_ASSIGN_OR_RETURN(const std::string json, ToJson(message));
      return WriteOut(json + "\n");
    }
    case OutputFormat::kJsonLines: {
      HF_ASSIGN_OR_RETURN(const std::string lines, JsonLines(message));
      return WriteOut(lines);
    }
  }
  return absl::OkStatus();
}

absl::Status WriteOut(std::string_view text) {
  if (WriteAll(STDOUT_FILENO, AsBytes(text))) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInternal, "OUTPUT_FAILED", "standard output cannot be written to");
}

void Note(const Globals& globals, std::string_view text) {
  if (!globals.quiet) fmt::print(stderr, "{}\n", Printable(text));
}

}  // namespace holdfast::client
