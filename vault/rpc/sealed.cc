#include "vault/rpc/sealed.h"

#include <string>

namespace holdfast::rpc {
namespace {

constexpr std::size_t kKeySize = std::tuple_size_v<crypto::BoxPublicKey>;

}  // namespace

absl::StatusOr<custody::Boxed> BoxedFrom(const v1::SealedValue& value, std::string_view field) {
  if (value.box().empty() || value.box().size() > custody::kMaxBoxSize)
    return InvalidField(field, "must be a sealed value of at most 80 KiB");
  if (value.server_key().size() != kKeySize)
    return InvalidField(field, "must name the server's key of 32 bytes");
  return custody::Boxed{.box = ToBytes(AsBytes(value.box())),
                        .server_key = ToBytes(AsBytes(value.server_key()))};
}

void SetBoxed(const custody::Keys& keys, ByteView box, v1::SealedValue& out) {
  out.set_box(std::string(AsChars(box)));
  out.set_server_key(std::string(AsChars(keys.box.public_key())));
  out.set_server_key_signature(std::string(AsChars(keys.box_signature)));
}

}  // namespace holdfast::rpc
