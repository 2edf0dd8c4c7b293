# higgins_room(NAME DIR [LIBS ...]): one static library `higgins_NAME` from the .cc files of one folder of src/.
# higgins_tests(NAME [LIBS ...]): one test executable `NAME_test` from tests/NAME/*_test.cc, found by ctest.
function(higgins_room name dir)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${dir}/*.cc)
  if(sources)
    add_library(higgins_${name} STATIC ${sources})
    target_link_libraries(higgins_${name} PUBLIC higgins_flags ${ARG_LIBS})
  else()
    add_library(higgins_${name} INTERFACE)
    target_link_libraries(higgins_${name} INTERFACE higgins_flags ${ARG_LIBS})
  endif()
endfunction()

function(higgins_tests name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE higgins_flags ${ARG_LIBS} GTest::gtest_main GTest::gmock
                        rapidcheck)
  target_compile_definitions(${name}_test PRIVATE HIGGINS_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                                  HIGGINS_BINARY_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES LABELS ${name})
endfunction()
