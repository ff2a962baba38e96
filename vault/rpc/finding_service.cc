// What is not as the policy wants it.
#include "holdfast/v1/finding_service.grpc.pb.h"
#include "vault/base/text.h"
#include "vault/custody/findings.h"
#include "vault/rpc/call.h"
#include "vault/rpc/names.h"
#include "vault/rpc/page.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using custody::Severity;

constexpr std::size_t kMaxRule = 64;

v1::Severity ToProto(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return v1::SEVERITY_CRITICAL;
    case Severity::kWarning:
      return v1::SEVERITY_WARNING;
    case Severity::kInfo:
      return v1::SEVERITY_INFO;
  }
  return v1::SEVERITY_UNSPECIFIED;
}

absl::StatusOr<std::optional<Severity>> FromProto(v1::Severity severity) {
  if (severity == v1::SEVERITY_UNSPECIFIED) return std::optional<Severity>();
  for (const Severity known : {Severity::kCritical, Severity::kWarning, Severity::kInfo})
    if (ToProto(known) == severity) return std::optional(known);
  return InvalidField("severity", "is none that there is");
}

absl::Status Render(Names& names, const custody::Finding& row, v1::Finding& out) {
  out.set_severity(ToProto(row.severity));
  out.set_rule(row.rule);
  HF_ASSIGN_OR_RETURN(*out.mutable_holder(), names.Holder(row.holder_id));
  out.set_resource(out.holder());
  if (row.account_id.has_value()) {
    HF_ASSIGN_OR_RETURN(*out.mutable_account(), names.Account(*row.account_id));
    out.set_resource(out.account());
  }
  if (row.secret_id.has_value()) {
    HF_ASSIGN_OR_RETURN(*out.mutable_resource(), names.Secret(*row.secret_id));
  }
  if (row.handover_id.has_value()) {
    HF_ASSIGN_OR_RETURN(*out.mutable_resource(), names.Handover(*row.handover_id));
  }
  SetTime(row.since, out.mutable_since_time());
  out.set_message(row.message);
  return absl::OkStatus();
}

absl::StatusOr<Query<v1::ListFindingsResponse>> PrepareList(const v1::ListFindingsRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string account, ParseOptionalName("accounts", message.account(), "account"));
  HF_RETURN_IF_ERROR(CheckLine("rule", message.rule(), kMaxRule, /*required=*/false));
  custody::FindingFilter wanted{.rule = message.rule()};
  HF_ASSIGN_OR_RETURN(wanted.severity, FromProto(message.severity()));
  return [&message, account = std::move(account), wanted = std::move(wanted)](
             custody::ReadTx& tx, const Actor& actor, v1::ListFindingsResponse& out) -> absl::Status {
    custody::FindingFilter filter = wanted;
    if (!account.empty()) {
      HF_ASSIGN_OR_RETURN(const auto row,
                          custody::FindAccount(tx, actor, account, policy::Action::kFindingRead));
      HF_RETURN_IF_ERROR(
          custody::Authorize(tx, actor, policy::Action::kFindingRead, {.account = &row}).status());
      filter.account_id = row.id;
    }
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto rows, custody::ListFindings(tx, actor, filter, page.after(), page.limit() + 1));
    out.set_next_page_token(page.CutAndToken(rows));
    Names names(tx);
    for (const custody::Finding& row : rows) HF_RETURN_IF_ERROR(Render(names, row, *out.add_findings()));
    return page.position().has_value() || out.findings_size() > 0
               ? absl::OkStatus()
               : custody::NothingShown(tx, actor, policy::Action::kFindingRead);
  };
}

class FindingService final : public v1::FindingService::CallbackService {
 public:
  explicit FindingService(Core& core) : core_(core) {}

 private:
  Reactor* ListFindings(Context* context, const v1::ListFindingsRequest* request,
                        v1::ListFindingsResponse* response) override {
    return Read(core_, context, "holdfast.v1.FindingService/ListFindings", request, response, PrepareList);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFindingService(Core& core) {
  return std::make_unique<FindingService>(core);
}

}  // namespace holdfast::rpc
