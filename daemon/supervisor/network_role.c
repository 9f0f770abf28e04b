/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/network_role.h"

#include "core/core_roster.h"
#include "exit_codes.h"
#include "log/log.h"
#include "supervisor/role.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

/* Where the key is: the credential when there is one. */
static bool find_file(const struct tov_config *config, const char *name, char out[PATH_SIZE])
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    int size = 0;
    if (credentials != NULL) {
        size = snprintf(out, PATH_SIZE, "%s/tov-%s", credentials, name);
        if (size > 0 && size < PATH_SIZE && access(out, R_OK) == 0)
            return true;
    }
    size = snprintf(out, PATH_SIZE, "%s/%s.key", config->keys_dir, name);
    return size > 0 && size < PATH_SIZE;
}

static bool is_transport_key(const struct tov_agency *agency, const uint8_t key[32])
{
    for (size_t i = 0; i < agency->transport_count; i++)
        if (memcmp(agency->transport[i], key, sizeof agency->transport[i]) == 0)
            return true;
    return false;
}

/* With another key nobody would let this node in, and it would wait for peers for ever. What is
 * wrong with the roster itself the core says; a gateway apart has neither agency nor roster. */
static enum tov_err check_key(const struct tov_config *config, const char *path,
                              const struct tov_key_info *info, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    if (config->agency[0] == '\0')
        return TOV_OK;
    if (strcmp(info->owner, config->agency) != 0)
        return tov_fail(error, TOV_E_KEY, "%s: belongs to %s, but this is the node of %s", path,
                        info->owner, config->agency);
    if (info->purpose != TOV_KEY_TRANSPORT || tov_core_roster_load(config, &roster, NULL) != TOV_OK)
        return TOV_OK;
    const struct tov_agency *own =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(config->agency));
    if (own == NULL || is_transport_key(own, info->public_key))
        return TOV_OK;
    return tov_fail(error, TOV_E_KEY,
                    "%s: is no transport key that the roster has for %s: put that one here, or "
                    "have the roster changed",
                    path, config->agency);
}

/* The passphrase that systemd hands in, when it does. */
static struct tov_passphrase_source
find_passphrase(const char *name, enum tov_passphrase_kind otherwise, char path[PATH_SIZE])
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    int size =
        credentials == NULL ? 0 : snprintf(path, PATH_SIZE, "%s/%s-passphrase", credentials, name);
    bool is_there = size > 0 && size < PATH_SIZE && access(path, R_OK) == 0;
    return (struct tov_passphrase_source){.kind = is_there ? TOV_PASSPHRASE_FILE : otherwise,
                                          .path = path};
}

/* What the role NAME needs: its key, and what opens it where no credential does. */
struct key_wish {
    const char *name;
    enum tov_key_purpose purpose;
    enum tov_passphrase_kind otherwise;
};

static enum tov_err load_key(const struct tov_config *config, const struct key_wish *wish,
                             struct tov_keyfile *out_key, struct tov_error *error)
{
    char path[PATH_SIZE], passphrase[PATH_SIZE];
    struct tov_keyfile key = {.secret = NULL};
    struct tov_passphrase_source source = find_passphrase(wish->name, wish->otherwise, passphrase);
    if (!find_file(config, tov_key_purpose_name(wish->purpose), path))
        return tov_fail(error, TOV_E_KEY, "%s: path too long", config->keys_dir);
    enum tov_err err = tov_keyfile_load(path, wish->purpose, &source, &key, error);
    if (err == TOV_OK)
        err = check_key(config, path, &key.info, error);
    if (err == TOV_OK)
        *out_key = key;
    else
        tov_keyfile_fini(&key);
    return err == TOV_OK || err == TOV_E_NOMEM ? err : TOV_E_KEY; /* for a person, whatever it is */
}

enum tov_err tov_network_role_check_key(const struct tov_config *config, const char *name,
                                        enum tov_key_purpose purpose, unsigned *locked,
                                        struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile key = {.secret = NULL};
    const struct key_wish wish = {name, purpose, TOV_PASSPHRASE_LEFT};
    TOV_TRY(load_key(config, &wish, &key, error));
    *locked += key.secret == NULL;
    return TOV_OK;
}

static enum tov_err load_secret(const struct tov_config *config, const char *name,
                                enum tov_key_purpose purpose, struct tov_key *out_secret,
                                struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile key = {.secret = NULL};
    const struct key_wish wish = {name, purpose, TOV_PASSPHRASE_NONE};
    TOV_TRY(load_key(config, &wish, &key, error));
    memcpy(out_secret->bytes, tov_secret_data(key.secret), sizeof out_secret->bytes);
    return TOV_OK;
}

/* A gateway's own configuration fills what it has of a node's. */
static enum tov_err load_config(const struct tov_role_arguments *arguments,
                                struct tov_config *out_config, struct tov_error *error)
{
    struct tov_gateway_config apart;
    if (arguments->role == NULL || strcmp(arguments->role, TOV_ROLE_GATEWAY_APART) != 0)
        return tov_config_load(arguments->config, out_config, error);
    TOV_TRY(tov_gateway_config_load(arguments->config, &apart, error));
    *out_config = (struct tov_config){.log_level = apart.log_level};
    memcpy(out_config->keys_dir, apart.keys_dir, sizeof out_config->keys_dir);
    memcpy(out_config->listen, apart.listen, sizeof out_config->listen);
    return TOV_OK;
}

int tov_network_role_begin(int argc, char **argv, const char *name, enum tov_key_purpose purpose,
                           struct tov_network_role *out_role)
{
    struct tov_role_arguments arguments;
    struct tov_error error = {.code = TOV_OK};
    *out_role = (struct tov_network_role){.core_fd = -1, .signal_fd = -1, .memory_fd = -1};
    if (!tov_role_arguments_parse(argc, argv, &arguments) || arguments.config == NULL ||
        arguments.fd < 0)
        return TOV_EXIT_USAGE;
    out_role->core_fd = arguments.fd;
    out_role->signal_fd = tov_role_start();
    if (out_role->signal_fd < 0)
        return TOV_EXIT_INTERNAL;
    enum tov_err err = load_config(&arguments, &out_role->config, &error);
    if (err != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "config", TOV_LOG_TEXT("why", error.text));
        return err == TOV_E_NOMEM ? TOV_EXIT_INTERNAL : TOV_EXIT_CONFIG;
    }
    tov_log_open(name, out_role->config.log_level, getenv("JOURNAL_STREAM") != NULL);
    err = load_secret(&out_role->config, name, purpose, &out_role->secret, &error);
    if (err != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "key", TOV_LOG_TEXT("why", error.text));
        return err == TOV_E_NOMEM ? TOV_EXIT_INTERNAL : TOV_EXIT_KEY;
    }
    return 0;
}

static enum tov_err enter(enum tov_sandbox_role sandbox, const char *listen,
                          struct tov_net **out_net, struct tov_error *error)
{
    const struct tov_sandbox_places places = {.listen = listen};
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = NULL;
    TOV_TRY(tov_net_create(&net, error));
    TOV_TRY(tov_sandbox_enter(sandbox, &places, error));
    *out_net = TOV_TAKE(net);
    return TOV_OK;
}

int tov_network_role_enter(struct tov_network_role *role, enum tov_sandbox_role sandbox,
                           const char *listen, struct tov_net **out_net)
{
    struct tov_error error = {.code = TOV_OK};
    role->memory_fd = tov_net_memory_open();
    if (enter(sandbox, listen, out_net, &error) == TOV_OK)
        return 0;
    TOV_LOG(TOV_LOG_ERROR, "no-network", TOV_LOG_TEXT("why", error.text));
    return TOV_EXIT_INTERNAL;
}
