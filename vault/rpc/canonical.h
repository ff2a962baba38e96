// One byte string for one ask: how a repeat of a request is told from another request, and how a page token
// is bound to its query. Thread safe.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/custody/request.h"

namespace holdfast::rpc {

// All that a mutating request asks for: request_id, validate_only and the content of sealed values (another
// nonce each time) left out.
Bytes CanonicalBody(const google::protobuf::Message& request);
// The resources that a request names, for the record: "name: holders/mia".
std::string AboutOf(const google::protobuf::Message& request);
// All that a list request asks for: page_size and page_token left out.
Bytes CanonicalQuery(const google::protobuf::Message& request);

// The checked idempotency key, reason and ticket, and the canonical body of a mutating request.
template <class Message>
absl::StatusOr<custody::Request> RequestOf(std::string_view method, const Message& message) {
  custody::Request request{
      .method = std::string(method), .id = message.request_id(), .body = {}, .reason = {}, .ticket = {}, .about = {}};
  if constexpr (requires { message.reason(); }) request.reason = message.reason();
  if constexpr (requires { message.ticket(); }) request.ticket = message.ticket();
  HF_RETURN_IF_ERROR(custody::CheckRequest(request));
  request.body = CanonicalBody(message);
  request.about = AboutOf(message);
  return request;
}

}  // namespace holdfast::rpc
