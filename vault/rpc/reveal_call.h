// A call whose answer carries a value. What is released is kept out of the answer's reach until its record is
// durable; only then is it sealed to the calling device.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "holdfast/v1/secret_service.pb.h"
#include "vault/custody/secrets.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/sealed.h"

namespace holdfast::rpc {

// `work` fills in the answer but for its value, and gives what is to be sealed as that. `prepare(request,
// custody::Request)` checks and gives `work`, or an error.
template <class Response>
using Releases =
    std::function<absl::StatusOr<custody::Release>(custody::WriteTx&, const custody::Actor&, Response&)>;

template <class Request, class Response, class Prepare>
Reactor* WriteReleasing(Core& core, const Context* context, std::string_view method, const Request* request,
                        Response* response, Prepare prepare) {
  auto held = std::make_shared<std::optional<custody::Release>>();
  const auto hold = [prepare, held](const Request& message,
                                    custody::Request keyed) -> absl::StatusOr<Work<Response>> {
    HF_ASSIGN_OR_RETURN(Releases<Response> work, prepare(message, std::move(keyed)));
    return [work = std::move(work), held](custody::WriteTx& tx, const custody::Actor& actor,
                                          Response& out) -> absl::Status {
      HF_ASSIGN_OR_RETURN(auto release, work(tx, actor, out));
      held->emplace(std::move(release));
      return absl::OkStatus();
    };
  };
  return Write(core, context, method, request, response, hold, [&core, held, response]() -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Bytes box, custody::SealRelease(core.keys, WallNow(), **held));
    held->reset();
    SetBoxed(core.keys, box, *response->mutable_value());
    return absl::OkStatus();
  });
}

// The same for a version of a secret, whichever way to it the caller took.
using Reveals = std::function<absl::StatusOr<custody::Revealed>(custody::WriteTx&, const custody::Actor&)>;

template <class Request, class Prepare>
Reactor* WriteReveal(Core& core, const Context* context, std::string_view method, const Request* request,
                     v1::RevealSecretVersionResponse* response, Prepare prepare) {
  using Response = v1::RevealSecretVersionResponse;
  const auto fill = [prepare](const Request& message,
                              custody::Request keyed) -> absl::StatusOr<Releases<Response>> {
    HF_ASSIGN_OR_RETURN(Reveals reveal, prepare(message, std::move(keyed)));
    return [reveal = std::move(reveal)](custody::WriteTx& tx, const custody::Actor& actor,
                                        Response& out) -> absl::StatusOr<custody::Release> {
      HF_ASSIGN_OR_RETURN(custody::Revealed done, reveal(tx, actor));
      out.set_rule(done.rule);
      if (done.show_for.has_value()) SetDuration(*done.show_for, out.mutable_show_for());
      Names names(tx);
      HF_RETURN_IF_ERROR(Render(names, done.row, *out.mutable_version()));
      return std::move(done.release);
    };
  };
  return WriteReleasing(core, context, method, request, response, fill);
}

}  // namespace holdfast::rpc
