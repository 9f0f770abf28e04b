# SPDX-License-Identifier: EUPL-1.2
# Danish: compiles po/<language>.po with gettext, into the build tree and into the installation.
# English stands in the sources, as _("...") or ngettext("...", "...", n); po/README.md tells how a
# program finds its catalogue.

find_program(MSGFMT msgfmt REQUIRED)
find_program(MSGMERGE msgmerge REQUIRED)
find_program(XGETTEXT xgettext REQUIRED)

# tov_translations(DOMAIN language...): catalogues of the calling folder, one <language>.po each, in
# <build>/share/locale/<language>/LC_MESSAGES/DOMAIN.mo, which is where <build>/bin/../share is, as
# in the installation. The target po-update brings the .po files up to date with the sources.
function(tov_translations domain)
  set(catalogues)
  set(merges)
  set(template ${CMAKE_CURRENT_BINARY_DIR}/${domain}.pot)
  foreach(language IN LISTS ARGN)
    set(po ${CMAKE_CURRENT_SOURCE_DIR}/${language}.po)
    set(folder ${CMAKE_BINARY_DIR}/share/locale/${language}/LC_MESSAGES)
    set(mo ${folder}/${domain}.mo)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${mo} DEPENDS ${po} VERBATIM
      COMMAND ${MSGFMT} --check --output-file=${mo} ${po} COMMENT "Compiling ${language}.po")
    list(APPEND catalogues ${mo})
    list(APPEND merges COMMAND ${MSGMERGE} --quiet --update --backup=none --no-fuzzy-matching
      --sort-by-file --width=100 ${po} ${template})
    install(FILES ${mo} DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/${language}/LC_MESSAGES)
  endforeach()
  add_custom_target(translations ALL DEPENDS ${catalogues})
  add_custom_target(po-update VERBATIM WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/extract ${CMAKE_SOURCE_DIR} ${template} ${merges})
endfunction()

# tov_use_translations(TARGET): the program knows its text domain and the installed catalogues.
function(tov_use_translations target)
  target_compile_definitions(${target} PRIVATE TOV_TEXT_DOMAIN="tov"
    TOV_LOCALE_DIR="${CMAKE_INSTALL_FULL_LOCALEDIR}")
  add_dependencies(${target} translations)
endfunction()
