# SPDX-License-Identifier: EUPL-1.2
# Compiler and linker flags. Two kinds: what our own sources are held to (the target tov_flags, which
# modules and tests link), and what every object needs, generated code too (set for the directory).
# Never put a sanitizer into tov_flags: a half-instrumented program reports nonsense.

include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported()

add_library(tov_flags INTERFACE)
target_compile_definitions(tov_flags INTERFACE _GNU_SOURCE)
target_compile_options(tov_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wswitch-enum
  $<$<BOOL:${TOV_WERROR}>:-Werror>
  $<$<C_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>)

# The same sources give the same bytes wherever they are built; messages show short paths.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_options(-fstack-protector-strong -fno-common)
foreach(flag -fcf-protection=full -fstack-clash-protection)
  string(MAKE_C_IDENTIFIER "TOV_HAS${flag}" has_flag)
  check_c_compiler_flag(${flag} ${has_flag})
  if(${has_flag})
    add_compile_options(${flag})
  endif()
endforeach()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)

# Assertions stay on in release builds: better stopped than wrong (docs/protocol.md, I1 to I12).
foreach(kind RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${kind} "${CMAKE_C_FLAGS_${kind}}")
endforeach()
if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

if(TOV_FUZZ AND NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "TOV_FUZZ needs clang: cmake --preset fuzz")
elseif(TOV_FUZZ)
  # fuzzer-no-link: coverage in every library, the fuzzer's own main only where tov_fuzzer asks.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TOV_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TOV_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(TOV_SANITIZE)
  message(FATAL_ERROR "TOV_SANITIZE is '${TOV_SANITIZE}': leave it empty, or address, or thread")
endif()
