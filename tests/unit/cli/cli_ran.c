/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli_ran.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32u
#define PATIENCE_MS 60000

/* ---- the place ---- */

void ran_set(struct ran_place *place, const char *name, const char *value)
{
    size_t size = strlen(name);
    size_t at = 0;
    while (at < place->count &&
           !(strncmp(place->variables[at], name, size) == 0 && place->variables[at][size] == '='))
        at++;
    UNIT_NEED(at < RAN_VARIABLES_MAX);
    UNIT_NEED(snprintf(place->variables[at], sizeof place->variables[at], "%s=%s", name, value) <
              (int)sizeof place->variables[at]);
    if (at == place->count)
        place->count++;
}

static void set_connection(struct ran_place *place, struct fake_front *front)
{
    struct tov_client_options options = front_options(front);
    ran_set(place, "TOV_NODE", options.endpoint);
    ran_set(place, "TOV_KEY", options.key_path);
    ran_set(place, "TOV_SERVER_KEY", options.front_key);
}

/* What a sanitizer shall overlook holds for the tov that the test starts, too. */
static void hand_on_sanitizers(struct ran_place *place)
{
    static const char *const names[] = {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
                                        "UBSAN_OPTIONS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL)
            ran_set(place, names[i], value);
    }
}

struct ran_place ran_place_make(struct fake_front *front)
{
    struct ran_place place = {.folder = "/tmp/tov-cli-XXXXXX"};
    UNIT_NEED(mkdtemp(place.folder) != NULL);
    ran_set(&place, "HOME", place.folder);
    ran_set(&place, "PATH", "/usr/bin:/bin");
    ran_set(&place, "LC_ALL", "C.UTF-8");
    ran_set(&place, "COLUMNS", "80");
    hand_on_sanitizers(&place);
    if (front != NULL)
        set_connection(&place, front);
    return place;
}

static void path_of(const struct ran_place *place, const char *name, char out[512])
{
    UNIT_NEED(snprintf(out, 512, "%s/%s", place->folder, name) < 512);
}

void ran_write(const struct ran_place *place, const char *name, const char *text)
{
    char path[512];
    path_of(place, name, path);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    UNIT_NEED(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

const char *ran_file(const struct ran_place *place, const char *name)
{
    static char text[RAN_TEXT_SIZE];
    char path[512];
    path_of(place, name, path);
    FILE *file = fopen(path, "r");
    size_t size = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    if (file != NULL)
        (void)fclose(file);
    return text;
}

bool ran_has(const struct ran_place *place, const char *name)
{
    char path[512];
    path_of(place, name, path);
    return access(path, F_OK) == 0;
}

size_t ran_entries(const struct ran_place *place)
{
    DIR *folder = opendir(place->folder);
    size_t count = 0;
    UNIT_NEED(folder != NULL);
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count - 2; /* "." and ".." */
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void ran_place_end(struct ran_place *place)
{
    (void)nftw(place->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- running ---- */

static void start(struct ran *ran, const struct ran_place *place, char *const *argv,
                  char *const *environment)
{
    int out[2], err[2];
    posix_spawn_file_actions_t actions;
    UNIT_NEED(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    UNIT_NEED(posix_spawn_file_actions_init(&actions) == 0);
    UNIT_NEED(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0);
    UNIT_NEED(posix_spawn_file_actions_adddup2(&actions, out[1], 1) == 0);
    UNIT_NEED(posix_spawn_file_actions_adddup2(&actions, err[1], 2) == 0);
    UNIT_NEED(posix_spawn_file_actions_addchdir_np(&actions, place->folder) == 0);
    UNIT_NEED(posix_spawn(&ran->pid, TOV_PROGRAM, &actions, NULL, argv, environment) == 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(out[1]);
    (void)close(err[1]);
    ran->out_fd = out[0];
    ran->err_fd = err[0];
}

struct ran *ran_begin(const struct ran_place *place, const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX + 2] = {strdup("tov")};
    char *environment[RAN_VARIABLES_MAX + 1] = {NULL};
    struct ran *ran = calloc(1, sizeof *ran);
    size_t count = 0;
    for (; arguments[count] != NULL; count++) {
        UNIT_NEED(count < ARGUMENTS_MAX);
        argv[count + 1] = strdup(arguments[count]);
    }
    for (size_t i = 0; i < place->count; i++)
        environment[i] = strdup(place->variables[i]);
    UNIT_NEED(ran != NULL);
    start(ran, place, argv, environment);
    for (size_t i = 0; i <= count; i++)
        free(argv[i]);
    for (size_t i = 0; i < place->count; i++)
        free(environment[i]);
    return ran;
}

static bool take(int *fd, char *text, size_t *size)
{
    ssize_t got = read(*fd, text + *size, RAN_TEXT_SIZE - 1 - *size);
    if (got <= 0) {
        (void)close(*fd);
        *fd = -1;
        return false;
    }
    *size += (size_t)got;
    text[*size] = '\0';
    return true;
}

/* Reads what comes next. False: both ends are closed. */
static bool read_some(struct ran *ran)
{
    struct pollfd items[] = {{.fd = ran->out_fd, .events = POLLIN},
                             {.fd = ran->err_fd, .events = POLLIN}};
    if (ran->out_fd < 0 && ran->err_fd < 0)
        return false;
    UNIT_NEED(poll(items, 2, PATIENCE_MS) > 0);
    if (items[0].revents != 0)
        (void)take(&ran->out_fd, ran->out, &ran->out_size);
    if (items[1].revents != 0)
        (void)take(&ran->err_fd, ran->err, &ran->err_size);
    return true;
}

bool ran_wait_for(struct ran *ran, const char *text)
{
    while (strstr(ran->out, text) == NULL) {
        if (!read_some(ran))
            return false;
    }
    return true;
}

void ran_close_output(struct ran *ran)
{
    (void)close(ran->out_fd);
    ran->out_fd = -1;
}

void ran_finish(struct ran *ran)
{
    int status = 0;
    while (read_some(ran))
        continue;
    UNIT_NEED(waitpid(ran->pid, &status, 0) == ran->pid);
    ran->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct ran *ran_tov(const struct ran_place *place, const char *const *arguments)
{
    struct ran *ran = ran_begin(place, arguments);
    ran_finish(ran);
    return ran;
}

void ran_end(struct ran *ran)
{
    free(ran);
}

/* ---- looking ---- */

json_t *ran_json(const struct ran *ran)
{
    json_error_t error;
    json_t *value =
        json_loads(ran->out, JSON_REJECT_DUPLICATES, &error); /* one, and nothing else */
    if (value == NULL)
        printf("\nno JSON value: %s\n%s\n%s\n", error.text, ran->out, ran->err);
    CU_ASSERT(value != NULL);
    return value;
}

size_t ran_width(const char *text)
{
    size_t widest = 0;
    size_t width = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            width = 0;
        else if (((unsigned char)*text & 0xc0u) != 0x80u)
            width++;
        widest = width > widest ? width : widest;
    }
    return widest;
}
