// The bare server that reveals are measured against: the vault's own listener, keys and messages, answering
// at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tests/harness/process.h"

namespace holdfast::bench {

// The program's main when it is called as such a server: DATA_DIR BOX_SIZE. Serves until killed.
int RunEchoServer(int argc, char** argv);

// That server as a process of its own. REQUIRES: no holdfastd on the data directory.
class EchoProcess {
 public:
  EchoProcess(const std::string& program, const std::string& data_dir, const std::string& output,
              std::size_t box_size);
  const std::string& address() const { return address_; }

 private:
  testing::Daemon process_;
  std::string address_;
};

}  // namespace holdfast::bench
