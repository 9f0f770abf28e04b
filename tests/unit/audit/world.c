/* SPDX-License-Identifier: EUPL-1.2 */
#include "world.h"

#include "lib/export_file.h"
#include "support/unit.h"
#include "wire/api.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOUR_MS 3600000u
#define WORDS_MAX 31u
#define CONNECTION 7u

void world_path(const struct world *world, char *out, const char *format, ...)
{
    va_list arguments;
    int used = snprintf(out, WORLD_PATH_SIZE, "%s/", world->folder);
    va_start(arguments, format);
    int more = vsnprintf(out + used, WORLD_PATH_SIZE - (size_t)used, format, arguments);
    va_end(arguments);
    UNIT_NEED(more >= 0 && (size_t)(used + more) < WORLD_PATH_SIZE);
}

/* ---- programs ---- */

static void become(const char *const *words, const char *output)
{
    char *copies[WORDS_MAX + 1] = {NULL};
    for (size_t i = 0; words[i] != NULL; i++) {
        UNIT_NEED(i < WORDS_MAX);
        copies[i] = strdup(words[i]);
    }
    int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
        (void)execvp(copies[0], copies);
    _exit(127);
}

int world_run(struct world *world, const char *const *words)
{
    char output[WORLD_PATH_SIZE];
    int status = 0;
    world_path(world, output, "output");
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0)
        become(words, output);
    UNIT_NEED(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *world_output(const struct world *world)
{
    char path[WORLD_PATH_SIZE];
    struct stat info;
    world_path(world, path, "output");
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL && fstat(fileno(file), &info) == 0);
    char *text = calloc(1, (size_t)info.st_size + 1);
    UNIT_NEED(text != NULL);
    UNIT_NEED(fread(text, 1, (size_t)info.st_size, file) == (size_t)info.st_size);
    (void)fclose(file);
    return text;
}

int world_audit(struct world *world, const char *const *words, json_t **out_report)
{
    const char *all[WORDS_MAX + 1] = {AUDIT_PROGRAM};
    for (size_t i = 0; words[i] != NULL; i++) {
        UNIT_NEED(i + 1 < WORDS_MAX);
        all[i + 1] = words[i];
    }
    int code = world_run(world, all);
    char *text = world_output(world);
    *out_report = json_loads(text, 0, NULL);
    free(text);
    return code;
}

/* ---- the client ---- */

static enum tov_err keep_reply(void *context, size_t index, uint64_t connection,
                               struct tov_bytes frame)
{
    struct world *world = context;
    (void)index;
    UNIT_NEED(connection == CONNECTION && world->reply == NULL);
    world->reply = malloc(frame.size + 1);
    UNIT_NEED(world->reply != NULL);
    memcpy(world->reply, frame.data, frame.size);
    world->reply_size = frame.size;
    return TOV_OK;
}

static void put_question(struct tov_bytes cursor, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 1) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "export_read", &body) == TOV_OK);
    if (cursor.size > 0)
        UNIT_NEED(tov_record_put_bytes(body, "cursor", cursor) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

void world_ask(struct world *world, size_t index, struct tov_bytes cursor,
               struct tov_record *out_reply)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct sim_node *node = &world->wire->nodes[index];
    struct tov_error error = {.text = ""};
    uint8_t key[32];
    sim_auditor_key(world->wire->federation, index, key);
    put_question(cursor, &frame);
    node->hooks.client_context = world;
    node->hooks.send_client = keep_reply;
    tov_node_on_client_frame(node->node, key, CONNECTION, tov_buf_view(&frame));
    sim_node_settle(node);
    UNIT_NEED(world->reply != NULL);
    struct tov_bytes reply = {world->reply, world->reply_size};
    UNIT_NEED(tov_api_reply_decode(reply, out_reply, &error) == TOV_OK);
    free(world->reply);
    world->reply = NULL;
}

static enum tov_err take_piece(struct tov_record reply, struct export_files *files,
                               struct tov_buf *cursor)
{
    struct tov_record answer;
    struct tov_error error = {.text = ""};
    enum tov_err err = (enum tov_err)tov_record_number(reply, "error");
    if (err != TOV_OK)
        return err;
    UNIT_NEED(tov_record_child(reply, "export", 0, &answer));
    struct export_piece piece = {.path = tov_record_bytes(answer, "path"),
                                 .offset = tov_record_number(answer, "offset"),
                                 .data = tov_record_bytes(answer, "data"),
                                 .last = tov_record_number(answer, "last") != 0};
    if (piece.path.size > 0)
        err = export_files_put(files, &piece, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "export: %s\n", error.text);
    tov_buf_clear(cursor);
    tov_buf_put_bytes(cursor, tov_record_bytes(answer, "cursor"));
    return err;
}

enum tov_err world_export(struct world *world, size_t index, const char *folder)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf cursor = TOV_BUF_INIT(65536);
    struct export_files *files = calloc(1, sizeof *files);
    struct tov_error error = {.text = ""};
    UNIT_NEED(files != NULL);
    enum tov_err err = export_files_open(files, folder, &error);
    do {
        struct tov_record reply = {0};
        world_ask(world, index, tov_buf_view(&cursor), &reply);
        err = err == TOV_OK ? take_piece(reply, files, &cursor) : err;
        tov_record_destroy(&reply);
    } while (err == TOV_OK && cursor.size > 0);
    if (err == TOV_OK)
        err = export_files_finish(files, folder, &error);
    export_files_fini(files);
    free(files);
    return err;
}

/* ---- what happened in it ---- */

struct sending {
    size_t from;
    uint16_t to[2]; /* 0: none */
    enum tov_right right;
    size_t attachment_bytes;
};

static void send(struct world *world, const struct sending *sending)
{
    static uint64_t record;
    struct tov_message_written written;
    struct sim_order order = {.record = ++record,
                              .text_bytes = 100,
                              .attachment_count = sending->attachment_bytes > 0 ? 1 : 0,
                              .attachment_bytes = {sending->attachment_bytes}};
    for (size_t i = 0; i < 2 && sending->to[i] != 0; i++)
        order.recipients[order.recipient_count++] =
            (struct tov_message_recipient){sending->to[i], sending->right};
    UNIT_NEED(sim_message_submit(&world->wire->nodes[sending->from], &order, &written) == TOV_OK);
}

static void write_messages(struct world *world)
{
    static const struct sending sendings[] = {
        {0, {2, 3}, TOV_RIGHT_ALL, 0},    {1, {1, 3}, TOV_RIGHT_ALL, 0},
        {2, {1}, TOV_RIGHT_HEADER, 0},    {0, {2}, TOV_RIGHT_ALL, 300000},
        {1, {1}, TOV_RIGHT_ALL, 100},     {0, {1}, TOV_RIGHT_ALL, 0},
        {0, {1, 3}, TOV_RIGHT_HEADER, 0}, {2, {1, 2}, TOV_RIGHT_ALL, 200000},
    };
    for (size_t i = 0; i < sizeof sendings / sizeof sendings[0]; i++) {
        send(world, &sendings[i]);
        sim_wire_run(world->wire);
    }
    sim_wire_pass(world->wire, 30000); /* attachments are pulled */
}

static void write_many(struct world *world)
{
    static const struct sending to_a2 = {0, {2}, TOV_RIGHT_ALL, 0};
    for (size_t i = 0; i < WORLD_MESSAGES; i++) {
        send(world, &to_a2);
        if (i % 16 == 15)
            sim_wire_run(world->wire);
    }
    sim_wire_run(world->wire);
}

/* Journal entries: each export leaves one. */
static void look_at_all(struct world *world)
{
    for (size_t i = 0; i < WORLD_AGENCIES; i++) {
        struct tov_record reply = {0};
        world_ask(world, i, (struct tov_bytes){0}, &reply);
        UNIT_NEED(tov_record_number(reply, "error") == 0);
        tov_record_destroy(&reply);
    }
    sim_wire_run(world->wire);
}

static void live(struct world *world)
{
    write_messages(world);
    look_at_all(world);
    sim_wire_pass(world->wire, HOUR_MS + 60000);
    write_many(world);
    sim_wire_pass(world->wire, 24 * HOUR_MS);
    sim_wire_pass(world->wire, HOUR_MS);
    write_messages(world);
}

/* ---- making ---- */

static void write_roots(const struct world *world)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(65536);
    char path[WORLD_PATH_SIZE];
    tov_roots_format(&world->wire->federation->roots, &text);
    world_path(world, path, "roots");
    FILE *file = fopen(path, "wb");
    UNIT_NEED(file != NULL && fwrite(text.data, 1, text.size, file) == text.size);
    UNIT_NEED(fclose(file) == 0);
}

struct world *world_create(const char *name)
{
    struct world *world = calloc(1, sizeof *world);
    char path[WORLD_PATH_SIZE];
    UNIT_NEED(world != NULL);
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(world->folder, sizeof world->folder, "%s/tov-%s-XXXXXX", root, name);
    UNIT_NEED(mkdtemp(world->folder) != NULL);
    world->wire = sim_wire_create(name, WORLD_AGENCIES);
    sim_wire_start_all(world->wire);
    live(world);
    world_path(world, path, "exports");
    UNIT_NEED(mkdir(path, 0700) == 0);
    for (size_t i = 0; i < WORLD_AGENCIES; i++) {
        world_path(world, path, "exports/a%zu", i + 1);
        UNIT_NEED(world_export(world, i, path) == TOV_OK);
    }
    write_roots(world);
    return world;
}

void world_destroy(struct world *world)
{
    sim_wire_destroy(world->wire);
    if (getenv("WORLD_KEEP") == NULL)
        (void)world_run(world, (const char *const[]){"rm", "-rf", world->folder, NULL});
    free(world);
}
