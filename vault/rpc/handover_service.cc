// Moving what somebody holds to somebody else.
#include "holdfast/v1/handover_service.grpc.pb.h"
#include "vault/custody/sight.h"
#include "vault/handover/case.h"
#include "vault/handover/settle.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"
#include "vault/rpc/visible.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

absl::Status RenderTo(const absl::StatusOr<handover::CaseView>& view, v1::Handover& out) {
  HF_RETURN_IF_ERROR(view.status());
  Render(*view, out);
  return absl::OkStatus();
}

absl::StatusOr<Work<v1::Handover>> PrepareStart(const v1::StartHandoverRequest& message,
                                                custody::Request request) {
  handover::StartRequest start;
  HF_ASSIGN_OR_RETURN(start.leaver, ParseName("holders", message.leaver(), "leaver"));
  HF_ASSIGN_OR_RETURN(start.successor, ParseOptionalName("holders", message.successor(), "successor"));
  return [request = std::move(request), start = std::move(start)](custody::WriteTx& tx, const Actor& actor,
                                                                  v1::Handover& out) {
    return RenderTo(handover::Start(tx, actor, request, start), out);
  };
}

absl::StatusOr<Work<v1::Handover>> PrepareApprove(const v1::ApproveHandoverRequest& message,
                                                  custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::Handover& out) {
    return RenderTo(handover::Approve(tx, actor, request, name), out);
  };
}

absl::StatusOr<Work<v1::HandoverTask>> PrepareSettle(const v1::SettleHandoverTaskRequest& message,
                                                     custody::Request request) {
  HF_ASSIGN_OR_RETURN(const TaskName name, ParseTaskName(message.name(), "name"));
  HF_ASSIGN_OR_RETURN(const storage::SettledAs as, FromProto(message.outcome(), "outcome"));
  handover::SettleRequest wanted{
      .name = name.handover, .task = name.task, .as = as, .evidence = message.evidence()};
  return [request = std::move(request), wanted = std::move(wanted)](
             custody::WriteTx& tx, const Actor& actor, v1::HandoverTask& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto settled, handover::Settle(tx, actor, request, wanted));
    Render(settled.row, settled.task, out);
    return absl::OkStatus();
  };
}

absl::StatusOr<Work<v1::Handover>> PrepareClose(const v1::CloseHandoverRequest& message,
                                                custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Handover& out) {
    return RenderTo(handover::Close(tx, actor, request, name, message.etag()), out);
  };
}

absl::StatusOr<Query<v1::Handover>> PrepareGet(const v1::GetHandoverRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  return
      [name = std::move(name)](custody::ReadTx& tx, const Actor& actor, v1::Handover& out) -> absl::Status {
        HF_ASSIGN_OR_RETURN(const auto row, handover::FindSeenCase(tx, actor, Action::kHandoverRead, name));
        return RenderTo(handover::Describe(tx, row), out);
      };
}

absl::StatusOr<Query<v1::ListHandoversResponse>> PrepareList(const v1::ListHandoversRequest& message) {
  return [&message](custody::ReadTx& tx, const Actor& actor, v1::ListHandoversResponse& out) -> absl::Status {
    const absl::Status any = custody::Authorize(tx, actor, Action::kHandoverRead, {}).status();
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) { return storage::HandoverStore(tx.db()).List(after, limit); },
            [&](const storage::Handover& row) { return custody::Sees(tx, actor, row); },
            [&](const storage::Handover& row) {
              return RenderTo(handover::Summarize(tx, row), *out.add_handovers());
            }));
    out.set_next_page_token(shown.next);
    return shown.nothing() ? any : absl::OkStatus();
  };
}

absl::StatusOr<Query<v1::ListHandoverTasksResponse>> PrepareListTasks(
    const v1::ListHandoverTasksRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string parent, ParseName("handovers", message.parent(), "parent"));
  return [&message, parent = std::move(parent)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListHandoverTasksResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, handover::FindSeenCase(tx, actor, Action::kHandoverRead, parent));
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto tasks, handover::TasksOf(tx, row));
    if (message.open_only()) std::erase_if(tasks, [](const handover::TaskView& task) { return task.done(); });
    out.set_next_page_token(page.SelectAndToken(tasks));
    for (const handover::TaskView& task : tasks) Render(row, task, *out.add_tasks());
    return absl::OkStatus();
  };
}

class HandoverService final : public v1::HandoverService::CallbackService {
 public:
  explicit HandoverService(Core& core) : core_(core) {}

 private:
  Reactor* StartHandover(Context* context, const v1::StartHandoverRequest* request,
                         v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/StartHandover", request, response,
                 PrepareStart);
  }
  Reactor* ApproveHandover(Context* context, const v1::ApproveHandoverRequest* request,
                           v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/ApproveHandover", request, response,
                 PrepareApprove);
  }
  Reactor* CloseHandover(Context* context, const v1::CloseHandoverRequest* request,
                         v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/CloseHandover", request, response,
                 PrepareClose);
  }
  Reactor* SettleHandoverTask(Context* context, const v1::SettleHandoverTaskRequest* request,
                              v1::HandoverTask* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/SettleHandoverTask", request, response,
                 PrepareSettle);
  }
  Reactor* GetHandover(Context* context, const v1::GetHandoverRequest* request,
                       v1::Handover* response) override {
    return Read(core_, context, "holdfast.v1.HandoverService/GetHandover", request, response, PrepareGet);
  }
  Reactor* ListHandovers(Context* context, const v1::ListHandoversRequest* request,
                         v1::ListHandoversResponse* response) override {
    return Read(core_, context, "holdfast.v1.HandoverService/ListHandovers", request, response, PrepareList);
  }
  Reactor* ListHandoverTasks(Context* context, const v1::ListHandoverTasksRequest* request,
                             v1::ListHandoverTasksResponse* response) override {
    return Read(core_, context, "holdfast.v1.HandoverService/ListHandoverTasks", request, response,
                PrepareListTasks);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeHandoverService(Core& core) {
  return std::make_unique<HandoverService>(core);
}

}  // namespace holdfast::rpc
