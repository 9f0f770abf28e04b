/* SPDX-License-Identifier: EUPL-1.2
 *
 * The few keys of a gateway that runs apart. What a key's value may be: config.c.
 */
#include "base/cleanup.h"
#include "config/config_internal.h"

#include <stdlib.h>

#define FIELD(member) offsetof(struct tov_gateway_config, member)
static const struct config_key keys[] = {
    {"gateway", "connect", CONFIG_SOCKET, true, FIELD(connect), 0, 0},
    {"gateway", "keys", CONFIG_PATH, true, FIELD(keys_dir), 0, 0},
    {"gateway", "listen", CONFIG_ENDPOINT, false, FIELD(listen), 0, 0},
    {"gateway", "log-level", CONFIG_LEVEL, false, FIELD(log_level), 0, 0},
};
static const struct config_schema schema = {.keys = keys,
                                            .count = sizeof keys / sizeof keys[0],
                                            .sections = "[gateway]",
                                            .example = "gateway.conf.example"};

enum tov_err tov_gateway_config_parse(const char *text, const char *name,
                                      struct tov_gateway_config *out_config,
                                      struct tov_error *error)
{
    struct tov_gateway_config config = {.log_level = TOV_LOG_INFO};
    struct config_reading reading = {.schema = &schema, .values = &config};
    TOV_TRY(config_read(&reading, text, name, error));
    TOV_TRY(config_need(&reading, name, error));
    *out_config = config;
    return TOV_OK;
}

enum tov_err tov_gateway_config_load(const char *path, struct tov_gateway_config *out_config,
                                     struct tov_error *error)
{
    TOV_FREE char *text = NULL;
    TOV_TRY(config_text(path, &text, error));
    return tov_gateway_config_parse(text, path, out_config, error);
}
