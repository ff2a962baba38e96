#include "vault/storage/import_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {

absl::Status ImportStore::Add(const ImportedItem& item, Micros now) {
  HF_RETURN_IF_ERROR(connection_.Exec("DELETE FROM import_item WHERE id IN"
                                      " (SELECT id FROM import_item WHERE seen_at < ?1 LIMIT 100)",
                                      now - kDay));
  return connection_.Exec(
      "INSERT INTO import_item (holder_id, run, request_id, source, source_id, looks, account_id, seen_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      item.holder_id, item.run, item.request_id, item.source, item.source_id, item.looks, item.account_id, now);
}

absl::StatusOr<std::vector<ImportedItem>> ImportStore::Like(const ImportedItem& item) {
  std::vector<ImportedItem> items;
  Statement rows = connection_.Query(
      "SELECT holder_id, run, request_id, source, source_id, looks, account_id FROM import_item"
      " WHERE holder_id = ?1 AND run = ?2 AND (looks = ?3 OR (source_id = ?4 AND source_id <> '' AND source = ?5)) ORDER BY id",
      item.holder_id, item.run, item.looks, item.source_id, item.source);
  while (rows.Step()) {
    items.push_back({.holder_id = rows.Int(0),
                     .run = rows.Text(1),
                     .request_id = rows.Text(2),
                     .source = rows.Text(3),
                     .source_id = rows.Text(4),
                     .looks = rows.Blob(5),
                     .account_id = rows.OptInt(6)});
  }
  HF_RETURN_IF_ERROR(rows.status());
  return items;
}

}  // namespace holdfast::storage
