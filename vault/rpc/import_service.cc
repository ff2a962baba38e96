// Bringing logins in from other stores.
#include <fmt/format.h>

#include "holdfast/v1/import_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/custody/importing.h"
#include "vault/custody/platform.h"
#include "vault/rpc/call.h"
#include "vault/rpc/enums.h"
#include "vault/rpc/names.h"
#include "vault/rpc/sealed.h"
#include "vault/rpc/services.h"
#include "vault/rpc/update_mask.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;

absl::StatusOr<custody::ImportComponent> ParseComponent(const v1::ImportComponent& message,
                                                        const std::string& field) {
  custody::ImportComponent component{.secret = message.secret(), .kind = message.kind(), .values = {}};
  for (int i = 0; i < message.values_size(); ++i) {
    HF_ASSIGN_OR_RETURN(custody::Boxed boxed,
                        BoxedFrom(message.values(i), fmt::format("{}.values[{}]", field, i)));
    component.values.push_back(std::move(boxed));
  }
  for (int i = 0; i < message.in_use_times_size(); ++i) {
    const auto& time = message.in_use_times(i);
    std::optional<Micros>& since = component.in_use_since.emplace_back();
    if (time.seconds() == 0 && time.nanos() == 0) continue;
    HF_ASSIGN_OR_RETURN(since, ParseTimestamp(time, fmt::format("{}.in_use_times[{}]", field, i)));
  }
  return component;
}

absl::StatusOr<custody::ImportItem> ParseItem(const v1::ImportItemRequest& message) {
  const v1::ImportSource& source = message.source();
  custody::ImportItem item{.source = {.system = source.system(),
                                      .id = source.id(),
                                      .group = source.group(),
                                      .title = source.title(),
                                      .username = source.username(),
                                      .url = source.url()},
                           .account = message.account_id(),
                           .platform = custody::PlatformFor(message.platform()),
                           .archived = message.archived(),
                           .details = DetailsOf(message.details()),
                           .known_by_nobody = message.known_by_nobody(),
                           .run = message.run_id()};
  HF_ASSIGN_OR_RETURN(item.owner, ParseOptionalName("holders", message.owner(), "owner"));
  for (int i = 0; i < message.components_size(); ++i) {
    HF_ASSIGN_OR_RETURN(auto component,
                        ParseComponent(message.components(i), fmt::format("components[{}]", i)));
    item.components.push_back(std::move(component));
  }
  for (const std::string& name : message.known_by()) {
    HF_ASSIGN_OR_RETURN(std::string holder, ParseName("holders", name, "known_by"));
    item.known_by.push_back(std::move(holder));
  }
  HF_RETURN_IF_ERROR(custody::CheckImportItem(item));
  return item;
}

absl::StatusOr<Work<v1::ImportItemResponse>> PrepareImport(const v1::ImportItemRequest& message,
                                                           custody::Request request) {
  HF_ASSIGN_OR_RETURN(custody::ImportItem item, ParseItem(message));
  return [request = std::move(request), item = std::move(item)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::ImportItemResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto imported, custody::Import(tx, actor, request, item));
    if (!imported.account.empty()) out.set_account(AccountName(imported.account));
    out.set_outcome(ToProto(imported.outcome));
    for (std::size_t i = 0; i < imported.components.size(); ++i) {
      v1::ImportComponentResult& result = *out.add_components();
      result.set_secret(item.components[i].secret);
      result.set_outcome(ToProto(imported.components[i]));
    }
    for (const std::string& field : imported.differing_fields) out.add_differing_fields(field);
    return absl::OkStatus();
  };
}

class ImportService final : public v1::ImportService::CallbackService {
 public:
  explicit ImportService(Core& core) : core_(core) {}

 private:
  Reactor* ImportItem(Context* context, const v1::ImportItemRequest* request,
                      v1::ImportItemResponse* response) override {
    return Write(core_, context, "holdfast.v1.ImportService/ImportItem", request, response, PrepareImport);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeImportService(Core& core) { return std::make_unique<ImportService>(core); }

}  // namespace holdfast::rpc
