/* SPDX-License-Identifier: EUPL-1.2
 *
 * Configuration: tovd's file, that of a gateway apart, and the profiles of tov; the first byte says
 * which. What is refused leaves the caller's struct as it was; what is accepted keeps what the
 * header promises.
 */
#include "fuzz.h"

#include "cli/formtext.h"
#include "cli/profile.h"
#include "config/config.h"

static void must_be_path(const char *path)
{
    MUST(path[0] == '/' && strnlen(path, TOV_CONFIG_VALUE_SIZE) < TOV_CONFIG_VALUE_SIZE);
}

static void try_gateway(struct tov_bytes bytes)
{
    struct tov_gateway_config config = {.connect = "as it was"};
    struct tov_error error = {.text = ""};
    TOV_FREE char *text = fuzz_text(bytes);
    if (tov_gateway_config_parse(text, "gateway.conf", &config, &error) != TOV_OK) {
        MUST(strcmp(config.connect, "as it was") == 0);
        MUST(strncmp(error.text, "gateway.conf:", 13) == 0);
        return;
    }
    must_be_path(config.keys_dir);
    MUST(config.connect[0] == '/' && strlen(config.connect) < TOV_CONFIG_SOCKET_SIZE);
}

static void try_config(struct tov_bytes bytes)
{
    static struct tov_config config, before;
    struct tov_error error = {.text = ""};
    TOV_FREE char *text = fuzz_text(bytes);
    try_gateway(bytes);
    memset(&config, 0x5a, sizeof config);
    before = config;
    if (tov_config_parse(text, "tovd.conf", &config, &error) != TOV_OK) {
        MUST(memcmp(&config, &before, sizeof config) == 0);
        MUST(strncmp(error.text, "tovd.conf:", 10) == 0);
        return;
    }
    must_be_path(config.federation_dir);
    must_be_path(config.data_dir);
    must_be_path(config.guard_dir);
    must_be_path(config.keys_dir);
    must_be_path(config.roster_file);
    must_be_path(config.roots_file);
    must_be_path(config.clients_file);
    MUST(config.flow_window_bytes >= TOV_FRAME_MAX_BYTES && config.agency[0] != '\0');
    MUST(!config.demo_clock || config.demo_clock_file[0] == '/');
}

static void try_profile_of(const char *name, struct tov_bytes text)
{
    struct cli_profile profile = {.node = ""};
    struct tov_error error = {.text = ""};
    if (profile_parse(&profile, text, name, &error) != TOV_OK) {
        MUST(error.text[0] != '\0');
        return;
    }
    MUST(strnlen(profile.name, sizeof profile.name) < sizeof profile.name);
    MUST(strnlen(profile.node, PROFILE_TEXT_SIZE) < PROFILE_TEXT_SIZE);
    MUST(strnlen(profile.key, PROFILE_TEXT_SIZE) < PROFILE_TEXT_SIZE);
    MUST(profile.language[0] == '\0' || strcmp(profile.language, "da") == 0 ||
         strcmp(profile.language, "en") == 0);
    if (name != NULL)
        MUST(strcmp(profile.name, name) == 0);
}

static void try_profile(struct tov_bytes text)
{
    try_profile_of(NULL, text);
    try_profile_of("vink", text);
}

/* The remarks that tov wrote into a form are taken out, and nothing else. */
static void try_form_remarks(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf once = TOV_BUF_INIT(1u << 20);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf twice = TOV_BUF_INIT(1u << 20);
    TOV_FREE char *form = fuzz_text(bytes);
    formtext_strip(form, &once);
    MUST(once.failed == TOV_OK && once.size <= strlen(form) + 1);
    if (strstr(form, "#!") == NULL)
        MUST(strncmp(form, once.size == 0 ? "" : (const char *)once.data, once.size) == 0);
    TOV_FREE char *stripped = fuzz_text(tov_buf_view(&once));
    formtext_strip(stripped, &twice);
    fuzz_must_equal(&twice, tov_buf_view(&once));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_config, try_profile, try_form_remarks};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}
