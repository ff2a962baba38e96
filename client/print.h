// Prints answers on standard output: tables for people, proto JSON for programs. What a table shows of each
// kind of resource is one table of columns here, not code in each command.
#pragma once

#include <string>
#include <string_view>

#include "client/options.h"
#include "google/protobuf/message.h"
#include "vault/base/status.h"

namespace holdfast::client {

// A list response (one repeated field of resources) or a single resource:
//   table: rows, or the fields that are set, with what is nested in tables below;
//   json: the message on one line; jsonl: for a list each resource on a line.
absl::Status Print(const Globals& globals, const google::protobuf::Message& message);

// Proto JSON on one line, fields with default values included.
absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message);

// Writes all of it, unbuffered; an output that is closed or full is an error.
absl::Status WriteOut(std::string_view text);

// Guidance for people, on standard error; nothing with --quiet.
void Note(const Globals& globals, std::string_view text);

// The table form of Print().
std::string ToTable(const google::protobuf::Message& message);

}  // namespace holdfast::client
