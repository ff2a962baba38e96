# What every folder uses: dependencies, and hf_library(), hf_executable(), hf_test().
include(toolchain)  # build type, ccache, linker, hf_codegen, hf_options

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
if(HOLDFAST_TESTS)
  find_package(GTest REQUIRED)
endif()
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)

# SQLCipher is linked statically and by path: with libsqlite3 anywhere earlier on the link line, keying
# would silently do nothing.
find_library(SQLCIPHER_LIBRARY NAMES libsqlcipher.a REQUIRED)
find_path(SQLCIPHER_INCLUDE_DIR NAMES sqlcipher/sqlite3.h REQUIRED)
add_library(hf_sqlcipher INTERFACE)
target_link_libraries(hf_sqlcipher INTERFACE ${SQLCIPHER_LIBRARY} OpenSSL::Crypto Threads::Threads m dl)
target_include_directories(hf_sqlcipher SYSTEM INTERFACE ${SQLCIPHER_INCLUDE_DIR})
target_compile_definitions(hf_sqlcipher INTERFACE SQLITE_HAS_CODEC)

target_include_directories(hf_codegen INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(hf_codegen INTERFACE fmt::fmt absl::status absl::statusor)

include(precompiled)  # hf_use_precompiled()

# hf_library(NAME [GRPC] SOURCES a.cc ... DEPS targets ...): one static library for one folder. GRPC: its
# sources include gRPC or generated headers, so compile them on top of the precompiled ones.
function(hf_library name)
  cmake_parse_arguments(ARG "GRPC" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC hf_options ${ARG_DEPS})
  hf_use_precompiled(${name} "${ARG_GRPC}" FALSE)
endfunction()

# hf_executable(NAME [GRPC] SOURCES main.cc ... DEPS targets ...): a program in bin/.
function(hf_executable name)
  cmake_parse_arguments(ARG "GRPC" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hf_options ${ARG_DEPS})
  hf_use_precompiled(${name} "${ARG_GRPC}" FALSE)
endfunction()

# hf_test(NAME [GRPC] [TIMEOUT seconds] [ENVIRONMENT VAR=value ...] SOURCES a_test.cc ... DEPS targets ...):
# one GoogleTest binary; each TEST is one CTest entry, "NAME:Suite.Test".
function(hf_test name)
  cmake_parse_arguments(ARG "GRPC" "TIMEOUT" "ENVIRONMENT;SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hf_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(
    ${name} PRIVATE HF_SOURCE_DIR="${CMAKE_SOURCE_DIR}" HF_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  hf_use_precompiled(${name} "${ARG_GRPC}" TRUE)
  set(environment ${ARG_ENVIRONMENT})
  # Debian's gRPC is not instrumented: sanitizers see races and leaks inside it that are none of ours, also in
  # the programs that a test starts.
  if(ARG_GRPC OR "hf_test_harness" IN_LIST ARG_DEPS)
    list(APPEND environment TSAN_OPTIONS=ignore_noninstrumented_modules=1
         LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0)
  endif()
  if(environment)
    list(PREPEND environment ENVIRONMENT)
  endif()
  gtest_discover_tests(
    ${name} TEST_PREFIX ${name}: DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${ARG_TIMEOUT} ${environment})
endfunction()
