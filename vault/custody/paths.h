// Names of the files in a data directory.
#pragma once

#include <string>

namespace holdfast::custody {

inline std::string SealPath(const std::string& data_dir) { return data_dir + "/seal"; }
inline std::string DatabasePath(const std::string& data_dir) { return data_dir + "/vault.db"; }
inline std::string LockPath(const std::string& data_dir) { return data_dir + "/lock"; }
inline std::string AnchorPath(const std::string& data_dir) { return data_dir + "/anchor"; }
inline std::string EndpointPath(const std::string& data_dir) { return data_dir + "/endpoint"; }

}  // namespace holdfast::custody
