/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which events a watch is told, and what a client may keep at the node: by two whole nodes in one
 * process.
 */
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/api.h"

#include <string.h>

#define CONNECTION 7u
#define WATCH_ID 3u

struct scene {
    struct sim_wire *wire;
    size_t written, delivered, received; /* events told so far */
    uint64_t last_link;                  /* of the newest receipt */
    uint64_t first_number;               /* of the first event */
    uint64_t error;                      /* of the newest answer */
    uint64_t upload;                     /* that it speaks of */
};

static enum tov_err take_frame(void *context, size_t node, uint64_t connection,
                               struct tov_bytes frame)
{
    struct scene *scene = context;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record event;
    (void)node;
    UNIT_EQUAL_INT(connection, CONNECTION);
    UNIT_NEED(tov_api_reply_decode(frame, &reply, NULL) == TOV_OK);
    if (!tov_record_child(reply, "event", 0, &event)) {
        struct tov_record upload;
        scene->error = tov_record_number(reply, "error");
        if (tov_record_child(reply, "upload", 0, &upload))
            scene->upload = tov_record_number(upload, "upload");
        return TOV_OK; /* the answer to an acknowledgement */
    }
    if (scene->first_number == 0)
        scene->first_number = tov_record_number(event, "number");
    const char *kind = tov_record_enum(event, "kind");
    scene->written += strcmp(kind, "written") == 0;
    scene->delivered += strcmp(kind, "delivered") == 0;
    scene->received += strcmp(kind, "received") == 0;
    if (strcmp(kind, "delivered") == 0)
        scene->last_link = tov_record_number(event, "last_link");
    return TOV_OK;
}

static void scene_open(struct scene *scene, const char *name)
{
    *scene = (struct scene){.wire = sim_wire_create(name, 2)};
    sim_wire_start_all(scene->wire);
    scene->wire->nodes[0].hooks.client_context = scene;
    scene->wire->nodes[0].hooks.send_client = take_frame;
}

struct request {
    const char *name;
    uint64_t id;
    struct {
        const char *field;
        uint64_t number;
    } numbers[2];
    const char *watch_name; /* or NULL */
};

/* A caseworker of the first node asks; nothing turns yet. */
static void ask(const struct scene *scene, const struct request *what)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record body;
    uint8_t key[32];
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", what->id) == TOV_OK);
    UNIT_NEED(tov_record_open(request, what->name, &body) == TOV_OK);
    for (size_t i = 0; i < 2 && what->numbers[i].field != NULL; i++)
        UNIT_OK(tov_record_put_number(body, what->numbers[i].field, what->numbers[i].number));
    if (what->watch_name != NULL)
        UNIT_OK(tov_record_put_text(body, "name", what->watch_name));
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    sim_caseworker_key(scene->wire->federation, 0, key);
    tov_node_on_client_frame(scene->wire->nodes[0].node, key, CONNECTION, tov_buf_view(&frame));
}

/* Watches with the flags that are named. */
static void watch(const struct scene *scene, const char *flag, const char *other)
{
    ask(scene, &(struct request){"watch", WATCH_ID, {{flag, 1}, {other, 1}}, NULL});
    sim_wire_run(scene->wire);
}

/* Two of our messages, and one of the other agency's. */
static void exchange(const struct scene *scene)
{
    (void)sim_wire_send(scene->wire, 0, 1);
    (void)sim_wire_send(scene->wire, 0, 2);
    (void)sim_wire_send(scene->wire, 1, 3);
    sim_wire_run(scene->wire);
}

static void a_watch_tells_what_is_written_and_what_comes(void)
{
    struct scene scene;
    scene_open(&scene, "watch-all");
    watch(&scene, NULL, NULL);
    exchange(&scene);
    UNIT_EQUAL_INT(scene.written, 2);
    UNIT_EQUAL_INT(scene.received, 1);
    UNIT_EQUAL_INT(scene.delivered, 0);
    sim_wire_destroy(scene.wire);
}

static void a_sender_may_watch_receipts_without_its_own_messages(void)
{
    struct scene scene;
    scene_open(&scene, "watch-sender");
    watch(&scene, "deliveries", "without_written");
    exchange(&scene);
    UNIT_EQUAL_INT(scene.written, 0);
    UNIT_EQUAL_INT(scene.received, 1);
    CU_ASSERT(scene.delivered >= 1);
    UNIT_EQUAL_INT(scene.last_link, 2);
    sim_wire_destroy(scene.wire);
}

/* Two callers of one name, or one that repeats itself: both stand before either is committed. */
static void an_acknowledgement_never_moves_back_not_even_within_one_batch(void)
{
    struct scene scene;
    scene_open(&scene, "watch-acknowledge");
    exchange(&scene);
    ask(&scene, &(struct request){"acknowledge", 11, {{"number", 2}}, "esdh"});
    ask(&scene, &(struct request){"acknowledge", 12, {{"number", 1}}, "esdh"});
    sim_wire_run(scene.wire);
    ask(&scene, &(struct request){"watch", WATCH_ID, {{"deliveries", 1}}, "esdh"});
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.first_number, 3);
    sim_wire_destroy(scene.wire);
}

static uint64_t acknowledge_error(struct scene *scene, unsigned name)
{
    char text[16];
    (void)snprintf(text, sizeof text, "name-%u", name);
    scene->error = UINT64_MAX;
    ask(scene, &(struct request){"acknowledge", 100 + name, {{"number", 1}}, text});
    sim_wire_run(scene->wire);
    return scene->error;
}

/* Each name is a row that stays: a program that makes up new ones fills no disk (I11). */
static void a_client_has_64_names(void)
{
    struct scene scene;
    scene_open(&scene, "watch-names");
    exchange(&scene);
    for (unsigned i = 0; i < 64; i++)
        UNIT_EQUAL_INT(acknowledge_error(&scene, i), TOV_OK);
    UNIT_EQUAL_INT(acknowledge_error(&scene, 64), TOV_E_LIMIT);
    ask(&scene, &(struct request){"acknowledge", 300, {{"number", 2}}, "name-7"});
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.error, TOV_OK);
    sim_wire_destroy(scene.wire);
}

static uint64_t begin_file(struct scene *scene, uint64_t upload, uint64_t size)
{
    scene->error = UINT64_MAX;
    ask(scene, &(struct request){"upload_begin", 400, {{"size", size}, {"upload", upload}}, NULL});
    sim_wire_run(scene->wire);
    return scene->error;
}

/* As much as one full message has, announced by one key; what is given up is free again. */
static void the_files_of_a_keys_uploads_are_bounded_together(void)
{
    const uint64_t gib2 = 2147483648;
    struct scene scene;
    scene_open(&scene, "upload-bytes");
    UNIT_EQUAL_INT(begin_file(&scene, 0, gib2), TOV_OK);
    uint64_t upload = scene.upload;
    for (unsigned i = 1; i < 15; i++)
        UNIT_EQUAL_INT(begin_file(&scene, upload, gib2), TOV_OK);
    UNIT_EQUAL_INT(begin_file(&scene, 0, gib2), TOV_OK); /* another upload of the same key */
    UNIT_EQUAL_INT(begin_file(&scene, 0, 1), TOV_E_BUSY);
    UNIT_EQUAL_INT(begin_file(&scene, upload, 1), TOV_E_BUSY);
    ask(&scene, &(struct request){"upload_cancel", 401, {{"upload", upload}}, NULL});
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(begin_file(&scene, 0, gib2), TOV_OK);
    sim_wire_destroy(scene.wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_watch_tells_what_is_written_and_what_comes),
        UNIT_TEST(an_acknowledgement_never_moves_back_not_even_within_one_batch),
        UNIT_TEST(a_sender_may_watch_receipts_without_its_own_messages),
        UNIT_TEST(a_client_has_64_names),
        UNIT_TEST(the_files_of_a_keys_uploads_are_bounded_together),
    };
    return unit_run("core watch", tests, sizeof tests / sizeof tests[0]);
}
