/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/role_key.h"

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

enum tov_err tov_role_key_load(const struct tov_config *config, enum tov_key_purpose purpose,
                               struct tov_key *out_secret, struct tov_error *error)
{
    char path[PATH_SIZE];
    struct tov_keyfile keyfile = {.secret = NULL};
    if (!find_file(config, tov_key_purpose_name(purpose), path))
        return tov_fail(error, TOV_E_KEY, "%s: path too long", config->keys_dir);
    TOV_TRY(tov_keyfile_load(path, purpose, NULL, &keyfile, error));
    memcpy(out_secret->bytes, tov_secret_data(keyfile.secret), sizeof out_secret->bytes);
    tov_keyfile_fini(&keyfile);
    return TOV_OK;
}

void tov_role_log(const char *role, const struct tov_config *config)
{
    tov_log_open(role, config->log_level, getenv("JOURNAL_STREAM") != NULL);
}
