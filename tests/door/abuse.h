// HTTP/2 as no honest client speaks it, to make a server keep more than was sent.
#pragma once

#include "tests/door/raw_http2.h"

namespace holdfast::testing {

// Each goes on, on a connection that has sent its preface and no stream from `first` on, until the other side closes
// or 16 MiB were sent.
using Abuse = void (*)(RawConnection& connection, std::uint32_t first);

void RapidReset(RawConnection& connection, std::uint32_t first);
// The same in the fewest bytes: all headers by their number in the table.
void RapidShortReset(RawConnection& connection, std::uint32_t first);
void EndlessContinuation(RawConnection& connection, std::uint32_t first);
void HugeString(RawConnection& connection, std::uint32_t first);
// Calls whose messages do not become whole.
void EndlessMessages(RawConnection& connection, std::uint32_t first);
// Settings, each of which is to be acknowledged, while nothing is read.
void EndlessSettings(RawConnection& connection, std::uint32_t first);

}  // namespace holdfast::testing
