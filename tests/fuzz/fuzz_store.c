/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows of a node's store whose readers are private to their file, and the file of its epoch keys;
 * the first byte says which: the row of a peer, a skipped run of its ledger, the small facts of a
 * recovery and of a start, attachments on their way, what was receipted. The input stands in the
 * store of a node that has met one peer; then what reads it at a start, or when it is asked for, is
 * called. A row that cannot be read is TOV_E_CORRUPT or nothing, never more.
 * Not for: rows whose encoders have headers (fuzz_rows), or messages (fuzz_node).
 */
#include "fuzz.h"

#include "follow/peer.h"
#include "ledger/small_file.h"
#include "ledger/start_rule.h"
#include "merkle/proof.h"
#include "unit/follow/hostile_peer.h"

#define NUMBER 2u /* of the only peer */
#define GENERATION 1u

static struct sim_node *victim(void)
{
    static struct hostile *hostile;
    if (hostile == NULL) {
        hostile = hostile_create("fuzz-store", 2);
        hostile_meet(hostile);
        MUST(hostile_victim_works(hostile));
    }
    return &hostile->wire->nodes[hostile->victim];
}

static struct tov_core *core(void)
{
    return tov_node_core(victim()->node);
}

/* A row, and what stood there before. */
struct change {
    unsigned table;
    struct tov_store_key key;
    struct tov_buf before;
    bool was_there;
};

static void commit(struct tov_store_batch *batch)
{
    struct tov_error error = {.text = ""};
    MUST(tov_store_commit(victim()->store, batch, &error) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static struct change put(unsigned table, struct tov_store_key key, struct tov_bytes row)
{
    struct change change = {.table = table, .key = key, .before = TOV_BUF_INIT(1u << 20)};
    struct tov_store_batch *batch = NULL;
    struct tov_store_read *read = NULL;
    struct tov_bytes before;
    MUST(tov_store_read_begin(victim()->store, &read, NULL) == TOV_OK);
    change.was_there = tov_store_get(read, table, key, &before) == TOV_OK;
    if (change.was_there)
        tov_buf_put_bytes(&change.before, before);
    tov_store_read_end(read);
    MUST(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, table, key, row);
    commit(batch);
    return change;
}

static void take_back(struct change *change)
{
    struct tov_store_batch *batch = NULL;
    MUST(tov_store_batch_create(0, &batch) == TOV_OK);
    if (change->was_there)
        tov_store_batch_put(batch, change->table, change->key, tov_buf_view(&change->before));
    else
        tov_store_batch_delete(batch, change->table, change->key);
    commit(batch);
    tov_buf_fini(&change->before);
}

/* ---- at a start ---- */

/* Reads the row of each peer, its facts, and the newest own link to it. */
static void start_following(void)
{
    const struct tov_follow_options options = {.window_bytes = 1u << 19, .day_bytes = 1u << 30};
    TOV_CLEANUP(tov_follow_cleanup) struct tov_follow *follow = NULL;
    struct tov_error error = {.text = ""};
    enum tov_err err = tov_follow_create(core(), &options, &follow, &error);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT || err == TOV_E_NOT_FOUND);
    if (err != TOV_OK)
        return;
    struct tov_peer_view view;
    tov_follow_peer_view(follow, 0, &view);
    MUST(view.agency == NUMBER && tov_follow_recall_view(follow).answering == 0);
}

static void try_peer(struct tov_bytes bytes)
{
    struct change change = put(TOV_TABLE_PEER, tov_store_key_u16(NUMBER), bytes);
    struct tov_mirror_position position;
    struct tov_store_read *read = NULL;
    start_following();
    MUST(tov_store_read_begin(victim()->store, &read, NULL) == TOV_OK);
    enum tov_err err = tov_mirror_position(read, NUMBER, &position);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    tov_store_read_end(read);
    take_back(&change);
}

/* The first byte: which fact. */
static void try_fact(struct tov_bytes bytes)
{
    static const char *const names[] = {"recall", "told", "cosigned", "skip"};
    struct tov_reader reader = tov_reader_of(bytes);
    size_t which = tov_read_u8(&reader) % (sizeof names / sizeof names[0]);
    struct tov_store_key key = tov_store_key_text(names[which]);
    tov_store_key_put_u16(&key, NUMBER);
    if (which == 1 || which == 2)
        tov_store_key_put_u32(&key, GENERATION);
    if (which == 1)
        tov_store_key_put_u64(&key, 0);
    struct change change =
        put(TOV_TABLE_FACT, key, reader.failed ? bytes : tov_read_bytes(&reader, reader.left));
    start_following();
    take_back(&change);
}

/* What is kept of a second history under the own key. */
static void try_fork(struct tov_bytes bytes)
{
    struct tov_export_fork fork;
    struct tov_store_key key = tov_store_key_text("fork");
    tov_store_key_put_u16(&key, core()->own->number);
    tov_store_key_put_u32(&key, core()->own->generation);
    struct change change = put(TOV_TABLE_FACT, key, bytes);
    enum tov_err err = tov_fork_decode(bytes, &fork);
    MUST(err == TOV_E_CORRUPT || (err == TOV_OK && fork.smaller.size <= fork.larger.size));
    start_following();
    take_back(&change);
}

static void try_start_rule(struct tov_bytes bytes)
{
    struct change change = put(TOV_TABLE_FACT, tov_store_key_text("must-hear-majority"), bytes);
    struct tov_store_read *read = NULL;
    struct tov_start_rule rule;
    MUST(tov_store_read_begin(victim()->store, &read, NULL) == TOV_OK);
    enum tov_err err = tov_start_rule_get(read, &rule);
    MUST(err == TOV_E_CORRUPT || (err == TOV_OK && bytes.size == 12));
    tov_store_read_end(read);
    take_back(&change);
}

static struct tov_store_key link_key(uint64_t link)
{
    struct tov_link_place place = {NUMBER, GENERATION, 0, link};
    return tov_key_link(&place);
}

static void try_link(struct tov_bytes bytes)
{
    struct change change = put(TOV_TABLE_LINK, link_key(UINT64_MAX - 1), bytes);
    start_following();
    take_back(&change);
}

static void try_epochs(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(1u << 20);
    TOV_CLEANUP(tov_epochs_cleanup) struct tov_epochs *epochs = NULL;
    const struct tov_host *host = core()->host;
    struct tov_error error = {.text = ""};
    MUST(host->file_load(host->context, "epochs", &before) == TOV_OK);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(1u << 20);
    tov_buf_put_bytes(&sealed, bytes);
    tov_small_file_seal("epochs", &sealed);
    MUST(host->file_save(host->context, "epochs", tov_buf_view(&sealed)) == TOV_OK);
    enum tov_err err = tov_epochs_open(core(), &epochs, &error);
    MUST(err == TOV_OK || epochs == NULL);
    MUST(host->file_save(host->context, "epochs", tov_buf_view(&before)) == TOV_OK);
}

/* ---- when it is asked for ---- */

/* Where the run begins u8, level u8, index u8; the row. */
static void try_skipped(struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    uint64_t start = 1000u + tov_read_u8(&reader);
    unsigned level = tov_read_u8(&reader) % 66u;
    uint64_t index = (1000u >> (level > 10 ? 10 : level)) + tov_read_u8(&reader);
    struct change change =
        put(TOV_TABLE_MSKIP, tov_store_key_u16_u32_u64(NUMBER, GENERATION, start),
            tov_read_bytes(&reader, reader.failed ? 0 : reader.left));
    struct tov_mirror_nodes nodes = {core(), NULL, NUMBER, GENERATION};
    struct tov_hash hash;
    MUST(tov_store_read_begin(victim()->store, &nodes.read, NULL) == TOV_OK);
    struct tov_node_source source = tov_mirror_node_source(&nodes);
    enum tov_err err = source.node(source.ctx, level, index, &hash);
    MUST(err == TOV_OK || err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT);
    tov_store_read_end(nodes.read);
    take_back(&change);
}

static void try_transfer(struct tov_bytes bytes)
{
    struct change change = put(TOV_TABLE_TRANSFER, tov_key_part(NUMBER, GENERATION, 77, 2), bytes);
    struct tov_message_name name = {NUMBER, GENERATION, 77};
    struct tov_transfer_view view;
    struct tov_store_read *read = NULL;
    MUST(tov_store_read_begin(victim()->store, &read, NULL) == TOV_OK);
    enum tov_err err = tov_follow_transfer(tov_node_follow(victim()->node), read, &name, 2, &view);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    tov_store_read_end(read);
    take_back(&change);
}

/* What a peer said of an own message: the run that covers it, or (odd first byte) the exception. */
static void try_receipted(struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    bool is_exception = tov_read_u8(&reader) % 2 == 1;
    struct tov_link_block link = {.series = {GENERATION, 0}, .number = 70};
    struct change change =
        put(is_exception ? TOV_TABLE_EXCEPTION : TOV_TABLE_COVER, link_key(link.number),
            tov_read_bytes(&reader, reader.failed ? 0 : reader.left));
    struct tov_delivery delivery;
    struct tov_store_read *read = NULL;
    MUST(tov_store_read_begin(victim()->store, &read, NULL) == TOV_OK);
    MUST(tov_follow_delivery(read, NUMBER, &link, &delivery) == TOV_OK);
    tov_store_read_end(read);
    take_back(&change);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_peer,      try_fact,    try_start_rule,
                                             try_link,      try_skipped, try_transfer,
                                             try_receipted, try_epochs,  try_fork};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}
