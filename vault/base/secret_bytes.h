// Memory for secrets. Neither class can be copied, printed, formatted or compared with ==.
// Not thread safe: a value has one owner; const access may be shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vault/base/bytes.h"

namespace holdfast {

// A long-lived key: guard pages, locked, zeroed on destruction (sodium_malloc: about 90 us; keep few).
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zero-filled; aborts when memory cannot be had
  static SecretBytes CopyOf(ByteView bytes);
  static SecretBytes Random(std::size_t size);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The only ways to the bytes; grep for them.
  ByteView ExposeSecret() const { return {data_, size_}; }
  std::span<std::uint8_t> ExposeSecretMutable() { return {data_, size_}; }
  SecretBytes Clone() const { return CopyOf(ExposeSecret()); }
  bool EqualsConstantTime(const SecretBytes& other) const;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// A secret value in flight (a password between decryption and sealing): heap memory, zeroed on
// destruction and on move, not locked. Use SecretBytes for keys.
class Plaintext {
 public:
  Plaintext() = default;
  explicit Plaintext(std::size_t size) : bytes_(size) {}
  static Plaintext CopyOf(ByteView bytes);
  // Takes the bytes and wipes the string it came in.
  static Plaintext TakeFrom(std::string& text);
  Plaintext(Plaintext&& other) noexcept;
  Plaintext& operator=(Plaintext&& other) noexcept;
  Plaintext(const Plaintext&) = delete;
  Plaintext& operator=(const Plaintext&) = delete;
  ~Plaintext();

  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  ByteView ExposeSecret() const { return bytes_; }
  std::span<std::uint8_t> ExposeSecretMutable() { return bytes_; }
  void Resize(std::size_t smaller_or_equal);  // REQUIRES: not larger than size(); wipes what is cut off
  bool EqualsConstantTime(const Plaintext& other) const;

 private:
  std::vector<std::uint8_t> bytes_;
};

// Overwrites the content, a string's spare capacity included, and empties it.
void Wipe(std::string& text);
void Wipe(Bytes& bytes);

}  // namespace holdfast
