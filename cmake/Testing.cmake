# SPDX-License-Identifier: Apache-2.0
#
# How tests are declared.  Every test has one label: fast (the suite stays below a minute) or slow.
# Tests start in the project's root, so that they can open examples/iris/iris.onnx or ../shared.
find_package(GTest REQUIRED)
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
include(GoogleTest)

# What a test finds in its environment: the program under test and the build's configuration.
set(GATELIGHT_TEST_ENVIRONMENT "GATELIGHT_PROGRAM=$<TARGET_FILE:gatelight_program>")

# gatelight_test_library(NAME SOURCES ... [LINKS ...]): code that several test programs share.
function(gatelight_test_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(gatelight_${name} STATIC ${ARG_SOURCES})
  gatelight_compile_options(gatelight_${name})
  target_include_directories(gatelight_${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(gatelight_${name} PUBLIC gatelight::gatelight ${ARG_LINKS})
endfunction()

# gatelight_test(NAME LABEL fast|slow SOURCES ... [LINKS ...]): one GoogleTest program.  ctest knows
# each test of it as NAME.Suite.Case.  It may include headers of src/ and of tests/.
function(gatelight_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINKS" ${ARGN})
  gatelight_timeout(timeout "${name}" "${ARG_LABEL}")
  add_executable(test_${name} ${ARG_SOURCES})
  gatelight_compile_options(test_${name})
  set_target_properties(test_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bin)
  target_include_directories(test_${name}
    PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(test_${name}
    PRIVATE gatelight::gatelight ${ARG_LINKS} GTest::gtest_main)
  add_dependencies(test_${name} gatelight_program)
  gtest_discover_tests(test_${name}
    TEST_PREFIX "${name}."
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DISCOVERY_TIMEOUT 60
    NO_PRETTY_VALUES  # a parameter printed as bytes would change the name from run to run
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${timeout} ENVIRONMENT "${GATELIGHT_TEST_ENVIRONMENT}")
endfunction()

# gatelight_script_test(NAME LABEL fast|slow SCRIPT FILE [MODULES ...] [ARGUMENTS ...]): a Python
# script that exits 0 on success and 77 where it has to be skipped.  With MODULES it runs in the
# environment of `scripts/setup --python`, and is skipped by name where one of them is missing.
function(gatelight_script_test name)
  cmake_parse_arguments(ARG "" "LABEL;SCRIPT" "MODULES;ARGUMENTS" ${ARGN})
  gatelight_timeout(timeout "${name}" "${ARG_LABEL}")
  set(launcher)
  if(ARG_MODULES)
    string(JOIN "," modules ${ARG_MODULES})
    set(launcher ${PROJECT_SOURCE_DIR}/tests/with_modules.py ${modules})
  endif()
  add_test(NAME ${name}
    COMMAND Python3::Interpreter ${launcher} ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SCRIPT} ${ARG_ARGUMENTS}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES
    LABELS ${ARG_LABEL}
    TIMEOUT ${timeout}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;${GATELIGHT_TEST_ENVIRONMENT}")
endfunction()

# Seconds after which ctest ends a test.  The sanitizers make everything several times slower.
function(gatelight_timeout variable name label)
  if(label STREQUAL "fast")
    set(${variable} 120 PARENT_SCOPE)
  elseif(label STREQUAL "slow")
    set(${variable} 1200 PARENT_SCOPE)
  else()
    message(FATAL_ERROR "test ${name}: LABEL must be fast or slow, not '${label}'")
  endif()
endfunction()
