// Which columns a table has for each kind of resource, and how one field of a message reads in a cell.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace holdfast::client {

enum class CellKind {
  kText,       // as it is
  kName,       // a resource name, shortened to its ids: "accounts/x/secrets/y" -> "x/y"
  kTexts,      // the reason among an event's texts
  kNumber,     // empty when 0, which stands for none
  kAskedFor,   // a name; where the vault knows none, what an event says was asked for
  kAttesters,  // of the attestations of a version
};

struct Column {
  std::string header;
  std::string field;
  CellKind kind = CellKind::kText;
};
using Columns = std::vector<Column>;

// nullptr for messages that no table lists.
const Columns* ColumnsOf(const google::protobuf::Descriptor& type);

// True when the field fits in a cell: not a message, unless it is a time or a duration.
bool IsCell(const google::protobuf::FieldDescriptor& field);

// Times as "2026-11-22 02:49" (UTC), enums in lower case without prefix, lists joined by commas; "" when not
// set.
std::string CellText(const google::protobuf::Message& message, const Column& column);

}  // namespace holdfast::client
