#include "vault/rpc/list_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "vault/rpc/call.h"
#include "vault/rpc/event_query.h"
#include "vault/rpc/page.h"
#include "vault/rpc/render.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

constexpr char kMethod[] = "holdfast.v1.AuditService/ListEvents";
// Entries looked at in one snapshot.
constexpr std::int64_t kStretch = 5000;

// Each step is started by the end of the one before, so no two run at once.
class Listing final : public Reactor {
 public:
  Listing(Core& core, const Context& context, const v1::ListEventsRequest& request,
          v1::ListEventsResponse& response)
      : core_(core), context_(context), request_(request), response_(response) {}

  void Start() {
    auto caller = CallerOf(context_, kMethod);
    if (!caller.ok()) return End(caller.status());
    const absl::Status checked = CheckEventQuery(request_);
    if (!checked.ok()) return End(checked);
    caller_ = *std::move(caller);
    auto ticket = core_.limits.Enter(context_, caller_.cert_sha256);
    if (!ticket.ok()) return End(ticket.status());
    ticket_ = *std::move(ticket);
    core_.ledger.Submit([this](custody::WriteTx& tx) { return Record(tx); }, Abandoned(),
                        [this](const absl::Status& status) { status.ok() ? ReadNext() : End(status); });
  }

 private:
  absl::Status Record(custody::WriteTx& tx) {
    HF_ASSIGN_OR_RETURN(const Actor actor, custody::Authenticate(tx, caller_));
    const custody::Target target{.texts = {{"query", QueryText(request_)}}};
    HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kAuditRead, target));
    HF_ASSIGN_OR_RETURN(page_, Page::Of(tx, actor, request_));
    HF_ASSIGN_OR_RETURN(filter_, FilterOf(tx, request_));
    HF_ASSIGN_OR_RETURN(range_, storage::EventStore(tx.db()).RangeOf(filter_));
    HF_ASSIGN_OR_RETURN(whole_, storage::EventStore(tx.db()).RangeOf({}));
    if (page_->position().has_value()) range_.last = std::min(range_.last, *page_->position());
    tx.Record(custody::EventFor(actor, Action::kAuditRead, target, decision));
    return absl::OkStatus();
  }

  void ReadNext() {
    if (done_ || (range_.empty() && !StartTypeCheck())) return End(absl::OkStatus());
    core_.ledger.Read([this](custody::ReadTx& tx) { return Decided(tx, ReadStretch(tx)); }, Abandoned(),
                      [this](const absl::Status& status) { status.ok() ? ReadNext() : End(status); });
  }

  absl::Status ReadStretch(custody::ReadTx& tx) {
    HF_ASSIGN_OR_RETURN(const Actor actor, custody::Authenticate(tx, caller_));
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kAuditRead, {}).status());
    const storage::IndexRange stretch{.first = std::max(range_.first, range_.last - kStretch + 1),
                                      .last = range_.last};
    range_.last = stretch.first - 1;
    if (checking_type_) return LookForType(tx, stretch);
    const int wanted = page_->limit() + 1 - response_.events_size();
    HF_ASSIGN_OR_RETURN(auto rows, storage::EventStore(tx.db()).List(filter_, stretch, wanted));
    HF_RETURN_IF_ERROR(CheckDense(stretch, rows, wanted));
    if (std::ssize(rows) == wanted) {
      response_.set_next_page_token(page_->TokenFor(rows.back().idx));
      rows.pop_back();
      done_ = true;
    }
    Names names(tx);
    for (storage::EventRow& row : rows) {
      HF_ASSIGN_OR_RETURN(const audit::Entry entry, audit::CheckedEntry(tx.db(), std::move(row)));
      HF_RETURN_IF_ERROR(Render(names, entry, *response_.add_events()));
    }
    return absl::OkStatus();
  }

  // Without a filter each entry of the stretch must be there.
  absl::Status CheckDense(const storage::IndexRange& stretch, const std::vector<storage::EventRow>& rows,
                          int wanted) const {
    if (!filter_.TakesAll()) return absl::OkStatus();
    std::int64_t next = stretch.last;
    for (const storage::EventRow& row : rows) {
      if (row.idx != next--) return audit::EntryMissing(next + 1);
    }
    return std::ssize(rows) == wanted || next < stretch.first ? absl::OkStatus() : audit::EntryMissing(next);
  }

  // A question that found nothing may hold a slip in its type: then no event at all is of it.
  bool StartTypeCheck() {
    if (checking_type_ || response_.events_size() > 0 || request_.page_token().size() > 0 ||
        request_.type().empty() || IsTypeOfAnAction(request_.type()))
      return false;
    checking_type_ = true;
    filter_ = storage::EventFilter{.type = filter_.type, .type_prefix = filter_.type_prefix};
    range_ = whole_;
    return !range_.empty();
  }
  absl::Status LookForType(custody::ReadTx& tx, const storage::IndexRange& stretch) {
    HF_ASSIGN_OR_RETURN(const auto any, storage::EventStore(tx.db()).List(filter_, stretch, 1));
    done_ = !any.empty();
    if (done_ || !range_.empty()) return absl::OkStatus();
    return InvalidField("type", fmt::format("no event is of type {}; types are like secret.reveal or secret.*",
                                            request_.type()));
  }

  void End(absl::Status status) {
    if (status.ok()) status = ticket_->Owe(response_.ByteSizeLong());
    if (!status.ok()) response_.Clear();
    Finish(ToGrpc(status));
  }
  void OnDone() override { delete this; }
  custody::Abandoned Abandoned() const {
    return [this] { return IsAbandoned(context_); };
  }

  Core& core_;
  const Context& context_;
  const v1::ListEventsRequest& request_;
  v1::ListEventsResponse& response_;
  custody::Caller caller_;
  std::unique_ptr<CallLimits::Ticket> ticket_;
  std::optional<Page> page_;
  storage::EventFilter filter_;
  storage::IndexRange range_;  // still to be looked at, from its end
  storage::IndexRange whole_;  // the log, as it was when the question was recorded
  bool checking_type_ = false;
  bool done_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* StartListing(Core& core, const grpc::CallbackServerContext& context,
                                       const v1::ListEventsRequest& request, v1::ListEventsResponse& response) {
  auto* listing = new Listing(core, context, request, response);
  listing->Start();
  return listing;
}

}  // namespace holdfast::rpc
