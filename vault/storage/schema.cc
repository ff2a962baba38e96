#include "vault/storage/schema.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "vault/storage/tables.h"
#include "vault/storage/tables_of_decisions.h"

namespace holdfast::storage {
namespace {

// From the table itself, so that no column can be forgotten.
absl::StatusOr<std::vector<std::string>> ColumnsOf(Connection& connection, std::string_view table) {
  std::vector<std::string> columns;
  Statement statement = connection.Query(fmt::format("PRAGMA table_info({})", table));
  while (statement.Step()) columns.push_back(statement.Text(1));
  HF_RETURN_IF_ERROR(statement.status());
  return columns;
}

absl::Status CreateStateTriggers(Connection& connection, std::string_view table) {
  HF_ASSIGN_OR_RETURN(const std::vector<std::string> columns, ColumnsOf(connection, table));
  const std::string plus = StateCall(1, table, "NEW.", columns);
  const std::string minus = StateCall(-1, table, "OLD.", columns);
  HF_RETURN_IF_ERROR(connection.Exec(
      fmt::format("CREATE TRIGGER {0}_insert AFTER INSERT ON {0} BEGIN SELECT {1}; END", table, plus)));
  HF_RETURN_IF_ERROR(connection.Exec(fmt::format(
      "CREATE TRIGGER {0}_update AFTER UPDATE ON {0} BEGIN SELECT {1}, {2}; END", table, minus, plus)));
  return connection.Exec(
      fmt::format("CREATE TRIGGER {0}_delete AFTER DELETE ON {0} BEGIN SELECT {1}; END", table, minus));
}

absl::Status CreateAll(Connection& connection) {
  for (const std::string_view sql : kTables) HF_RETURN_IF_ERROR(connection.Exec(sql));
  for (const std::string_view sql : kTablesOfDecisions) HF_RETURN_IF_ERROR(connection.Exec(sql));
  for (const std::string_view table : kStateTables)
    HF_RETURN_IF_ERROR(CreateStateTriggers(connection, table));
  return connection.Exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
}

}  // namespace

absl::Status CreateSchema(Connection& connection) {
  HF_RETURN_IF_ERROR(connection.Begin());
  absl::Status status = CreateAll(connection);
  if (status.ok()) status = connection.Commit();
  if (!status.ok()) connection.Rollback().IgnoreError();  // the first error is the one to report
  return status;
}

absl::Status AddTableToState(Connection& connection, std::string_view table) {
  HF_ASSIGN_OR_RETURN(const std::vector<std::string> columns, ColumnsOf(connection, table));
  // NOT INDEXED: what is counted is what the table holds, whatever an index says of it.
  return connection.Exec(
      fmt::format("SELECT {} FROM {} NOT INDEXED", StateCall(1, table, "", columns), table));
}

}  // namespace holdfast::storage
