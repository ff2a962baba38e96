// What the tests of storage share: a directory of their own with one new database, and rows with sensible
// values.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "vault/base/secret_bytes.h"
#include "vault/storage/account_store.h"
#include "vault/storage/connection.h"
#include "vault/storage/holder_store.h"
#include "vault/storage/knowledge_store.h"
#include "vault/storage/secret_store.h"

namespace holdfast::storage {

inline SecretBytes TestKey(std::uint8_t fill = 7) { return SecretBytes::CopyOf(Bytes(32, fill)); }

// Any function that spreads well will do here: FNV-1a, once a byte.
inline std::array<std::uint8_t, 32> TestRowHash(ByteView row) {
  std::array<std::uint8_t, 32> hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    std::uint64_t state = 14695981039346656037u + i;
    for (const std::uint8_t byte : row) state = (state ^ byte) * 1099511628211u;
    hash[i] = static_cast<std::uint8_t>(state * 0x9e3779b97f4a7c15u >> 56);
  }
  return hash;
}

inline Bytes Pseudonym(std::int64_t n) {
  Bytes out(8, 0xaa);
  AppendU64(out, static_cast<std::uint64_t>(n));
  return out;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(content.data(), std::ssize(content));
}

class StorageTest : public ::testing::Test {
 protected:
  StorageTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-storage-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    auto opened = Connection::OpenWriter(path(), TestKey(), Create::kMustNotExist, &TestRowHash);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) writer_ = *std::move(opened);
  }
  ~StorageTest() override {
    writer_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string path() const { return directory_ + "/vault.db"; }
  Connection& db() { return *writer_; }
  void Close() { writer_.reset(); }
  void Reopen() {
    auto opened = Connection::OpenWriter(path(), TestKey(), Create::kMustExist, &TestRowHash);
    ASSERT_TRUE(opened.ok()) << opened.status();
    writer_ = *std::move(opened);
    const auto sum = writer_->RecomputeStateSum();
    ASSERT_TRUE(sum.ok()) << sum.status();
    writer_->set_state_sum(*sum);
  }

  std::unique_ptr<Connection> Reader() {
    auto reader = Connection::OpenReader(path(), TestKey());
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  Holder AddHolder(const std::string& name, const std::string& person) {
    Holder holder{.name = name,
                  .pseudonym = Pseudonym(++serial_),
                  .person = person,
                  .display_name = name,
                  .roles = static_cast<std::int64_t>(Role::kMember),
                  .created_at = 1,
                  .updated_at = 1};
    EXPECT_TRUE(HolderStore(db()).Insert(holder).ok());
    return holder;
  }
  Account AddAccount(const std::string& name) {
    Account account{.name = name, .pseudonym = Pseudonym(++serial_), .platform = "x", .tier = 2};
    EXPECT_TRUE(AccountStore(db()).Insert(account).ok());
    return account;
  }
  Secret AddSecret(std::int64_t account_id, const std::string& name) {
    Secret secret{
        .account_id = account_id, .name = name, .pseudonym = Pseudonym(++serial_), .kind = "password"};
    EXPECT_TRUE(SecretStore(db()).Insert(secret).ok());
    return secret;
  }
  // Versions with the same `value` have a hash in common; 0: a value of its own. The newest is in force.
  SecretVersion AddVersion(std::int64_t secret_id, std::int64_t number, std::int64_t by, int value = 0) {
    SecretVersion version{.secret_id = secret_id,
                          .version = number,
                          .epoch = 1,
                          .sealed = Bytes(24, 0x5e),
                          .created_by = by,
                          .created_at = number,
                          .in_use_since = number};
    EXPECT_TRUE(SecretStore(db()).InsertVersion(version).ok());
    Bytes hash{static_cast<std::uint8_t>(value)};
    if (value == 0) {
      AppendU64(hash, static_cast<std::uint64_t>(secret_id));
      AppendU64(hash, static_cast<std::uint64_t>(number));
    }
    EXPECT_TRUE(KnowledgeStore(db()).AddHash(secret_id, number, hash).ok());
    Secret secret = **SecretStore(db()).ById(secret_id);
    secret.current_version = std::max(secret.current_version, number);
    EXPECT_TRUE(SecretStore(db()).Update(secret).ok());
    return version;
  }
  void Attest(std::int64_t secret_id, std::int64_t number, std::int64_t by) {
    Attestation attestation{
        .secret_id = secret_id, .version = number, .holder_id = by, .attested_at = 100, .evidence = "seen"};
    ASSERT_TRUE(KnowledgeStore(db()).Attest(attestation).ok());
  }

 private:
  std::string directory_;
  std::unique_ptr<Connection> writer_;
  std::int64_t serial_ = 0;
};

}  // namespace holdfast::storage
