#include "vault/storage/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "vault/storage/rows.h"
#include "vault/storage/schema.h"

namespace holdfast::storage {
namespace {

absl::Status Damaged(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", message);
}

// Tables, indexes and triggers, as their SQL; implicit indexes have none and are known by their names.
absl::StatusOr<std::vector<std::string>> SchemaOf(Connection& connection) {
  return ReadAll(
      connection.Query("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')"
                       " FROM sqlite_schema ORDER BY 1"),
      +[](const Statement& row) { return row.Text(0); });
}

// An older schema page could leave out a trigger, and with it all that the trigger counts.
absl::Status CheckSchema(Connection& connection) {
  HF_ASSIGN_OR_RETURN(const auto model, Connection::OpenInMemory());
  HF_RETURN_IF_ERROR(CreateSchema(*model));
  HF_ASSIGN_OR_RETURN(const auto expected, SchemaOf(*model));
  HF_ASSIGN_OR_RETURN(const auto found, SchemaOf(connection));
  if (found == expected) return absl::OkStatus();
  return Damaged("the database's schema is not the one that this program makes");
}

// integrity_check says one of these of an index that shows other rows than its table.
bool IsAboutAnIndex(std::string_view problem) {
  for (const std::string_view words :
       {"missing from index", "wrong # of entries in index", "non-unique entry in index", "values differ from index",
        "not at end-of-record"}) {
    if (problem.find(words) != problem.npos) return true;
  }
  return false;
}

struct PartialIndex {
  std::string name;
  std::string table;
  std::string condition;
};

absl::StatusOr<std::vector<PartialIndex>> PartialIndexes(Connection& connection) {
  return ReadAll(
      connection.Query("SELECT name, tbl_name, substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_schema"
                       " WHERE type = 'index' AND instr(sql, ' WHERE ') > 0 ORDER BY name"),
      +[](const Statement& row) {
        return PartialIndex{.name = row.Text(0), .table = row.Text(1), .condition = row.Text(2)};
      });
}

// integrity_check finds each row of the table that is missing in an index, but does not count the entries of a
// partial one: an old page of it can show a grant as live that has ended.
absl::StatusOr<bool> PartialIndexesAgree(Connection& connection) {
  HF_ASSIGN_OR_RETURN(const auto indexes, PartialIndexes(connection));
  for (const PartialIndex& index : indexes) {
    HF_ASSIGN_OR_RETURN(const std::int64_t entries,
                        ReadInt(connection.Query(fmt::format("SELECT count(*) FROM {} INDEXED BY {} WHERE {}",
                                                             index.table, index.name, index.condition))));
    HF_ASSIGN_OR_RETURN(const std::int64_t rows,
                        ReadInt(connection.Query(fmt::format("SELECT count(*) FROM {} NOT INDEXED WHERE {}",
                                                             index.table, index.condition))));
    if (entries != rows) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<StructureCheck> CheckStructure(Connection& writer) {
  HF_RETURN_IF_ERROR(CheckSchema(writer));
  HF_ASSIGN_OR_RETURN(
      const auto problems,
      ReadAll(writer.Query("PRAGMA integrity_check(100)"), +[](const Statement& row) { return row.Text(0); }));
  if (problems == std::vector<std::string>{"ok"}) {
    HF_ASSIGN_OR_RETURN(const bool agree, PartialIndexesAgree(writer));
    return StructureCheck{.indexes_agree = agree};
  }
  // Trees are looked at before rows, so that a page out of place comes first.
  if (!std::ranges::all_of(problems, IsAboutAnIndex))
    return Damaged("its pages do not belong together: some are older than others, or the disk is failing");
  return StructureCheck{.indexes_agree = false};
}

absl::Status RebuildIndexes(Connection& writer) {
  HF_RETURN_IF_ERROR(writer.Exec("REINDEX"));
  HF_ASSIGN_OR_RETURN(const StructureCheck check, CheckStructure(writer));
  return check.indexes_agree ? absl::OkStatus() : Damaged("its indexes cannot be made anew");
}

}  // namespace holdfast::storage
