// Names of the files in a data directory.
#pragma once

#include <string>

namespace holdfast::custody {

inline std::string SealPath(const std::string& data_dir) { return data_dir + "/seal"; }
inline std::string DatabasePath(const std::string& data_dir) { return data_dir + "/vault.db"; }
inline std::string LockPath(const std::string& data_dir) { return data_dir + "/lock"; }
inline std::string AnchorPath(const std::string& data_dir) { return data_dir + "/anchor"; }
inline std::string PlacePath(const std::string& data_dir) { return data_dir + "/place"; }
inline std::string EndpointPath(const std::string& data_dir) { return data_dir + "/endpoint"; }

// The path of a file that the vault names: relative to the data directory, so that a copy of that names its own.
inline std::string ResolvePath(const std::string& data_dir, const std::string& path) {
  return path.starts_with('/') ? path : data_dir + "/" + path;
}

}  // namespace holdfast::custody
