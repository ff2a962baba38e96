// Moving what somebody holds to somebody else.
#include <fmt/format.h>

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

template <class Message>
absl::StatusOr<handover::Wanted> WantedOf(const Message& message) {
  handover::Wanted wanted;
  HF_ASSIGN_OR_RETURN(wanted.to, ParseOptionalName("holders", message.to(), "to"));
  for (int i = 0; i < message.successors_size(); ++i) {
    const v1::AccountSuccessor& line = message.successors(i);
    handover::AccountSuccessor one;
    HF_ASSIGN_OR_RETURN(one.account,
                        ParseName("accounts", line.account(), fmt::format("successors[{}].account", i)));
    HF_ASSIGN_OR_RETURN(one.successor,
                        ParseName("holders", line.successor(), fmt::format("successors[{}].successor", i)));
    wanted.successors.push_back(std::move(one));
  }
  return wanted;
}

absl::StatusOr<Work<v1::Handover>> PrepareStart(const v1::StartHandoverRequest& message,
                                                custody::Request request) {
  handover::StartRequest start;
  HF_ASSIGN_OR_RETURN(start.leaver, ParseName("holders", message.leaver(), "leaver"));
  HF_ASSIGN_OR_RETURN(start.wanted, WantedOf(message));
  return [request = std::move(request), start = std::move(start)](custody::WriteTx& tx, const Actor& actor,
                                                                  v1::Handover& out) {
    return RenderTo(handover::Start(tx, actor, request, start), out);
  };
}

absl::StatusOr<Work<v1::Handover>> PrepareChange(const v1::ChangeHandoverRequest& message,
                                                 custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  HF_ASSIGN_OR_RETURN(handover::Wanted wanted, WantedOf(message));
  if (wanted.to.empty() && wanted.successors.empty())
    return InvalidField("to", "names nobody: give a successor, or a line for each account");
  return [request = std::move(request), name = std::move(name), wanted = std::move(wanted)](
             custody::WriteTx& tx, const Actor& actor, v1::Handover& out) {
    return RenderTo(handover::Change(tx, actor, request, name, wanted), out);
  };
}

absl::StatusOr<Work<v1::Handover>> PrepareCut(const v1::CutHandoverRequest& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::Handover& out) {
    return RenderTo(handover::RepeatCut(tx, actor, request, name), out);
  };
}

absl::StatusOr<Work<v1::Handover>> PrepareCancel(const v1::CancelHandoverRequest& message,
                                                 custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("handovers", message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Handover& out) {
    return RenderTo(handover::Cancel(tx, actor, request, name, message.etag()), out);
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

// What a list is narrowed to.
struct CaseFilter {
  std::string leaver;  // id of one identity
  std::optional<storage::HandoverState> state{};
};

absl::StatusOr<bool> IsListed(custody::Tx& tx, const Actor& actor, const CaseFilter& filter,
                              const std::string& person, const storage::Handover& row) {
  if (filter.state.has_value() && row.state != *filter.state) return false;
  if (!person.empty()) {
    HF_ASSIGN_OR_RETURN(const storage::Holder leaver, custody::LoadHolder(tx, row.leaver_id));
    if (leaver.person != person) return false;
  }
  return custody::Sees(tx, actor, row);
}

absl::StatusOr<Query<v1::ListHandoversResponse>> PrepareList(const v1::ListHandoversRequest& message) {
  CaseFilter filter;
  HF_ASSIGN_OR_RETURN(filter.leaver, ParseOptionalName("holders", message.leaver(), "leaver"));
  HF_ASSIGN_OR_RETURN(filter.state, FromProto(message.state(), "state"));
  return [&message, filter = std::move(filter)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListHandoversResponse& out) -> absl::Status {
    const absl::Status any = custody::Authorize(tx, actor, Action::kHandoverRead, {}).status();
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    std::string person;
    if (!filter.leaver.empty()) {
      HF_ASSIGN_OR_RETURN(const storage::Holder leaver,
                          custody::FindHolderIn(tx, actor, "leaver", filter.leaver, Action::kHandoverRead));
      person = leaver.person;
    }
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) { return storage::HandoverStore(tx.db()).List(after, limit); },
            [&](const storage::Handover& row) { return IsListed(tx, actor, filter, person, row); },
            [&](const storage::Handover& row) {
              return RenderTo(handover::Summarize(tx, row), *out.add_handovers());
            }));
    out.set_next_page_token(shown.next);
    return shown.nothing() ? any : absl::OkStatus();
  };
}

constexpr std::string_view kAllCases = "handovers/-";

absl::StatusOr<Query<v1::ListHandoverTasksResponse>> PrepareListMine(const v1::ListHandoverTasksRequest& message) {
  std::string parent;
  if (message.parent() != kAllCases) {
    HF_ASSIGN_OR_RETURN(parent, ParseName("handovers", message.parent(), "parent"));
  }
  return [&message, parent = std::move(parent)](custody::ReadTx& tx, const Actor& actor,
                                                v1::ListHandoverTasksResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(auto own, handover::TasksOfActor(tx, actor));
    std::erase_if(own, [&](const handover::OwnTask& one) {
      return (!parent.empty() && one.row.name != parent) || (message.open_only() && one.task.done());
    });
    out.set_next_page_token(page.SelectAndToken(own));
    for (const handover::OwnTask& one : own) Render(one.row, one.task, *out.add_tasks());
    return absl::OkStatus();
  };
}

absl::StatusOr<Query<v1::ListHandoverTasksResponse>> PrepareListTasks(
    const v1::ListHandoverTasksRequest& message) {
  if (message.mine()) return PrepareListMine(message);
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
  Reactor* ChangeHandover(Context* context, const v1::ChangeHandoverRequest* request,
                          v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/ChangeHandover", request, response,
                 PrepareChange);
  }
  Reactor* CutHandover(Context* context, const v1::CutHandoverRequest* request, v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/CutHandover", request, response, PrepareCut);
  }
  Reactor* CancelHandover(Context* context, const v1::CancelHandoverRequest* request,
                          v1::Handover* response) override {
    return Write(core_, context, "holdfast.v1.HandoverService/CancelHandover", request, response,
                 PrepareCancel);
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
