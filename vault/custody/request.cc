#include "vault/custody/request.h"

#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/mac.h"
#include "vault/custody/request_id.h"
#include "vault/storage/request_store.h"

namespace holdfast::custody {
namespace {

constexpr Micros kKept = 7 * kDay;
constexpr int kPrunedAtOnce = 4;  // more than come in, so that the table shrinks to what is kept

// Bound to the device too: a repeat from another one would release to it what was recorded for this one.
crypto::Digest BodyMac(const WriteTx& tx, const Actor& actor, const Request& request, ByteView value) {
  return crypto::Mac(tx.keys().request_mac, {AsBytes("holdfast-request-v1"), AsBytes(request.method),
                                             actor.key.cert_sha256, request.body, value});
}

}  // namespace

absl::Status CheckRequest(const Request& request) {
  HF_RETURN_IF_ERROR(CheckRequestId("request_id", request.id));
  HF_RETURN_IF_ERROR(CheckLine("ticket", request.ticket, kMaxTicket, /*required=*/false));
  return CheckLine("reason", request.reason, kMaxReason, /*required=*/false);
}

absl::StatusOr<std::optional<std::string>> FindRepeat(WriteTx& tx, const Actor& actor, const Request& request,
                                                      ByteView value) {
  HF_ASSIGN_OR_RETURN(const auto done,
                      storage::RequestStore(tx.db()).Get(actor.holder.id, request.method, request.id));
  if (!done.has_value()) return std::optional<std::string>();
  if (!crypto::EqualConstantTime(done->body_mac, BodyMac(tx, actor, request, value))) {
    return MakeError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                     "request_id: was used for another request; take a new one");
  }
  return std::optional<std::string>(done->result);
}

absl::Status Remember(WriteTx& tx, const Actor& actor, const Request& request, std::string_view result,
                      ByteView value) {
  const crypto::Digest mac = BodyMac(tx, actor, request, value);
  storage::RequestStore requests(tx.db());
  HF_RETURN_IF_ERROR(requests.Put(actor.holder.id, request.method, request.id,
                                  {.body_mac = ToBytes(mac), .result = std::string(result)}, tx.now()));
  return requests.Prune(tx.now() - kKept, kPrunedAtOnce).status();
}

}  // namespace holdfast::custody
