// Policies for tests: the shipped one with something changed.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "vault/crypto/init.h"
#include "vault/custody/policies.h"
#include "vault/custody/tx.h"

namespace holdfast::custody {

// `from` must stand in it once.
inline std::string ShippedWith(const std::string& from, const std::string& to) {
  std::string text(ShippedPolicy());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  EXPECT_EQ(text.find(from, at + 1), text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

// Puts it in force without asking anybody.
inline absl::Status PutInForce(WriteTx& tx, const std::string& source) {
  storage::PolicyStore policies(tx.db());
  storage::PolicyRow row{.sha256 = ToBytes(crypto::Sha256(AsBytes(source))),
                         .source = source,
                         .staged_at = tx.now(),
                         .activated_at = tx.now()};
  HF_RETURN_IF_ERROR(policies.Insert(row));
  return policies.SetActive(row.id);
}

}  // namespace holdfast::custody
