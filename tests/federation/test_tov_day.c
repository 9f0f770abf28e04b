/* SPDX-License-Identifier: EUPL-1.2
 *
 * A day of two caseworkers who have nothing but `tov`, against real nodes: what stands in the
 * inbox, and what does not.
 */
#include "federation/federation.h"
#include "support/unit.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVES_MS 60000
#define NOTE                                                                                 \
    "--set", "legal_bases=RPL115-2/1-3a", "--set", "purpose=forebyggelse", "--set",          \
        "necessity=Parterne skal kende aftalen om mødet.", "--set", "kind=telefon", "--set", \
        "free_text=Vi ringer i morgen.", "--yes", "--json"

static struct federation federation;

/* The JSON value of one run; the caller's. CODE is what it must end with. */
static json_t *tov(enum node_number number, int code, const char *const *arguments)
{
    char *text = NULL;
    UNIT_EQUAL_INT(federation_tov(&federation, number, "caseworker", arguments, &text), code);
    json_t *value = text == NULL ? NULL : json_loads(text, 0, NULL);
    if (value == NULL)
        printf("tov %s: %s\n", arguments[0], text == NULL ? "" : text);
    UNIT_NEED(value != NULL);
    free(text);
    return value;
}
#define TOV(number, code, ...) tov((number), (code), (const char *const[]){__VA_ARGS__, NULL})

static void run(enum node_number number, const char *const *arguments)
{
    json_decref(tov(number, 0, arguments));
}
#define RUN(number, ...) run((number), (const char *const[]){__VA_ARGS__, "--json", NULL})

/* Sends, and waits until the recipients have it. */
static void send_and_wait(enum node_number number, const char *const *arguments)
{
    char text[24];
    json_t *sent = tov(number, 0, arguments);
    (void)snprintf(
        text, sizeof text, "%lld",
        (long long)json_integer_value(json_object_get(json_object_get(sent, "sent"), "number")));
    RUN(number, "wait", text, "received", "--timeout", "60");
    json_decref(sent);
}
#define SEND(number, ...) send_and_wait((number), (const char *const[]){__VA_ARGS__, NOTE, NULL})

static size_t inbox(enum node_number number)
{
    json_t *value = TOV(number, 0, "inbox", "--json");
    size_t count = json_array_size(json_object_get(value, "messages"));
    json_decref(value);
    return count;
}

/* Whether member NAME of the newest message to the node's caseworker is true. */
static bool newest_is(enum node_number number, const char *name)
{
    json_t *value = TOV(number, 0, "inbox", "--all", "--limit", "1", "--json");
    const json_t *first = json_array_get(json_object_get(value, "messages"), 0);
    bool is = json_is_true(json_object_get(json_object_get(first, "message"), name));
    json_decref(value);
    return is;
}

static const char *newest_number(enum node_number number)
{
    static char text[24];
    json_t *value = TOV(number, 0, "inbox", "--all", "--limit", "1", "--json");
    const json_t *first = json_array_get(json_object_get(value, "messages"), 0);
    const json_t *message = json_object_get(first, "message");
    (void)snprintf(text, sizeof text, "%lld",
                   (long long)json_integer_value(json_object_get(message, "number")));
    json_decref(value);
    return text;
}

/* Whether WORDS stand in what a caseworker is shown of message NUMBER. */
static bool page_says(enum node_number node, const char *number, const char *words)
{
    char *text = NULL;
    const char *const arguments[] = {"show", number, "--lang", "en", NULL};
    UNIT_EQUAL_INT(federation_tov(&federation, node, "caseworker", arguments, &text), 0);
    UNIT_NEED(text != NULL);
    CU_ASSERT(strstr(text, "kk/vink") != NULL);
    bool says = strstr(text, words) != NULL;
    free(text);
    return says;
}

static void start_federation(void)
{
    federation_create(&federation);
    for (int i = 0; i < NODES; i++) /* a node waits longer for keepers that are not there */
        node_start(&federation, (enum node_number)i);
    UNIT_NEED(node_serves(&federation, KK, SERVES_MS));
    UNIT_NEED(node_serves(&federation, KRFO, SERVES_MS));
}

/* Both say so at the head of the message itself, there as here. */
static void what_was_corrected_or_retracted_says_so(void)
{
    start_federation();
    SEND(KRFO, "send", "msg.note", "--to", "kk/vink=Følger sagen", "--about", "case");
    CU_ASSERT(!page_says(KK, "1", "by the sender"));
    send_and_wait(KRFO, (const char *const[]){"amend", "1", "--set", "changes.1.what=Tidspunktet",
                                              "--set", "changes.1.now=9.30", "--set",
                                              "reason=Toget er omlagt.", "--set",
                                              "necessity=Parterne skal kende aftalen om mødet.",
                                              "--yes", "--json", NULL});
    CU_ASSERT(page_says(KK, "1", "CORRECTED by the sender: see no. 2."));
    CU_ASSERT(page_says(KK, "1", "Vi ringer i morgen."));
    send_and_wait(KRFO, (const char *const[]){"retract", "1", "--set", "reason=forkert_modtager",
                                              "--yes", "--json", NULL});
    CU_ASSERT(page_says(KK, "1", "RETRACTED by the sender"));
    CU_ASSERT(!page_says(KK, "1", "Vi ringer i morgen."));
    CU_ASSERT(!page_says(KK, "1", "header only"));
    CU_ASSERT(page_says(KRFO, "1", "RETRACTED by the sender"));
    federation_destroy(&federation);
}

/* A message is new, then in handling, then answered; the acknowledgement of it is no news to its
 * sender, the answer is. */
static void an_acknowledgement_is_no_news_and_no_answer(void)
{
    start_federation();
    SEND(KRFO, "send", "msg.note", "--to", "kk/vink=Følger sagen", "--about", "case");
    UNIT_EQUAL_INT(inbox(KK), 1);
    CU_ASSERT(!newest_is(KK, "taken"));
    json_decref(TOV(KK, 3, "status", "--json"));

    RUN(KK, "read", newest_number(KK));
    RUN(KRFO, "wait", "1", "read", "--timeout", "60");
    CU_ASSERT(!page_says(KK, "2", "header only")); /* an acknowledgement has nothing else */
    CU_ASSERT(newest_is(KK, "taken"));
    CU_ASSERT(!newest_is(KK, "answered"));
    UNIT_EQUAL_INT(inbox(KK), 0);
    UNIT_EQUAL_INT(inbox(KRFO), 0);
    json_decref(TOV(KRFO, 0, "status", "--json"));

    SEND(KK, "reply", newest_number(KK), "msg.note", "--set", "legal_bases=DBL8-2-3", "--set",
         "recipients.1.need_reason=Følger sagen");
    CU_ASSERT(newest_is(KK, "answered"));
    UNIT_EQUAL_INT(inbox(KRFO), 1);
    json_t *first = TOV(KRFO, 0, "show", "1", "--json");
    CU_ASSERT(json_is_false(json_object_get(json_object_get(first, "message"), "answered")));
    json_decref(first); /* it was answered, and not by its own sender */
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_acknowledgement_is_no_news_and_no_answer),
        UNIT_TEST(what_was_corrected_or_retracted_says_so),
    };
    return unit_run("a day with tov", tests, sizeof tests / sizeof tests[0]);
}
