# SPDX-License-Identifier: Apache-2.0
#
# What others see of gatelight: the public headers, and what `cmake --install` puts where.
include(CMakePackageConfigHelpers)

# Listed one by one, like every source.  The preset `headers` compiles each of them alone.
set(headers bounds.hpp certificate.hpp circuit.hpp construct.hpp decision_tree.hpp equivalence.hpp
  formats.hpp frontier.hpp measure.hpp rank.hpp result.hpp solve.hpp theory.hpp)
list(TRANSFORM headers PREPEND ${PROJECT_SOURCE_DIR}/include/gatelight/)
target_sources(gatelight PUBLIC
  FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})

# Whoever builds gatelight as a part of another project installs what that project decides.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gatelight)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/gatelightConfig.cmake.in
  ${PROJECT_BINARY_DIR}/gatelightConfig.cmake
  INSTALL_DESTINATION ${package_dir})
# 0.x: a new minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gatelightConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

install(TARGETS gatelight EXPORT gatelightTargets FILE_SET HEADERS)
install(TARGETS gatelight_program)
install(EXPORT gatelightTargets NAMESPACE gatelight:: DESTINATION ${package_dir})
install(FILES
  ${PROJECT_BINARY_DIR}/gatelightConfig.cmake
  ${PROJECT_BINARY_DIR}/gatelightConfigVersion.cmake
  DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/docs/gatelight.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
