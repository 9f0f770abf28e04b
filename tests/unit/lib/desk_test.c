/* SPDX-License-Identifier: EUPL-1.2
 *
 * What waits for a person, by the library: the hand-over to the agency's own record, the list of
 * what is not handed over, the search for a person.
 */
#include "fake_front.h"

#include <tov/tov.h>

#include <stddef.h>
#include <string.h>

struct node {
    char record[80];
    uint64_t number, replace, unrecorded_only, after;
    unsigned begun, pieces; /* of searches */
    char name[64], reason[64], next_name[64];
    struct tov_date born;
    bool goes_up; /* a piece that leads back to where it came from */
};

static void keep_text(struct tov_record body, const char *name, char *out, size_t size)
{
    struct tov_bytes text = tov_record_bytes(body, name);
    (void)snprintf(out, size, "%.*s", (int)text.size, (const char *)text.data);
}

static void answer_record(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_record answer;
    struct tov_record reply = front_reply(front_request_id(front), "record", &answer);
    keep_text(body, "record", node->record, sizeof node->record);
    node->number = tov_record_number(body, "number");
    node->replace = tov_record_number(body, "replace");
    put_number(answer, "number", node->number);
    put_number(answer, "repeated", 1);
    put_number(answer, "recorded_ms", 1625486400000u);
    put_number(answer, "erasable_ms", 1628028000000u);
    front_send(front, &reply);
}

static void answer_list(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_record list, summary;
    struct tov_record reply = front_reply(front_request_id(front), "list", &list);
    node->unrecorded_only = tov_record_number(body, "unrecorded_only");
    node->after = tov_record_number(body, "after");
    UNIT_NEED(tov_record_open(list, "messages", &summary) == TOV_OK);
    put_summary(summary, 9);
    put_number(list, "next_before", 9);
    put_number(list, "counting", 1);
    front_send(front, &reply);
}

/* Begun as number 4; message 9 in the first piece, nothing in the second, 3 in the third. */
static void answer_find(struct fake_front *front, struct node *node, struct tov_record body)
{
    static const uint64_t found[] = {9, 0, 3}, next[] = {8, 4, 0};
    struct tov_record answer, summary;
    struct tov_record reply = front_reply(front_request_id(front), "find", &answer);
    put_number(answer, "search", 4);
    if (tov_record_number(body, "search") == 0) {
        node->begun++;
        keep_text(body, "name", node->name, sizeof node->name);
        keep_text(body, "reason", node->reason, sizeof node->reason);
        (void)tov_record_date(body, "birth_date", &node->born);
    } else {
        unsigned piece = node->pieces++ % 3;
        UNIT_EQUAL_INT(tov_record_number(body, "before"), piece == 0 ? 0 : next[piece - 1]);
        UNIT_EQUAL_INT(tov_record_bytes(body, "reason").size, 0);
        keep_text(body, "name", node->next_name, sizeof node->next_name);
        if (found[piece] != 0) {
            UNIT_NEED(tov_record_open(answer, "messages", &summary) == TOV_OK);
            put_summary(summary, found[piece]);
        }
        put_number(answer, "next_before", node->goes_up ? 8 : next[piece]);
        put_number(answer, "looked_at", 10);
        put_number(answer, "not_read", 2);
    }
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    if (strcmp(name, "record") == 0)
        answer_record(front, arg, body);
    else if (strcmp(name, "list") == 0)
        answer_list(front, arg, body);
    else if (strcmp(name, "find") == 0)
        answer_find(front, arg, body);
    else
        return false;
    return true;
}

struct scene {
    struct node node;
    struct fake_front *front;
    struct tov_client *client;
};

static void begin(struct scene *scene)
{
    *scene = (struct scene){.client = NULL};
    scene->front = front_start(play, &scene->node);
    scene->client = front_client(scene->front);
}

static void end(struct scene *scene)
{
    tov_client_close(scene->client);
    front_end(scene->front);
}

/* What the node was asked, as it stands now: its thread writes it. */
static struct node asked(struct scene *scene)
{
    front_lock(scene->front);
    struct node node = scene->node;
    front_unlock(scene->front);
    return node;
}

static void a_hand_over_says_number_and_record_and_is_told_the_time(void)
{
    struct scene scene;
    struct tov_journal_options options = TOV_JOURNAL_OPTIONS_INIT;
    struct tov_journal_entry entry;
    begin(&scene);
    options.number = 7;
    options.record = "2021-0017";
    UNIT_OK(tov_journal_enter(scene.client, &options, &entry, NULL));
    UNIT_EQUAL_TEXT(asked(&scene).record, "2021-0017");
    UNIT_EQUAL_INT(asked(&scene).number, 7);
    UNIT_EQUAL_INT(asked(&scene).replace, 0);
    UNIT_EQUAL_INT(entry.repeated, 1);
    UNIT_EQUAL_INT(entry.erasable_ms, 1628028000000u);
    options.replace = 1;
    UNIT_OK(tov_journal_enter(scene.client, &options, &entry, NULL));
    UNIT_EQUAL_INT(asked(&scene).replace, 1);
    options.record = "";
    UNIT_EQUAL_INT(tov_journal_enter(scene.client, &options, &entry, NULL), TOV_E_ARGUMENT);
    end(&scene);
}

static void what_waits_goes_on_behind_a_page(void)
{
    struct scene scene;
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    begin(&scene);
    options.unrecorded_only = 1;
    options.after = 5;
    UNIT_NEED(tov_message_list(scene.client, &options, &listing, NULL) == TOV_OK);
    UNIT_EQUAL_INT(asked(&scene).unrecorded_only, 1);
    UNIT_EQUAL_INT(asked(&scene).after, 5);
    UNIT_EQUAL_INT(tov_listing_next(listing), 9);
    UNIT_EQUAL_INT(tov_listing_is_counting(listing), 1);
    tov_listing_destroy(listing);
    /* A program of before these members were added. */
    options.size = offsetof(struct tov_list_options, unrecorded_only);
    UNIT_NEED(tov_message_list(scene.client, &options, &listing, NULL) == TOV_OK);
    UNIT_EQUAL_INT(asked(&scene).unrecorded_only, 0);
    tov_listing_destroy(listing);
    end(&scene);
}

static void a_search_is_begun_once_and_gathers_all_pieces(void)
{
    struct scene scene;
    struct tov_search_options options = TOV_SEARCH_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    begin(&scene);
    options.name = "Magnus";
    options.birth_date = "1993-04-12";
    options.reason = "Borgeren har ringet";
    UNIT_NEED(tov_search(scene.client, &options, &listing, NULL) == TOV_OK);
    UNIT_EQUAL_INT(asked(&scene).begun, 1);
    UNIT_EQUAL_INT(asked(&scene).pieces, 3);
    UNIT_EQUAL_TEXT(asked(&scene).name, "Magnus");
    UNIT_EQUAL_TEXT(asked(&scene).next_name, "Magnus");
    UNIT_EQUAL_TEXT(asked(&scene).reason, "Borgeren har ringet");
    UNIT_EQUAL_INT(asked(&scene).born.month, 4);
    UNIT_NEED(tov_listing_count(listing) == 2);
    UNIT_EQUAL_INT(tov_message_view_facts(tov_listing_at(listing, 1))->number, 3);
    UNIT_EQUAL_INT(tov_listing_not_read(listing), 6); /* of three pieces */
    UNIT_EQUAL_INT(tov_listing_next(listing), 0);
    tov_listing_destroy(listing);
    end(&scene);
}

static int give_up(void *arg, uint64_t looked_at, uint64_t found)
{
    (void)found;
    *(uint64_t *)arg = looked_at;
    return 1;
}

static void a_search_ends_when_it_is_given_up_or_led_in_a_circle(void)
{
    struct scene scene;
    struct tov_search_options options = TOV_SEARCH_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    uint64_t looked_at = 0;
    begin(&scene);
    options.name = "Magnus";
    UNIT_EQUAL_INT(tov_search(scene.client, &options, &listing, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(asked(&scene).begun, 0); /* without a reason */
    options.reason = "Borgeren har ringet";
    options.progress = give_up;
    options.progress_arg = &looked_at;
    UNIT_EQUAL_INT(tov_search(scene.client, &options, &listing, NULL), TOV_E_CLOSED);
    UNIT_EQUAL_INT(looked_at, 10);
    options.progress = NULL;
    front_lock(scene.front);
    scene.node.goes_up = true;
    scene.node.pieces = 0;
    front_unlock(scene.front);
    UNIT_EQUAL_INT(tov_search(scene.client, &options, &listing, NULL), TOV_E_MALFORMED);
    options.birth_date = "12-04-1993";
    UNIT_EQUAL_INT(tov_search(scene.client, &options, &listing, NULL), TOV_E_ARGUMENT);
    end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_hand_over_says_number_and_record_and_is_told_the_time),
        UNIT_TEST(what_waits_goes_on_behind_a_page),
        UNIT_TEST(a_search_is_begun_once_and_gathers_all_pieces),
        UNIT_TEST(a_search_ends_when_it_is_given_up_or_led_in_a_circle),
    };
    return unit_run("lib: what waits for a person", tests, sizeof tests / sizeof tests[0]);
}
