/* SPDX-License-Identifier: EUPL-1.2 */
#include "check/check.h"

#include "core/core_clients.h"
#include "core/core_keys.h"
#include "core/core_roster.h"
#include "guard/guard_main.h"
#include "ledger/vault.h"
#include "store/filesystem.h"
#include "supervisor/network_role.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* What may not be looked at here is told by the role that needs it, as in a start. */
static enum tov_err check_disk(const struct tov_config *config, struct tov_error *error)
{
    TOV_CLEANUP(close_fd) int fd = open(config->data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? TOV_OK : tov_filesystem_check(fd, config->data_dir, error);
}

static enum tov_err check_buckets(const struct tov_config *config, const struct tov_keyfile *root,
                                  struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf file = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    char path[PATH_SIZE];
    uint32_t count;
    (void)snprintf(path, sizeof path, "%s/%s", config->data_dir, TOV_VAULT_FILE);
    enum tov_err err = tov_file_read(path, TOV_VAULT_FILE_MAX_BYTES, &file, error);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    memcpy(key.bytes, tov_secret_view(root->secret).data, sizeof key.bytes);
    return tov_vault_check(tov_buf_view(&file), &key, &count, error);
}

static enum tov_err check_core_keys(const struct tov_config *config,
                                    const struct tov_roster *roster, unsigned *locked,
                                    struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile control = {.secret = NULL};
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile root = {.secret = NULL};
    TOV_TRY(tov_core_key_load(config, TOV_KEY_CONTROL, TOV_PASSPHRASE_LEFT, &control, error));
    TOV_TRY(tov_core_control_key_check(config, roster, &control, error));
    TOV_TRY(tov_core_key_load(config, TOV_KEY_STORAGE_ROOT, TOV_PASSPHRASE_LEFT, &root, error));
    *locked += control.secret == NULL;
    *locked += root.secret == NULL;
    return root.secret == NULL ? TOV_OK : check_buckets(config, &root, error);
}

static enum tov_err check_edge_keys(const struct tov_config *config, unsigned *locked,
                                    struct tov_error *error)
{
    if (config->gateway_socket[0] == '\0') /* else its key lies with a gateway apart */
        TOV_TRY(tov_network_role_check_key(config, "gateway", TOV_KEY_TRANSPORT, locked, error));
    return tov_network_role_check_key(config, "front", TOV_KEY_FRONT, locked, error);
}

enum tov_err tov_check_node(const struct tov_config *config, unsigned *out_locked,
                            struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    unsigned locked = 0;
    TOV_TRY(tov_core_roster_load(config, &roster, error));
    TOV_TRY(tov_core_clients_open(config, roster, &clients, error));
    TOV_TRY(check_core_keys(config, roster, &locked, error));
    TOV_TRY(tov_guard_check_keys(config->keys_dir, config->agency, &locked, error));
    TOV_TRY(check_edge_keys(config, &locked, error));
    TOV_TRY(check_disk(config, error));
    *out_locked = locked;
    return TOV_OK;
}
