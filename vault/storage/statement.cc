#include "vault/storage/statement.h"

#include <sqlcipher/sqlite3.h>

#include <utility>

#include "vault/storage/connection.h"
#include "vault/storage/errors.h"

namespace holdfast::storage {
namespace {

// SQLCipher reports a page whose MAC is wrong as a plain SQLITE_ERROR. Nothing else raises it here once a
// statement is prepared: transaction control is checked beforehand.
int RunCode(int code) { return code == SQLITE_ERROR ? SQLITE_CORRUPT : code; }

}  // namespace

Statement::Statement(Connection* connection, sqlite3_stmt* handle, absl::Status status)
    : connection_(connection), handle_(handle), status_(std::move(status)) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      handle_(std::exchange(other.handle_, nullptr)),
      status_(std::move(other.status_)),
      sum_before_(other.sum_before_) {}

Statement::~Statement() {
  if (handle_ != nullptr) connection_->GiveBack(handle_);
}

bool Statement::Step() {
  if (!status_.ok()) return false;
  if (!sum_before_.has_value()) sum_before_ = connection_->state_sum();
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // The library undoes a failed statement, rows that its triggers had already counted included.
  if (sqlite3_stmt_readonly(handle_) == 0) connection_->set_state_sum(*sum_before_);
  status_ = DatabaseError(RunCode(code));
  return false;
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

Bytes Statement::Blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return data == nullptr ? Bytes() : Bytes(data, data + size);
}

bool Statement::IsNull(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::optional<std::int64_t> Statement::OptInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::optional<Bytes> Statement::OptBlob(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Blob(column);
}

void Statement::Bind(int index, std::nullptr_t) {
  if (status_.ok()) Check(sqlite3_bind_null(handle_, index));
}

void Statement::BindInt(int index, std::int64_t value) {
  if (status_.ok()) Check(sqlite3_bind_int64(handle_, index, value));
}

// A null pointer would bind NULL: empty values keep their type.
void Statement::Bind(int index, std::string_view text) {
  if (!status_.ok()) return;
  const char* data = text.empty() ? "" : text.data();
  Check(sqlite3_bind_text64(handle_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::Bind(int index, ByteView blob) {
  if (!status_.ok()) return;
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  Check(sqlite3_bind_blob64(handle_, index, data, blob.size(), SQLITE_TRANSIENT));
}

void Statement::Check(int code) {
  if (code != SQLITE_OK) status_ = DatabaseError(code);
}

void Statement::CheckBindCount(int given) {
  if (status_.ok() && sqlite3_bind_parameter_count(handle_) != given) status_ = DatabaseError(SQLITE_MISUSE);
}

}  // namespace holdfast::storage
