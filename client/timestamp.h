// Times between the API and us.
#pragma once

#include "google/protobuf/timestamp.pb.h"
#include "vault/base/clock.h"

namespace holdfast::client {

inline Micros TimestampMicros(const google::protobuf::Timestamp& time) {
  return time.seconds() * kSecond + time.nanos() / 1000;
}

inline void SetTimestamp(Micros time, google::protobuf::Timestamp& out) {
  out.set_seconds(time / kSecond);
  out.set_nanos(static_cast<std::int32_t>(time % kSecond * 1000));
}

}  // namespace holdfast::client
