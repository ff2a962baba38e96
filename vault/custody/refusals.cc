#include "vault/custody/refusals.h"

#include <utility>

namespace holdfast::custody {
namespace {

constexpr char kMany[] = "many";     // the rule of kinds that were counted together

std::int64_t IdOf(const audit::Event& event, std::optional<audit::Ref> audit::Event::*who) {
  return (event.*who).has_value() ? (event.*who)->id : 0;
}

}  // namespace

Refusals::Tally& Refusals::TallyOf(const audit::Event& event) {
  Kind kind{IdOf(event, &audit::Event::actor), IdOf(event, &audit::Event::subject), event.type, event.rule};
  if (tallies_.size() >= kRefusalKinds && !tallies_.contains(kind)) kind = {0, 0, event.type, kMany};
  return tallies_[std::move(kind)];
}

bool Refusals::Admit(const audit::Event& event, Micros now) {
  if (event.outcome != audit::Outcome::kDenied || event.texts.contains(kFoldedText)) return true;
  Tally& tally = TallyOf(event);
  if (now >= tally.window + kRefusalsWindow) {
    tally.window = now;
    tally.written = 0;
  }
  if (tally.written < kRefusalsWritten) {
    ++tally.written;
    return true;
  }
  if (tally.counted++ == 0) {
    tally.first = now;
    tally.like = event;
  }
  tally.last = now;
  if (!since_.has_value()) since_ = now;
  return false;
}

std::vector<audit::Event> Refusals::Take(Micros now) {
  std::vector<audit::Event> events;
  for (auto& [kind, tally] : tallies_) {
    if (tally.counted == 0) continue;
    audit::Event event;
    event.type = tally.like.type;
    event.rule = std::get<3>(kind);
    if (event.rule != kMany) {
      event.actor = tally.like.actor;
      event.subject = tally.like.subject;
    }
    event.outcome = audit::Outcome::kDenied;
    event.texts = {{kFoldedText, std::to_string(tally.counted)},
                   {"first-time", FormatTime(tally.first)},
                   {"last-time", FormatTime(tally.last)}};
    if (const auto peer = tally.like.texts.find("peer"); peer != tally.like.texts.end())
      event.texts.insert(*peer);
    events.push_back(std::move(event));
    tally.counted = 0;
  }
  std::erase_if(tallies_, [&](const auto& entry) { return now >= entry.second.window + kRefusalsWindow; });
  since_.reset();
  return events;
}

}  // namespace holdfast::custody
