#include "vault/custody/policy_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/policy/fixture.h"
#include "vault/policy/lint.h"
#include "vault/policy/lockout.h"
#include "vault/policy/parse.h"

namespace holdfast::custody {
namespace {

// Errors travel in HTTP/2 headers, twice, of which 8 KiB are allowed.
constexpr std::size_t kMaxTold = 1500;

// Nothing when there are none.
absl::Status ProblemsIn(std::string_view field, const std::vector<policy::Problem>& problems) {
  if (problems.empty()) return absl::OkStatus();
  std::string told;
  std::size_t count = 0;
  for (const policy::Problem& problem : problems) {
    const std::string line = fmt::format("{}{}:{}: {}", told.empty() ? "" : "; ", problem.at.line,
                                         problem.at.column, problem.message);
    if (told.size() + line.size() > kMaxTold) break;
    told += line;
    ++count;
  }
  if (count == 0) told = fmt::format("{}:{}: is wrong", problems[0].at.line, problems[0].at.column);
  const std::size_t more = problems.size() - std::max<std::size_t>(count, 1);
  if (more > 0) told += fmt::format("; and {} more", more);
  return InvalidField(field, told);
}

absl::Status RunTests(const policy::Bundle& bundle, const std::vector<std::string>& tests) {
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const std::string field = fmt::format("tests[{}]", i);
    const policy::Fixture fixture = policy::ParseFixture(tests[i]);
    HF_RETURN_IF_ERROR(ProblemsIn(field, fixture.problems));
    std::vector<policy::Problem> failed;
    for (const policy::Outcome& outcome : policy::RunFixture(bundle, fixture.cases)) {
      if (outcome.passed()) continue;
      failed.push_back({outcome.of->at, fmt::format("\"{}\": {}", outcome.of->name, outcome.fault)});
    }
    HF_RETURN_IF_ERROR(ProblemsIn(field, failed));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReviewedPolicy> ReviewedPolicy::Of(std::string source, const std::vector<std::string>& tests) {
  policy::Parsed parsed = policy::Parse(source);
  HF_RETURN_IF_ERROR(ProblemsIn("source", parsed.problems));
  HF_RETURN_IF_ERROR(ProblemsIn("source", policy::Lint(parsed.document).problems));
  const policy::Bundle bundle(std::move(parsed.document));
  if (std::string locked_out = policy::LockOut(bundle); !locked_out.empty())
    HF_RETURN_IF_ERROR(ProblemsIn("source", {{.at = {1, 1}, .message = std::move(locked_out)}}));
  HF_RETURN_IF_ERROR(RunTests(bundle, tests));
  const crypto::Digest sha256 = crypto::Sha256(AsBytes(source));
  return ReviewedPolicy(std::move(source), sha256);
}

absl::StatusOr<ReviewedPolicy> ReviewedPolicy::Again(std::string source) {
  auto reviewed = Of(std::move(source), {});
  if (reviewed.ok()) return reviewed;
  return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_REFUSED",
                   fmt::format("the policy no longer passes: {}", MessageOf(reviewed.status())));
}

}  // namespace holdfast::custody
