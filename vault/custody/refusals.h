// Refusals beyond a rate are counted instead of being written one by one: who is refused again and again, thousands of
// times a second, must not fill the disk with it. What was counted becomes one event a kind, within seconds and at
// stop. Not thread safe: the writer's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "vault/audit/event.h"
#include "vault/base/clock.h"

namespace holdfast::custody {

inline constexpr int kRefusalsWritten = 20;  // of one kind, a minute; a kind: who, about whom, type and rule
inline constexpr Micros kRefusalsWindow = kMinute;
inline constexpr Micros kRefusalsCountedFor = 5 * kSecond;  // before they are written
inline constexpr std::size_t kRefusalKinds = 4096;          // more are counted as one kind

// In the texts of an event that stands for many: how many.
inline constexpr char kFoldedText[] = "folded";

class Refusals {
 public:
  // True when the event must be written now; otherwise it was counted. True for all that are no refusals, and for what
  // Take() gave.
  bool Admit(const audit::Event& event, Micros now);
  // Something is counted and not written yet; Due(): it is time to write it.
  bool waiting() const { return since_.has_value(); }
  bool Due(Micros now) const { return since_.has_value() && now >= *since_ + kRefusalsCountedFor; }
  // One event a kind, with how many there were and from when until when; they count no more.
  std::vector<audit::Event> Take(Micros now);

 private:
  using Kind = std::tuple<std::int64_t, std::int64_t, std::string, std::string>;  // actor, subject, type, rule
  struct Tally {
    Micros window = 0;  // its start
    int written = 0;
    std::int64_t counted = 0;
    Micros first = 0;
    Micros last = 0;
    audit::Event like;
  };

  Tally& TallyOf(const audit::Event& event);

  std::map<Kind, Tally> tallies_;
  std::optional<Micros> since_;
};

}  // namespace holdfast::custody
