// One prepared statement, borrowed from its connection's cache: reset, cleared and given back on
// destruction. Errors are sticky: after the first one Step() returns false and status() says why, so a
// loop `while (s.Step())` needs one check behind it. Not thread safe; must not outlive its connection.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "vault/base/bytes.h"
#include "vault/base/status.h"
#include "vault/storage/state.h"

struct sqlite3_stmt;

namespace holdfast::storage {

class Connection;

template <typename T>
concept EnumType = std::is_enum_v<T>;

class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // True when there is a row. False at the end, and on an error.
  bool Step();
  const absl::Status& status() const { return status_; }

  // Columns of the current row, from 0. REQUIRES: the last Step() returned true.
  std::int64_t Int(int column) const;
  bool Bool(int column) const { return Int(column) != 0; }
  std::string Text(int column) const;
  Bytes Blob(int column) const;
  bool IsNull(int column) const;
  std::optional<std::int64_t> OptInt(int column) const;
  std::optional<Bytes> OptBlob(int column) const;
  template <EnumType Enum>
  Enum As(int column) const {
    return static_cast<Enum>(Int(column));
  }

  // Parameters, from 1. Values are copied. Connection::Query calls these.
  void Bind(int index, std::nullptr_t);
  void Bind(int index, std::string_view text);
  void Bind(int index, ByteView blob);
  void BindInt(int index, std::int64_t value);
  template <std::integral T>
  void Bind(int index, T value) {
    BindInt(index, static_cast<std::int64_t>(value));
  }
  template <EnumType Enum>
  void Bind(int index, Enum value) {
    BindInt(index, static_cast<std::int64_t>(value));
  }
  template <typename T>
  void Bind(int index, const std::optional<T>& value) {
    if (value.has_value()) {
      Bind(index, *value);
    } else {
      Bind(index, nullptr);
    }
  }

 private:
  friend class Connection;
  Statement(Connection* connection, sqlite3_stmt* handle, absl::Status status);
  void Check(int code);
  void CheckBindCount(int given);

  Connection* connection_;
  sqlite3_stmt* handle_;  // null when preparing failed
  absl::Status status_;
  std::optional<StateSum> sum_before_;  // set by the first Step()
};

}  // namespace holdfast::storage
