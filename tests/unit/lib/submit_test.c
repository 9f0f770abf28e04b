/* SPDX-License-Identifier: EUPL-1.2
 *
 * Submitting: what the node is sent, time-outs and the same key again, refusals, attachments.
 */
#include "fake_front.h"

#include "base/limits.h"
#include "case/draft.h"
#include "lib/draft.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UPLOADS_MAX 600000u

/* What a node remembers. */
struct node {
    bool mute; /* accepts, and its answer is lost */
    bool refuses;
    size_t accepted;
    uint8_t key[64];
    size_t key_size;
    struct tov_buf first_header;
    struct tov_buf header;
    struct tov_buf content;
    uint64_t upload;
    uint64_t submit_upload;
    bool check_only;
    uint32_t files;
    uint64_t sizes[16];
    struct tov_buf data; /* of the present file */
    bool forgets;        /* tells another hash */
};

static void refuse(struct fake_front *front)
{
    struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
    struct tov_record finding;
    put_number(reply, "error", TOV_E_RULE);
    put_text(reply, "error_text", "a rule refuses it");
    UNIT_NEED(tov_record_open(reply, "findings", &finding) == TOV_OK);
    put_text(finding, "field", "recipients.1");
    put_number(finding, "rule", 2);
    put_text(finding, "reason_da", "Ikke i samarbejdet.");
    put_text(finding, "reason_en", "Not in the co-operation.");
    put_text(finding, "remedy_en", "Choose another unit.");
    put_text(finding, "source", "retsplejeloven § 115");
    front_send(front, &reply);
}

static void keep(struct tov_buf *buf, struct tov_bytes bytes)
{
    tov_buf_clear(buf);
    tov_buf_put_bytes(buf, bytes);
}

static bool take_submit(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_bytes key = tov_record_bytes(body, "idempotency_key");
    bool same = key.size == node->key_size && memcmp(key.data, node->key, key.size) == 0;
    keep(&node->header, tov_record_bytes(body, "header"));
    keep(&node->content, tov_record_bytes(body, "content"));
    node->check_only = tov_record_number(body, "check_only") != 0;
    node->submit_upload = tov_record_number(body, "upload");
    if (node->refuses) {
        refuse(front);
        return true;
    }
    if (node->check_only) {
        struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
        front_send(front, &reply);
        return true;
    }
    if (!same) {
        node->accepted++;
        memcpy(node->key, key.data, key.size);
        node->key_size = key.size;
        keep(&node->first_header, tov_record_bytes(body, "header"));
    }
    if (!node->mute)
        front_send_accepted(front, 100 + node->accepted);
    return true;
}

static void send_upload(struct fake_front *front, struct node *node, uint32_t file)
{
    struct tov_record body;
    struct tov_record reply = front_reply(front_request_id(front), "upload", &body);
    struct tov_hash hash = tov_sha256(tov_buf_view(&node->data));
    if (node->forgets)
        hash.bytes[0] ^= 1;
    put_number(body, "upload", node->upload);
    put_number(body, "file", file);
    put_number(body, "taken", node->data.size);
    if (node->data.size == node->sizes[file])
        put_bytes(body, "sha256", TOV_BYTES_OF(hash.bytes));
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct node *node = arg;
    if (strcmp(name, "submit") == 0)
        return take_submit(front, node, body);
    if (strcmp(name, "upload_begin") == 0) {
        if (tov_record_number(body, "upload") == 0) {
            node->upload++;
            node->files = 0;
        }
        node->sizes[node->files] = tov_record_number(body, "size");
        tov_buf_clear(&node->data);
        send_upload(front, node, node->files++);
        return true;
    }
    if (strcmp(name, "upload_data") == 0) {
        UNIT_EQUAL_INT(tov_record_number(body, "offset"), node->data.size);
        tov_buf_put_bytes(&node->data, tov_record_bytes(body, "data"));
        send_upload(front, node, (uint32_t)tov_record_number(body, "file"));
        return true;
    }
    return strcmp(name, "upload_cancel") == 0;
}

static void node_init(struct node *node)
{
    *node = (struct node){.first_header = TOV_BUF_INIT(65536),
                          .header = TOV_BUF_INIT(65536),
                          .content = TOV_BUF_INIT(65536),
                          .data = TOV_BUF_INIT(UPLOADS_MAX)};
}

static void node_fini(struct node *node)
{
    tov_buf_fini(&node->first_header);
    tov_buf_fini(&node->header);
    tov_buf_fini(&node->content);
    tov_buf_fini(&node->data);
}

static struct tov_message_draft *make_note(void)
{
    struct tov_message_draft *draft = NULL;
    UNIT_NEED(tov_message_draft_create("msg.note", &draft, NULL) == TOV_OK);
    UNIT_OK(tov_message_draft_set(draft, "fields.kind", "telefon", NULL));
    UNIT_OK(tov_message_draft_set(draft, "content.free_text", "Vi ringer i morgen.", NULL));
    UNIT_OK(
        tov_message_draft_add_recipient(draft, "kbh-pol/dks", TOV_SEES_ALL, "Følger sagen", NULL));
    return draft;
}

struct scene {
    struct node node;
    struct fake_front *front;
    struct tov_client *client;
    struct tov_message_draft *draft;
};

static void scene_open(struct scene *scene)
{
    node_init(&scene->node);
    scene->front = front_start(play, &scene->node);
    scene->client = front_client(scene->front);
    scene->draft = make_note();
}

/* The node as the test sees it after a call that was answered: the front's thread has let go. */
static const struct node *seen_by(const struct scene *scene)
{
    front_lock(scene->front);
    front_unlock(scene->front);
    return &scene->node;
}

/* What the test has looked at so far, it has looked at before the front's thread goes on. */
static enum tov_err submit(const struct scene *scene, struct tov_message_draft *draft,
                           const struct tov_submit_options *options, struct tov_submission **out)
{
    front_lock(scene->front);
    front_unlock(scene->front);
    return tov_client_submit(scene->client, draft, options, out, NULL);
}

static void set(const struct scene *scene, bool *what, bool to)
{
    front_lock(scene->front);
    *what = to;
    front_unlock(scene->front);
}

static void scene_close(struct scene *scene)
{
    tov_message_draft_destroy(scene->draft);
    tov_client_close(scene->client);
    front_end(scene->front);
    node_fini(&scene->node);
}

/* ---- tests ---- */

static void what_was_accepted_comes_back_with_its_number_and_deliveries(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    scene_open(&scene);
    UNIT_OK(submit(&scene, scene.draft, NULL, &sent));
    UNIT_EQUAL_INT(tov_submission_facts(sent)->number, 101);
    UNIT_EQUAL_INT(tov_submission_facts(sent)->ref.agency, 2);
    UNIT_EQUAL_INT(tov_submission_delivery_count(sent), 1);
    UNIT_EQUAL_TEXT(tov_submission_delivery(sent, 0)->agency_name, "kbh-pol");
    tov_submission_destroy(sent);
    scene_close(&scene);
}

static void recipients_travel_by_number_and_the_sender_is_the_clients_unit(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    struct tov_record header, recipient;
    scene_open(&scene);
    UNIT_OK(tov_message_draft_add_recipient(scene.draft, "kk/sof", TOV_SEES_HEADER, NULL, NULL));
    UNIT_OK(submit(&scene, scene.draft, NULL, &sent));
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&seen_by(&scene)->header),
                                &header, NULL) == TOV_OK);
    UNIT_EQUAL_BYTES(tov_record_bytes(header, "sender_unit"), tov_bytes_of_text("vink"));
    UNIT_NEED(tov_record_child(header, "recipients", 0, &recipient));
    UNIT_EQUAL_INT(tov_record_number(recipient, "agency"), 2);
    UNIT_EQUAL_BYTES(tov_record_bytes(recipient, "unit"), tov_bytes_of_text("dks"));
    UNIT_EQUAL_TEXT(tov_record_enum(recipient, "right"), "all");
    UNIT_NEED(tov_record_child(header, "recipients", 1, &recipient));
    UNIT_EQUAL_INT(tov_record_number(recipient, "agency"), 1);
    UNIT_EQUAL_BYTES(tov_record_bytes(recipient, "unit"), tov_bytes_of_text("sof"));
    UNIT_EQUAL_INT(front_seen(scene.front, "directory"), 1);
    UNIT_EQUAL_INT(front_seen(scene.front, "status"), 0); /* which costs the node much more */
    tov_record_destroy(&header);
    tov_submission_destroy(sent);
    scene_close(&scene);
}

static void an_agency_that_nobody_knows_is_not_sent_to(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    struct tov_error error = {0};
    scene_open(&scene);
    UNIT_OK(tov_message_draft_add_recipient(scene.draft, "atlantis/x", TOV_SEES_ALL, "x", NULL));
    UNIT_EQUAL_INT(tov_client_submit(scene.client, scene.draft, NULL, &sent, &error),
                   TOV_E_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "atlantis"));
    UNIT_EQUAL_INT(front_seen(scene.front, "submit"), 0);
    scene_close(&scene);
}

static void after_a_time_out_the_same_draft_is_accepted_once(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    scene_open(&scene);
    UNIT_OK(tov_client_check(scene.client, scene.draft, NULL)); /* the numbers are known now */
    set(&scene, &scene.node.mute, true);
    tov_client_set_timeout(scene.client, 300);
    UNIT_EQUAL_INT(submit(&scene, scene.draft, NULL, &sent), TOV_E_TIMEOUT);
    while (front_seen(scene.front, "submit") < 2) /* however late */
        (void)poll(NULL, 0, 1);
    set(&scene, &scene.node.mute, false);
    tov_client_set_timeout(scene.client, FRONT_TIMEOUT_MS);
    UNIT_OK(submit(&scene, scene.draft, NULL, &sent));
    UNIT_EQUAL_INT(front_seen(scene.front, "submit"), 3);
    UNIT_EQUAL_INT(seen_by(&scene)->accepted, 1);
    UNIT_EQUAL_INT(tov_submission_facts(sent)->number, 101);
    UNIT_EQUAL_BYTES(tov_buf_view(&seen_by(&scene)->header),
                     tov_buf_view(&seen_by(&scene)->first_header));
    tov_submission_destroy(sent);
    scene_close(&scene);
}

static void a_key_that_was_kept_is_used_after_a_restart_of_the_program(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    uint8_t key[32];
    size_t size = 0;
    scene_open(&scene);
    memcpy(key, tov_message_draft_key(scene.draft, &size), sizeof key);
    UNIT_EQUAL_INT(size, sizeof key);
    UNIT_OK(submit(&scene, scene.draft, NULL, &sent));
    tov_submission_destroy(sent);
    struct tov_message_draft *again = make_note();
    UNIT_OK(tov_message_draft_set_key(again, key, sizeof key, NULL));
    UNIT_OK(submit(&scene, again, NULL, &sent));
    UNIT_EQUAL_INT(seen_by(&scene)->accepted, 1);
    tov_submission_destroy(sent);
    tov_message_draft_destroy(again);
    struct tov_message_draft *other = make_note();
    UNIT_OK(submit(&scene, other, NULL, &sent));
    UNIT_EQUAL_INT(seen_by(&scene)->accepted, 2); /* every draft has a key of its own */
    tov_submission_destroy(sent);
    tov_message_draft_destroy(other);
    scene_close(&scene);
}

static void a_refusal_teaches(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    scene_open(&scene);
    set(&scene, &scene.node.refuses, true);
    UNIT_EQUAL_INT(submit(&scene, scene.draft, NULL, &sent), TOV_E_RULE);
    const struct tov_remarks *remarks = tov_message_draft_remarks(scene.draft);
    UNIT_NEED(tov_remarks_count(remarks) == 1);
    UNIT_EQUAL_INT(tov_remarks_refuse(remarks), 1);
    UNIT_EQUAL_INT(tov_remarks_at(remarks, 0)->rule, 2);
    UNIT_EQUAL_TEXT(tov_remarks_at(remarks, 0)->reason_da, "Ikke i samarbejdet.");
    UNIT_EQUAL_TEXT(tov_remarks_at(remarks, 0)->remedy_en, "Choose another unit.");
    UNIT_EQUAL_TEXT(tov_remarks_at(remarks, 0)->remedy_da, "");
    CU_ASSERT_PTR_NULL(tov_remarks_at(remarks, 1));
    scene_close(&scene);
}

static void a_check_writes_nothing(void)
{
    struct scene scene;
    scene_open(&scene);
    UNIT_OK(tov_client_check(scene.client, scene.draft, NULL));
    UNIT_EQUAL_INT(seen_by(&scene)->check_only, 1);
    UNIT_EQUAL_INT(seen_by(&scene)->accepted, 0);
    scene_close(&scene);
}

/* ---- attachments ---- */

static void write_file(struct scene *scene, const char *name, size_t size, char *out_path,
                       size_t capacity)
{
    (void)snprintf(out_path, capacity, "%s/%s", front_folder(scene->front), name);
    FILE *file = fopen(out_path, "w");
    UNIT_NEED(file != NULL);
    for (size_t i = 0; i < size; i++)
        (void)fputc((int)(i * 7 % 251), file);
    (void)fclose(file);
}

static int note_progress(void *arg, uint32_t file, uint64_t done, uint64_t total)
{
    uint64_t *last = arg;
    CU_ASSERT(done <= total);
    CU_ASSERT(file < 2);
    *last = done;
    return 0;
}

static void attachments_go_in_pieces_and_are_named_in_the_content(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    struct tov_submit_options options = TOV_SUBMIT_OPTIONS_INIT;
    struct tov_record content, item;
    char large[128], empty[128];
    uint64_t last = 0;
    scene_open(&scene);
    write_file(&scene, "stor.bin", 300001, large, sizeof large);
    write_file(&scene, "tom.txt", 0, empty, sizeof empty);
    UNIT_OK(tov_message_draft_attach_path(scene.draft, empty, "text/plain", NULL));
    UNIT_OK(tov_message_draft_attach_path(scene.draft, large, NULL, NULL));
    options.progress = note_progress;
    options.progress_arg = &last;
    UNIT_OK(submit(&scene, scene.draft, &options, &sent));
    UNIT_EQUAL_INT(last, 300001);
    UNIT_EQUAL_INT(seen_by(&scene)->data.size, 300001);
    UNIT_EQUAL_INT(seen_by(&scene)->data.data[300000], 300000 * 7 % 251);
    UNIT_EQUAL_INT(front_seen(scene.front, "upload_data"), 3);
    UNIT_EQUAL_INT(seen_by(&scene)->submit_upload, seen_by(&scene)->upload);
    UNIT_NEED(tov_record_decode(tov_schema_find("Content"), tov_buf_view(&seen_by(&scene)->content),
                                &content, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_record_count(content, "attachments"), 2);
    UNIT_NEED(tov_record_child(content, "attachments", 1, &item));
    UNIT_EQUAL_BYTES(tov_record_bytes(item, "name"), tov_bytes_of_text("stor.bin"));
    UNIT_EQUAL_INT(tov_record_number(item, "size"), 300001);
    struct tov_hash hash = tov_sha256(tov_buf_view(&seen_by(&scene)->data));
    UNIT_EQUAL_BYTES(tov_record_bytes(item, "sha256"), TOV_BYTES_OF(hash.bytes));
    tov_record_destroy(&content);
    tov_submission_destroy(sent);
    scene_close(&scene);
}

static void other_bytes_at_the_node_are_noticed_and_nothing_is_sent(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    char path[128];
    scene_open(&scene);
    set(&scene, &scene.node.forgets, true);
    write_file(&scene, "a.bin", 10, path, sizeof path);
    UNIT_OK(tov_message_draft_attach_path(scene.draft, path, NULL, NULL));
    UNIT_EQUAL_INT(submit(&scene, scene.draft, NULL, &sent), TOV_E_PROOF);
    UNIT_EQUAL_INT(front_seen(scene.front, "submit"), 0);
    scene_close(&scene);
}

static void a_file_that_became_shorter_is_not_sent(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    char path[128];
    scene_open(&scene);
    write_file(&scene, "a.bin", 10, path, sizeof path);
    UNIT_OK(tov_message_draft_attach_path(scene.draft, path, NULL, NULL));
    UNIT_NEED(truncate(path, 5) == 0);
    UNIT_EQUAL_INT(submit(&scene, scene.draft, NULL, &sent), TOV_E_IO);
    UNIT_EQUAL_INT(front_seen(scene.front, "submit"), 0);
    scene_close(&scene);
}

static int give_up(void *arg, uint32_t file, uint64_t done, uint64_t total)
{
    (void)arg;
    (void)file;
    (void)total;
    return done > 0;
}

static void whoever_gives_up_has_sent_nothing(void)
{
    struct scene scene;
    struct tov_submission *sent = NULL;
    struct tov_submit_options options = TOV_SUBMIT_OPTIONS_INIT;
    char path[128];
    scene_open(&scene);
    write_file(&scene, "a.bin", 200000, path, sizeof path);
    UNIT_OK(tov_message_draft_attach_path(scene.draft, path, NULL, NULL));
    options.progress = give_up;
    UNIT_EQUAL_INT(submit(&scene, scene.draft, &options, &sent), TOV_E_CLOSED);
    UNIT_EQUAL_INT(front_seen(scene.front, "submit"), 0);
    scene_close(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_was_accepted_comes_back_with_its_number_and_deliveries),
        UNIT_TEST(recipients_travel_by_number_and_the_sender_is_the_clients_unit),
        UNIT_TEST(an_agency_that_nobody_knows_is_not_sent_to),
        UNIT_TEST(after_a_time_out_the_same_draft_is_accepted_once),
        UNIT_TEST(a_key_that_was_kept_is_used_after_a_restart_of_the_program),
        UNIT_TEST(a_refusal_teaches),
        UNIT_TEST(a_check_writes_nothing),
        UNIT_TEST(attachments_go_in_pieces_and_are_named_in_the_content),
        UNIT_TEST(other_bytes_at_the_node_are_noticed_and_nothing_is_sent),
        UNIT_TEST(a_file_that_became_shorter_is_not_sent),
        UNIT_TEST(whoever_gives_up_has_sent_nothing),
    };
    return unit_run("lib submit", tests, sizeof tests / sizeof tests[0]);
}
