// Lists in pages. A page token says where the next page begins, sealed and bound to the query and to the
// caller, so that it can neither be made up nor carried elsewhere; what it holds is nobody's business. Thread
// safe.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/custody/authorize.h"
#include "vault/rpc/canonical.h"

namespace holdfast::rpc {

class Page {
 public:
  // The page that a list request of this holder asks for. Errors name "page_size" and "page_token".
  template <class Request>
  static absl::StatusOr<Page> Of(const SecretBytes& key, std::int64_t holder_id, const Request& request) {
    return Open(key, BindingOf(request, holder_id), request.page_size(), request.page_token());
  }
  template <class Request>
  static absl::StatusOr<Page> Of(const custody::Tx& tx, const custody::Actor& actor, const Request& request) {
    return Of(tx.keys().token, actor.holder.id, request);
  }

  // What was given to TokenFor(); none on the first page.
  std::optional<std::int64_t> position() const { return position_; }
  // For lists by ascending id: the last id of the page before, or 0.
  std::int64_t after() const { return position_.value_or(0); }
  int limit() const { return limit_; }

  std::string TokenFor(std::int64_t position) const;

  // `rows`: up to limit() + 1 of them, by ascending `id`. Cuts off the one too many, and gives the token of
  // the next page when there was one, else "".
  template <class Row>
  std::string CutAndToken(std::vector<Row>& rows) const {
    if (rows.size() <= static_cast<std::size_t>(limit_)) return "";
    rows.pop_back();
    return TokenFor(rows.back().id);
  }

  // The same for all rows of a short list: also drops those of the pages before.
  template <class Row>
  std::string SelectAndToken(std::vector<Row>& rows) const {
    std::erase_if(rows, [this](const Row& row) { return row.id <= after(); });
    if (rows.size() > static_cast<std::size_t>(limit_) + 1) rows.resize(static_cast<std::size_t>(limit_) + 1);
    return CutAndToken(rows);
  }

 private:
  Page(const SecretBytes& key, Bytes binding, int limit)
      : key_(&key), binding_(std::move(binding)), limit_(limit) {}
  static absl::StatusOr<Page> Open(const SecretBytes& key, Bytes binding, std::int32_t size,
                                   std::string_view token);
  static Bytes BindingOf(const google::protobuf::Message& request, std::int64_t holder_id);

  const SecretBytes* key_;
  Bytes binding_;
  int limit_;
  std::optional<std::int64_t> position_;
};

}  // namespace holdfast::rpc
