#include "vault/base/clock.h"

#include <chrono>

#include "fmt/core.h"

namespace holdfast {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// 9999-12-31T23:59:59.999999Z.
constexpr Micros kLastTime = 253'402'300'800 * kSecond - 1;

// Takes exactly `width` digits from the front of `text`.
std::optional<int> TakeDigits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool Take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// Two digits of at most `most`.
std::optional<int> TakePart(std::string_view& text, int most) {
  const auto value = TakeDigits(text, 2);
  return value.has_value() && *value <= most ? value : std::nullopt;
}

std::optional<Micros> TakeDate(std::string_view& text) {
  const auto year = TakeDigits(text, 4);
  if (!year.has_value() || !Take(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month.has_value() || !Take(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day.has_value()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date).time_since_epoch().count() * kDay;
}

std::optional<Micros> TakeTimeOfDay(std::string_view& text) {
  const auto hour = TakePart(text, 23);
  if (!hour.has_value() || !Take(text, ':')) return std::nullopt;
  const auto minute = TakePart(text, 59);
  if (!minute.has_value() || !Take(text, ':')) return std::nullopt;
  const auto second = TakePart(text, 59);
  if (!second.has_value()) return std::nullopt;
  return *hour * kHour + *minute * kMinute + *second * kSecond;
}

std::optional<Micros> TakeFraction(std::string_view& text) {
  if (!Take(text, '.')) return 0;
  Micros fraction = 0;
  Micros unit = kSecond / 10;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    fraction += (text.front() - '0') * unit;
    unit /= 10;
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  return fraction;
}

std::optional<Micros> TakeOffset(std::string_view& text) {
  if (Take(text, 'Z')) return 0;
  const bool east = Take(text, '+');
  if (!east && !Take(text, '-')) return std::nullopt;
  const auto hour = TakePart(text, 23);
  if (!hour.has_value() || !Take(text, ':')) return std::nullopt;
  const auto minute = TakePart(text, 59);
  if (!minute.has_value()) return std::nullopt;
  const Micros offset = *hour * kHour + *minute * kMinute;
  return east ? offset : -offset;
}

}  // namespace

Micros WallNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string FormatTime(Micros time) {
  const std::chrono::sys_time<std::chrono::microseconds> point{std::chrono::microseconds(time)};
  const sys_days day = std::chrono::floor<days>(point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss of_day(point - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count(),
                     of_day.subseconds().count());
}

std::optional<Micros> ParseTime(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date.has_value() || !Take(text, 'T')) return std::nullopt;
  const auto of_day = TakeTimeOfDay(text);
  if (!of_day.has_value()) return std::nullopt;
  const auto fraction = TakeFraction(text);
  if (!fraction.has_value()) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset.has_value() || !text.empty()) return std::nullopt;
  const Micros time = *date + *of_day + *fraction - *offset;
  if (time < 0 || time > kLastTime) return std::nullopt;
  return time;
}

}  // namespace holdfast
