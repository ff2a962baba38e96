// The running digest of the rows that decide who may do what, and who still knows what.
// Every row counts as a keyed 256-bit hash, added lane by lane; triggers keep the sum, so no write can
// bypass it. The sum itself must never be written anywhere: sums of hashes can be solved for.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/status.h"

struct sqlite3;

namespace holdfast::storage {

struct StateSum {
  std::array<std::uint64_t, 4> lanes{};  // the hash's bytes as little-endian u64; addition wraps

  bool operator==(const StateSum&) const = default;
};

// The keyed hash of one encoded row:
//   u32 length, table name; then for each column in table order one of
//   'n' | 'i' u64 (two's complement) | 't' u32 length, bytes | 'b' u32 length, bytes     (big-endian)
using RowHash = std::function<std::array<std::uint8_t, 32>(ByteView encoded_row)>;

struct StateDigest {
  StateSum sum{};
  RowHash row_hash{};
};

// Every table but the log's own, which have the Merkle tree, the elapsed time, which moves without an event
// and is never less than the log's last entry says, and the note in a backup, which is empty in a vault.
inline constexpr std::array<std::string_view, 32> kStateTables = {
    "vault_setting", "wrapped_key",  "certificate",      "request",       "holder",      "enrollment",
    "device_key",    "account",      "former_name",      "access_grant",  "secret",      "secret_version",
    "exposure",      "handover",     "handover_account", "handover_task", "policy",      "approval",
    "approval_vote", "approval_use", "break_glass",      "version_hash",  "attestation", "value_refusal",
    "device_certificate", "vault_restore", "restore_confirmation", "handover_freeze",
    "handover_choice", "handover_plan", "import_item", "account_link"};

// Defines the SQL function hf_state(sign, table, column...) on `db`. `digest` must outlive `db`. Without a
// row_hash the function fails, and with it every write to these tables.
absl::Status DefineStateFunction(sqlite3* db, StateDigest* digest);

// "hf_state(1, 'holder', NEW.id, NEW.name, ...)"; `row` is "NEW.", "OLD." or "".
std::string StateCall(int sign, std::string_view table, std::string_view row,
                      const std::vector<std::string>& columns);

}  // namespace holdfast::storage
