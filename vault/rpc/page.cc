#include "vault/rpc/page.h"

#include <algorithm>

#include "vault/crypto/aead.h"

namespace holdfast::rpc {
namespace {

constexpr int kDefaultSize = 50;
constexpr int kMaxSize = 200;
constexpr std::size_t kPositionSize = 8;
constexpr std::size_t kMaxToken = 128;

absl::Status BadToken() {
  return InvalidField("page_token", "is not from an answer to this query; start again without it");
}

}  // namespace

Bytes Page::BindingOf(const google::protobuf::Message& request, std::int64_t holder_id) {
  Bytes binding;
  AppendField(binding, AsBytes("holdfast-page-v1"));
  AppendField(binding, AsBytes(request.GetDescriptor()->full_name()));
  AppendField(binding, CanonicalQuery(request));
  AppendU64(binding, static_cast<std::uint64_t>(holder_id));
  return binding;
}

absl::StatusOr<Page> Page::Open(const SecretBytes& key, Bytes binding, std::int32_t size,
                                std::string_view token) {
  if (size < 0) return InvalidField("page_size", "must not be negative");
  Page page(key, std::move(binding), size == 0 ? kDefaultSize : std::min(size, kMaxSize));
  if (token.empty()) return page;
  if (token.size() > kMaxToken) return BadToken();
  const auto sealed = Base64UrlDecode(token);
  if (!sealed.has_value()) return BadToken();
  const auto opened = crypto::AeadOpen(key, *sealed, page.binding_);
  if (!opened.ok() || opened->size() != kPositionSize) return BadToken();
  std::uint64_t position = 0;
  for (const std::uint8_t byte : opened->ExposeSecret()) position = position << 8 | byte;
  page.position_ = static_cast<std::int64_t>(position);
  return page;
}

std::string Page::TokenFor(std::int64_t position) const {
  Bytes plain;
  AppendU64(plain, static_cast<std::uint64_t>(position));
  return Base64UrlEncode(crypto::AeadSeal(*key_, plain, binding_));
}

}  // namespace holdfast::rpc
