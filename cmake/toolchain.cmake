# How code is compiled and linked: build type, compiler cache, linker, hardening, warnings.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# A plain "ccache" given by hand is wrapped too: without this sloppiness it bypasses every file that uses a
# precompiled header.
find_program(CCACHE_PROGRAM ccache)
get_filename_component(hf_launcher "${CMAKE_CXX_COMPILER_LAUNCHER}" NAME)
if(CCACHE_PROGRAM AND hf_launcher MATCHES "^(ccache)?$")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

find_program(LLD_PROGRAM NAMES ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

# Flags that every object shares, generated code too: a precompiled header fits only equal flags. The code is
# position independent by -fPIE everywhere: CMake's own switch would compile libraries and programs differently.
add_library(hf_codegen INTERFACE)
target_compile_options(
  hf_codegen
  INTERFACE -fPIE -fstack-protector-strong "$<$<CONFIG:Release>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>"
            "$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>")
target_link_options(hf_codegen INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)

# g++ 12 sees overlaps and overruns inside std::string's own operator+ when it optimises (GCC bugs 105329 and
# 105651): these stay warnings.
add_library(hf_options INTERFACE)
target_compile_options(
  hf_options
  INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers
            "$<$<CXX_COMPILER_ID:GNU>:-Wno-error=array-bounds;-Wno-error=restrict;-Wno-error=stringop-overflow>")
target_link_libraries(hf_options INTERFACE hf_codegen)
