// Break-glass: asking, objecting, revealing once, reviewing. What is asked for is also said in the server's
// log, as somebody must act.
#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "holdfast/v1/break_glass_service.grpc.pb.h"
#include "vault/base/ascii.h"
#include "vault/custody/break_glass.h"
#include "vault/rpc/call.h"
#include "vault/rpc/page.h"
#include "vault/rpc/render.h"
#include "vault/rpc/reveal_call.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using custody::BreakGlassState;
using custody::BreakGlassView;

constexpr std::string_view kCollection = "break-glass";

// "break-glass/7" -> 7: one spelling a number.
absl::StatusOr<std::int64_t> ParseId(std::string_view name) {
  HF_ASSIGN_OR_RETURN(const std::string text, ParseName(kCollection, name, "name"));
  const std::int64_t id = ParseNumber(text).value_or(0);
  if (id < 1 || text.front() == '0') return InvalidField("name", "must be break-glass/<number>");
  return id;
}

v1::BreakGlassState ToProto(BreakGlassState state) {
  switch (state) {
    case BreakGlassState::kWaiting:
      return v1::BREAK_GLASS_STATE_WAITING;
    case BreakGlassState::kReady:
      return v1::BREAK_GLASS_STATE_READY;
    case BreakGlassState::kVetoed:
      return v1::BREAK_GLASS_STATE_VETOED;
    case BreakGlassState::kExpired:
      return v1::BREAK_GLASS_STATE_EXPIRED;
    case BreakGlassState::kRevealed:
      return v1::BREAK_GLASS_STATE_REVEALED;
    case BreakGlassState::kClosed:
      return v1::BREAK_GLASS_STATE_CLOSED;
    case BreakGlassState::kVoid:
      return v1::BREAK_GLASS_STATE_VOID;
  }
  return v1::BREAK_GLASS_STATE_UNSPECIFIED;
}

void RenderTasks(const BreakGlassView& view, v1::BreakGlass& out) {
  if (view.state != BreakGlassState::kRevealed && view.state != BreakGlassState::kClosed) return;
  const bool closed = view.state == BreakGlassState::kClosed;
  v1::BreakGlassTask& rotation = *out.add_tasks();
  rotation.set_task("rotation");
  rotation.set_done(closed || view.rotation.done());
  if (!rotation.done())
    rotation.set_todo("somebody other than the requester: " + Todo(view.rotation));
  v1::BreakGlassTask& review = *out.add_tasks();
  review.set_task("review");
  review.set_done(closed);
  if (!closed)
    review.set_todo("somebody other than the requester, after the rotation: look at why it was done");
}

void RenderTimes(const custody::Tx& tx, const BreakGlassView& view, v1::BreakGlass& out) {
  const storage::BreakGlass& row = view.row;
  SetTime(row.requested_at, out.mutable_request_time());
  SetDuration(row.show, out.mutable_show_for());
  if (view.state == BreakGlassState::kWaiting) {
    SetDuration(view.left, out.mutable_wait_left());
    SetTime(tx.now() + view.left, out.mutable_ready_time());
  }
  if (view.state == BreakGlassState::kReady) SetTime(tx.now() + view.left, out.mutable_expire_time());
  if (row.vetoed_at.has_value()) SetTime(*row.vetoed_at, out.mutable_veto_time());
  if (row.revealed_at.has_value()) SetTime(*row.revealed_at, out.mutable_reveal_time());
  if (row.reviewed_at.has_value()) SetTime(*row.reviewed_at, out.mutable_review_time());
}

absl::Status Render(Names& names, const BreakGlassView& view, v1::BreakGlass& out) {
  const storage::BreakGlass& row = view.row;
  out.set_name(fmt::format("{}/{}", kCollection, row.id));
  out.set_state(ToProto(view.state));
  HF_ASSIGN_OR_RETURN(*out.mutable_requester(), names.Holder(row.requester_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_secret(), names.Secret(row.secret_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_vetoer(), names.Holder(row.vetoed_by));
  HF_ASSIGN_OR_RETURN(*out.mutable_reviewer(), names.Holder(row.reviewed_by));
  out.set_reason(row.reason);
  out.set_ticket(row.ticket);
  out.set_veto_reason(row.veto_reason);
  out.set_review(row.review);
  if (row.revealed_version.has_value())
    out.set_revealed_version(fmt::format("{}/versions/{}", out.secret(), *row.revealed_version));
  RenderTimes(names.tx(), view, out);
  RenderTasks(view, out);
  return absl::OkStatus();
}

absl::Status RenderTo(custody::Tx& tx, const absl::StatusOr<BreakGlassView>& view, v1::BreakGlass& out) {
  HF_RETURN_IF_ERROR(view.status());
  Names names(tx);
  return Render(names, *view, out);
}

// `made`: the number of a new request, once it is durable.
absl::StatusOr<Work<v1::BreakGlass>> PrepareRequest(const v1::RequestBreakGlassRequest& message,
                                                    custody::Request request,
                                                    std::shared_ptr<std::int64_t> made) {
  HF_ASSIGN_OR_RETURN(SecretName name, ParseSecretName(message.secret(), "secret"));
  return [request = std::move(request), name = std::move(name), made = std::move(made)](
             custody::WriteTx& tx, const Actor& actor, v1::BreakGlass& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto broken,
                        custody::RequestBreakGlass(tx, actor, request, name.account, name.secret));
    *made = broken.is_new ? broken.view.row.id : 0;
    return RenderTo(tx, broken.view, out);
  };
}

absl::StatusOr<Work<v1::BreakGlass>> PrepareVeto(const v1::VetoBreakGlassRequest& message,
                                                 custody::Request request) {
  HF_ASSIGN_OR_RETURN(const std::int64_t id, ParseId(message.name()));
  return [request = std::move(request), id](custody::WriteTx& tx, const Actor& actor, v1::BreakGlass& out) {
    return RenderTo(tx, custody::VetoBreakGlass(tx, actor, request, id), out);
  };
}

absl::StatusOr<Work<v1::BreakGlass>> PrepareReview(const v1::ReviewBreakGlassRequest& message,
                                                   custody::Request request) {
  HF_ASSIGN_OR_RETURN(const std::int64_t id, ParseId(message.name()));
  return [request = std::move(request), id](custody::WriteTx& tx, const Actor& actor, v1::BreakGlass& out) {
    return RenderTo(tx, custody::ReviewBreakGlass(tx, actor, request, id), out);
  };
}

absl::StatusOr<Reveals> PrepareReveal(const v1::RevealBreakGlassRequest& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(const std::int64_t id, ParseId(message.name()));
  return [request = std::move(request), id](custody::WriteTx& tx, const Actor& actor) {
    return custody::RevealBreakGlass(tx, actor, request, id);
  };
}

absl::StatusOr<Query<v1::BreakGlass>> PrepareGet(const v1::GetBreakGlassRequest& message) {
  HF_ASSIGN_OR_RETURN(const std::int64_t id, ParseId(message.name()));
  return [id](custody::ReadTx& tx, const Actor& actor, v1::BreakGlass& out) {
    return RenderTo(tx, custody::GetBreakGlass(tx, actor, id), out);
  };
}

absl::StatusOr<Query<v1::ListBreakGlassResponse>> PrepareList(const v1::ListBreakGlassRequest& message) {
  return [&message](custody::ReadTx& tx, const Actor& actor,
                    v1::ListBreakGlassResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    HF_ASSIGN_OR_RETURN(const auto found,
                        custody::ListBreakGlass(tx, actor, message.open_only(), page.after(), page.limit()));
    if (found.last.has_value()) out.set_next_page_token(page.TokenFor(*found.last));
    Names names(tx);
    for (const BreakGlassView& view : found.views)
      HF_RETURN_IF_ERROR(Render(names, view, *out.add_break_glass()));
    return page.position().has_value() || out.break_glass_size() > 0 || found.last.has_value()
               ? absl::OkStatus()
               : custody::NothingShown(tx, actor, policy::Action::kBreakGlassRead);
  };
}

class BreakGlassService final : public v1::BreakGlassService::CallbackService {
 public:
  explicit BreakGlassService(Core& core) : core_(core) {}

 private:
  Reactor* RequestBreakGlass(Context* context, const v1::RequestBreakGlassRequest* request,
                             v1::BreakGlass* response) override {
    auto made = std::make_shared<std::int64_t>(0);
    const auto prepare = [made](const v1::RequestBreakGlassRequest& message, custody::Request keyed) {
      return PrepareRequest(message, std::move(keyed), made);
    };
    return Write(core_, context, "holdfast.v1.BreakGlassService/RequestBreakGlass", request, response,
                 prepare, [made] {
                   if (*made != 0)
                     spdlog::error(
                         "break-glass/{} was requested: somebody without access wants to see a secret",
                         *made);
                   return absl::OkStatus();
                 });
  }
  Reactor* GetBreakGlass(Context* context, const v1::GetBreakGlassRequest* request,
                         v1::BreakGlass* response) override {
    return Read(core_, context, "holdfast.v1.BreakGlassService/GetBreakGlass", request, response, PrepareGet);
  }
  Reactor* ListBreakGlass(Context* context, const v1::ListBreakGlassRequest* request,
                          v1::ListBreakGlassResponse* response) override {
    return Read(core_, context, "holdfast.v1.BreakGlassService/ListBreakGlass", request, response,
                PrepareList);
  }
  Reactor* VetoBreakGlass(Context* context, const v1::VetoBreakGlassRequest* request,
                          v1::BreakGlass* response) override {
    return Write(core_, context, "holdfast.v1.BreakGlassService/VetoBreakGlass", request, response,
                 PrepareVeto);
  }
  Reactor* RevealBreakGlass(Context* context, const v1::RevealBreakGlassRequest* request,
                            v1::RevealSecretVersionResponse* response) override {
    return WriteReveal(core_, context, "holdfast.v1.BreakGlassService/RevealBreakGlass", request, response,
                       PrepareReveal);
  }
  Reactor* ReviewBreakGlass(Context* context, const v1::ReviewBreakGlassRequest* request,
                            v1::BreakGlass* response) override {
    return Write(core_, context, "holdfast.v1.BreakGlassService/ReviewBreakGlass", request, response,
                 PrepareReview);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBreakGlassService(Core& core) {
  return std::make_unique<BreakGlassService>(core);
}

}  // namespace holdfast::rpc
