/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node writes of the steps that a message takes, and which drafts it refuses for them: whole
 * nodes of the kommune, the police and Kriminalforsorgen in one process, drafts through the API.
 */
#include "case/told_field.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "unit/case/drafts.h"
#include "wire/api.h"

#include <string.h>

enum { KK, POLICE, KRFO, NODES };
#define CONNECTION 5u
#define ADMISSION "prison.admission"
#define DATE "prison.release_date"
#define EPISODE "episode_ref"

struct answer {
    size_t count; /* answers so far */
    enum tov_err error;
    uint64_t number;
    size_t findings;
    char field[64], reason[256];
    unsigned recipients; /* each that is refused: a bit for its place in the draft */
};

struct scene {
    struct sim_wire *wire;
    struct answer answers[NODES]; /* the last one of each node */
    struct tov_draft got;         /* the newest message that a node listed */
    uint64_t next_key;
};

/* ---- a client of each node ---- */

static void note_finding(struct tov_record reply, struct answer *answer)
{
    struct tov_record finding;
    for (size_t i = 0; tov_record_child(reply, "findings", i, &finding); i++) {
        if (tov_record_number(finding, "warning") != 0)
            continue;
        struct tov_bytes field = tov_record_bytes(finding, "field");
        struct tov_bytes reason = tov_record_bytes(finding, "reason_en");
        (void)snprintf(answer->field, sizeof answer->field, "%.*s", (int)field.size,
                       (const char *)field.data);
        (void)snprintf(answer->reason, sizeof answer->reason, "%.*s", (int)reason.size,
                       (const char *)reason.data);
        if (strncmp(answer->field, "recipients.", 11) == 0)
            answer->recipients |= 1u << (answer->field[11] - '0');
        answer->findings++;
    }
}

static void note_listed(struct scene *scene, struct tov_record list)
{
    struct tov_record summary;
    tov_draft_fini(&scene->got);
    scene->got = (struct tov_draft){0};
    if (!tov_record_child(list, "messages", 0, &summary))
        return;
    UNIT_OK(tov_draft_decode(tov_record_bytes(summary, "header"), NULL, &scene->got, NULL));
}

static enum tov_err take_reply(void *context, size_t node, uint64_t connection,
                               struct tov_bytes frame)
{
    struct scene *scene = context;
    struct answer *answer = &scene->answers[node];
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body;
    UNIT_EQUAL_INT(connection, CONNECTION);
    UNIT_NEED(tov_api_reply_decode(frame, &reply, NULL) == TOV_OK);
    *answer = (struct answer){.count = answer->count + 1,
                              .error = (enum tov_err)tov_record_number(reply, "error")};
    note_finding(reply, answer);
    if (tov_record_child(reply, "submit", 0, &body))
        answer->number = tov_record_number(body, "number");
    if (tov_record_child(reply, "list", 0, &body))
        note_listed(scene, body);
    return TOV_OK;
}

static void hand_over(const struct scene *scene, size_t node, struct tov_record request)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint8_t key[32];
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    sim_caseworker_key(scene->wire->federation, node, key);
    tov_node_on_client_frame(scene->wire->nodes[node].node, key, CONNECTION, tov_buf_view(&frame));
}

/* Hands the draft to the node and ends it; nothing turns yet. */
static void hand_in(struct scene *scene, size_t node, struct test_draft *draft)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_record body;
    uint8_t key[16] = {0};
    tov_put_be64(key, ++scene->next_key);
    UNIT_OK(tov_draft_encode(&draft->draft, &header, &content));
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_OK(tov_record_put_number(request, "id", scene->next_key));
    UNIT_NEED(tov_record_open(request, "submit", &body) == TOV_OK);
    UNIT_OK(tov_record_put_bytes(body, "idempotency_key", TOV_BYTES_OF(key)));
    UNIT_OK(tov_record_put_bytes(body, "header", tov_buf_view(&header)));
    UNIT_OK(tov_record_put_bytes(body, "content", tov_buf_view(&content)));
    hand_over(scene, node, request);
    test_draft_fini(draft);
}

/* The header of the newest message that NODE's caseworker lists, when all has settled. */
static struct tov_record newest(struct scene *scene, size_t node)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    sim_wire_run(scene->wire);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_OK(tov_record_put_number(request, "id", ++scene->next_key));
    UNIT_NEED(tov_record_open(request, "list", &body) == TOV_OK);
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    hand_over(scene, node, request);
    sim_wire_run(scene->wire);
    UNIT_EQUAL_INT(scene->answers[node].error, TOV_OK);
    UNIT_NEED(scene->got.header.message != NULL);
    return scene->got.header;
}

/* ---- drafts ---- */

static struct test_draft draft_of(const char *type)
{
    struct test_draft draft;
    test_draft_init(&draft, type);
    test_draft_day(&draft, (struct tov_date){2025, 6, 15});
    return draft;
}

/* About the episode alone, to the release desk. */
static struct test_draft to_desk(const char *type)
{
    struct test_draft draft = draft_of(type);
    test_draft_route(&draft, "krfo/faengsel", "kk/eki");
    test_draft_bases(&draft, "BEK-HPL");
    test_draft_about_only(&draft, EPISODE);
    return draft;
}

/* The same to parties of a case. */
static struct test_draft to_parties(const char *type, const char *units)
{
    struct test_draft draft = draft_of(type);
    uint8_t sag[TOV_UUID_BYTES] = {0xca, 0x5e};
    struct tov_record about;
    test_draft_route(&draft, "krfo/faengsel", units);
    test_draft_bases(&draft, "RPL115-2/1-3a");
    test_draft_about_only(&draft, EPISODE);
    about = test_draft_about(&draft);
    UNIT_OK(tov_record_put_bytes(about, "case_ref", TOV_BYTES_OF(sag)));
    return draft;
}

static struct test_draft date_of(struct test_draft draft, const char *version)
{
    char fields[64];
    (void)snprintf(fields, sizeof fields, "version=%s;date=2026-07-06;kind=proeve_2_3", version);
    test_draft_put(&draft, fields);
    if (strcmp(version, "1") != 0)
        test_draft_put(&draft, "reason=fremrykning");
    return draft;
}

static void scene_open(struct scene *scene, const char *name)
{
    *scene = (struct scene){.wire = sim_wire_create_infohus(name, NODES)};
    for (size_t i = 0; i < NODES; i++) {
        scene->wire->nodes[i].hooks.client_context = scene;
        scene->wire->nodes[i].hooks.send_client = take_reply;
    }
    sim_wire_start_all(scene->wire);
}

static void scene_close(struct scene *scene)
{
    tov_draft_fini(&scene->got);
    sim_wire_destroy(scene->wire);
}

static void print_refusal(const struct answer *answer)
{
    if (answer->error != TOV_OK)
        (void)fprintf(stderr, "refused: %s [%s] %s\n", tov_err_name(answer->error), answer->field,
                      answer->reason);
}

/* Handed in, and written. */
static void submit(struct scene *scene, size_t node, struct test_draft draft)
{
    hand_in(scene, node, &draft);
    sim_wire_run(scene->wire);
    print_refusal(&scene->answers[node]);
    UNIT_NEED(scene->answers[node].error == TOV_OK && scene->answers[node].number > 0);
}

/* ---- what is looked at ---- */

/* The record of MACHINE in the list NAME ("steps", "start"); false: there is none. */
static bool of_machine(struct tov_record header, const char *name, const char *machine,
                       struct tov_record *out)
{
    for (size_t i = 0; tov_record_child(header, name, i, out); i++) {
        const char *id = tov_record_enum(*out, "machine");
        if (id != NULL && strcmp(id, machine) == 0)
            return true;
    }
    return false;
}

static void check_state(struct tov_record header, const char *name, const char *machine,
                        const char *state)
{
    struct tov_record record = {0};
    bool found = of_machine(header, name, machine, &record);
    if (!found)
        (void)fprintf(stderr, "no %s of %s\n", name, machine);
    UNIT_NEED(found);
    struct tov_bytes told = tov_record_bytes(record, "state");
    CU_ASSERT(tov_bytes_equal(told, tov_bytes_of_text(state)));
}

/* The event that the step of MACHINE names before it; all zeros: none. */
static struct tov_thing_ref previous_of(struct tov_record header, const char *machine)
{
    struct tov_thing_ref previous = {{0}};
    struct tov_record step;
    UNIT_NEED(of_machine(header, "steps", machine, &step));
    struct tov_bytes bytes = tov_record_bytes(step, "previous_event_ref");
    if (bytes.size == sizeof previous.bytes)
        memcpy(previous.bytes, bytes.data, sizeof previous.bytes);
    return previous;
}

static struct tov_thing_ref event_of(struct tov_record header)
{
    struct tov_thing_ref event = {{0}};
    struct tov_bytes bytes = tov_record_bytes(header, "event_ref");
    UNIT_NEED(bytes.size == sizeof event.bytes);
    memcpy(event.bytes, bytes.data, sizeof event.bytes);
    return event;
}

static bool is_none(const struct tov_thing_ref *ref)
{
    static const struct tov_thing_ref none;
    return tov_thing_ref_equal(ref, &none);
}

/* How far the header says that the sender held AGENCY's ledger; 0: it does not say. */
static uint64_t seen_of(struct tov_record header, uint64_t agency)
{
    struct tov_record seen;
    for (size_t i = 0; tov_record_child(header, "seen", i, &seen); i++) {
        if (tov_record_number(seen, "agency") == agency)
            return tov_record_number(seen, "size");
    }
    return 0;
}

static uint64_t ledger_size(const struct scene *scene, size_t node)
{
    return tov_ledger_size(tov_node_core(scene->wire->nodes[node].node)->ledger);
}

/* ---- tests ---- */

static void the_first_step_of_a_thing_names_none_before_it(void)
{
    struct scene scene;
    scene_open(&scene, "steps-first");
    submit(&scene, KRFO, to_desk(ADMISSION));
    struct tov_record header = newest(&scene, KK);
    check_state(header, "steps", "frihedsberoevelse", "afsoning");
    check_state(header, "steps", "loesladelse", "uden_dato");
    struct tov_thing_ref previous = previous_of(header, "loesladelse");
    struct tov_thing_ref event = event_of(header);
    CU_ASSERT(is_none(&previous));
    CU_ASSERT((event.bytes[6] & 0xf0) == 0x40 && (event.bytes[8] & 0xc0) == 0x80);
    UNIT_EQUAL_INT(tov_record_count(header, "start"), 0);
    scene_close(&scene);
}

static void the_next_step_names_the_event_before_it_whoever_sent_that(void)
{
    struct scene scene;
    scene_open(&scene, "steps-next");
    submit(&scene, KRFO, draft_of("krfo.concern"));
    struct tov_thing_ref first = event_of(newest(&scene, POLICE));
    struct test_draft receipt = draft_of("concern.receipt");
    test_draft_route(&receipt, "kbh-pol/dks", "kk/vink krfo/central");
    submit(&scene, POLICE, receipt);
    struct tov_record header = newest(&scene, KK);
    struct tov_thing_ref previous = previous_of(header, "henvendelse");
    check_state(header, "steps", "henvendelse", "kvitteret");
    CU_ASSERT(tov_thing_ref_equal(&previous, &first));
    scene_close(&scene);
}

static void a_copy_tells_the_event_that_its_draft_names(void)
{
    struct scene scene;
    scene_open(&scene, "steps-copy");
    submit(&scene, KRFO, to_desk(ADMISSION));
    submit(&scene, KRFO, date_of(to_desk(DATE), "1"));
    struct tov_thing_ref told = event_of(newest(&scene, KK));
    struct test_draft copy = date_of(to_parties(DATE, "kk/vink kbh-pol/dks"), "1");
    UNIT_OK(tov_record_put_bytes(copy.draft.header, "event_ref", TOV_BYTES_OF(told.bytes)));
    submit(&scene, KRFO, copy);
    struct tov_record header = newest(&scene, POLICE);
    struct tov_thing_ref event = event_of(header);
    CU_ASSERT(tov_thing_ref_equal(&event, &told));
    check_state(header, "steps", "loesladelse", "planlagt");
    scene_close(&scene);
}

/* Both stand before either is committed: the second must know the first. */
static void two_steps_of_one_batch_follow_each_other(void)
{
    struct scene scene;
    scene_open(&scene, "steps-batch");
    struct test_draft admission = to_desk(ADMISSION);
    struct test_draft date = date_of(to_desk(DATE), "1");
    uint8_t event[TOV_UUID_BYTES] = {0xad};
    UNIT_OK(tov_record_put_bytes(admission.draft.header, "event_ref", TOV_BYTES_OF(event)));
    hand_in(&scene, KRFO, &admission);
    hand_in(&scene, KRFO, &date);
    sim_wire_run(scene.wire);
    print_refusal(&scene.answers[KRFO]);
    UNIT_EQUAL_INT(scene.answers[KRFO].count, 2);
    struct tov_record header = newest(&scene, KK);
    struct tov_thing_ref previous = previous_of(header, "loesladelse");
    check_state(header, "steps", "loesladelse", "planlagt");
    CU_ASSERT(memcmp(previous.bytes, event, sizeof event) == 0);
    scene_close(&scene);
}

static void a_step_that_no_row_lists_is_refused_and_writes_nothing(void)
{
    struct scene scene;
    scene_open(&scene, "steps-refused");
    submit(&scene, KRFO, to_desk(ADMISSION));
    sim_wire_run(scene.wire);
    uint64_t before = ledger_size(&scene, KRFO);
    struct test_draft date = date_of(to_desk(DATE), "3");
    hand_in(&scene, KRFO, &date);
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.answers[KRFO].error, TOV_E_RULE);
    UNIT_EQUAL_INT(scene.answers[KRFO].findings, 1);
    UNIT_EQUAL_TEXT(scene.answers[KRFO].field, "about.episode_ref");
    UNIT_EQUAL_TEXT(scene.answers[KRFO].reason,
                    "A new release date must have the version after the last one.");
    UNIT_EQUAL_INT(ledger_size(&scene, KRFO), before);
    /* Nothing of it is remembered either: the next version is still the first. */
    submit(&scene, KRFO, date_of(to_desk(DATE), "1"));
    scene_close(&scene);
}

static void an_offer_that_cites_nothing_is_refused_at_its_citations(void)
{
    struct scene scene;
    scene_open(&scene, "steps-cites");
    submit(&scene, KRFO, to_desk(ADMISSION));
    sim_wire_run(scene.wire);
    struct test_draft offer = to_desk("handover.offer");
    hand_in(&scene, KRFO, &offer);
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.answers[KRFO].error, TOV_E_RULE);
    UNIT_EQUAL_TEXT(scene.answers[KRFO].field, "cites");
    scene_close(&scene);
}

/* The leaf has its recipients in the order of the agencies' numbers, the draft has its own. */
static void a_refusal_names_the_recipient_by_its_place_in_the_draft(void)
{
    struct scene scene;
    scene_open(&scene, "steps-recipients");
    struct test_draft date = date_of(to_parties(DATE, "krfo/faengsel kbh-pol/dks"), "1");
    test_draft_route(&date, "krfo/central", "kbh-pol/dks kk/eki");
    test_draft_bases(&date, "BEK-HPL"); /* for the release desk, not for the police */
    hand_in(&scene, KRFO, &date);
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.answers[KRFO].error, TOV_E_RULE);
    UNIT_EQUAL_INT(scene.answers[KRFO].recipients, 1u << 1);
    scene_close(&scene);
}

/* Refused; the reason is the rule's, which names no state. */
static bool is_refused_by_rule_alone(struct scene *scene, size_t node, struct test_draft draft)
{
    hand_in(scene, node, &draft);
    sim_wire_run(scene->wire);
    UNIT_EQUAL_INT(scene->answers[node].error, TOV_E_RULE);
    UNIT_EQUAL_TEXT(scene->answers[node].field, "about.episode_ref");
    return strcmp(scene->answers[node].reason,
                  "The message does not fit the state that the thing is in.") == 0;
}

/* An agency is one node, its units are not one (I10). */
static void a_refusal_names_the_state_to_who_is_shown_the_thing(void)
{
    struct scene scene;
    scene_open(&scene, "steps-reason");
    submit(&scene, KRFO, to_desk(ADMISSION));
    sim_wire_run(scene.wire);
    CU_ASSERT(!is_refused_by_rule_alone(&scene, KRFO,
                                        to_parties("prison.recall", "kk/vink kbh-pol/dks")));
    struct test_draft other = to_parties("prison.recall", "kk/vink kbh-pol/dks");
    test_draft_route(&other, "krfo/central", "kk/vink kbh-pol/dks");
    CU_ASSERT(is_refused_by_rule_alone(&scene, KRFO, other));
    struct test_draft ready = to_desk("transition.ready");
    test_draft_route(&ready, "kk/eki", "krfo/faengsel");
    test_draft_bases(&ready, "BEK-HPL DBL8-2-3");
    CU_ASSERT(is_refused_by_rule_alone(&scene, KK, ready));
    scene_close(&scene);
}

static void what_a_client_says_of_steps_start_and_seen_is_replaced(void)
{
    struct scene scene;
    scene_open(&scene, "steps-client");
    struct test_draft admission = to_desk(ADMISSION);
    uint8_t lie[TOV_UUID_BYTES] = {0x11};
    struct tov_record record;
    UNIT_NEED(tov_record_open(admission.draft.header, "steps", &record) == TOV_OK);
    UNIT_OK(tov_record_put_enum(record, "machine", "sag"));
    UNIT_OK(tov_record_put_bytes(record, "thing_ref", TOV_BYTES_OF(lie)));
    UNIT_OK(tov_record_put_text(record, "state", "afsluttet"));
    UNIT_NEED(tov_record_open(admission.draft.header, "start", &record) == TOV_OK);
    UNIT_OK(tov_record_put_enum(record, "machine", "loesladelse"));
    UNIT_OK(tov_record_put_text(record, "state", "klar"));
    UNIT_NEED(tov_record_open(admission.draft.header, "seen", &record) == TOV_OK);
    UNIT_OK(tov_record_put_number(record, "agency", 2));
    UNIT_OK(tov_record_put_number(record, "size", 1000000));
    submit(&scene, KRFO, admission);
    struct tov_record header = newest(&scene, KK);
    CU_ASSERT(!of_machine(header, "steps", "sag", &record));
    check_state(header, "steps", "loesladelse", "uden_dato");
    UNIT_EQUAL_INT(tov_record_count(header, "start"), 0);
    UNIT_EQUAL_INT(seen_of(header, 2), 0);
    scene_close(&scene);
}

static void who_is_new_to_a_thing_gets_its_starting_point_once(void)
{
    struct scene scene;
    scene_open(&scene, "steps-start");
    submit(&scene, KRFO, to_desk(ADMISSION));
    struct tov_thing_ref admission = event_of(newest(&scene, KK));
    submit(&scene, KRFO, date_of(to_parties(DATE, "kk/vink kbh-pol/dks"), "1"));
    struct tov_record header = newest(&scene, POLICE);
    struct tov_record start = {0};
    check_state(header, "start", "loesladelse", "uden_dato");
    check_state(header, "start", "frihedsberoevelse", "afsoning");
    UNIT_NEED(of_machine(header, "start", "ansvar", &start));
    UNIT_EQUAL_INT(tov_record_number(start, "responsible_agency"), KRFO + 1);
    struct tov_bytes last = tov_record_bytes(start, "last_event_ref");
    CU_ASSERT(tov_bytes_equal(last, TOV_BYTES_OF(admission.bytes)));
    submit(&scene, KRFO, to_parties("prison.transfer", "kk/vink kbh-pol/dks"));
    UNIT_EQUAL_INT(tov_record_count(newest(&scene, POLICE), "start"), 0);
    scene_close(&scene);
}

/* It learns a state only from what it is told itself (I10). */
static void the_release_channel_never_gets_a_starting_point(void)
{
    struct scene scene;
    scene_open(&scene, "steps-channel");
    submit(&scene, KRFO, to_parties(ADMISSION, "kbh-pol/dks"));
    submit(&scene, KRFO, date_of(to_desk(DATE), "1"));
    struct tov_record header = newest(&scene, KK);
    check_state(header, "steps", "loesladelse", "planlagt");
    UNIT_EQUAL_INT(tov_record_count(header, "start"), 0);
    scene_close(&scene);
}

/* Responsibility is a matter of the parties; and a message that leaves the state as it is names one
 * that the release channel was told, or none (I10). */
static void the_release_channel_is_told_no_step_but_its_own(void)
{
    struct scene scene;
    struct tov_record step = {0};
    scene_open(&scene, "steps-told");
    submit(&scene, KRFO, to_parties(ADMISSION, "kbh-pol/dks"));
    struct tov_thing_ref told = event_of(newest(&scene, POLICE));
    CU_ASSERT(of_machine(scene.got.header, "steps", "ansvar", &step));
    struct test_draft copy = to_desk(ADMISSION);
    UNIT_OK(tov_record_put_bytes(copy.draft.header, "event_ref", TOV_BYTES_OF(told.bytes)));
    submit(&scene, KRFO, copy);
    check_state(newest(&scene, KK), "steps", "loesladelse", "uden_dato");
    CU_ASSERT(!of_machine(scene.got.header, "steps", "ansvar", &step));
    submit(&scene, KRFO, to_desk("prison.transfer"));
    check_state(newest(&scene, KK), "steps", "frihedsberoevelse", "afsoning");
    submit(&scene, KRFO, to_parties("prison.expulsion", "kbh-pol/dks"));
    check_state(newest(&scene, POLICE), "steps", "loesladelse", "udvisningsspor");
    submit(&scene, KRFO, date_of(to_desk(DATE), "1"));
    CU_ASSERT(!of_machine(newest(&scene, KK), "steps", "loesladelse", &step));
    /* Nor is it by the copy of an event that the parties were told first. */
    submit(&scene, KRFO, date_of(to_parties(DATE, "kbh-pol/dks"), "2"));
    told = event_of(newest(&scene, POLICE));
    copy = date_of(to_desk(DATE), "2");
    UNIT_OK(tov_record_put_bytes(copy.draft.header, "event_ref", TOV_BYTES_OF(told.bytes)));
    submit(&scene, KRFO, copy);
    CU_ASSERT(!of_machine(newest(&scene, KK), "steps", "loesladelse", &step));
    scene_close(&scene);
}

static struct test_draft concern_of(const char *type)
{
    struct test_draft draft = draft_of(type);
    if (strcmp(type, "concern.receipt") == 0)
        test_draft_route(&draft, "kbh-pol/dks", "kk/vink krfo/central");
    return draft;
}

/* ---- concerns and an agenda of them ---- */

static void put_concern(struct test_draft *draft, const char *concern)
{
    char field[64];
    tov_record_clear(draft->draft.header, "about");
    (void)snprintf(field, sizeof field, "about.concern_ref=%s", concern);
    test_draft_put(draft, field);
}

static void take_step(struct scene *scene, size_t node, const char *type, const char *concern)
{
    struct test_draft draft = concern_of(type);
    put_concern(&draft, concern);
    submit(scene, node, draft);
    sim_wire_run(scene->wire);
}

/* Screened, so that a meeting may take it up. */
static void raise_concern(struct scene *scene, const char *concern)
{
    take_step(scene, KRFO, "krfo.concern", concern);
    take_step(scene, POLICE, "concern.receipt", concern);
    take_step(scene, KK, "concern.screen_request", concern);
    take_step(scene, POLICE, "concern.screen_result", concern);
}

static struct test_draft meeting_about(const char *concern, const char *agenda)
{
    struct test_draft call = draft_of("case.meeting_call");
    put_concern(&call, concern);
    tov_record_clear(call.draft.header_fields, "agenda_ref");
    test_draft_put(&call, agenda);
    return call;
}

/* The whole agenda is refused, and nothing of it written. */
static void an_agenda_is_refused_for_one_concern_that_is_not_ready(void)
{
    struct scene scene;
    scene_open(&scene, "steps-agenda");
    raise_concern(&scene, "C1");
    take_step(&scene, KRFO, "krfo.concern", "C2");
    uint64_t before = ledger_size(&scene, POLICE);
    struct test_draft call = meeting_about("C1", "agenda_ref=C2");
    hand_in(&scene, POLICE, &call);
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.answers[POLICE].error, TOV_E_RULE);
    UNIT_EQUAL_INT(scene.answers[POLICE].findings, 1);
    UNIT_EQUAL_TEXT(scene.answers[POLICE].field, "about"); /* no field of its own */
    UNIT_EQUAL_INT(ledger_size(&scene, POLICE), before);
    take_step(&scene, POLICE, "concern.receipt", "C2");
    take_step(&scene, KK, "concern.screen_request", "C2");
    take_step(&scene, POLICE, "concern.screen_result", "C2");
    submit(&scene, POLICE, meeting_about("C1", "agenda_ref=C2"));
    scene_close(&scene);
}

/* Who received a message about it is shown the state as who sent one is. */
static void a_refusal_names_the_state_to_a_recipient(void)
{
    struct scene scene;
    scene_open(&scene, "steps-recipient");
    take_step(&scene, KRFO, "krfo.concern", "C1");
    struct test_draft result = concern_of("concern.screen_result"); /* nobody asked for it */
    put_concern(&result, "C1");
    hand_in(&scene, POLICE, &result);
    sim_wire_run(scene.wire);
    UNIT_EQUAL_INT(scene.answers[POLICE].error, TOV_E_RULE);
    UNIT_EQUAL_TEXT(scene.answers[POLICE].field, "about.concern_ref");
    CU_ASSERT(strcmp(scene.answers[POLICE].reason,
                     "The message does not fit the state that the thing is in.") != 0);
    scene_close(&scene);
}

/* ---- seen ---- */

static void seen_names_how_far_the_others_ledger_was_held(void)
{
    struct scene scene;
    scene_open(&scene, "steps-seen");
    submit(&scene, KRFO, concern_of("krfo.concern"));
    UNIT_EQUAL_INT(seen_of(newest(&scene, KK), KRFO + 1), 0);
    uint64_t told = ledger_size(&scene, KRFO);
    submit(&scene, POLICE, concern_of("concern.receipt"));
    uint64_t seen = seen_of(newest(&scene, KK), KRFO + 1);
    CU_ASSERT(seen > 0 && seen <= told);
    submit(&scene, KRFO, to_desk(ADMISSION));
    sim_wire_run(scene.wire);
    submit(&scene, KK, concern_of("concern.screen_request"));
    struct tov_record header = newest(&scene, POLICE);
    CU_ASSERT(seen_of(header, KRFO + 1) > seen);
    CU_ASSERT(seen_of(header, POLICE + 1) > 0);
    UNIT_EQUAL_INT(seen_of(header, KK + 1), 0);
    scene_close(&scene);
}

/* The police have written about the episode to the parties of the case: the release desk must not
 * find that out from what the next message had seen (I10). */
static void seen_names_no_writer_that_a_recipient_does_not_know_of(void)
{
    struct scene scene;
    scene_open(&scene, "steps-writer");
    submit(&scene, KRFO, to_desk(ADMISSION));
    submit(&scene, KRFO, date_of(to_parties(DATE, "kk/vink kbh-pol/dks"), "1"));
    struct test_draft note = to_parties("msg.note", "kk/vink krfo/faengsel");
    test_draft_route(&note, "kbh-pol/dks", "kk/vink krfo/faengsel");
    test_draft_bases(&note, "RPL115-1-3a");
    submit(&scene, POLICE, note);
    submit(&scene, KRFO, to_parties("prison.transfer", "kk/vink kbh-pol/dks"));
    CU_ASSERT(seen_of(newest(&scene, POLICE), POLICE + 1) > 0);
    submit(&scene, KRFO, date_of(to_desk(DATE), "2"));
    struct tov_record header = newest(&scene, KK);
    UNIT_EQUAL_INT(tov_record_count(header, "recipients"), 1);
    UNIT_EQUAL_INT(seen_of(header, POLICE + 1), 0);
    scene_close(&scene);
}

static void a_restart_changes_nothing(void)
{
    struct scene scene;
    scene_open(&scene, "steps-restart");
    submit(&scene, KRFO, to_desk(ADMISSION));
    submit(&scene, KRFO, date_of(to_desk(DATE), "1"));
    struct tov_thing_ref date = event_of(newest(&scene, KK));
    sim_wire_crash(scene.wire, KRFO);
    sim_wire_start_again(scene.wire, KRFO);
    submit(&scene, KRFO, date_of(to_parties(DATE, "kk/vink kbh-pol/dks"), "2"));
    struct tov_record header = newest(&scene, POLICE);
    struct tov_thing_ref previous = previous_of(header, "loesladelse");
    CU_ASSERT(tov_thing_ref_equal(&previous, &date));
    check_state(header, "start", "loesladelse", "planlagt");
    scene_close(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_first_step_of_a_thing_names_none_before_it),
        UNIT_TEST(the_next_step_names_the_event_before_it_whoever_sent_that),
        UNIT_TEST(a_copy_tells_the_event_that_its_draft_names),
        UNIT_TEST(two_steps_of_one_batch_follow_each_other),
        UNIT_TEST(a_step_that_no_row_lists_is_refused_and_writes_nothing),
        UNIT_TEST(an_offer_that_cites_nothing_is_refused_at_its_citations),
        UNIT_TEST(a_refusal_names_the_recipient_by_its_place_in_the_draft),
        UNIT_TEST(a_refusal_names_the_state_to_who_is_shown_the_thing),
        UNIT_TEST(what_a_client_says_of_steps_start_and_seen_is_replaced),
        UNIT_TEST(who_is_new_to_a_thing_gets_its_starting_point_once),
        UNIT_TEST(the_release_channel_never_gets_a_starting_point),
        UNIT_TEST(the_release_channel_is_told_no_step_but_its_own),
        UNIT_TEST(an_agenda_is_refused_for_one_concern_that_is_not_ready),
        UNIT_TEST(a_refusal_names_the_state_to_a_recipient),
        UNIT_TEST(seen_names_how_far_the_others_ledger_was_held),
        UNIT_TEST(seen_names_no_writer_that_a_recipient_does_not_know_of),
        UNIT_TEST(a_restart_changes_nothing),
    };
    return unit_run("core steps", tests, sizeof tests / sizeof tests[0]);
}
