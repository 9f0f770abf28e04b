/* SPDX-License-Identifier: EUPL-1.2 */
#include "fake_front.h"

#include "base/hex.h"
#include "base/limits.h"
#include "case/draft.h"
#include "keys/keyfile.h"
#include "net/net.h"

#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define COUNTS_MAX 32u

struct fake_front {
    pthread_t thread;
    pthread_mutex_t mutex;
    front_handler handler;
    void *arg;
    struct tov_key secret;
    struct tov_net_key key;
    struct tov_net_key client_key;
    char folder[64];
    char endpoint[TOV_NET_ENDPOINT_MAX_BYTES + 64];
    char key_path[96];
    char front_hex[65];
    struct tov_net *net;
    struct tov_net_socket *socket;
    int stop_fd;
    struct tov_net_route route; /* of the present request, or the last */
    uint64_t id;
    struct {
        char name[32];
        size_t count;
    } counts[COUNTS_MAX];
};

/* ---- replies ---- */

void put_number(struct tov_record record, const char *name, uint64_t number)
{
    UNIT_NEED(tov_record_put_number(record, name, number) == TOV_OK);
}

void put_text(struct tov_record record, const char *name, const char *text)
{
    UNIT_NEED(tov_record_put_text(record, name, text) == TOV_OK);
}

void put_bytes(struct tov_record record, const char *name, struct tov_bytes bytes)
{
    UNIT_NEED(tov_record_put_bytes(record, name, bytes) == TOV_OK);
}

void put_ref(struct tov_record record, const char *name, uint64_t index)
{
    struct tov_record ref;
    uint8_t hash[32];
    memset(hash, (int)(index & 0x7f) + 1, sizeof hash);
    UNIT_NEED(tov_record_open(record, name, &ref) == TOV_OK);
    put_number(ref, "agency", 2);
    put_number(ref, "generation", 1);
    put_number(ref, "index", index);
    put_bytes(ref, "leaf_hash", TOV_BYTES_OF(hash));
}

uint64_t front_request_id(struct fake_front *front)
{
    return front->id;
}

struct tov_record front_reply(uint64_t id, const char *name, struct tov_record *out_body)
{
    struct tov_record reply;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiReply"), &reply) == TOV_OK);
    put_number(reply, "id", id);
    if (name != NULL)
        UNIT_NEED(tov_record_open(reply, name, out_body) == TOV_OK);
    return reply;
}

void front_send_bytes(struct fake_front *front, struct tov_bytes frame)
{
    enum tov_err err = tov_net_send(front->socket, front->route, frame);
    for (int tries = 0; err == TOV_E_AGAIN && tries < FRONT_TIMEOUT_MS / 5; tries++) {
        (void)poll(NULL, 0, 5); /* a serving socket does not tell when a route has room */
        err = tov_net_send(front->socket, front->route, frame);
    }
}

void front_send(struct fake_front *front, struct tov_record *reply)
{
    struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_api_encode(*reply, &frame) == TOV_OK);
    front_send_bytes(front, tov_buf_view(&frame));
    tov_buf_fini(&frame);
    tov_record_destroy(reply);
}

void front_send_error(struct fake_front *front, enum tov_err code, const char *words)
{
    struct tov_record reply = front_reply(front->id, NULL, NULL);
    put_number(reply, "error", (uint64_t)code);
    put_text(reply, "error_text", words);
    front_send(front, &reply);
}

struct tov_draft front_note(const char *text)
{
    struct tov_draft note;
    UNIT_NEED(tov_draft_create(tov_message_type_find(tov_bytes_of_text("msg.note")), &note) ==
              TOV_OK);
    put_text(note.header, "sender_unit", "dks");
    put_text(note.header, "purpose", "forebyggelse");
    UNIT_NEED(tov_record_put_enum(note.header_fields, "kind", "telefon") == TOV_OK);
    put_text(note.content, "free_text", text);
    put_text(note.content_fields, "agreed", "Vi tales ved.");
    return note;
}

static void put_half(struct tov_record body, const char *name, const char *text, bool header)
{
    struct tov_buf first = TOV_BUF_INIT(65536), second = TOV_BUF_INIT(65536);
    struct tov_draft note = front_note(text);
    UNIT_NEED(tov_draft_encode(&note, &first, &second) == TOV_OK);
    put_bytes(body, name, tov_buf_view(header ? &first : &second));
    tov_draft_fini(&note);
    tov_buf_fini(&first);
    tov_buf_fini(&second);
}

void put_summary(struct tov_record summary, uint64_t number)
{
    put_number(summary, "number", number);
    put_ref(summary, "ref", number);
    put_half(summary, "header", "", true);
    put_number(summary, "stored_ms", 1625486400000u);
    put_number(summary, "verdict", 1);
    put_number(summary, "signed", 1);
}

void put_content(struct tov_record body, const char *name, const char *text)
{
    put_half(body, name, text, false);
}

void front_send_accepted(struct fake_front *front, uint64_t number)
{
    static const uint8_t id[16] = {1, 2, 3};
    struct tov_record body, delivery;
    struct tov_record reply = front_reply(front->id, "submit", &body);
    put_ref(body, "ref", number);
    put_number(body, "number", number);
    put_bytes(body, "message_id", TOV_BYTES_OF(id));
    UNIT_NEED(tov_record_open(body, "deliveries", &delivery) == TOV_OK);
    put_number(delivery, "agency", 2);
    put_text(delivery, "agency_name", "kbh-pol");
    put_number(delivery, "link_number", 1);
    front_send(front, &reply);
}

static void answer_hello(struct fake_front *front)
{
    struct tov_record body;
    struct tov_record reply = front_reply(front->id, "hello", &body);
    put_number(body, "api", 1);
    put_text(body, "federation", "infohus-demo");
    put_text(body, "agency", "kk");
    put_text(body, "client", "test");
    put_text(body, "roles", "sagsbehandler");
    put_text(body, "units", "kk/vink");
    put_number(body, "now_ms", 1625486400000u);
    front_send(front, &reply);
}

static void answer_directory(struct fake_front *front)
{
    static const char *const units[] = {"kk/vink", "kbh-pol/dks", "krfo/kif"};
    struct tov_record body, unit;
    struct tov_record reply = front_reply(front->id, "directory", &body);
    for (size_t i = 0; i < 3; i++) {
        UNIT_NEED(tov_record_open(body, "units", &unit) == TOV_OK);
        put_text(unit, "address", units[i]);
        put_text(unit, "title", "En enhed");
        put_number(unit, "agency", i + 1);
    }
    put_number(body, "roster_version", 7);
    front_send(front, &reply);
}

static void answer_status(struct fake_front *front)
{
    static const char *const names[] = {"kbh-pol", "krfo"};
    struct tov_record body, peer;
    struct tov_record reply = front_reply(front->id, "status", &body);
    put_text(body, "state", "serving");
    put_text(body, "version", "0.1.0");
    put_number(body, "size", 12);
    for (size_t i = 0; i < 2; i++) {
        UNIT_NEED(tov_record_open(body, "peers", &peer) == TOV_OK);
        put_number(peer, "agency", i + 2);
        put_text(peer, "name", names[i]);
    }
    front_send(front, &reply);
}

/* ---- the thread ---- */

static void count(struct fake_front *front, const char *name)
{
    for (size_t i = 0; i < COUNTS_MAX; i++) {
        if (front->counts[i].name[0] == '\0')
            (void)snprintf(front->counts[i].name, sizeof front->counts[i].name, "%s", name);
        if (strcmp(front->counts[i].name, name) == 0) {
            front->counts[i].count++;
            return;
        }
    }
}

static void serve(struct fake_front *front, struct tov_record request)
{
    const struct tov_schema *schema = tov_record_schema(request);
    struct tov_record body = {0};
    const char *name = "";
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_RECORD && tov_record_child(request, field.name, 0, &body))
            name = field.name;
    }
    (void)tov_record_child(request, name, 0, &body);
    front->id = tov_record_number(request, "id");
    count(front, name);
    if (front->handler != NULL && front->handler(front, name, body, front->arg))
        return;
    if (strcmp(name, "hello") == 0)
        answer_hello(front);
    else if (strcmp(name, "directory") == 0)
        answer_directory(front);
    else if (strcmp(name, "status") == 0)
        answer_status(front);
    else
        front_send_error(front, TOV_E_NOT_FOUND, "nothing here");
}

static void receive_all(struct fake_front *front)
{
    struct tov_net_message message;
    while (tov_net_receive(front->socket, &message) == TOV_OK) {
        struct tov_record request;
        struct tov_error error = {0};
        front->route = message.route;
        UNIT_NEED(tov_api_request_decode(message.frame, &request, &error) == TOV_OK);
        serve(front, request);
        tov_record_destroy(&request);
    }
}

static void open_socket(struct fake_front *front)
{
    struct tov_error error = {0};
    struct tov_net_options options = {.endpoint = front->endpoint,
                                      .secret = &front->secret,
                                      .frame_max_bytes = 2 * TOV_FRAME_MAX_BYTES};
    UNIT_NEED(tov_net_create(&front->net, &error) == TOV_OK);
    UNIT_NEED(tov_net_allow(front->net, &front->client_key, 1) == TOV_OK);
    enum tov_err err = TOV_E_EXISTS;
    for (int tries = 0; err == TOV_E_EXISTS && tries < FRONT_TIMEOUT_MS / 10; tries++) {
        err = tov_net_serve(front->net, &options, &front->socket, &error);
        if (err == TOV_E_EXISTS)
            (void)poll(NULL, 0, 10); /* the old socket's port is released behind our back */
    }
    UNIT_NEED(err == TOV_OK);
    (void)snprintf(front->endpoint, sizeof front->endpoint, "%s",
                   tov_net_socket_endpoint(front->socket));
}

static void *run(void *arg)
{
    struct fake_front *front = arg;
    for (;;) {
        struct pollfd items[] = {
            {.fd = front->stop_fd, .events = POLLIN},
            {.fd = tov_net_socket_fd(front->socket), .events = POLLIN},
        };
        (void)poll(items, 2, -1);
        if (items[0].revents != 0)
            break;
        (void)pthread_mutex_lock(&front->mutex);
        receive_all(front);
        (void)pthread_mutex_unlock(&front->mutex);
    }
    return NULL;
}

void front_resume(struct fake_front *front)
{
    front->stop_fd = eventfd(0, EFD_CLOEXEC);
    open_socket(front);
    UNIT_NEED(pthread_create(&front->thread, NULL, run, front) == 0);
}

void front_stop(struct fake_front *front)
{
    uint64_t one = 1;
    UNIT_NEED(write(front->stop_fd, &one, sizeof one) == (ssize_t)sizeof one);
    UNIT_NEED(pthread_join(front->thread, NULL) == 0);
    tov_net_socket_destroy(front->socket);
    tov_net_destroy(front->net);
    (void)close(front->stop_fd);
}

/* ---- the test's side ---- */

static void write_key(struct fake_front *front)
{
    struct tov_key secret;
    struct tov_keytext_text text;
    struct tov_error error = {0};
    struct tov_key_info info = {.purpose = TOV_KEY_CLIENT, .owner = "kk/test"};
    struct tov_key_place place = {.federation = "infohus-demo", .owner = "kk/test"};
    UNIT_NEED(tov_net_key_generate(&secret, &front->client_key) == TOV_OK);
    UNIT_NEED(tov_key_public(TOV_KEY_CLIENT, &secret, info.public_key) == TOV_OK);
    UNIT_NEED(tov_key_name(TOV_KEY_CLIENT, &place, info.name) == TOV_OK);
    UNIT_NEED(tov_keytext_format_plain(&info, &secret, &text) == TOV_OK);
    (void)snprintf(front->key_path, sizeof front->key_path, "%s/test.key", front->folder);
    struct tov_file_save save = {
        .path = front->key_path, .content = {(const uint8_t *)text.text, text.size}, .mode = 0600};
    UNIT_NEED(tov_file_save(&save, &error) == TOV_OK);
}

struct fake_front *front_start(front_handler handler, void *arg)
{
    struct fake_front *front = calloc(1, sizeof *front);
    UNIT_NEED(front != NULL);
    front->handler = handler;
    front->arg = arg;
    (void)pthread_mutex_init(&front->mutex, NULL);
    (void)snprintf(front->folder, sizeof front->folder, "/tmp/tov-lib-XXXXXX");
    UNIT_NEED(mkdtemp(front->folder) != NULL);
    (void)snprintf(front->endpoint, sizeof front->endpoint, "tcp://127.0.0.1:*");
    UNIT_NEED(tov_net_key_generate(&front->secret, &front->key) == TOV_OK);
    tov_hex_encode(TOV_BYTES_OF(front->key.bytes), front->front_hex);
    write_key(front);
    front_resume(front);
    return front;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void front_end(struct fake_front *front)
{
    front_stop(front);
    (void)nftw(front->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    (void)pthread_mutex_destroy(&front->mutex);
    free(front);
}

void front_lock(struct fake_front *front)
{
    (void)pthread_mutex_lock(&front->mutex);
}

void front_unlock(struct fake_front *front)
{
    (void)pthread_mutex_unlock(&front->mutex);
}

size_t front_seen(struct fake_front *front, const char *name)
{
    size_t seen = 0;
    front_lock(front);
    for (size_t i = 0; i < COUNTS_MAX; i++) {
        if (strcmp(front->counts[i].name, name) == 0)
            seen = front->counts[i].count;
    }
    front_unlock(front);
    return seen;
}

const char *front_folder(struct fake_front *front)
{
    return front->folder;
}

struct tov_client_options front_options(struct fake_front *front)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = front->endpoint;
    options.front_key = front->front_hex;
    options.key_path = front->key_path;
    options.timeout_ms = FRONT_TIMEOUT_MS;
    return options;
}

struct tov_client *front_client(struct fake_front *front)
{
    struct tov_client_options options = front_options(front);
    struct tov_client *client = NULL;
    struct tov_error error = {0};
    enum tov_err err = tov_client_open(&options, &client, &error);
    if (err != TOV_OK)
        fprintf(stderr, "tov_client_open: %s\n", error.text);
    UNIT_NEED(err == TOV_OK);
    return client;
}
