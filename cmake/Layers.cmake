# SPDX-License-Identifier: Apache-2.0
#
# gatelight_layer(NAME SOURCES ... LINKS ...): one layer of the tree as an object library.
#
# Data runs left to right through the layers; tools/check_tree.py refuses an include that points
# right.  libgatelight is the sum of all layers.
function(gatelight_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(gatelight_${name} OBJECT ${ARG_SOURCES})
  gatelight_compile_options(gatelight_${name})
  target_include_directories(gatelight_${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include
    PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(gatelight_${name} PRIVATE ${ARG_LINKS})
  set_property(GLOBAL APPEND PROPERTY GATELIGHT_LAYERS gatelight_${name})
  set_property(GLOBAL APPEND PROPERTY GATELIGHT_LINKS ${ARG_LINKS})
endfunction()
