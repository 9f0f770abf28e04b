/* SPDX-License-Identifier: EUPL-1.2 */
#include "core_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static bool find_credential(char out[PATH_SIZE])
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL)
        return false;
    int size = snprintf(out, PATH_SIZE, "%s/core-passphrase", folder);
    return size > 0 && size < PATH_SIZE && access(out, R_OK) == 0;
}

enum tov_err tov_core_key_load(const struct tov_config *config, enum tov_key_purpose purpose,
                               enum tov_passphrase_kind otherwise, struct tov_keyfile *out_key,
                               struct tov_error *error)
{
    char path[PATH_SIZE], credential[PATH_SIZE], prompt[PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/%s.key", config->keys_dir, tov_key_purpose_name(purpose));
    (void)snprintf(prompt, sizeof prompt, "Passphrase of %s", path);
    struct tov_passphrase_source source = {.kind = otherwise, .prompt = prompt};
    struct tov_keyfile key = {.secret = NULL};
    if (find_credential(credential))
        source = (struct tov_passphrase_source){.kind = TOV_PASSPHRASE_FILE, .path = credential};
    enum tov_err err = tov_keyfile_load(path, purpose, &source, &key, error);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK)
        return TOV_E_KEY; /* for a person, whatever it is */
    if (strcmp(key.info.owner, config->agency) != 0)
        err = tov_fail(error, TOV_E_KEY, "%s: belongs to %s, but this is the node of %s", path,
                       key.info.owner, config->agency);
    if (err == TOV_OK)
        *out_key = key;
    else
        tov_keyfile_fini(&key);
    return err;
}

enum tov_err tov_core_control_key_check(const struct tov_config *config,
                                        const struct tov_roster *roster,
                                        const struct tov_keyfile *key, struct tov_error *error)
{
    const struct tov_agency *own =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(config->agency));
    if (own != NULL && memcmp(key->info.public_key, own->control, sizeof own->control) == 0)
        return TOV_OK;
    return tov_fail(error, TOV_E_KEY,
                    "%s/control.key: is not the control key that the roster has for %s: put that "
                    "one here, or have the roster changed",
                    config->keys_dir, config->agency);
}
