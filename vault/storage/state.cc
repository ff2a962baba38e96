#include "vault/storage/state.h"

#include <fmt/format.h>
#include <sqlcipher/sqlite3.h>

#include "vault/storage/errors.h"

namespace holdfast::storage {
namespace {

ByteView BlobOf(sqlite3_value* value) {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void AppendColumn(Bytes& out, sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      out.push_back('i');
      AppendU64(out, static_cast<std::uint64_t>(sqlite3_value_int64(value)));
      return;
    case SQLITE_TEXT:
      out.push_back('t');
      AppendField(out, BlobOf(value));
      return;
    case SQLITE_BLOB:
      out.push_back('b');
      AppendField(out, BlobOf(value));
      return;
    default:  // NULL: STRICT tables hold no reals
      out.push_back('n');
  }
}

void AddHash(StateSum& sum, const std::array<std::uint8_t, 32>& hash, bool subtract) {
  for (std::size_t lane = 0; lane < sum.lanes.size(); ++lane) {
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8 | hash[lane * 8 + i];
    sum.lanes[lane] += subtract ? std::uint64_t{0} - value : value;
  }
}

// hf_state(sign, table, column...)
void StateFunction(sqlite3_context* context, int count, sqlite3_value** values) {
  auto* digest = static_cast<StateDigest*>(sqlite3_user_data(context));
  if (count < 2 || !digest->row_hash) {
    sqlite3_result_error_code(context, SQLITE_MISUSE);
    return;
  }
  Bytes row;
  AppendField(row, BlobOf(values[1]));
  for (int i = 2; i < count; ++i) AppendColumn(row, values[i]);
  AddHash(digest->sum, digest->row_hash(row), /*subtract=*/sqlite3_value_int64(values[0]) < 0);
  sqlite3_result_null(context);
}

}  // namespace

absl::Status DefineStateFunction(sqlite3* db, StateDigest* digest) {
  // INNOCUOUS, or triggers could not call it under trusted_schema=OFF. Not DETERMINISTIC: every call counts.
  const int code = sqlite3_create_function_v2(db, "hf_state", /*nArg=*/-1, SQLITE_UTF8 | SQLITE_INNOCUOUS,
                                              digest, &StateFunction, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : DatabaseError(code);
}

std::string StateCall(int sign, std::string_view table, std::string_view row,
                      const std::vector<std::string>& columns) {
  std::string call = fmt::format("hf_state({}, '{}'", sign, table);
  for (const std::string& column : columns) call += fmt::format(", {}{}", row, column);
  return call + ")";
}

}  // namespace holdfast::storage
