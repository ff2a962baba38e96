# Precompiled headers: parsing gRPC's and GoogleTest's takes longer than compiling what we write. Four sets,
# each compiled once and shared. Sources still include what they use: -DHOLDFAST_PCH=OFF builds without.
option(HOLDFAST_PCH "Use precompiled headers" ON)

set(HF_PCH_CORE
    <algorithm> <cstdint> <functional> <map> <memory> <mutex> <optional> <span> <string> <string_view> <utility>
    <vector> <absl/status/status.h> <absl/status/statusor.h> <fmt/format.h>)
set(HF_PCH_GRPC <google/protobuf/descriptor.h> <google/protobuf/map.h> <google/protobuf/message.h>
                <google/protobuf/repeated_field.h> <google/protobuf/timestamp.pb.h> <grpcpp/grpcpp.h>
                <grpcpp/impl/codegen/proto_utils.h>)
set(HF_PCH_TEST <gmock/gmock.h> <gtest/gtest.h>)

function(hf_precompile name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Gives the precompiled header of ${name} a target to belong to.\n")
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${name} PRIVATE hf_codegen ${ARG_DEPS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

if(HOLDFAST_PCH)
  set(hf_grpc_deps protobuf::libprotobuf gRPC::grpc++)
  hf_precompile(hf_pch HEADERS ${HF_PCH_CORE})
  hf_precompile(hf_pch_grpc HEADERS ${HF_PCH_CORE} ${HF_PCH_GRPC} DEPS ${hf_grpc_deps})
  if(HOLDFAST_TESTS)
    hf_precompile(hf_pch_test HEADERS ${HF_PCH_CORE} ${HF_PCH_TEST} DEPS GTest::gmock)
    hf_precompile(hf_pch_test_grpc HEADERS ${HF_PCH_CORE} ${HF_PCH_GRPC} ${HF_PCH_TEST} DEPS ${hf_grpc_deps} GTest::gmock)
  endif()
endif()

# hf_use_precompiled(TARGET with-grpc with-gtest): compiles the target on the set that fits.
function(hf_use_precompiled target grpc test)
  if(NOT HOLDFAST_PCH)
    return()
  endif()
  set(from hf_pch)
  if(test)
    string(APPEND from _test)
  endif()
  if(grpc)
    string(APPEND from _grpc)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${from})
endfunction()
