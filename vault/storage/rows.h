// Reading rows. Stores select with `*` and read by position, in the column order of tables.h; a later version
// of the schema may append columns only.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "vault/base/status.h"
#include "vault/storage/statement.h"

namespace holdfast::storage {

template <typename Row>
absl::StatusOr<std::optional<Row>> ReadOne(Statement statement, Row (*read)(const Statement&)) {
  std::optional<Row> row;
  if (statement.Step()) row = read(statement);
  HF_RETURN_IF_ERROR(statement.status());
  return row;
}

template <typename Row>
absl::StatusOr<std::vector<Row>> ReadAll(Statement statement, Row (*read)(const Statement&)) {
  std::vector<Row> rows;
  while (statement.Step()) rows.push_back(read(statement));
  HF_RETURN_IF_ERROR(statement.status());
  return rows;
}

// The single integer of a query that always has one row.
inline absl::StatusOr<std::int64_t> ReadInt(Statement statement) {
  std::int64_t value = 0;
  if (statement.Step()) value = statement.Int(0);
  HF_RETURN_IF_ERROR(statement.status());
  return value;
}

// The same for a query that asks whether there is any, by EXISTS or count.
inline absl::StatusOr<bool> ReadBool(Statement statement) {
  HF_ASSIGN_OR_RETURN(const std::int64_t value, ReadInt(std::move(statement)));
  return value != 0;
}

}  // namespace holdfast::storage
