# SPDX-License-Identifier: EUPL-1.2
# Installing: programs, and libtov as a shared and a static library with pkg-config and CMake package.
# The version has one home, project(VERSION) in the top CMakeLists.txt; git is not asked.

# Raised when a program linked with an older libtov would no longer run (docs/building.md).
set(TOV_SOVERSION 0)

# Programs and libtov learn the version from here.
target_compile_definitions(tov_flags INTERFACE TOV_VERSION_TEXT="${PROJECT_VERSION}")

# tov_install_program(TARGET [SYSTEM]): into bin, or sbin for what only administrators run.
function(tov_install_program target)
  cmake_parse_arguments(P "SYSTEM" "" "" ${ARGN})
  if(P_SYSTEM)
    install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
  else()
    install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

# tov_install_text(FILE DESTINATION): FILE, in which @TOV_PREFIX@ stands for the prefix. That is known
# only when it is installed: `cmake --install DIR --prefix P` names another than the configuration.
function(tov_install_text file destination)
  get_filename_component(name ${file} NAME)
  set(made ${CMAKE_BINARY_DIR}/install/${name})
  install(CODE "
    file(READ \"${file}\" text)
    string(REPLACE \"@TOV_PREFIX@\" \"\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
    file(WRITE \"${made}\" \"\${text}\")
    file(INSTALL \"${made}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${destination}\")")
endfunction()

# tov_library(MODULE m MAP file.map NEEDS lib...): libtov.so and libtov.a of the module (a tov_module)
# and the modules below it, and their installation. Makes the targets
#   tov_shared  link this to test or use what is installed: only symbols of MAP are visible;
#   tov_static  the same as one archive; what is not public is local in it, too.
# NEEDS names the pkg-config modules that a static link adds (libzmq, libsodium ...).
function(tov_library)
  cmake_parse_arguments(L "" "MODULE;MAP" "NEEDS" ${ARGN})
  get_filename_component(map ${L_MAP} ABSOLUTE)
  set(empty ${CMAKE_CURRENT_BINARY_DIR}/libtov_empty.c)
  file(CONFIGURE OUTPUT ${empty} CONTENT "typedef int libtov_is_made_of_its_modules;\n")
  set(whole -Wl,--whole-archive $<TARGET_FILE:${L_MODULE}> -Wl,--no-whole-archive)

  add_library(tov_shared SHARED ${empty})
  target_link_libraries(tov_shared PRIVATE ${whole} ${L_MODULE})
  target_include_directories(tov_shared INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_link_options(tov_shared PRIVATE -Wl,--version-script,${map} -Wl,--no-undefined-version)
  if(NOT TOV_SANITIZE AND NOT TOV_FUZZ)
    target_link_options(tov_shared PRIVATE -Wl,-z,defs)
  endif()
  add_dependencies(tov_shared ${L_MODULE})
  set_target_properties(tov_shared PROPERTIES OUTPUT_NAME tov EXPORT_NAME tov
    VERSION ${PROJECT_VERSION} SOVERSION ${TOV_SOVERSION} LINK_DEPENDS ${map})

  tov_static_library(${L_MODULE})
  tov_install_library(${L_NEEDS})
endfunction()

# The modules that MODULE links, itself first, in OUT_VAR; only those of this project.
function(tov_modules_below module out_var)
  set(seen)
  set(todo ${module})
  while(todo)
    list(POP_FRONT todo next)
    if(next MATCHES "^\\$<LINK_ONLY:(.*)>$")
      set(next ${CMAKE_MATCH_1})
    endif()
    if(NOT TARGET ${next} OR next IN_LIST seen)
      continue()
    endif()
    get_target_property(kind ${next} TYPE)
    get_target_property(imported ${next} IMPORTED)
    if(kind STREQUAL "STATIC_LIBRARY" AND NOT imported)
      list(APPEND seen ${next})
      get_target_property(below ${next} LINK_LIBRARIES)
      if(below)
        list(APPEND todo ${below})
      endif()
    endif()
  endwhile()
  set(${out_var} ${seen} PARENT_SCOPE)
endfunction()

# libtov.a: one relocatable object of all modules, its hidden symbols made local, so that a program
# which links it cannot collide with, or lean on, what is not public.
function(tov_static_library module)
  tov_modules_below(${module} modules)
  set(files)
  foreach(one IN LISTS modules)
    list(APPEND files $<TARGET_FILE:${one}>)
  endforeach()
  set(object ${CMAKE_CURRENT_BINARY_DIR}/libtov_all.o)
  set(archive ${CMAKE_BINARY_DIR}/lib/libtov.a)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  add_custom_command(OUTPUT ${archive} DEPENDS ${modules} VERBATIM
    COMMAND ${CMAKE_LINKER} -r -o ${object} --whole-archive ${files}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${object}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} rcsD ${archive} ${object}
    COMMENT "Making libtov.a of ${module} and what it links")
  add_custom_target(tov_static_archive ALL DEPENDS ${archive})
  add_library(tov_static INTERFACE)
  add_dependencies(tov_static tov_static_archive)
  target_include_directories(tov_static INTERFACE ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(tov_static INTERFACE ${archive})
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# What a user of libtov needs beside the archive: shared object, headers, tov.pc, TovConfig.cmake.
function(tov_install_library)
  include(CMakePackageConfigHelpers)
  set(templates ${CMAKE_SOURCE_DIR}/cmake/templates)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/Tov)
  list(JOIN ARGN " " TOV_STATIC_NEEDS)
  set(TOV_PREFIX "@TOV_PREFIX@") # stays as it is until it is installed
  configure_file(${templates}/tov.pc.in ${CMAKE_BINARY_DIR}/tov.pc @ONLY)
  configure_package_config_file(${templates}/TovConfig.cmake.in ${CMAKE_BINARY_DIR}/TovConfig.cmake
    INSTALL_DESTINATION ${package})
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/TovConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(TARGETS tov_shared EXPORT TovTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT TovTargets NAMESPACE Tov:: DESTINATION ${package})
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/tov DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
  tov_install_text(${CMAKE_BINARY_DIR}/tov.pc ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  install(FILES ${CMAKE_BINARY_DIR}/TovConfig.cmake ${CMAKE_BINARY_DIR}/TovConfigVersion.cmake
    DESTINATION ${package})
endfunction()
