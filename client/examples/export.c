/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writes the node's export, for an auditor: a folder of plain files that tov-audit checks offline.
 * Example of a long blocking call that tells how far it is and that a signal ends.
 *
 *   cc export.c -o export $(pkg-config --cflags --libs tov)
 *   ./export tcp://127.0.0.1:47605 front.pub auditor.key folder
 *
 * Not for: backups; an export holds no keys, and no node starts from it.
 */
#define _POSIX_C_SOURCE 200809L

#include <tov/tov.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct tov_client *client;

/* Of all functions only this one may be called in a signal handler. */
static void on_signal(int number)
{
    (void)number;
    tov_client_interrupt(client);
}

static int tell(void *arg, uint64_t files, uint64_t bytes)
{
    (void)arg;
    (void)fprintf(stderr, "\r%llu files, %llu bytes", (unsigned long long)files,
                  (unsigned long long)bytes);
    return 0; /* anything else gives up */
}

static enum tov_err connect_to(char **argv, struct tov_error *error)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = argv[1];
    options.front_path = argv[2];
    options.key_path = argv[3];
    options.program = "export example";
    return tov_client_open(&options, &client, error);
}

static enum tov_err export_to(const char *folder, struct tov_error *error)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct tov_export_options options = TOV_EXPORT_OPTIONS_INIT;
    options.path = folder;
    options.progress = tell;
    (void)sigaction(SIGINT, &action, NULL); /* the client is there: from now on it can be used */
    (void)sigaction(SIGTERM, &action, NULL);
    enum tov_err err = tov_export_to(client, &options, error);
    (void)fputc('\n', stderr);
    return err;
}

int main(int argc, char **argv)
{
    struct tov_error error = {.code = TOV_OK};
    if (argc != 5) {
        (void)fprintf(stderr, "usage: %s ENDPOINT FRONT.pub KEY FOLDER\n", argv[0]);
        return 2;
    }
    enum tov_err err = connect_to(argv, &error);
    if (err == TOV_OK)
        err = export_to(argv[4], &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error.text);
    (void)signal(SIGINT, SIG_DFL); /* before the client goes */
    (void)signal(SIGTERM, SIG_DFL);
    tov_client_close(client);
    return err == TOV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
