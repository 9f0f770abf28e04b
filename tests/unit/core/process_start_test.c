/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the core is given at its start, beside its own files (process_test.c): the registry against
 * the roster, sockets that are missing or none, the clock of a demo.
 * Not for: a core that runs.
 */
#include "process_scene.h"

#include "core_process.h"
#include "exit_codes.h"
#include "supervisor/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int start_with(const struct tov_role_arguments *arguments)
{
    struct tov_process *process = calloc(1, sizeof *process);
    UNIT_NEED(process != NULL);
    int code = tov_process_start(process, arguments);
    tov_process_end(process);
    free(process);
    return code;
}

/* A unit that the roster has not: whoever wrote the registry has mistyped it. */
static void a_registry_that_does_not_fit_the_roster_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    struct tov_client client = {.name = "x",
                                .kind = TOV_CLIENT_PERSON,
                                .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER),
                                .units = (const char *const[]){"no-such"},
                                .unit_count = 1,
                                .key = {1}};
    process_scene_init(&scene, 2);
    tov_clients_format_start("a1", &text);
    tov_clients_format_entry(&client, &text);
    tov_buf_put(&text, "", 1);
    process_scene_put(&scene, "clients.txt", (const char *)text.data);
    struct tov_role_arguments arguments = process_scene_arguments(&scene);
    UNIT_EQUAL_INT(start_with(&arguments), TOV_EXIT_CONFIG);
}

/* One that runs apart comes later; else tovd hands it over, or something is wrong with tovd. */
static void a_core_begins_without_a_gateway_where_one_comes_later_alone(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    struct tov_role_arguments arguments = process_scene_arguments(&scene);
    (void)close(arguments.gateway_fd);
    arguments.gateway_fd = -1;
    CU_ASSERT(start_with(&arguments) != TOV_EXIT_OK);
    process_scene_configure(&scene, "a1", "[peers]\ngateway = /tmp/tov-no-gateway.sock\n");
    arguments = process_scene_arguments(&scene);
    (void)close(arguments.gateway_fd);
    arguments.gateway_fd = -1;
    UNIT_EQUAL_INT(start_with(&arguments), TOV_EXIT_OK);
}

static void a_socket_that_is_none_ends_the_start(void)
{
    for (size_t i = 0; i < ENDS; i++) {
        TOV_CLEANUP(process_scene_fini) struct process_scene scene;
        process_scene_init(&scene, 2);
        struct tov_role_arguments arguments = process_scene_arguments(&scene);
        int *const fds[] = {&arguments.guard_fd, &arguments.gateway_fd, &arguments.front_fd,
                            &arguments.supervisor_fd};
        (void)close(*fds[i]);
        *fds[i] = 10000; /* closed */
        CU_ASSERT(start_with(&arguments) != TOV_EXIT_OK);
    }
}

/* Whoever watches a demo sees the file's time, from the first entry on. */
static void a_demo_starts_by_the_time_in_its_file(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    char more[300];
    process_scene_init(&scene, 2);
    (void)snprintf(more, sizeof more, "[demo]\nclock = on\nclock-file = %s/clock\n", scene.folder);
    process_scene_configure(&scene, "a1", more);
    process_scene_put(&scene, "clock", "2021-06-28T12:00:00Z\n");
    struct tov_role_arguments arguments = process_scene_arguments(&scene);
    struct tov_process *process = calloc(1, sizeof *process);
    UNIT_NEED(process != NULL);
    UNIT_EQUAL_INT(tov_process_start(process, &arguments), TOV_EXIT_OK);
    uint64_t now_ms = tov_core_clock_now(&process->clock);
    CU_ASSERT(now_ms >= 1624881600000u && now_ms < 1624881600000u + 60000);
    tov_process_end(process);
    free(process);
}

static void a_demo_goes_by_the_time_in_its_file(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    char path[200];
    process_scene_init(&scene, 1);
    (void)snprintf(path, sizeof path, "%s/clock", scene.folder);
    struct tov_core_clock clock = {.demo_file = path};
    uint64_t system_ms = tov_core_clock_now(&(struct tov_core_clock){.demo_file = NULL});
    CU_ASSERT(system_ms > 1600000000000u);
    CU_ASSERT(tov_core_clock_now(&clock) >= system_ms); /* without the file: the system's */
    process_scene_put(&scene, "clock", "2021-06-28T12:00:00Z\n");
    clock.looked_mono_ms = 0; /* it looks now and then alone */
    uint64_t demo_ms = tov_core_clock_now(&clock);
    CU_ASSERT(demo_ms >= 1624881600000u && demo_ms < 1624881600000u + 60000);
    static const char *const wrong[] = {"", "yesterday\n", NULL};
    for (size_t i = 0; i < 3; i++) { /* what cannot be read changes nothing */
        process_scene_put(&scene, "clock", wrong[i]);
        clock.looked_mono_ms = 0;
        CU_ASSERT(tov_core_clock_now(&clock) < demo_ms + 60000);
    }
    process_scene_put(&scene, "clock", "2022-01-01T00:00:00Z\n");
    clock.looked_mono_ms = 0;
    CU_ASSERT(tov_core_clock_now(&clock) >= 1640995200000u);
}

static void each_socket_must_be_named(void)
{
    static const char *const names[] = {"--config", "--guard-fd", "--front-fd", "--supervisor-fd"};
    for (size_t left_out = 0; left_out < 4; left_out++) {
        char *words[10] = {(char[]){"tovd"}};
        char room[8][24];
        int count = 1;
        for (size_t i = 0; i < 4; i++) {
            if (i == left_out)
                continue;
            (void)snprintf(room[2 * i], sizeof room[0], "%s", names[i]);
            (void)snprintf(room[2 * i + 1], sizeof room[0], "%s", i == 0 ? "/tmp/x" : "3");
            words[count++] = room[2 * i];
            words[count++] = room[2 * i + 1];
        }
        UNIT_EQUAL_INT(tov_core_main(count, words), TOV_EXIT_USAGE);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_registry_that_does_not_fit_the_roster_is_refused),
        UNIT_TEST(a_core_begins_without_a_gateway_where_one_comes_later_alone),
        UNIT_TEST(a_socket_that_is_none_ends_the_start),
        UNIT_TEST(a_demo_starts_by_the_time_in_its_file),
        UNIT_TEST(a_demo_goes_by_the_time_in_its_file),
        UNIT_TEST(each_socket_must_be_named),
    };
    return unit_run("core_process_start", tests, sizeof tests / sizeof tests[0]);
}
