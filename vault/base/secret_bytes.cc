#include "vault/base/secret_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "sodium.h"

namespace holdfast {
namespace {

// Going on without memory for a key, or with a generator that is not ready, is worse than stopping.
std::uint8_t* Allocate(std::size_t size) {
  if (size == 0) return nullptr;
  if (sodium_init() < 0) std::abort();
  void* data = sodium_malloc(size);
  if (data == nullptr) std::abort();
  sodium_memzero(data, size);
  return static_cast<std::uint8_t*>(data);
}

bool Equal(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : data_(Allocate(size)), size_(size) {}

SecretBytes SecretBytes::CopyOf(ByteView bytes) {
  SecretBytes copy(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.data_);
  return copy;
}

SecretBytes SecretBytes::Random(std::size_t size) {
  SecretBytes random(size);
  if (size != 0) randombytes_buf(random.data_, size);
  return random;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  sodium_free(data_);
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

SecretBytes::~SecretBytes() { sodium_free(data_); }  // zeroes first; accepts nullptr

bool SecretBytes::EqualsConstantTime(const SecretBytes& other) const {
  return Equal(ExposeSecret(), other.ExposeSecret());
}

Plaintext Plaintext::CopyOf(ByteView bytes) {
  Plaintext copy(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.bytes_.begin());
  return copy;
}

Plaintext Plaintext::TakeFrom(std::string& text) {
  Plaintext taken = CopyOf(AsBytes(text));
  Wipe(text);
  return taken;
}

// Moving a vector hands over its buffer: no copy of the bytes stays behind.
Plaintext::Plaintext(Plaintext&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Plaintext& Plaintext::operator=(Plaintext&& other) noexcept {
  if (this == &other) return *this;
  Wipe(bytes_);
  bytes_ = std::exchange(other.bytes_, {});
  return *this;
}

Plaintext::~Plaintext() { Wipe(bytes_); }

void Plaintext::Resize(std::size_t smaller_or_equal) {
  // Growing could move the bytes and leave the old ones behind unwiped.
  if (smaller_or_equal > bytes_.size()) std::abort();
  if (smaller_or_equal == bytes_.size()) return;
  sodium_memzero(bytes_.data() + smaller_or_equal, bytes_.size() - smaller_or_equal);
  bytes_.resize(smaller_or_equal);
}

bool Plaintext::EqualsConstantTime(const Plaintext& other) const {
  return Equal(ExposeSecret(), other.ExposeSecret());
}

void Wipe(Bytes& bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
  bytes.clear();
}

void Wipe(std::string& text) {
  text.resize(text.capacity());
  if (!text.empty()) sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace holdfast
