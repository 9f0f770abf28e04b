/* SPDX-License-Identifier: EUPL-1.2
 *
 * The configuration file: the shipped example, defaults, and that every mistake is refused with
 * file, line and remedy.
 */
#include "config/config.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NODE                                                                      \
    "[node]\nagency = kk\nfederation = /etc/tov/demo\ndata = /var/lib/tov/data\n" \
    "guard = /var/lib/tov/guard\nkeys = /etc/tov/keys\n"

static void a_short_file_gets_the_defaults(void)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_parse(NODE, "t", &config, &error));
    UNIT_EQUAL_TEXT(config.agency, "kk");
    UNIT_EQUAL_TEXT(config.roster_file, "/etc/tov/demo/roster.txt");
    UNIT_EQUAL_TEXT(config.roots_file, "/etc/tov/demo/roots.txt");
    UNIT_EQUAL_TEXT(config.clients_file, "/etc/tov/keys/clients.txt");
    UNIT_EQUAL_TEXT(config.listen, "");
    UNIT_EQUAL_TEXT(config.gateway_socket, "");
    UNIT_EQUAL_TEXT(config.gateway_user, "tov-gateway");
    UNIT_EQUAL_TEXT(config.client_listen, "ipc:///run/tov/front.sock");
    UNIT_EQUAL_INT(config.log_level, TOV_LOG_INFO);
    UNIT_EQUAL_INT(config.disk_reserve_mib, 512);
    UNIT_EQUAL_INT(config.unread_minutes, 240);
    UNIT_EQUAL_INT(config.unread_urgent_minutes, 120);
    UNIT_EQUAL_INT(config.retention_days[0], 90);
    UNIT_EQUAL_INT(config.retention_days[2], 30);
    UNIT_EQUAL_INT(config.demo_clock, false);
}

static void every_key_is_read(void)
{
    struct tov_config config;
    struct tov_error error = {0};
    const char *text = NODE "roster = /r\nroots = /o\nlog-level = debug\n"
                            "# a comment\n[peers]\nlisten = tcp://*:7400\n"
                            "[clients]\nlisten=tcp://127.0.0.1:7401 ; beside\nregistry = /c\n"
                            "[limits]\ndisk-reserve-mib = 64\nflow-window-bytes = 300000\n"
                            "peer-day-mib = 77\n"
                            "batch-bytes = 400000\n"
                            "[alarms]\nundelivered-minutes = 60\nunread-minutes = 61\n"
                            "unread-urgent-minutes = 62\n"
                            "[retention]\nacknowledgement-days = 1\nunfounded-days = 2\n"
                            "case-days = 3\nminor-days = 4\n"
                            "[demo]\nclock = on\nclock-file = /run/clock\n";
    UNIT_OK(tov_config_parse(text, "t", &config, &error));
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_TEXT(config.roster_file, "/r");
    UNIT_EQUAL_TEXT(config.roots_file, "/o");
    UNIT_EQUAL_TEXT(config.clients_file, "/c");
    UNIT_EQUAL_INT(config.log_level, TOV_LOG_DEBUG);
    UNIT_EQUAL_TEXT(config.listen, "tcp://*:7400");
    UNIT_EQUAL_TEXT(config.client_listen, "tcp://127.0.0.1:7401");
    UNIT_EQUAL_INT(config.disk_reserve_mib, 64);
    UNIT_EQUAL_INT(config.flow_window_bytes, 300000);
    UNIT_EQUAL_INT(config.peer_day_mib, 77);
    UNIT_EQUAL_INT(config.batch_max_bytes, 400000);
    UNIT_EQUAL_INT(config.undelivered_minutes, 60);
    UNIT_EQUAL_INT(config.unread_minutes, 61);
    UNIT_EQUAL_INT(config.unread_urgent_minutes, 62);
    for (size_t i = 0; i < 4; i++)
        UNIT_EQUAL_INT(config.retention_days[i], i + 1);
    UNIT_EQUAL_INT(config.demo_clock, true);
    UNIT_EQUAL_TEXT(config.demo_clock_file, "/run/clock");
}

static void a_folder_that_is_not_there_is_named_with_its_line(void)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_parse("[node]\nagency = kk\nfederation = /f\ndata = /tmp\nguard = /var/tmp\n"
                             "keys = /usr\n",
                             "t", &config, &error));
    UNIT_OK(tov_config_check_folders(&config, "t", &error));
    (void)snprintf(config.guard_dir, sizeof config.guard_dir, "/etc/passwd");
    UNIT_EQUAL_INT(tov_config_check_folders(&config, "t", &error), TOV_E_CONFIG);
    UNIT_EQUAL_TEXT(error.text,
                    "t: [node] guard: /etc/passwd: a file, not a folder; name the folder, or move "
                    "the file away");
    (void)snprintf(config.guard_dir, sizeof config.guard_dir, "/nope");
    UNIT_EQUAL_INT(tov_config_check_folders(&config, "t", &error), TOV_E_CONFIG);
    UNIT_EQUAL_TEXT(error.text, "t: [node] guard: /nope: no such folder; make it or mount its "
                                "disk, or correct the line");
}

/* Root may all: the check is made as somebody else then. */
static void need_said(const struct tov_config *config, const char *expected)
{
    struct tov_error error = {0};
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0) {
        const uid_t nobody = 65534;
        bool is_so = (geteuid() != 0 || setresuid(nobody, nobody, nobody) == 0) &&
                     tov_config_check_folders(config, "t", &error) ==
                         (expected == NULL ? TOV_OK : TOV_E_CONFIG) &&
                     (expected == NULL || strcmp(error.text, expected) == 0);
        _exit(is_so ? 0 : 1);
    }
    int status = 1;
    UNIT_NEED(waitpid(child, &status, 0) == child);
    UNIT_EQUAL_INT(status, 0);
}

static void refuse_closed_folder(const char *key, const char *folder, const char *data,
                                 const char *guard)
{
    char expected[256];
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_parse(NODE, "t", &config, &error));
    (void)snprintf(config.data_dir, sizeof config.data_dir, "%s", data);
    (void)snprintf(config.guard_dir, sizeof config.guard_dir, "%s", guard);
    (void)snprintf(config.keys_dir, sizeof config.keys_dir, "/usr");
    (void)snprintf(expected, sizeof expected,
                   "t: [node] %s: %s: this user may not read and write in it; give it to the user "
                   "of the node (chown, mode 0700), and run this as that user",
                   key, folder);
    for (mode_t mode = 0; mode < 0700; mode += 0100) {
        UNIT_NEED(chmod(folder, mode | mode >> 3 | mode >> 6) == 0);
        need_said(&config, expected);
    }
    UNIT_NEED(chmod(folder, 0777) == 0);
    need_said(&config, NULL);
}

/* As `tovd --check` says it, so does a start: both ask here. */
static void a_folder_in_which_this_user_may_not_write_is_named_with_its_line(void)
{
    char folder[] = "/tmp/tov-config-XXXXXX";
    UNIT_NEED(mkdtemp(folder) != NULL);
    refuse_closed_folder("data", folder, folder, "/var/tmp");
    refuse_closed_folder("guard", folder, "/var/tmp", folder);
    UNIT_NEED(rmdir(folder) == 0);
}

static void check_places(const char *data, const char *guard, enum tov_err expected)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_parse(NODE, "t", &config, &error));
    (void)snprintf(config.data_dir, sizeof config.data_dir, "%s", data);
    (void)snprintf(config.guard_dir, sizeof config.guard_dir, "%s", guard);
    (void)snprintf(config.keys_dir, sizeof config.keys_dir, "/usr");
    UNIT_EQUAL_INT(tov_config_check_folders(&config, "t", &error), expected);
    if (expected != TOV_OK)
        UNIT_EQUAL_TEXT(error.text, "t: [node] guard and data: neither may lie in the other; the "
                                    "guard's state must not be in the data's backup");
}

/* Whatever a path is written like, what counts is where it leads. */
static void guard_and_data_lie_apart_on_the_disk(void)
{
    char folder[] = "/tmp/tov-config-XXXXXX", data[64], guard[64], link[64], path[160];
    UNIT_NEED(mkdtemp(folder) != NULL);
    (void)snprintf(data, sizeof data, "%s/data", folder);
    (void)snprintf(guard, sizeof guard, "%s/data/guard", folder);
    (void)snprintf(link, sizeof link, "%s/link", folder);
    UNIT_NEED(mkdir(data, 0700) == 0 && mkdir(guard, 0700) == 0 && symlink(guard, link) == 0);
    check_places(data, folder, TOV_E_CONFIG);
    check_places(data, "/", TOV_E_CONFIG);
    check_places(data, link, TOV_E_CONFIG);
    (void)snprintf(path, sizeof path, "%s//data///guard", folder);
    check_places(data, path, TOV_E_CONFIG);
    (void)snprintf(path, sizeof path, "%s/data/guard/..", folder);
    check_places(data, path, TOV_E_CONFIG);
    check_places(guard, path, TOV_E_CONFIG);
    check_places(data, "/var/tmp", TOV_OK);
    UNIT_NEED(unlink(link) == 0 && rmdir(guard) == 0);
    (void)snprintf(guard, sizeof guard, "%s/data2", folder); /* begins alike */
    UNIT_NEED(mkdir(guard, 0700) == 0);
    check_places(data, guard, TOV_OK);
    UNIT_NEED(rmdir(guard) == 0 && rmdir(data) == 0 && rmdir(folder) == 0);
}

static void refuses(const char *text, const char *expected)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_config_parse(text, "tovd.conf", &config, &error), TOV_E_CONFIG);
    UNIT_EQUAL_INT(error.code, TOV_E_CONFIG);
    UNIT_EQUAL_TEXT(error.text, expected);
}

static void a_wrong_line_is_named_with_its_remedy(void)
{
    refuses(NODE "colour = red\n", "tovd.conf:7: [node] colour: unknown key; see "
                                   "tovd.conf.example for those there are");
    refuses("agency = kk\n", "tovd.conf:1: [] agency: put it under a section such as [node]");
    refuses("[nodes]\nagency = kk\n",
            "tovd.conf:2: [nodes] agency: unknown section; there are "
            "[node] [peers] [clients] [limits] [alarms] [retention] [demo]");
    refuses(NODE "\n\nagency = kk\n",
            "tovd.conf:9: [node] agency: given twice; keep one of the two lines");
    refuses("[node]\nagency = Kbh Pol\n", "tovd.conf:2: [node] agency: write the agency's short "
                                          "name as in the roster, such as kbh-pol");
    refuses("[node]\ndata = var/lib\n",
            "tovd.conf:2: [node] data: write an absolute path, one that starts with /");
    refuses("[node]\nlog-level = loud\n",
            "tovd.conf:2: [node] log-level: write debug, info, warning or error");
    refuses("[peers]\nlisten = pgm://eth0\n",
            "tovd.conf:2: [peers] listen: write tcp://HOST:PORT or ipc:///PATH");
    static const char *const ports[] = {"0", "65536", "99999", "", "*", "http", "-1", "7400x"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "[peers]\nlisten = tcp://127.0.0.1:%s\n", ports[i]);
        refuses(text, "tovd.conf:2: [peers] listen: a port is 1 to 65535");
    }
    refuses("[limits]\ndisk-reserve-mib = 0\n",
            "tovd.conf:2: [limits] disk-reserve-mib: write a number from 1 to 1048576");
    refuses("[limits]\nflow-window-bytes = 4M\n",
            "tovd.conf:2: [limits] flow-window-bytes: write a number from 262144 to 1073741824");
    refuses("[demo]\nclock = yes\n", "tovd.conf:2: [demo] clock: write on or off");
    refuses("[node]\nagency\n", "tovd.conf:2: not understood; write [section] or key = value");
    refuses("[node\n", "tovd.conf:1: not understood; write [section] or key = value");
}

static void what_is_missing_or_contradicts_is_named(void)
{
    refuses("[node]\nagency = kk\n", "tovd.conf: [node] federation is missing; add it");
    refuses("", "tovd.conf: [node] agency is missing; add it");
    refuses("[node]\nagency = kk\nfederation = /f\ndata = /d\nguard = /d/guard\nkeys = /k\n",
            "tovd.conf: [node] guard and data: neither may lie in the other; the guard's state "
            "must not be in the data's backup");
    refuses(NODE "[demo]\nclock = on\n",
            "tovd.conf: [demo] clock is on: add clock-file = /PATH as well");
    refuses(NODE "[peers]\nlisten = tcp://*:1\n[clients]\nlisten = tcp://*:1\n",
            "tovd.conf: [peers] listen and [clients] listen are the same; use two endpoints");
}

/* inih cuts long lines and joins indented ones without a word. */
static void what_the_ini_library_would_misread_is_refused(void)
{
    char text[400];
    (void)snprintf(text, sizeof text, "[node]\ndata = /%0*d\n", 191, 0);
    refuses(text, "tovd.conf:2: longer than 198 characters; use a shorter value");
    refuses("[node]\nagency = kk\n data = /x\n",
            "tovd.conf:3: starts with a space; start sections and keys at the margin");
    (void)snprintf(text, sizeof text, NODE "roster = /%0*d\n", 188, 0);
    struct tov_config config;
    UNIT_OK(tov_config_parse(text, "t", &config, NULL));
    UNIT_EQUAL_INT(strlen(config.roster_file), 189);
}

static void a_gateway_apart_is_named_by_socket_and_user(void)
{
    char text[400];
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_parse(NODE "[peers]\ngateway = /run/g.sock\ngateway-user = dmz-1\n", "t",
                             &config, &error));
    UNIT_EQUAL_TEXT(config.gateway_socket, "/run/g.sock");
    UNIT_EQUAL_TEXT(config.gateway_user, "dmz-1");
    refuses(NODE "[peers]\nlisten = tcp://*:7400\ngateway = /run/g.sock\n",
            "tovd.conf: [peers] gateway and listen: a gateway apart listens by its own "
            "configuration; move listen there");
    refuses("[peers]\ngateway = ipc:///run/g.sock\n",
            "tovd.conf:2: [peers] gateway: write an absolute path, one that starts with /");
    refuses("[peers]\ngateway-user = nobody\n",
            "tovd.conf:2: [peers] gateway-user: every user whom the system does not know looks "
            "like nobody; use one of its own, such as tov-gateway");
    refuses("[peers]\ngateway-user = 0\n", "tovd.conf:2: [peers] gateway-user: write the name of a "
                                           "user of this system, such as tov-gateway");
    (void)snprintf(text, sizeof text, "[peers]\ngateway = /%0*d\n", 107, 0);
    refuses(text, "tovd.conf:2: [peers] gateway: a socket's path has at most 107 characters; use a "
                  "shorter one");
}

static void refuses_gateway(const char *text, const char *expected)
{
    struct tov_gateway_config config;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_gateway_config_parse(text, "g.conf", &config, &error), TOV_E_CONFIG);
    UNIT_EQUAL_TEXT(error.text, expected);
}

/* What stands in a node's file has no place in one that lies in a DMZ. */
static void a_gateways_own_file_has_four_keys(void)
{
    struct tov_gateway_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_gateway_config_parse("[gateway]\nconnect = /run/g.sock\nkeys = /k\n"
                                     "listen = tcp://*:7400\nlog-level = warning\n",
                                     "g.conf", &config, &error));
    UNIT_EQUAL_TEXT(config.connect, "/run/g.sock");
    UNIT_EQUAL_TEXT(config.keys_dir, "/k");
    UNIT_EQUAL_TEXT(config.listen, "tcp://*:7400");
    UNIT_EQUAL_INT(config.log_level, TOV_LOG_WARNING);
    refuses_gateway("[gateway]\nconnect = /run/g.sock\n",
                    "g.conf: [gateway] keys is missing; add it");
    refuses_gateway("[gateway]\nkeys = /k\n", "g.conf: [gateway] connect is missing; add it");
    refuses_gateway("[node]\ndata = /d\n",
                    "g.conf:2: [node] data: unknown section; there are [gateway]");
    refuses_gateway("[gateway]\ndata = /d\n", "g.conf:2: [gateway] data: unknown key; see "
                                              "gateway.conf.example for those there are");
    UNIT_OK(tov_gateway_config_load("systemd/gateway.conf.example", &config, &error));
    UNIT_EQUAL_TEXT(config.connect, "/run/tov/gateway.sock");
}

static void the_example_that_is_shipped_is_right(void)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_OK(tov_config_load("systemd/tovd.conf.example", &config, &error));
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_INT(config.demo_clock, false);
}

static void a_file_that_is_not_there_is_named(void)
{
    struct tov_config config;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_config_load("/nowhere/tovd.conf", &config, &error), TOV_E_CONFIG);
    UNIT_EQUAL_TEXT(error.text,
                    "/nowhere/tovd.conf: No such file or directory; give the file with --config");
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(a_short_file_gets_the_defaults),
        UNIT_TEST(every_key_is_read),
        UNIT_TEST(a_folder_that_is_not_there_is_named_with_its_line),
        UNIT_TEST(a_folder_in_which_this_user_may_not_write_is_named_with_its_line),
        UNIT_TEST(guard_and_data_lie_apart_on_the_disk),
        UNIT_TEST(a_wrong_line_is_named_with_its_remedy),
        UNIT_TEST(what_is_missing_or_contradicts_is_named),
        UNIT_TEST(what_the_ini_library_would_misread_is_refused),
        UNIT_TEST(a_gateway_apart_is_named_by_socket_and_user),
        UNIT_TEST(a_gateways_own_file_has_four_keys),
        UNIT_TEST(the_example_that_is_shipped_is_right),
        UNIT_TEST(a_file_that_is_not_there_is_named),
    };
    return unit_run("config", tests, sizeof tests / sizeof tests[0]);
}
