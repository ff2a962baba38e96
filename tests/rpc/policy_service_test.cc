// The policy over the API: what is refused on arrival, dry runs, repeats, and many who stage at once.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "holdfast/v1/policy_service.grpc.pb.h"
#include "tests/rpc/live_vault.h"

namespace holdfast::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PolicyServiceTest : public LiveVault {
 protected:
  using Stub = v1::PolicyService::Stub;

  template <class Request, class Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    const auto stub = v1::PolicyService::NewStub(officer().channel);
    grpc::ClientContext context;
    return (stub.get()->*method)(&context, request, response);
  }
  grpc::Status Stage(const v1::StagePolicyRequest& request, v1::Policy* policy) {
    return Call(&Stub::StagePolicy, request, policy);
  }
  grpc::Status Activate(const std::string& name, const std::string& sha256) {
    v1::ActivatePolicyRequest request;
    request.set_name(name);
    request.set_sha256(sha256);
    request.set_request_id("activate");
    request.set_reason("x");
    v1::Policy policy;
    return Call(&Stub::ActivatePolicy, request, &policy);
  }
  int CountPolicies() {
    v1::ListPoliciesResponse response;
    EXPECT_TRUE(Call(&Stub::ListPolicies, v1::ListPoliciesRequest(), &response).ok());
    return response.policies_size();
  }
};

std::string Shipped() {
  std::ifstream in(HF_SOURCE_DIR "/policies/org.toml");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

v1::StagePolicyRequest StageRequest(const std::string& note) {
  v1::StagePolicyRequest request;
  request.set_source(Shipped() + "# " + note + "\n");
  request.set_request_id(note);
  return request;
}

TEST_F(PolicyServiceTest, ChecksAllWhenOnlyAskedToValidateAndKeepsNothing) {
  v1::StagePolicyRequest request = StageRequest("new");
  request.set_validate_only(true);
  v1::Policy policy;
  EXPECT_TRUE(Stage(request, &policy).ok());
  EXPECT_EQ(policy.sha256().size(), 64U);
  request.set_source("format = 1\nname = \"x\"\ncolour = 1\n");
  const grpc::Status bad = Stage(request, &policy);
  EXPECT_EQ(bad.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(bad.error_message(), StartsWith("source: 3:1: "));
  EXPECT_EQ(CountPolicies(), 1);
}

TEST_F(PolicyServiceTest, ARepeatGivesTheSamePolicyAndAnotherTextUnderItsIdIsRefused) {
  v1::StagePolicyRequest request = StageRequest("new");
  v1::Policy first;
  v1::Policy second;
  ASSERT_TRUE(Stage(request, &first).ok());
  ASSERT_TRUE(Stage(request, &second).ok());
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(CountPolicies(), 2);
  request.set_source(request.source() + "\n");
  EXPECT_EQ(ReasonIn(Stage(request, &second)), "REQUEST_ID_REUSED");
}

TEST_F(PolicyServiceTest, RefusesWhatIsTooLargeOnArrival) {
  v1::Policy policy;
  v1::StagePolicyRequest request = StageRequest("large");
  request.set_source(std::string(256 * 1024 + 1, '#'));
  EXPECT_THAT(Stage(request, &policy).error_message(), StartsWith("source: "));
  request = StageRequest("tests");
  for (int i = 0; i < 17; ++i) request.add_tests("x");
  EXPECT_THAT(Stage(request, &policy).error_message(), StartsWith("tests: "));
  request.clear_tests();
  request.add_tests(std::string(256 * 1024 + 1, '#'));
  EXPECT_THAT(Stage(request, &policy).error_message(), StartsWith("tests[0]: "));
  EXPECT_EQ(CountPolicies(), 1);
}

TEST_F(PolicyServiceTest, ActivatesNoOtherTextThanTheOneThatWasRead) {
  v1::Policy staged;
  ASSERT_TRUE(Stage(StageRequest("new"), &staged).ok());
  EXPECT_EQ(ReasonIn(Activate(staged.name(), std::string(64, '0'))), "ETAG_MISMATCH");
  EXPECT_EQ(ReasonIn(Activate(staged.name(), staged.sha256())), "APPROVAL_REQUIRED");
  EXPECT_EQ(ReasonIn(Activate("policies/1", "")), "ALREADY_ACTIVE");
  EXPECT_EQ(ReasonIn(Activate("policies/none", "")), "NOT_FOUND");
  EXPECT_THAT(Activate("7", "").error_message(), StartsWith("name: "));
}

TEST_F(PolicyServiceTest, ManyAtOnceAreAllReviewedOrToldToTryAgain) {
  constexpr int kCallers = 24;
  std::vector<std::thread> threads;
  std::atomic<int> staged = 0;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([&, i] {
      v1::Policy policy;
      const grpc::Status status = Stage(StageRequest("note-" + std::to_string(i)), &policy);
      if (status.ok()) {
        ++staged;
      } else {
        EXPECT_EQ(ReasonIn(status), "OVERLOADED") << status.error_message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(staged, 0);
  EXPECT_EQ(CountPolicies(), 1 + staged);
}

TEST_F(PolicyServiceTest, GivesTheTextsByNameAndTheFloor) {
  v1::GetPolicyRequest request;
  v1::Policy policy;
  request.set_name("policies/active");
  ASSERT_TRUE(Call(&Stub::GetPolicy, request, &policy).ok());
  EXPECT_EQ(policy.name(), "policies/1");
  EXPECT_EQ(policy.state(), v1::POLICY_STATE_ACTIVE);
  EXPECT_EQ(policy.source(), Shipped());
  request.set_name("policies/floor");
  ASSERT_TRUE(Call(&Stub::GetPolicy, request, &policy).ok());
  EXPECT_THAT(policy.source(), HasSubstr("floor.requester-is-not-approver"));
  request.set_name("policies/2");
  EXPECT_EQ(Call(&Stub::GetPolicy, request, &policy).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace holdfast::rpc
