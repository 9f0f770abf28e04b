# SPDX-License-Identifier: EUPL-1.2
# Fuzzers by libFuzzer. Only with TOV_FUZZ (preset fuzz); elsewhere tov_fuzzer does nothing.
# Not for: long campaigns; ctest runs each for a bounded time, scripts/fuzz as long as it is told.

set(TOV_FUZZ_RUNS -1 CACHE STRING "inputs that ctest gives each fuzzer; -1: only time bounds it")
set(TOV_FUZZ_SECONDS 60 CACHE STRING "seconds that ctest gives each fuzzer at most")
# Behind the seconds: what was found before is read again first, on a busy machine too.
math(EXPR TOV_FUZZ_TIMEOUT "${TOV_FUZZ_SECONDS} + 300")

# All fuzzers and what they need, and no more; and for scripts/fuzz, a line for each of them: its
# name, its longest input, and the folders of inputs that it begins with.
add_custom_target(tov_fuzzers)
set(TOV_FUZZ_LIST ${CMAKE_BINARY_DIR}/fuzz/list)
file(REMOVE ${TOV_FUZZ_LIST})

# Unpacks ARCHIVE whenever it is newer than what was unpacked.
function(tov_fuzz_unpack name archive)
  set(folder ${CMAKE_BINARY_DIR}/fuzz/corpus/${name})
  add_custom_command(OUTPUT ${folder}.unpacked DEPENDS ${archive} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_COMMAND} -E chdir ${folder} ${CMAKE_COMMAND} -E tar xzf ${archive}
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}.unpacked)
  add_custom_target(${name}_corpus DEPENDS ${folder}.unpacked)
  add_dependencies(${name} ${name}_corpus)
endfunction()

# tov_fuzzer(NAME SOURCES ... LINK ... CORPUS folder): a program with LLVMFuzzerTestOneInput.
# CORPUS (seeds, optional) is relative to the calling folder and is never written to. What earlier
# runs found, corpus/NAME.tar.gz there, is unpacked where it is built and read too.
function(tov_fuzzer name)
  if(NOT TOV_FUZZ)
    return()
  endif()
  cmake_parse_arguments(F "" "CORPUS;MAX_LEN" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${F_SOURCES})
  target_link_libraries(${name} PRIVATE ${F_LINK} tov_flags)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_options(${name} PRIVATE -Wno-missing-prototypes)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  add_dependencies(tov_fuzzers ${name})
  if(NOT F_MAX_LEN)
    set(F_MAX_LEN 16384)
  endif()
  set(found ${CMAKE_BINARY_DIR}/fuzz/found/${name})
  file(MAKE_DIRECTORY ${found})
  set(read "")
  if(F_CORPUS)
    list(APPEND read ${CMAKE_CURRENT_SOURCE_DIR}/${F_CORPUS})
  endif()
  set(archive ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}.tar.gz)
  if(EXISTS ${archive})
    tov_fuzz_unpack(${name} ${archive})
    list(APPEND read ${CMAKE_BINARY_DIR}/fuzz/corpus/${name})
  endif()
  set(folders ${found} ${read})
  string(REPLACE ";" " " line "${name} ${F_MAX_LEN} ${read}")
  file(APPEND ${TOV_FUZZ_LIST} "${line}\n")
  add_test(NAME ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMAND ${name} -runs=${TOV_FUZZ_RUNS} -seed=1 -max_len=${F_MAX_LEN}
      -len_control=0 -max_total_time=${TOV_FUZZ_SECONDS}
      -timeout=60 -rss_limit_mb=1024 -artifact_prefix=${CMAKE_BINARY_DIR}/fuzz/${name}- ${folders})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${TOV_FUZZ_TIMEOUT} LABELS fuzz)
endfunction()
