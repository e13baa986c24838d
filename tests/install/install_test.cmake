# SPDX-License-Identifier: Apache-2.0
#
# Builds and runs tests/install/consumer against gatelight.
#
#   cmake -D WAY=find_package|add_subdirectory -D SOURCE_DIR= -D BINARY_DIR= -D WORK_DIR=
#         -D GENERATOR= -D COMPILER= -P install_test.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit status ${status}: ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})
set(prefix ${WORK_DIR}/prefix)
set(build ${WORK_DIR}/build)

if(WAY STREQUAL "find_package")
  run(${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${prefix})
  foreach(file IN ITEMS bin/gatelight include/gatelight/circuit.hpp share/man/man1/gatelight.1)
    if(NOT EXISTS ${prefix}/${file})
      message(FATAL_ERROR "the installation lacks ${file}")
    endif()
  endforeach()
  run(${prefix}/bin/gatelight --version)
  set(how -D CMAKE_PREFIX_PATH=${prefix})
else()
  set(how -D GATELIGHT_SOURCE_DIR=${SOURCE_DIR})
endif()

run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/tests/install/consumer -B ${build} -G ${GENERATOR}
  -D CMAKE_CXX_COMPILER=${COMPILER} ${how})
run(${CMAKE_COMMAND} --build ${build})
run(${build}/consumer)
if(NOT output STREQUAL "energy 1\n")
  message(FATAL_ERROR "the consumer printed: ${output}")
endif()
