/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that could not be judged when they came: their roster was not in force here yet, or
 * their type was unknown to the program. Once it is known they are what they are to those who knew
 * it before: verdict, attachments and answers (I5).
 * Not for: what the book shows of them (core/roster_change_test.c).
 */
#include "counted.h"
#include "hostile_peer.h"

#include "case/catalogue.h"
#include "follow/transfers.h"
#include "follow/verdict.h"

#include <string.h>

#define ROSTERS_MAX 4u

/* The program that runs, of every node: an old one knows no type of message. */
static bool is_old;

const struct tov_message_type *__real_tov_message_type_version(struct tov_bytes id,
                                                               uint32_t version);
const struct tov_message_type *__wrap_tov_message_type_version(struct tov_bytes id,
                                                               uint32_t version);
const struct tov_message_type *__wrap_tov_message_type_version(struct tov_bytes id,
                                                               uint32_t version)
{
    return is_old ? NULL : __real_tov_message_type_version(id, version);
}

struct tov_hash __real_tov_catalogue_hash(void);
struct tov_hash __wrap_tov_catalogue_hash(void);
struct tov_hash __wrap_tov_catalogue_hash(void)
{
    return is_old ? (struct tov_hash){{1}} : __real_tov_catalogue_hash();
}

/* The rosters that were in force before: agencies of theirs are still pointed to. */
struct scene {
    struct hostile *hostile;
    struct tov_roster *former[ROSTERS_MAX];
    size_t former_count;
};

static void scene_fini(struct scene *scene)
{
    hostile_destroy(scene->hostile);
    for (size_t i = 0; i < scene->former_count; i++)
        tov_roster_destroy(scene->former[i]);
}

static void scene_init(struct scene *scene, const char *name)
{
    is_old = false;
    *scene = (struct scene){.hostile = hostile_create(name, 2)};
    hostile_meet(scene->hostile);
}

static void meet_again(struct hostile *hostile)
{
    sim_wire_start(hostile->wire, 0);
    sim_wire_connect_all(hostile->wire, 0);
    hostile->wire->is_up[0][1] = true;
    tov_node_on_peer_up(hostile_victim(hostile), hostile->agency->number);
    sim_wire_run(hostile->wire);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    sim_wire_pass(hostile->wire, 5000);
}

/* The next roster, in which UNIT is the other agency's only one, is in force from a start on. */
static void adopt(struct scene *scene, const char *unit)
{
    struct sim_federation *federation = scene->hostile->wire->federation;
    struct tov_roster_facts facts = *tov_roster_facts(federation->roster);
    struct tov_agency agencies[2];
    struct tov_unit units[1];
    struct tov_roster *roster;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    UNIT_NEED(scene->former_count < ROSTERS_MAX && facts.agency_count == 2);
    memcpy(agencies, facts.agencies, sizeof agencies);
    units[0] = agencies[1].units[0];
    units[0].name = unit;
    agencies[1].units = units;
    agencies[1].unit_count = 1;
    facts.agencies = agencies;
    facts.version++;
    facts.previous = tov_roster_hash(federation->roster);
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    sim_wire_crash(scene->hostile->wire, 0);
    scene->former[scene->former_count++] = federation->roster;
    federation->roster = roster;
    meet_again(scene->hostile);
    UNIT_NEED(tov_roster_version(hostile_core(scene->hostile)->roster) == facts.version);
}

/* A scene with the old program. */
static void old_scene_init(struct scene *scene, const char *name)
{
    is_old = true;
    *scene = (struct scene){.hostile = hostile_create(name, 2)};
    hostile_meet(scene->hostile);
}

static void upgrade(const struct scene *scene)
{
    sim_wire_crash(scene->hostile->wire, 0);
    is_old = false;
    meet_again(scene->hostile);
}

/* A message with an attachment of one chunk, that names roster 2. */
static void make_early(struct scene *scene, struct hostile_message *message)
{
    hostile_message_make(scene->hostile, TOV_RIGHT_ALL, message);
    hostile_message_attach(scene->hostile, message, 1000);
    message->leaf.as.message.roster_version = 2;
}

/* What its receipt says, which is what its entry says. */
static void need_verdict(const struct scene *scene, const struct hostile_message *message,
                         enum tov_verdict verdict)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = hostile_core(scene->hostile);
    struct tov_message_name name = {message->ref.agency, message->ref.generation,
                                    message->ref.index};
    struct tov_entry entry;
    struct tov_verdict_value told = hostile_verdict(scene->hostile, message->link.number);
    UNIT_EQUAL_INT(told.verdict, verdict);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_verdict_find(core, read, &name, &entry) == TOV_OK);
    UNIT_EQUAL_INT(entry.verdict.verdict, told.verdict);
    UNIT_EQUAL_INT(entry.verdict.detail, told.detail);
}

static enum tov_err view_of(const struct scene *scene, const struct hostile_message *message,
                            struct tov_transfer_view *out_view)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name name = {message->ref.agency, message->ref.generation,
                                    message->ref.index};
    UNIT_NEED(tov_store_read_begin(hostile_core(scene->hostile)->store, &read, NULL) == TOV_OK);
    return tov_follow_transfer(tov_node_follow(hostile_victim(scene->hostile)), read, &name, 2,
                               out_view);
}

/* MESSAGE takes back, or answers, TARGET. */
static void relate(struct hostile_message *message, const struct tov_ref *target,
                   const char *relation)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    hostile_message_answer(message, target);
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                                NULL) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(header, "relation", relation) == TOV_OK);
    tov_buf_clear(&message->header);
    UNIT_NEED(tov_record_encode(header, &message->header) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
}

/* ---- its attachments ---- */

static void what_waits_for_its_roster_alone_is_opened_by_it(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    scene_init(&scene, "w-opened");
    make_early(&scene, &message);
    (void)hostile_deliver(scene.hostile, &message);
    hostile_say_chunk(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_NOT_UNDERSTOOD);
    adopt(&scene, "vink");
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
}

static void what_waits_for_both_is_opened_by_the_last_of_them(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_transfer_view view;
    scene_init(&scene, "w-both");
    make_early(&scene, &message);
    (void)hostile_deliver(scene.hostile, &message);
    adopt(&scene, "vink");
    need_verdict(&scene, &message, TOV_VERDICT_PENDING);
    hostile_say_chunk(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
    UNIT_OK(view_of(&scene, &message, &view));
    CU_ASSERT(view.complete);
}

/* V1: also when the file is said before anything else is. */
static void what_is_refused_stays_so_when_its_file_comes(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_transfer_view view;
    scene_init(&scene, "w-refused");
    make_early(&scene, &message);
    (void)hostile_deliver(scene.hostile, &message);
    adopt(&scene, "ny");
    need_verdict(&scene, &message, TOV_VERDICT_REFUSED);
    hostile_say_chunk(scene.hostile, &message);
    sim_wire_pass(scene.hostile->wire, 3000);
    need_verdict(&scene, &message, TOV_VERDICT_REFUSED);
    CU_ASSERT(hostile_victim_works(scene.hostile));
    size_t asked = scene.hostile->chunk_requests;
    sim_wire_pass(scene.hostile->wire, 600000);
    UNIT_EQUAL_INT(scene.hostile->chunk_requests, asked); /* nobody fetches it */
    UNIT_EQUAL_INT(view_of(&scene, &message, &view), TOV_E_NOT_FOUND);
}

/* The store still says that it is under way. */
static void what_is_not_fetched_any_more_is_not_taken_up_before_the_commit(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    scene_init(&scene, "w-dropped");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(scene.hostile, &message, 1000);
    (void)hostile_deliver(scene.hostile, &message);
    struct tov_follow *follow = tov_node_follow(hostile_victim(scene.hostile));
    struct tov_peer *peer = tov_follow_peer(follow, message.ref.agency);
    struct tov_message_name name = {message.ref.agency, message.ref.generation, message.ref.index};
    UNIT_EQUAL_INT(peer->transfers[0].state, TOV_TRANSFER_PULLING);
    UNIT_NEED(tov_store_read_begin(follow->core->store, &read, NULL) == TOV_OK);
    tov_pull_drop(follow, peer, read, &name, 3);
    tov_store_read_end(read);
    read = NULL;
    peer->may_pull = true;
    tov_follow_on_tick(follow);
    UNIT_EQUAL_INT(peer->transfers[0].state, TOV_TRANSFER_NONE);
    sim_wire_pass(scene.hostile->wire, 60000);
    UNIT_EQUAL_INT(peer->transfers[0].state, TOV_TRANSFER_NONE);
}

/* What is here is not thrown away. */
static void what_is_refused_keeps_the_file_that_is_here(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_transfer_view view;
    scene_init(&scene, "w-kept");
    make_early(&scene, &message);
    (void)hostile_deliver(scene.hostile, &message);
    hostile_say_chunk(scene.hostile, &message);
    adopt(&scene, "ny");
    need_verdict(&scene, &message, TOV_VERDICT_REFUSED);
    UNIT_OK(view_of(&scene, &message, &view));
    CU_ASSERT(view.complete);
}

/* The store again says of MESSAGE what it did before its roster came. */
static void forget_verdict(const struct scene *scene, const struct hostile_message *message)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT((size_t)2 * TOV_LEAF_MAX_BYTES);
    const struct tov_ref *ref = &message->ref;
    struct tov_store *store = hostile_core(scene->hostile)->store;
    struct tov_store_key key = tov_store_key_u16_u32_u64(ref->agency, ref->generation, ref->index);
    struct tov_bytes stored;
    struct tov_entry entry;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_MLEAF, key, &stored) == TOV_OK);
    UNIT_NEED(tov_entry_decode_mirror(stored, &entry) == TOV_OK);
    entry.verdict.verdict = TOV_VERDICT_NOT_UNDERSTOOD;
    tov_entry_put_mirror(&row, &entry);
    tov_store_batch_put_buf(batch, TOV_TABLE_MLEAF, key, &row);
    tov_store_batch_delete(batch, TOV_TABLE_FACT, tov_store_key_text("judged"));
    tov_store_read_end(read);
    read = NULL;
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
}

/* The verdict of the roster is in the open batch when the last chunk is looked at. */
static void a_file_that_comes_before_the_verdict_is_committed_opens_its_message(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    scene_init(&scene, "w-batch");
    make_early(&scene, &message);
    adopt(&scene, "vink");
    (void)hostile_deliver(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_PENDING);
    forget_verdict(&scene, &message);
    UNIT_OK(tov_follow_judge_waiting(tov_node_follow(hostile_victim(scene.hostile))));
    hostile_say_chunk(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
}

/* ---- what it answers ---- */

/* V2. First a message that waits for nothing, then what takes it back and an answer to it. */
static void send_three(struct scene *scene, struct hostile_message messages[3])
{
    static const char *const relations[] = {NULL, "removal", "response"};
    for (size_t i = 0; i < 3; i++) {
        hostile_message_make(scene->hostile, TOV_RIGHT_ALL, &messages[i]);
        if (i > 0) {
            messages[i].leaf.as.message.roster_version = 2;
            relate(&messages[i], &messages[0].ref, relations[i]);
        }
        (void)hostile_deliver(scene->hostile, &messages[i]);
    }
    need_verdict(scene, &messages[0], TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene->hostile), TOV_TABLE_REPLY), 2);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene->hostile), TOV_TABLE_RETRACTION), 1);
}

static void what_is_refused_answers_nothing_and_takes_nothing_back(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    struct hostile_message messages[3];
    scene_init(&scene, "w-answers");
    send_three(&scene, messages);
    adopt(&scene, "ny");
    need_verdict(&scene, &messages[1], TOV_VERDICT_REFUSED);
    need_verdict(&scene, &messages[2], TOV_VERDICT_REFUSED);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_REPLY), 0);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_RETRACTION), 0);
    for (size_t i = 0; i < 3; i++)
        hostile_message_fini(&messages[i]);
}

/* One whose attachment does not open when it is here has answered until then. */
static void what_does_not_open_in_the_end_answers_nothing(void)
{
    for (unsigned early = 0; early < 2; early++) {
        TOV_CLEANUP(scene_fini) struct scene scene;
        TOV_CLEANUP(hostile_message_fini) struct hostile_message first;
        TOV_CLEANUP(hostile_message_fini) struct hostile_message second;
        static uint8_t garbage[1000];
        scene_init(&scene, "w-garbage");
        hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &first);
        (void)hostile_deliver(scene.hostile, &first);
        hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &second);
        hostile_message_attach(scene.hostile, &second, sizeof garbage);
        hostile_message_reseal(&second, 2, TOV_BYTES_OF(garbage), true);
        second.leaf.as.message.roster_version = early == 0 ? 1 : 2;
        relate(&second, &first.ref, "response");
        (void)hostile_deliver(scene.hostile, &second);
        need_verdict(&scene, &second,
                     early == 0 ? TOV_VERDICT_PENDING : TOV_VERDICT_NOT_UNDERSTOOD);
        UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_REPLY), 1);
        hostile_say_chunk(scene.hostile, &second);
        need_verdict(&scene, &second, TOV_VERDICT_NOT_OPENED);
        UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_REPLY), 0);
        adopt(&scene, "vink");
        need_verdict(&scene, &second, TOV_VERDICT_NOT_OPENED);
    }
}

/* ---- another program ---- */

static void an_upgrade_alone_reads_what_was_not_understood(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    old_scene_init(&scene, "w-upgrade");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    (void)hostile_deliver(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_NOT_UNDERSTOOD);
    upgrade(&scene);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
    size_t receipts = hostile_count(scene.hostile, TOV_LEAF_RECEIPT);
    upgrade(&scene); /* to the same */
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts);
}

/* The type is looked at before the roster. */
static void what_names_a_new_roster_and_a_new_type_waits_for_both(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    old_scene_init(&scene, "w-type-roster");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    message.leaf.as.message.roster_version = 2;
    (void)hostile_deliver(scene.hostile, &message);
    adopt(&scene, "vink");
    need_verdict(&scene, &message, TOV_VERDICT_NOT_UNDERSTOOD);
    upgrade(&scene);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
}

static void an_upgrade_fetches_the_files_of_what_was_not_known(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_transfer_view view;
    old_scene_init(&scene, "w-type-file");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(scene.hostile, &message, 1000);
    (void)hostile_deliver(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_NOT_UNDERSTOOD);
    size_t asked = scene.hostile->chunk_requests;
    upgrade(&scene);
    need_verdict(&scene, &message, TOV_VERDICT_PENDING);
    CU_ASSERT(scene.hostile->chunk_requests > asked);
    hostile_say_chunk(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
    UNIT_OK(view_of(&scene, &message, &view));
    CU_ASSERT(view.complete);
}

/* Its number is another's, or nobody's: nothing is fetched by it, then as now. */
static void a_message_behind_a_gap_is_read_and_its_files_are_not_fetched(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_transfer_view view;
    old_scene_init(&scene, "w-gap");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(scene.hostile, &message, 1000);
    scene.hostile->link += 3;
    (void)hostile_deliver(scene.hostile, &message);
    size_t receipts = hostile_count(scene.hostile, TOV_LEAF_RECEIPT);
    upgrade(&scene);
    UNIT_EQUAL_INT(view_of(&scene, &message, &view), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts);
    CU_ASSERT(hostile_victim_works(scene.hostile));
}

static void an_upgrade_notes_what_a_message_answers(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message first;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message removal;
    old_scene_init(&scene, "w-type-reply");
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &first);
    (void)hostile_deliver(scene.hostile, &first);
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &removal);
    relate(&removal, &first.ref, "removal");
    (void)hostile_deliver(scene.hostile, &removal);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_REPLY), 0);
    upgrade(&scene);
    need_verdict(&scene, &removal, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_REPLY), 1);
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_RETRACTION), 1);
}

/* What nothing can be made of: the same is said of it as when its type is known at once. */
static void put_another_id(struct tov_record header)
{
    static const uint8_t other[TOV_MESSAGE_ID_BYTES] = {7};
    UNIT_NEED(tov_record_put_bytes(header, "message_id", TOV_BYTES_OF(other)) == TOV_OK);
}

static void put_other_fields(struct tov_record header)
{
    static const uint8_t garbage[] = {0xff, 0xff, 0xff};
    tov_record_clear(header, "fields");
    UNIT_NEED(tov_record_put_bytes(header, "fields", TOV_BYTES_OF(garbage)) == TOV_OK);
}

static void put_nothing(struct tov_record header)
{
    (void)header;
}

static void deliver_broken(struct scene *scene, unsigned how, struct hostile_message *message)
{
    static void (*const put[])(struct tov_record) = {put_another_id, put_other_fields, put_nothing};
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    hostile_message_make(scene->hostile, TOV_RIGHT_ALL, message);
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                                NULL) == TOV_OK);
    put[how](header);
    tov_buf_clear(&message->header);
    UNIT_NEED(tov_record_encode(header, &message->header) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
    hostile_message_attach(scene->hostile, message, 1000);
    if (how == 2)
        message->leaf.as.message.parts[2].sealed_size = 17; /* that no sealing gives */
    (void)hostile_deliver(scene->hostile, message);
}

static void what_is_broken_is_not_opened_after_an_upgrade_as_before(void)
{
    for (unsigned how = 0; how < 3; how++) {
        struct tov_verdict_value known, later;
        TOV_CLEANUP(scene_fini) struct scene scene;
        TOV_CLEANUP(scene_fini) struct scene old;
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        TOV_CLEANUP(hostile_message_fini) struct hostile_message unknown;
        scene_init(&scene, "w-broken");
        deliver_broken(&scene, how, &message);
        need_verdict(&scene, &message, TOV_VERDICT_NOT_OPENED);
        known = hostile_verdict(scene.hostile, message.link.number);
        old_scene_init(&old, "w-broken-old");
        deliver_broken(&old, how, &unknown);
        need_verdict(&old, &unknown, TOV_VERDICT_NOT_UNDERSTOOD);
        upgrade(&old);
        need_verdict(&old, &unknown, TOV_VERDICT_NOT_OPENED);
        later = hostile_verdict(old.hostile, unknown.link.number);
        UNIT_EQUAL_INT(later.detail, known.detail);
        UNIT_EQUAL_INT(old.hostile->chunk_requests, 0);
    }
}

/* No roster makes a size of it. */
static void a_file_of_no_possible_size_is_not_opened_by_any_roster(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    scene_init(&scene, "w-size");
    make_early(&scene, &message);
    message.leaf.as.message.parts[2].sealed_size = 17;
    (void)hostile_deliver(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_NOT_OPENED);
    adopt(&scene, "vink");
    need_verdict(&scene, &message, TOV_VERDICT_NOT_OPENED);
}

/* More than is looked at between two ticks. */
static void a_long_mirror_is_looked_through_from_tick_to_tick(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    old_scene_init(&scene, "w-long");
    hostile_say_erased(scene.hostile, 110000);
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &message);
    (void)hostile_deliver(scene.hostile, &message);
    need_verdict(&scene, &message, TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_NEED(message.ref.index > 110000);
    upgrade(&scene);
    CU_ASSERT_FALSE(tov_node_follow(hostile_victim(scene.hostile))->looks_at_waiting);
    need_verdict(&scene, &message, TOV_VERDICT_OPENED);
}

static enum tov_verdict verdict_on(const struct hostile *hostile,
                                   const struct tov_message_name *name)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = hostile_core(hostile);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    return message->verdict.verdict;
}

static void say_many_that_wait_on(struct hostile *hostile, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        message.leaf.as.message.roster_version = 9;
        hostile_message_append(hostile, &message);
        if (i % 50 == 49)
            hostile_flush(hostile);
    }
}

/* More than is judged in all the ticks until then. */
static void what_one_peer_lets_wait_keeps_back_no_other(void)
{
    struct scene scene = {.hostile = hostile_create("w-many", 3)};
    struct hostile *hostile = scene.hostile;
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{hostile->target->number, TOV_RIGHT_ALL}},
                              .text_bytes = 64};
    struct tov_message_written sent;
    is_old = true;
    hostile_meet(hostile);
    say_many_that_wait_on(hostile, 4000);
    is_old = false; /* for who writes this one */
    UNIT_NEED(sim_message_submit(&hostile->wire->nodes[2], &order, &sent) == TOV_OK);
    is_old = true;
    sim_wire_run(hostile->wire);
    struct tov_message_name name = {3, 1, sent.place.index};
    UNIT_EQUAL_INT(verdict_on(hostile, &name), TOV_VERDICT_NOT_UNDERSTOOD);
    upgrade(&scene);
    CU_ASSERT(tov_node_follow(hostile_victim(hostile))->looks_at_waiting);
    UNIT_EQUAL_INT(verdict_on(hostile, &name), TOV_VERDICT_OPENED);
    sim_wire_pass(hostile->wire, 10000);
    CU_ASSERT_FALSE(tov_node_follow(hostile_victim(hostile))->looks_at_waiting);
    scene_fini(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_waits_for_its_roster_alone_is_opened_by_it),
        UNIT_TEST(what_waits_for_both_is_opened_by_the_last_of_them),
        UNIT_TEST(what_is_refused_stays_so_when_its_file_comes),
        UNIT_TEST(what_is_not_fetched_any_more_is_not_taken_up_before_the_commit),
        UNIT_TEST(what_is_refused_keeps_the_file_that_is_here),
        UNIT_TEST(a_file_that_comes_before_the_verdict_is_committed_opens_its_message),
        UNIT_TEST(what_is_refused_answers_nothing_and_takes_nothing_back),
        UNIT_TEST(what_does_not_open_in_the_end_answers_nothing),
        UNIT_TEST(an_upgrade_alone_reads_what_was_not_understood),
        UNIT_TEST(what_names_a_new_roster_and_a_new_type_waits_for_both),
        UNIT_TEST(an_upgrade_fetches_the_files_of_what_was_not_known),
        UNIT_TEST(a_message_behind_a_gap_is_read_and_its_files_are_not_fetched),
        UNIT_TEST(an_upgrade_notes_what_a_message_answers),
        UNIT_TEST(what_is_broken_is_not_opened_after_an_upgrade_as_before),
        UNIT_TEST(a_file_of_no_possible_size_is_not_opened_by_any_roster),
        UNIT_TEST(a_long_mirror_is_looked_through_from_tick_to_tick),
        UNIT_TEST(what_one_peer_lets_wait_keeps_back_no_other),
    };
    return unit_run("follow_judged_again", tests, sizeof tests / sizeof tests[0]);
}
