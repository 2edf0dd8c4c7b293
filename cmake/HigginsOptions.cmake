# Options, warnings and sanitizers: what every target shares.
option(HIGGINS_TESTS "Build the tests" ON)
option(HIGGINS_BENCH "Build the benchmarks (google-benchmark)" OFF)
option(HIGGINS_FUZZ "Build the fuzz targets (clang only)" OFF)
option(HIGGINS_PYTHON "Build the Python module (nanobind)" OFF)
option(HIGGINS_WERROR "Treat warnings as errors" ON)
set(HIGGINS_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")

add_library(higgins_flags INTERFACE)
target_include_directories(higgins_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_compile_options(higgins_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
if(HIGGINS_WERROR)
  target_compile_options(higgins_flags INTERFACE -Werror)
endif()
if(HIGGINS_SANITIZE)
  target_compile_options(higgins_flags INTERFACE -fsanitize=${HIGGINS_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(higgins_flags INTERFACE -fsanitize=${HIGGINS_SANITIZE})
  # g++ 12 takes std::regex for uninitialised once it is instrumented; its manual says that sanitizers cause such alarms.
  target_compile_options(higgins_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# OpenVINO comes from its Python wheel in a project-local folder (tools/setup.sh) unless the caller points elsewhere.
if(NOT OpenVINO_DIR)
  file(GLOB HIGGINS_OPENVINO_CMAKE ${PROJECT_SOURCE_DIR}/.deps/openvino/openvino/cmake)
  if(HIGGINS_OPENVINO_CMAKE)
    set(OpenVINO_DIR ${HIGGINS_OPENVINO_CMAKE} CACHE PATH "Folder of OpenVINOConfig.cmake")
  endif()
endif()
