# SPDX-License-Identifier: EUPL-1.2
# How every target of Tov is built: options, libraries, and short functions for modules and tests.
# Flags: TovFlags.cmake. Fuzzers: TovFuzz.cmake. Installing: TovInstall.cmake. Danish:
# TovTranslate.cmake. Not for: what is built; each folder says that itself.

include(GNUInstallDirs)
include(CTest)

set(TOV_SANITIZE "" CACHE STRING "empty, address or thread")
set_property(CACHE TOV_SANITIZE PROPERTY STRINGS "" address thread)
option(TOV_FUZZ "build the fuzzers, and everything for them (clang)" OFF)
option(TOV_WERROR "warnings are errors" ON)
set(TOV_TEST_PATIENCE 1 CACHE STRING "how many times its usual time a test may take; for many rounds")

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

# The Debian packages of these stand in scripts/packages, the reasons in docs/dependencies.md.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c>=1.4)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
find_program(PROTOC_C protoc-c REQUIRED)
find_library(CUNIT_LIBRARY cunit REQUIRED)

include(TovFlags)

# tov_module(NAME SOURCES ... LINK ...): a static library of one layer. INCLUDE names its root.
function(tov_module name)
  cmake_parse_arguments(M "" "" "SOURCES;LINK;PRIVATE_LINK;INCLUDE" ${ARGN})
  add_library(${name} STATIC ${M_SOURCES})
  target_include_directories(${name} PUBLIC ${M_INCLUDE} ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(${name} PUBLIC ${M_LINK} PRIVATE tov_flags ${M_PRIVATE_LINK})
endfunction()

# All tests labelled "threads": what is built and run under the thread sanitizer.
add_custom_target(tov_thread_tests)

# Tests in which proto/ and daemon/core run, in processes that end by themselves: what is built and
# run to count branches (scripts/coverage). Labelled "covers".
add_custom_target(tov_coverage_tests)
set(TOV_COVERS "/tests/(simulation|unit/(audit|backup|base|case|core|envelope|follow|ledger|machines|merkle|roster|store|wire_.*))$")

# tov_test(NAME SOURCES ... LINK ... LABELS ... TIMEOUT n): a CUnit program that ctest runs from the
# source root; CUnit's summary and the exit code tell the verdict (tests/support/unit.h).
# Label a test that starts threads, or links libzmq or the committer, "threads".
function(tov_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LINK} tov_test_support ${CUNIT_LIBRARY} tov_flags)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  math(EXPR T_TIMEOUT "${T_TIMEOUT} * ${TOV_TEST_PATIENCE}")
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "${TOV_COVERS}")
    list(APPEND T_LABELS covers)
    add_dependencies(tov_coverage_tests ${name})
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    ENVIRONMENT "${T_ENVIRONMENT}" SKIP_RETURN_CODE 77)
  if("threads" IN_LIST T_LABELS)
    add_dependencies(tov_thread_tests ${name})
  endif()
endfunction()

include(TovFuzz)
include(TovInstall)
include(TovTranslate)
