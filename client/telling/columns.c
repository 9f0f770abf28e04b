/* SPDX-License-Identifier: EUPL-1.2 */
#include "telling/columns.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

unsigned columns_of_page(void)
{
    struct winsize size = {0};
    const char *given = getenv("COLUMNS");
    unsigned columns = given == NULL ? 0 : (unsigned)strtoul(given, NULL, 10);
    if (columns == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns == 0)
        columns = COLUMNS_DEFAULT;
    if (columns < COLUMNS_MIN)
        columns = COLUMNS_MIN;
    return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}
