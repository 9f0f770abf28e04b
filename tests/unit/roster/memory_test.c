/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rosters and registries where memory runs out: NOMEM, and no half of one, which would leave out an
 * agency, a revocation or a client. The texts are those of tests/vectors.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "merkle/policy.h"
#include "roster/clients.h"
#include "roster/roster.h"
#include "support/scarce.h"
#include "support/unit.h"

static json_t *vectors;

static enum tov_err read_roster(void *text)
{
    struct tov_roster *roster = NULL;
    TOV_TRY(tov_roster_parse(tov_bytes_of_text(text), &roster, NULL));
    tov_roster_destroy(roster);
    return TOV_OK;
}

static enum tov_err read_clients(void *text)
{
    struct tov_clients *clients = NULL;
    TOV_TRY(tov_clients_parse(tov_bytes_of_text(text), &clients, NULL));
    tov_clients_destroy(clients);
    return TOV_OK;
}

static enum tov_err read_policy(void *text)
{
    struct tov_policy *policy = NULL;
    TOV_TRY(tov_policy_parse(tov_bytes_of_text(text), &policy, NULL));
    tov_policy_destroy(policy);
    return TOV_OK;
}

/* Each text of a list of the vectors. */
static void each_of(json_t *list, const char *key, scarce_action *action)
{
    size_t index;
    json_t *entry;
    UNIT_NEED(json_array_size(list) > 0);
    json_array_foreach(list, index, entry)
    {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        tov_buf_put_text(&text, json_string_value(json_object_get(entry, key)));
        tov_buf_put_u8(&text, 0);
        UNIT_NEED(text.failed == TOV_OK);
        scarce_each(json_string_value(json_object_get(entry, "name")), 2, action, text.data);
    }
}

static void a_roster_is_whole_or_not_there(void)
{
    each_of(json_object_get(vectors, "good"), "note", read_roster);
}

static void a_registry_is_whole_or_not_there(void)
{
    each_of(json_object_get(json_object_get(vectors, "clients"), "good"), "text", read_clients);
}

static void a_policy_is_whole_or_not_there(void)
{
    const json_t *first = json_array_get(json_object_get(vectors, "good"), 0);
    const char *note = json_string_value(json_object_get(first, "note"));
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_POLICY_MAX_BYTES);
    UNIT_NEED(tov_roster_parse(tov_bytes_of_text(note), &roster, NULL) == TOV_OK);
    tov_roster_format_policy(roster, tov_roster_agency(roster, 1), &text);
    tov_buf_put_u8(&text, 0);
    UNIT_NEED(text.failed == TOV_OK);
    scarce_each("policy", 4, read_policy, text.data);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_roster_is_whole_or_not_there),
        UNIT_TEST(a_registry_is_whole_or_not_there),
        UNIT_TEST(a_policy_is_whole_or_not_there),
    };
    vectors = unit_json("tests/vectors/roster/rosters.json");
    UNIT_NEED(vectors != NULL);
    int code = unit_run("scarce memory, rosters", tests, sizeof tests / sizeof tests[0]);
    json_decref(vectors);
    return code;
}
