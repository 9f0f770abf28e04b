/* SPDX-License-Identifier: EUPL-1.2
 *
 * client/examples against real nodes: what one sends, the other keeps, byte for byte and once; what
 * is followed is told once; what is exported verifies.
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "support/unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVES_MS 60000
#define ARRIVES_MS 60000
#define ENDS_MS 30000
#define LARGE_BYTES 300001u /* more than goes with the message itself: it is pulled */
#define RECORD_TIME "2021-07-05T12:00:00Z"

static struct federation federation;

/* ---- sending: krfo's system ---- */

static void make_attachment(const char *name, size_t size, char out_path[FEDERATION_PATH_SIZE])
{
    uint64_t state = size;
    federation_path(&federation, out_path, "%s", name);
    FILE *file = fopen(out_path, "w");
    UNIT_NEED(file != NULL);
    for (size_t i = 0; i < size; i++)
        UNIT_NEED(fputc((int)(unit_random(&state) & 0xff), file) != EOF);
    UNIT_NEED(fclose(file) == 0);
}

/* What it printed; free() it. */
static char *send_note(const char *attachment, const char *record_id)
{
    char key[FEDERATION_PATH_SIZE], front[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    char *text = NULL;
    federation_path(&federation, key, "clients/krfo/caseworker.key");
    federation_path(&federation, front, "clients/krfo/front.pub");
    federation_path(&federation, log, "send_note.log");
    const char *const argv[] = {
        SEND_NOTE_PROGRAM,
        federation.nodes[KRFO].endpoint,
        front,
        key,
        "kk/vink",
        attachment,
        record_id,
        RECORD_TIME,
        NULL,
    };
    UNIT_EQUAL_INT(process_run(argv, log, ENDS_MS, &text), 0);
    UNIT_NEED(text != NULL);
    return text;
}

/* ---- receiving: kk's system ---- */

static pid_t start_receiver(void)
{
    char key[FEDERATION_PATH_SIZE], front[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    char folder[FEDERATION_PATH_SIZE];
    federation_path(&federation, key, "clients/kk/caseworker.key");
    federation_path(&federation, front, "clients/kk/front.pub");
    federation_path(&federation, log, "receive.log");
    federation_path(&federation, folder, "received");
    const char *const argv[] = {
        RECEIVE_PROGRAM, federation.nodes[KK].endpoint, front, key, folder, NULL};
    return process_start(argv, log);
}

struct received {
    unsigned long long number;
    char message[FEDERATION_PATH_SIZE];
    char attachment[FEDERATION_PATH_SIZE];
};

static bool is_there(unsigned long long number)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "received/%llu.json", number);
    return access(path, F_OK) == 0;
}

/* The lowest number above AFTER that has a file "<number><END>"; 0: there is none. */
static unsigned long long find_number(const char *end, unsigned long long after)
{
    char folder[FEDERATION_PATH_SIZE];
    unsigned long long lowest = 0;
    federation_path(&federation, folder, "received");
    DIR *entries = opendir(folder);
    UNIT_NEED(entries != NULL);
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char *rest = NULL;
        unsigned long long number = strtoull(entry->d_name, &rest, 10);
        if (number > after && strcmp(rest, end) == 0 && (lowest == 0 || number < lowest))
            lowest = number;
    }
    (void)closedir(entries);
    return lowest;
}

/* Waits for the first message above number AFTER and its one attachment. */
static struct received wait_for_message(unsigned long long after)
{
    long long until = process_now_ms() + ARRIVES_MS;
    struct received received = {.number = find_number("-2", after)};
    while ((received.number == 0 || !is_there(received.number)) && process_now_ms() < until) {
        process_pause();
        received.number = find_number("-2", after);
    }
    UNIT_NEED(received.number != 0 && is_there(received.number));
    federation_path(&federation, received.message, "received/%llu.json", received.number);
    federation_path(&federation, received.attachment, "received/%llu-2", received.number);
    return received;
}

static struct tov_bytes read_whole(const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "r");
    UNIT_NEED(file != NULL && fstat(fileno(file), &status) == 0);
    size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size + 1);
    UNIT_NEED(bytes != NULL && fread(bytes, 1, size, file) == size);
    (void)fclose(file);
    return (struct tov_bytes){bytes, size};
}

static void expect_same_file(const char *sent, const char *received)
{
    struct tov_bytes one = read_whole(sent);
    struct tov_bytes other = read_whole(received);
    CU_ASSERT(tov_bytes_equal(one, other));
    free((void *)(uintptr_t)one.data);
    free((void *)(uintptr_t)other.data);
}

static void expect_note(const char *path, const char *attachment_name)
{
    const char *text = "", *name = "", *type = "";
    json_t *message = unit_json(path);
    UNIT_NEED(message != NULL);
    UNIT_EQUAL_INT(json_unpack(message, "{s:{s:s}, s:{s:s}, s:{s:[{s:s}]}}", "header", "type",
                               &type, "content", "free_text", &text, "message", "attachments",
                               "name", &name),
                   0);
    UNIT_EQUAL_TEXT(type, "msg.note");
    UNIT_EQUAL_TEXT(text, "Handleplanen er vedlagt.");
    UNIT_EQUAL_TEXT(name, attachment_name);
    json_decref(message);
}

/* ---- the tests ---- */

static void open_scene(void)
{
    char folder[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    federation_path(&federation, folder, "received");
    UNIT_NEED(mkdir(folder, 0700) == 0);
    for (int i = 0; i < NODES; i++)
        node_start(&federation, (enum node_number)i);
    UNIT_NEED(node_serves(&federation, KK, SERVES_MS));
    UNIT_NEED(node_serves(&federation, KRFO, SERVES_MS));
}

static void a_record_is_sent_once_however_often_the_program_is_run(void)
{
    char attachment[FEDERATION_PATH_SIZE];
    unsigned long long number = 0, same = 0;
    open_scene();
    make_attachment("handleplan.pdf", LARGE_BYTES, attachment);
    char *first = send_note(attachment, "journal-2021-000123");
    char *again = send_note(attachment, "journal-2021-000123");
    UNIT_EQUAL_INT(sscanf(first, "sent: message %llu\n", &number), 1);
    UNIT_EQUAL_INT(sscanf(again, "sent before: message %llu\n", &same), 1);
    UNIT_EQUAL_INT(same, number);
    free(first);
    free(again);
    federation_destroy(&federation);
}

/* Sends a file and waits for it behind message number AFTER. */
static struct received send_and_receive(const char *name, size_t size, unsigned long long after)
{
    char attachment[FEDERATION_PATH_SIZE], record_id[64];
    make_attachment(name, size, attachment);
    (void)snprintf(record_id, sizeof record_id, "journal-2021-%06zu", size);
    free(send_note(attachment, record_id));
    struct received received = wait_for_message(after);
    expect_note(received.message, name);
    expect_same_file(attachment, received.attachment);
    return received;
}

static void forget(const struct received *received)
{
    UNIT_NEED(unlink(received->message) == 0 && unlink(received->attachment) == 0);
}

static void what_is_received_stands_in_files_byte_for_byte_and_comes_once(void)
{
    open_scene();
    pid_t receiver = start_receiver();
    struct received first = send_and_receive("handleplan.pdf", LARGE_BYTES, 0);
    struct received empty = send_and_receive("tom.txt", 0, first.number);
    struct received second = send_and_receive("bilag.txt", 10, empty.number);
    process_kill_tree(receiver);
    forget(&first); /* acknowledged, since the second was dealt with behind it */
    forget(&second);
    process_kill_tree(start_receiver());
    receiver = start_receiver();
    (void)send_and_receive("referat.txt", 100, second.number);
    CU_ASSERT_FALSE(is_there(first.number));
    UNIT_EQUAL_INT(process_end(receiver, ENDS_MS), true);
    federation_destroy(&federation);
}

/* ---- following and exporting: krfo's other programs ---- */

/* PROGRAM with krfo's endpoint, front and CLIENT's key, and LAST (may be NULL). */
static pid_t start_at_krfo(const char *program, const char *client, const char *last,
                           const char *log)
{
    char key[FEDERATION_PATH_SIZE], front[FEDERATION_PATH_SIZE];
    federation_path(&federation, key, "clients/krfo/%s.key", client);
    federation_path(&federation, front, "clients/krfo/front.pub");
    const char *const argv[] = {program, federation.nodes[KRFO].endpoint, front, key, last, NULL};
    return process_start(argv, log);
}

static bool says(const char *log, const char *text)
{
    struct tov_bytes bytes = read_whole(log);
    char *copy = calloc(1, bytes.size + 1);
    UNIT_NEED(copy != NULL);
    memcpy(copy, bytes.data, bytes.size);
    bool found = strstr(copy, text) != NULL;
    free(copy);
    free((void *)(uintptr_t)bytes.data);
    return found;
}

static bool comes_to_say(const char *log, const char *text)
{
    long long until = process_now_ms() + ARRIVES_MS;
    while (!says(log, text) && process_now_ms() < until)
        process_pause();
    return says(log, text);
}

static void what_was_sent_and_received_is_followed_and_told_once(void)
{
    char attachment[FEDERATION_PATH_SIZE], first[FEDERATION_PATH_SIZE],
        second[FEDERATION_PATH_SIZE];
    open_scene();
    make_attachment("referat.txt", 100, attachment);
    federation_path(&federation, first, "follow-1.log");
    federation_path(&federation, second, "follow-2.log");
    pid_t follower = start_at_krfo(FOLLOW_PROGRAM, "caseworker", NULL, first);
    free(send_note(attachment, "journal-2021-000124"));
    CU_ASSERT(comes_to_say(first, "1: written: message 1, msg.note"));
    CU_ASSERT(comes_to_say(first, "agency 1 has received links 1 to 1"));
    UNIT_EQUAL_INT(process_end(follower, ENDS_MS), true);
    follower = start_at_krfo(FOLLOW_PROGRAM, "caseworker", NULL, second);
    free(send_note(attachment, "journal-2021-000125"));
    CU_ASSERT(comes_to_say(second, "written: message"));
    CU_ASSERT_FALSE(says(second, "1: written: message 1, msg.note"));
    UNIT_EQUAL_INT(process_end(follower, ENDS_MS), true);
    federation_destroy(&federation);
}

static void an_export_is_one_that_tov_audit_confirms(void)
{
    char attachment[FEDERATION_PATH_SIZE], folder[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE],
        roots[FEDERATION_PATH_SIZE];
    char *text = NULL;
    open_scene();
    make_attachment("referat.txt", 100, attachment);
    free(send_note(attachment, "journal-2021-000126"));
    federation_path(&federation, folder, "exported");
    federation_path(&federation, log, "export.log");
    federation_path(&federation, roots, "roots");
    UNIT_EQUAL_INT(process_wait(start_at_krfo(EXPORT_PROGRAM, "auditor", folder, log), ENDS_MS), 0);
    int code =
        federation_run(&federation, "tov-audit",
                       (const char *const[]){"verify", "--roots", roots, folder, NULL}, &text);
    UNIT_EQUAL_INT(code, 0);
    free(text);
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_record_is_sent_once_however_often_the_program_is_run),
        UNIT_TEST(what_is_received_stands_in_files_byte_for_byte_and_comes_once),
        UNIT_TEST(what_was_sent_and_received_is_followed_and_told_once),
        UNIT_TEST(an_export_is_one_that_tov_audit_confirms),
    };
    return unit_run("examples", tests, sizeof tests / sizeof tests[0]);
}
