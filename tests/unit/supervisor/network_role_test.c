/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a gateway and a front come by their one key. Each beginning is a process of its own, since it
 * takes the signals of the one that it is in.
 */
#include "supervisor/network_role.h"

#include "base/cleanup.h"
#include "exit_codes.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static void path_of(char out[128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", folder, name);
}

static void put(const char *name, struct tov_bytes content)
{
    char path[128];
    path_of(path, name);
    struct tov_file_save save = {path, content, 0600, TOV_FILE_REPLACE};
    UNIT_NEED(tov_file_save(&save, NULL) == TOV_OK);
}

static void put_key(const char *owner, const char *passphrase)
{
    static const struct tov_keytext_lock cheap = {.passes = 1, .memory_kib = 8};
    const struct tov_key seed = {{7}};
    struct tov_key_place place = {.federation = "test", .owner = owner, .generation = 1};
    struct tov_key_info info = {.purpose = TOV_KEY_FRONT};
    struct tov_keytext_text text;
    (void)snprintf(info.owner, sizeof info.owner, "%s", owner);
    UNIT_NEED(tov_key_name(TOV_KEY_FRONT, &place, info.name) == TOV_OK);
    UNIT_NEED(tov_key_public(TOV_KEY_FRONT, &seed, info.public_key) == TOV_OK);
    struct tov_keytext_seal seal = {&info, &seed, tov_bytes_of_text(passphrase), &cheap};
    UNIT_NEED(tov_keytext_format_locked(&seal, &text) == TOV_OK);
    put("front.key", (struct tov_bytes){(const uint8_t *)text.text, text.size});
}

static int begin(void)
{
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0) {
        char config[128];
        struct tov_network_role role;
        path_of(config, "tovd.conf");
        char words[][10] = {"tovd", "--role", "front", "--config", "--fd", "0"};
        char *argv[] = {words[0], words[1], words[2], words[3], config, words[4], words[5], NULL};
        _exit(tov_network_role_begin(7, argv, "front", TOV_KEY_FRONT, &role));
    }
    int status = 0;
    UNIT_NEED(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_locked_key_opens_by_the_credential_of_its_role_alone(void)
{
    put_key("kk", "en lang saetning");
    UNIT_EQUAL_INT(begin(), TOV_EXIT_KEY);
    put("core-passphrase", tov_bytes_of_text("en lang saetning\n"));
    UNIT_EQUAL_INT(begin(), TOV_EXIT_KEY);
    put("front-passphrase", tov_bytes_of_text("en anden\n"));
    UNIT_EQUAL_INT(begin(), TOV_EXIT_KEY);
    put("front-passphrase", tov_bytes_of_text("en lang saetning\n"));
    UNIT_EQUAL_INT(begin(), TOV_EXIT_OK);
}

static void a_key_of_another_agency_is_refused(void)
{
    put("front-passphrase", tov_bytes_of_text("en lang saetning\n"));
    put_key("krfo", "en lang saetning");
    UNIT_EQUAL_INT(begin(), TOV_EXIT_KEY);
    put_key("kk", "en lang saetning");
    UNIT_EQUAL_INT(begin(), TOV_EXIT_OK);
}

static void prepare(void)
{
    char text[512];
    (void)snprintf(folder, sizeof folder, "/tmp/tov-network-role-XXXXXX");
    UNIT_NEED(mkdtemp(folder) != NULL);
    (void)snprintf(text, sizeof text,
                   "[node]\nagency = kk\nfederation = %s\ndata = %s/data\nguard = %s/guard\n"
                   "keys = %s\n",
                   folder, folder, folder, folder);
    put("tovd.conf", tov_bytes_of_text(text));
    UNIT_NEED(setenv("CREDENTIALS_DIRECTORY", folder, 1) == 0);
}

static void clean(void)
{
    static const char *const names[] = {"tovd.conf", "front.key", "core-passphrase",
                                        "front-passphrase"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        path_of(path, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_locked_key_opens_by_the_credential_of_its_role_alone),
        UNIT_TEST(a_key_of_another_agency_is_refused),
    };
    prepare();
    int code = unit_run("network_role", tests, sizeof tests / sizeof tests[0]);
    clean();
    return code;
}
