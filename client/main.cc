#include <stdlib.h>

#include "client/cli.h"
#include "client/terminal.h"

int main(int argc, char** argv) {
  // gRPC would write its own lines beside ours; GRPC_VERBOSITY=ERROR brings them back.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  holdfast::client::InstallSignalHandlers();
  return holdfast::client::RunCommandLine(argc, argv);
}
