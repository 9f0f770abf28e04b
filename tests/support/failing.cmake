# SPDX-License-Identifier: EUPL-1.2
# tov_can_fail(TARGET): every call of support/failing.h in TARGET can be made to fail. By the linker:
# what is linked is the product's own code, not compiled for it.
# Not for: other processors than x86-64, nor a sanitizer, which sees a leak where a gate stood before
# what gives something back; there the tests that need it are left out.
set(failing_folder ${CMAKE_CURRENT_BINARY_DIR}/failing)

# Not these: what says what is wrong rather than doing something; a look at a field, which has its
# name from the program; appending to a range, which fails behind 2^64; the plain size of a sealed
# one, which is asked also of sizes that were just computed; and below, what begins an object that
# its caller ends also when that failed.
set(failing_not tov_fail picture_reason tov_core_fail tov_node_failed tov_store_batch_failed
  tov_node_create tov_record_get tov_person_reason_check tov_person_words_read tov_range_append
  tov_stream_plain_size)

file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.h
  ${CMAKE_SOURCE_DIR}/daemon/core/*.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers}) # for what they name
set(names)
foreach(header IN LISTS headers)
  file(STRINGS ${header} found REGEX "^enum tov_err [a-z0-9_]+\\(")
  foreach(line IN LISTS found)
    string(REGEX REPLACE "^enum tov_err ([a-z0-9_]+)\\(.*" "\\1" name "${line}")
    list(APPEND names ${name})
  endforeach()
endforeach()
list(REMOVE_ITEM names ${failing_not})
list(FILTER names EXCLUDE REGEX "_init$")
list(REMOVE_DUPLICATES names)

set(options)
set(calls "/* Made by tests/support/failing.cmake. */\n")
string(APPEND calls [[
.macro may_fail name, is_allocation
    .globl __wrap_\name
    .type __wrap_\name, @function
__wrap_\name:
    .cfi_startproc
    endbr64
    push %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    mov %rsp, %rbp
    .cfi_def_cfa_register %rbp
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %r8
    push %r9
    mov %rbp, %rdi
    mov $\is_allocation, %esi
    call failing_here@PLT
    pop %r9
    pop %r8
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    pop %rbp
    .cfi_def_cfa %rsp, 8
    test %eax, %eax
    jne 1f
    jmp __real_\name@PLT
1:  .if \is_allocation
    xor %eax, %eax
    .endif
    ret
    .cfi_endproc
    .size __wrap_\name, . - __wrap_\name
.endm
    .text
]])
foreach(name IN LISTS names)
  string(APPEND calls "    may_fail ${name}, 0\n")
  string(APPEND options "--wrap=${name}\n")
endforeach()
foreach(name malloc calloc realloc)
  string(APPEND calls "    may_fail ${name}, 1\n")
  string(APPEND options "--wrap=${name}\n")
endforeach()
foreach(name create turn on_tick on_peer_up on_peer_down on_peer_frame on_client_frame
    on_client_gone on_guard on_committed)
  string(APPEND options "--wrap=tov_node_${name}\n")
endforeach()
string(APPEND calls "    .section .note.GNU-stack, \"\", @progbits\n")
file(MAKE_DIRECTORY ${failing_folder})
file(CONFIGURE OUTPUT ${failing_folder}/calls.s CONTENT "${calls}" @ONLY)
file(CONFIGURE OUTPUT ${failing_folder}/options CONTENT "${options}" @ONLY)

function(tov_can_fail target)
  target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/failing.c
    ${failing_folder}/calls.s)
  target_link_options(${target} PRIVATE "-Wl,@${failing_folder}/options")
  # Frames can be walked where they are kept.
  if(TOV_SANITIZE OR CMAKE_C_FLAGS MATCHES "-O0")
    target_compile_definitions(${target} PRIVATE FAILING_FRAMES=3u)
  else()
    target_compile_definitions(${target} PRIVATE FAILING_FRAMES=1u)
  endif()
endfunction()
