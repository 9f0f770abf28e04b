/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_node.h"

#include "merkle/note.h"
#include "support/unit.h"

#include <stdio.h>

void sim_node_put_statement(struct sim_node *node, const char *file,
                            const struct tov_guard_statement_text *statement)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(1024);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(4096);
    const struct sim_federation *federation = node->federation;
    uint8_t secret[64];
    tov_guard_statement_format(statement, &text);
    sim_secret_of(&federation->root_seed, secret);
    UNIT_NEED(tov_note_put_text(&note, tov_buf_view(&text)) == TOV_OK);
    tov_note_sign(&note, tov_buf_view(&text), &federation->roots.keys[0], secret);
    UNIT_NEED(text.failed == TOV_OK && note.failed == TOV_OK);
    UNIT_NEED(sim_disk_save(node->disk, file, tov_buf_view(&note)) == TOV_OK);
}

void sim_node_put_statements(struct sim_node *node, const struct tov_signed_size *at)
{
    struct tov_range empty = {0};
    struct tov_guard_statement_text ledger = {
        .tree = TOV_GUARD_LEDGER, .number = 1, .size = at->size, .root = at->root};
    struct tov_guard_statement_text journal = {
        .tree = TOV_GUARD_JOURNAL, .number = 2, .journal = 2, .root = tov_range_root(&empty)};
    const char *origin = sim_federation_agency(node->federation, node->index)->ledger.name;
    (void)snprintf(ledger.origin, sizeof ledger.origin, "%s", origin);
    (void)snprintf(journal.origin, sizeof journal.origin, "%s", origin);
    sim_node_put_statement(node, "ledger.statement", &ledger);
    sim_node_put_statement(node, "journal.statement", &journal);
}
