/* SPDX-License-Identifier: EUPL-1.2
 *
 * When a majority of the keepers must be heard before anything is signed (docs/guard.md): a store
 * that was put back, or moved to another machine, may be older than what this node has signed, and
 * a single keeper may be as old. Two persons may go on without the majority.
 */
#include "node_internal.h"

#include <stdio.h>
#include <string.h>

static struct tov_store_key machine_fact(void)
{
    return tov_store_key_text("machine");
}

enum tov_err tov_node_load_start_rule(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(node->core.store, &read, NULL));
    return tov_start_rule_get(read, &node->start_rule);
}

void tov_node_demand_majority(struct tov_node *node, enum tov_start_reason reason)
{
    struct tov_start_rule *rule = &node->start_rule;
    if ((rule->reasons & (uint32_t)reason) != 0)
        return;
    if (rule->reasons == 0)
        rule->since_ms = node->core.now_ms;
    rule->reasons |= (uint32_t)reason;
    tov_start_rule_put(tov_core_batch(&node->core), rule);
}

enum tov_err tov_node_check_machine(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_bytes here = {node->machine, sizeof node->machine};
    if (!node->has_machine)
        return TOV_OK;
    TOV_TRY(tov_store_read_begin(node->core.store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, machine_fact(), &row);
    if (err == TOV_OK && tov_bytes_equal(row, here))
        return TOV_OK;
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    if (err == TOV_OK)
        tov_node_demand_majority(node, TOV_START_MACHINE);
    tov_store_batch_put(tov_core_batch(&node->core), TOV_TABLE_FACT, machine_fact(), here);
    return TOV_OK;
}

bool tov_node_wants_majority(const struct tov_node *node)
{
    return node->start_rule.reasons != 0;
}

void tov_node_met_majority(struct tov_node *node, const char *how)
{
    if (!tov_node_wants_majority(node))
        return;
    node->start_rule = (struct tov_start_rule){.reasons = 0};
    tov_start_rule_put(tov_core_batch(&node->core), &node->start_rule);
    tov_core_log(&node->core, TOV_HOST_INFO, "majority-met", "by=%s", how);
}

/* ---- what is said ---- */

struct reason_words {
    uint32_t reason;
    const char *id, *da, *en;
};
static const struct reason_words reasons[] = {
    {TOV_START_RESTORED, "restored", "er gendannet fra en sikkerhedskopi",
     "was restored from a backup"},
    {TOV_START_MACHINE, "machine", "er flyttet til en anden maskine",
     "was moved to another machine"},
    {TOV_START_DISAGREED, "disagreed", "var uenig med sin guard om, hvad der er underskrevet,",
     "disagreed with its guard about what was signed"},
};
#define REASON_COUNT (sizeof reasons / sizeof reasons[0])

static void join(char *out, size_t size, const char *joint, const char *text)
{
    size_t used = strlen(out);
    (void)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : joint, text);
}

/* A recovery that is not at its end has yet to say what is lost: a message that is written before
 * that would take a link number that was used. */
static bool takes_messages(const struct tov_node *node)
{
    return node->state == TOV_NODE_KEEPERS && !node->recovery.is_open;
}

static void make_sentences(struct tov_node *node, const struct tov_start_answers *answers,
                           unsigned persons)
{
    char why_da[160] = "", why_en[160] = "";
    bool takes = takes_messages(node);
    for (size_t i = 0; i < REASON_COUNT; i++) {
        if ((node->start_rule.reasons & reasons[i].reason) == 0)
            continue;
        join(why_da, sizeof why_da, ", ", reasons[i].da);
        join(why_en, sizeof why_en, ", ", reasons[i].en);
    }
    (void)snprintf(
        node->sentence_da, sizeof node->sentence_da,
        "Noden %s og underskriver intet, før et flertal af dens vogtere har svaret: %zu "
        "af %zu vogtere har svaret, %zu skal til, der mangler svar fra %s. %sKan vogterne "
        "ikke nås, kan to personer starte uden dem med `tov start-anyway` (%u af 2 har "
        "gjort det).",
        why_da, answers->answered, answers->keepers, answers->majority, answers->missing,
        takes ? "Beskeder gemmes imens. " : "", persons);
    (void)snprintf(node->sentence_en, sizeof node->sentence_en,
                   "The node %s and signs nothing before a majority of its keepers has answered: "
                   "%zu of %zu keepers have answered, %zu are needed, missing are %s. %sIf the "
                   "keepers cannot be reached, two persons may start without them with `tov "
                   "start-anyway` (%u of 2 have done so).",
                   why_en, answers->answered, answers->keepers, answers->majority, answers->missing,
                   takes ? "Messages are stored meanwhile. " : "", persons);
}

static void log_waiting(const struct tov_node *node, const struct tov_start_answers *answers,
                        unsigned persons)
{
    char why[64] = "";
    for (size_t i = 0; i < REASON_COUNT; i++) {
        if ((node->start_rule.reasons & reasons[i].reason) != 0)
            join(why, sizeof why, ",", reasons[i].id);
    }
    tov_core_log(&node->core, TOV_HOST_WARN, "waiting-for-keepers",
                 "why=%s answered=%zu keepers=%zu needed=%zu persons=%u missing=\"%s\"", why,
                 answers->answered, answers->keepers, answers->majority, persons, answers->missing);
}

void tov_node_tell_waiting(struct tov_node *node)
{
    struct tov_start_answers answers;
    unsigned persons = tov_api_start_persons(node->api);
    tov_follow_start_answers(node->follow, &answers);
    if (node->has_told_waiting && node->told_answers == answers.answered &&
        node->told_persons == persons)
        return;
    node->has_told_waiting = true;
    node->told_answers = answers.answered;
    node->told_persons = persons;
    make_sentences(node, &answers, persons);
    const char *word = node->state == TOV_NODE_RECOVERING ? "recovering" : "starting";
    struct tov_api_state state = {word, takes_messages(node), node->sentence_da, node->sentence_en};
    tov_api_set_state(node->api, &state);
    log_waiting(node, &answers, persons);
}
