/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/load_client.h"

#include "support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t is_over;

static void end(int signal)
{
    (void)signal;
    is_over = 1;
}

bool load_is_over(void)
{
    return is_over != 0;
}

void load_watch_for_the_end(void)
{
    struct sigaction action = {.sa_handler = end};
    UNIT_NEED(sigaction(SIGTERM, &action, NULL) == 0);
}

void load_pause(void)
{
    struct timespec pause = {.tv_nsec = 20000000L};
    (void)nanosleep(&pause, NULL);
}

static bool may_pass(enum tov_err err)
{
    /* An I/O error is the end of that node's run, not of what it is asked. */
    static const enum tov_err passing[] = {TOV_E_TIMEOUT, TOV_E_BUSY,  TOV_E_AGAIN,
                                           TOV_E_CLOSED,  TOV_E_EPOCH, TOV_E_UNAVAILABLE,
                                           TOV_E_FULL,    TOV_E_IO,    TOV_E_NOMEM};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (passing[i] == err)
            return true;
    return false;
}

void load_try_again(enum tov_err err, const struct tov_error *error)
{
    if (may_pass(err)) {
        load_pause();
        return;
    }
    (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error->text);
    exit(EXIT_FAILURE);
}

struct tov_client *load_connect(const char *endpoint, const char *front, const char *key)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = endpoint;
    options.front_path = front;
    options.key_path = key;
    options.program = "federation load";
    options.timeout_ms = LOAD_TIMEOUT_MS;
    while (!load_is_over()) {
        struct tov_client *client = NULL;
        struct tov_error error = {.code = TOV_OK};
        enum tov_err err = tov_client_open(&options, &client, &error);
        if (err == TOV_OK)
            return client;
        load_try_again(err, &error);
    }
    return NULL;
}

size_t load_attachment(uint64_t id, uint8_t *out)
{
    uint64_t random = id;
    size_t size = 100u * 1024u + (size_t)(unit_random(&random) % (LOAD_ATTACHMENT_MAX - 102400u));
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = unit_random(&random);
        memcpy(out + i, &word, size - i < 8 ? size - i : 8);
    }
    return size;
}
