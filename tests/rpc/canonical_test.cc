#include "vault/rpc/canonical.h"

#include <gtest/gtest.h>

#include "holdfast/v1/account_service.pb.h"
#include "holdfast/v1/import_service.pb.h"
#include "holdfast/v1/secret_service.pb.h"

namespace holdfast::rpc {
namespace {

v1::AddSecretVersionRequest Add(const std::string& box) {
  v1::AddSecretVersionRequest request;
  request.set_parent("accounts/a/secrets/password");
  request.set_request_id("r1");
  request.set_reason("rotation");
  request.mutable_value()->set_box(box);
  request.mutable_value()->set_server_key("key of one boot");
  return request;
}

TEST(CanonicalBody, IsPinned) {
  v1::CreateAccountRequest request;
  request.set_account_id("a");
  request.mutable_account()->set_platform("x");
  request.mutable_account()->add_backups("holders/b");
  request.set_request_id("left-out");
  request.set_reason("why");
  request.set_validate_only(true);
  EXPECT_EQ(HexEncode(CanonicalBody(request)),
            "0a0161120e1201785a09686f6c646572732f62"
            "2203776879");
}

TEST(CanonicalBody, IsTheSameForTheSameAskSealedAgain) {
  v1::AddSecretVersionRequest again = Add("another nonce");
  again.set_request_id("r2");
  EXPECT_EQ(CanonicalBody(Add("one nonce")), CanonicalBody(again));
}

TEST(CanonicalBody, DiffersWhenAnythingElseDoes) {
  const Bytes body = CanonicalBody(Add("box"));
  auto other = Add("box");
  other.set_parent("accounts/b/secrets/password");
  EXPECT_NE(CanonicalBody(other), body);
  other = Add("box");
  other.set_reason("");
  EXPECT_NE(CanonicalBody(other), body);
  other = Add("box");
  other.set_etag("\"1\"");
  EXPECT_NE(CanonicalBody(other), body);
}

TEST(CanonicalBody, CountsSealedValuesThatLieDeeper) {
  v1::ImportItemRequest request;
  request.add_components()->add_values()->set_box("one");
  v1::ImportItemRequest resealed;
  resealed.add_components()->add_values()->set_box("two");
  EXPECT_EQ(CanonicalBody(request), CanonicalBody(resealed));
  resealed.mutable_components(0)->add_values()->set_box("three");
  EXPECT_NE(CanonicalBody(request), CanonicalBody(resealed));
}

TEST(CanonicalBody, LeavesTheRequestAsItIs) {
  const auto request = Add("box");
  CanonicalBody(request);
  EXPECT_EQ(request.value().box(), "box");
  EXPECT_EQ(request.request_id(), "r1");
}

TEST(CanonicalQuery, LeavesOutThePageAlone) {
  v1::ListSecretsRequest request;
  request.set_parent("accounts/a");
  const Bytes query = CanonicalQuery(request);
  request.set_page_size(3);
  request.set_page_token("t");
  EXPECT_EQ(CanonicalQuery(request), query);
  request.set_parent("accounts/b");
  EXPECT_NE(CanonicalQuery(request), query);
}

TEST(RequestOf, TakesTheIdempotencyKeyTheReasonAndTheMethod) {
  const auto request = RequestOf("holdfast.v1.S/M", Add("box"));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->id, "r1");
  EXPECT_EQ(request->reason, "rotation");
  EXPECT_EQ(request->method, "holdfast.v1.S/M");
  EXPECT_EQ(request->body, CanonicalBody(Add("box")));
}

TEST(RequestOf, NeedsAnIdempotencyKey) {
  auto request = Add("box");
  request.clear_request_id();
  EXPECT_EQ(FieldOf(RequestOf("m", request).status()), "request_id");
}

TEST(RequestOf, ManagesWithoutAReasonWhereThereIsNone) {
  v1::ImportItemRequest request;
  request.set_request_id("r1");
  EXPECT_EQ(RequestOf("m", request)->reason, "");
}

}  // namespace
}  // namespace holdfast::rpc
