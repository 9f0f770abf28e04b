/* SPDX-License-Identifier: EUPL-1.2 */
#include "core_clients.h"

#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What is wrong with the file is for a person; want of memory passes. */
static enum tov_err blame(enum tov_err err)
{
    return err == TOV_OK || err == TOV_E_NOMEM ? err : TOV_E_CONFIG;
}

enum tov_err tov_core_clients_read(const struct tov_config *config, const struct tov_roster *roster,
                                   int fd, struct tov_clients **out_clients,
                                   struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    const char *path = config->clients_file;
    const struct tov_agency *own =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(config->agency));
    TOV_TRY(blame(tov_file_read_open(fd, path, TOV_CLIENTS_MAX_BYTES, &text, error)));
    enum tov_err err = tov_clients_parse(tov_buf_view(&text), &clients, error);
    if (err != TOV_OK)
        return tov_fail_in(error, blame(err), "%s: ", path);
    if (own == NULL)
        return tov_fail(error, TOV_E_CONFIG, "the roster has no agency %s: check `agency`",
                        config->agency);
    if (strcmp(tov_clients_agency(clients), own->name) != 0)
        return tov_fail(error, TOV_E_CONFIG, "%s: is the registry of %s, not of %s", path,
                        tov_clients_agency(clients), own->name);
    if (tov_clients_check(clients, own, error) != TOV_OK)
        return tov_fail_in(error, TOV_E_CONFIG, "%s: ", path);
    *out_clients = TOV_TAKE(clients);
    return TOV_OK;
}

enum tov_err tov_core_clients_open(const struct tov_config *config, const struct tov_roster *roster,
                                   struct tov_clients **out_clients, struct tov_error *error)
{
    const char *path = config->clients_file;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: is not there: register the first person with tov-keys client-add "
                        "--registry %s (docs/operating.md)",
                        path, path);
    if (fd < 0)
        return tov_fail(error, TOV_E_CONFIG, "%s: cannot open: %s", path, strerror(errno));
    enum tov_err err = tov_core_clients_read(config, roster, fd, out_clients, error);
    (void)close(fd);
    return err;
}
