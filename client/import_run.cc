#include "client/import_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "client/import_match.h"
#include "client/options.h"
#include "client/progress.h"
#include "client/sealed.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/import_service.grpc.pb.h"

namespace holdfast::client {
namespace {

using Imports = v1::ImportService;

constexpr int kInFlight = 8;
constexpr int kAttempts = 8;

std::string OutcomeText(v1::ImportOutcome outcome) {
  switch (outcome) {
    case v1::IMPORT_OUTCOME_CREATED:
      return "created";
    case v1::IMPORT_OUTCOME_UNCHANGED:
      return "unchanged";
    case v1::IMPORT_OUTCOME_DIFFERS:
      return "differs";
    case v1::IMPORT_OUTCOME_NOT_COMPARED:
      return "not compared";
    default:
      return "unknown";
  }
}

absl::StatusOr<v1::ImportItemRequest> MakeRequest(const ImportEntry& entry, const ImportSettings& settings,
                                                  const Sealer& sealer, const std::string& run_id) {
  const ImportItem& item = entry.item;
  v1::ImportItemRequest request;
  v1::ImportSource& source = *request.mutable_source();
  source.set_system("bitwarden");
  source.set_id(item.source_id);
  source.set_group(item.group);
  source.set_title(entry.title);
  source.set_username(item.username);
  source.set_url(item.url);
  request.set_account_id(item.account_id);
  request.set_platform(item.platform);
  request.set_owner(settings.owner);
  request.set_request_id(NewRequestId());
  request.set_validate_only(settings.dry_run);
  request.set_archived(item.archived);
  for (const std::string& holder : settings.known_by) request.add_known_by(holder);
  request.set_known_by_nobody(settings.known_by_nobody);
  for (const ImportDetail& detail : item.details) {
    v1::AccountDetail& message = *request.add_details();
    message.set_name(detail.name);
    message.set_value(detail.value);
  }
  request.set_run_id(run_id);
  for (const ImportSecret& secret : item.secrets) {
    v1::ImportComponent& component = *request.add_components();
    component.set_secret(secret.id);
    component.set_kind(secret.kind);
    std::int64_t position = 0;
    for (const ImportValue& value : secret.values) {
      SetTimestamp(value.since.value_or(0), *component.add_in_use_times());
      HF_ASSIGN_OR_RETURN(*component.add_values(), sealer.Seal({.purpose = "import",
                                                                .request_id = request.request_id(),
                                                                .account = item.account_id,
                                                                .secret = secret.id,
                                                                .version = ++position},
                                                               value.value));
    }
  }
  return request;
}

// The vault says how long to wait when it has too much to do.
bool WaitFor(const absl::Status& status, int attempt) {
  const bool busy = absl::IsResourceExhausted(status) && !ReasonOf(status).empty();
  if (!busy || attempt + 1 == kAttempts) return false;
  const auto details = DetailsOf(status);
  const auto told = details.find("retry_millis");
  const long millis = told == details.end() ? 200 : std::strtol(told->second.c_str(), nullptr, 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::clamp(millis, 10L, 5000L)));
  return true;
}

// The vault takes so many bytes of unfinished messages from a device, and all in flight must fit: 4 MiB.
constexpr std::size_t kLargeMessage = 256 * 1024;
std::mutex large_message;

absl::StatusOr<v1::ImportItemResponse> Send(Session& session, const v1::ImportItemRequest& request) {
  std::unique_lock one_at_a_time(large_message, std::defer_lock);
  if (request.ByteSizeLong() > kLargeMessage) one_at_a_time.lock();
  for (int attempt = 0;; ++attempt) {
    auto response = session.Call<Imports>(&Imports::StubInterface::ImportItem, request);
    if (response.ok() || !WaitFor(response.status(), attempt)) return response;
  }
}

ImportResult Start(const ImportEntry& entry) {
  ImportResult result;
  result.position = entry.position;
  result.title = entry.title;
  result.notes = entry.changed;
  result.left_out = entry.left_out;
  result.error = entry.status;
  if (!entry.status.ok()) result.outcome = "failed";
  if (!entry.skipped.empty()) {
    result.outcome = "skipped";
    result.notes.push_back(entry.skipped);
  }
  return result;
}

class Run {
 public:
  Run(Session& session, const std::vector<ImportEntry>& entries, const ImportSettings& settings,
      Sealer sealer)
      : session_(session),
        entries_(entries),
        settings_(settings),
        groups_(Alike(entries)),
        sealer_(std::move(sealer)),
        progress_("import", static_cast<int>(entries.size()), settings.show_progress) {
    for (const ImportEntry& entry : entries) {
      results_.push_back(Start(entry));
      if (!results_.back().outcome.empty()) progress_.Step();
    }
  }

  std::vector<ImportResult> Finish() {
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kInFlight; ++i) threads.emplace_back([this] { Work(); });
    }
    return std::move(results_);
  }

 private:
  void Work() {
    for (std::size_t i = next_++; i < groups_.size(); i = next_++) WorkOn(groups_[i]);
  }

  void WorkOn(const std::vector<std::size_t>& group) {
    for (const std::size_t i : group) {
      ImportResult& result = results_[i];
      const absl::Status status = ended_ ? MakeError(absl::StatusCode::kAborted, "NOT_TRIED", "was not tried")
                                         : Import(entries_[i], result);
      if (!status.ok()) {
        result.outcome = "failed";
        result.error = status;
        if (EndsImport(status)) ended_ = true;
      }
      progress_.Step();
    }
  }

  absl::Status Import(const ImportEntry& entry, ImportResult& result) {
    HF_ASSIGN_OR_RETURN(const v1::ImportItemRequest request, MakeRequest(entry, settings_, sealer_, run_id_));
    HF_ASSIGN_OR_RETURN(const v1::ImportItemResponse response, Send(session_, request));
    result.account = response.account();
    result.outcome = OutcomeText(response.outcome());
    for (const auto& component : response.components())
      result.components.emplace_back(component.secret(), OutcomeText(component.outcome()));
    for (const std::string& field : response.differing_fields())
      result.notes.push_back(fmt::format("{} differs", field));
    return absl::OkStatus();
  }

  Session& session_;
  const std::vector<ImportEntry>& entries_;
  const ImportSettings& settings_;
  const std::vector<std::vector<std::size_t>> groups_;
  const Sealer sealer_;
  const std::string run_id_ = NewRequestId();
  Progress progress_;
  std::vector<ImportResult> results_;  // each written by the one thread that took its group
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> ended_{false};
};

}  // namespace

bool EndsImport(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kInvalidArgument:
      return FieldOf(status) == "owner" || FieldOf(status) == "known_by";  // the same for each item
    default:
      return false;
  }
}

absl::StatusOr<std::vector<ImportResult>> RunImport(Session& session, const std::vector<ImportEntry>& entries,
                                                    const ImportSettings& settings) {
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session.Vault());
  HF_ASSIGN_OR_RETURN(Sealer sealer, Sealer::Make(session.identity(), vault));
  return Run(session, entries, settings, std::move(sealer)).Finish();
}

}  // namespace holdfast::client
