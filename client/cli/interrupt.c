/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNALS (sizeof signals / sizeof signals[0])

static struct tov_client *volatile interrupted;
static volatile sig_atomic_t came;
static struct sigaction former[SIGNALS];

static void on_signal(int number)
{
    (void)number;
    int kept = errno;
    came = 1;
    if (interrupted != NULL)
        tov_client_interrupt(interrupted);
    errno = kept;
}

void interrupt_begin(struct tov_client *client)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    came = 0;
    interrupted = client;
    for (size_t i = 0; i < SIGNALS; i++)
        (void)sigaction(signals[i], &action, &former[i]);
}

bool interrupt_came(void)
{
    return came != 0;
}

void interrupt_end(void)
{
    for (size_t i = 0; i < SIGNALS; i++)
        (void)sigaction(signals[i], &former[i], NULL);
    interrupted = NULL;
}
