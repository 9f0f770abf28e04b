# SPDX-License-Identifier: EUPL-1.2
# Fails when FILE is not what DOC prints.
execute_process(COMMAND ${DOC} OUTPUT_VARIABLE expected COMMAND_ERROR_IS_FATAL ANY)
file(READ ${FILE} actual)
if(NOT actual STREQUAL expected)
  message(FATAL_ERROR "${FILE} is out of date: ${DOC} > ${FILE}")
endif()
