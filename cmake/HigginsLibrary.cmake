# libhiggins: the rooms as one shared library that shows nothing but include/higgins, and what is installed.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
option(HIGGINS_INSTALL_RUNTIME "Install the parts of OpenVINO that the library loads beside it" ON)

# Objects, not archives: a linker takes from an archive only what it misses, and nothing inside misses the public API.
add_library(higgins SHARED $<TARGET_OBJECTS:higgins_engine> $<TARGET_OBJECTS:higgins_report> $<TARGET_OBJECTS:higgins_base>)
add_library(higgins::higgins ALIAS higgins)
target_link_libraries(higgins PRIVATE higgins_engine)
target_compile_features(higgins PUBLIC cxx_std_20)
target_include_directories(higgins PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                          $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(higgins PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                                         INSTALL_RPATH "$ORIGIN/higgins")
if(UNIX AND NOT APPLE)
  set(HIGGINS_MAP ${PROJECT_SOURCE_DIR}/cmake/libhiggins.map)
  target_link_options(higgins PRIVATE LINKER:--version-script=${HIGGINS_MAP})
  set_target_properties(higgins PROPERTIES LINK_DEPENDS ${HIGGINS_MAP})
endif()

install(TARGETS higgins EXPORT higginsTargets LIBRARY)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/higgins TYPE INCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE TYPE DOC)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/packs/en-us DESTINATION ${CMAKE_INSTALL_DATADIR}/higgins/packs OPTIONAL)
# The page of `higgins serve`, where `make web` has built it.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/higgins/web OPTIONAL)
install(EXPORT higginsTargets NAMESPACE higgins:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/higgins)
file(WRITE ${PROJECT_BINARY_DIR}/higginsConfig.cmake "include(\${CMAKE_CURRENT_LIST_DIR}/higginsTargets.cmake)\n")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/higginsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/higginsConfig.cmake ${PROJECT_BINARY_DIR}/higginsConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/higgins)

if(HIGGINS_INSTALL_RUNTIME)
  # The library, the plug-in and the front ends that are used (of ONNX, and of what a cache keeps), and what they load
  # themselves; they find each other by $ORIGIN.
  get_target_property(openvino_library openvino::runtime IMPORTED_LOCATION_RELEASE)
  get_filename_component(openvino_folder ${openvino_library} DIRECTORY)
  file(GLOB runtime_files ${openvino_folder}/libopenvino.so.* ${openvino_folder}/libopenvino_onnx_frontend.so.*
       ${openvino_folder}/libopenvino_ir_frontend.so.*
       ${openvino_folder}/libopenvino_intel_cpu_plugin.so ${openvino_folder}/libopenvino_arm_cpu_plugin.so
       ${openvino_folder}/libtbb.so.* ${openvino_folder}/libtbbmalloc.so.* ${openvino_folder}/libhwloc.so.*)
  install(PROGRAMS ${runtime_files} DESTINATION ${CMAKE_INSTALL_LIBDIR}/higgins)
endif()
