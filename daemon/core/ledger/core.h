/* SPDX-License-Identifier: EUPL-1.2
 *
 * What all parts of a node's core share: who it is, its trees, its keys at rest, the batch that is
 * being gathered, the time it was handed, randomness in stock, and what shall happen once the batch
 * is durable.
 * Not for: peers (follow/), clients (api/) or the event loop (core_main.c).
 * Never tell anyone "stored" outside of an after-commit action (I2).
 */
#ifndef TOV_LEDGER_CORE_H
#define TOV_LEDGER_CORE_H

#include "ledger/host.h"
#include "ledger/ledger.h"
#include "roster/roster.h"
#include "wire/leaf.h"

#define TOV_RANDOM_STOCK_BYTES 65536u

struct tov_vault;
struct tov_epochs;
struct tov_unit_history;
struct tov_core;

/* Something to do after the commit: plain values and a copy of BYTES. */
struct tov_after {
    void (*run)(struct tov_core *core, const struct tov_after *after);
    void *owner;
    uint64_t a, b;
    uint16_t agency;
    struct tov_bytes bytes;
};

struct tov_after_list {
    struct tov_after *items;
    size_t count, capacity;
};

/* A batch on its way, and what follows its commit. */
struct tov_turn {
    struct tov_store_batch *batch;
    struct tov_after_list after;
    uint64_t ledger_size, journal_size; /* what it makes durable */
    bool has_work;
};

struct tov_core {
    const struct tov_host *host;
    struct tov_store *store;
    struct tov_roster *roster;
    const struct tov_agency *own;          /* in the roster */
    struct tov_unit_history *unit_history; /* of all rosters adopted: ledger/units.h */
    uint8_t control_secret[64];            /* Ed25519, seed || public; wiped by the node */
    struct tov_ledger *ledger;
    struct tov_ledger *journal;
    struct tov_vault *vault;
    struct tov_epochs *epochs;
    struct tov_series series;    /* of the own ledger */
    uint64_t now_ms;             /* the clock, as handed in */
    uint64_t mono_ms;            /* for time-outs */
    uint64_t latest_believed_ms; /* a clock beyond it ran away */
    uint64_t last_leaf_ms;       /* leaf times never go back */
    uint64_t next_event;         /* number of the next event, from 1 */
    struct tov_turn turns[2];    /* one open, one committing */
    struct tov_turn *open;
    uint8_t stock[TOV_RANDOM_STOCK_BYTES];
    size_t stock_left;
    uint64_t disk_free_bytes;    /* as of the last tick, less what was written since */
    uint64_t disk_reserve_bytes; /* below it no new work is taken */
    /* A commit found no room, or the file of a month's keys, and is tried again (node_turn.c):
     * until it is durable nothing is begun that would be committed behind it. */
    bool waits_for_room;
    uint64_t segment_bytes; /* of the ledger's segment that is open, as a parcel would carry it */
    /* Own messages whose keys came back since the start: with the open batch, committed, and those
     * that whoever has read messages before must read again (follow/own_keys.c). */
    uint64_t regained_open, regained_committed, regained;
    enum tov_err failed; /* the first failure that the node cannot go on from */
    struct tov_error failure;
};

/* From the stock: one call of the host for hundreds of messages. */
void tov_core_random(struct tov_core *core, void *out, size_t size);
/* The time of the next leaf: now, or the newest leaf's time if the clock went back. */
uint64_t tov_core_leaf_time(struct tov_core *core);
/* A leaf that stands in the tree bears MS: no later one bears an earlier time. */
void tov_core_note_leaf_time(struct tov_core *core, uint64_t ms);
/* The time of a leaf that is written anew and bore WRITTEN_MS: no earlier one, for its message was
 * judged by that and says so inside, even where the clock was ahead. Where WRITTEN_MS is more than
 * a day ahead of what is believed now, as tov_core_leaf_time: all later leaves would bear it too.
 */
uint64_t tov_core_leaf_time_again(struct tov_core *core, uint64_t written_ms);

/* The open batch; whoever takes it will put something in. */
struct tov_store_batch *tov_core_batch(struct tov_core *core);
/* What KEY will hold once all batches are committed: the row in *OUT_ROW, or TOV_E_NOT_FOUND. Who
 * decides by a row what to write over it must ask so, for READ sees committed rows only. Walks the
 * batches: for what a person does, not for every message. The view is good until the turn ends. */
enum tov_err tov_core_get_pending(const struct tov_core *core, struct tov_store_read *read,
                                  unsigned table, struct tov_store_key key,
                                  struct tov_bytes *out_row) TOV_MUST_CHECK;
/* TOV_E_NOMEM, else TOV_OK. */
enum tov_err tov_core_after(struct tov_core *core, const struct tov_after *after) TOV_MUST_CHECK;
/* Runs and empties LIST, in order. */
void tov_core_run_after(struct tov_core *core, struct tov_after_list *list);
void tov_after_list_fini(struct tov_after_list *list);

/* Remembers the first failure; the node stops at the end of its turn. Returns ERR. */
enum tov_err tov_core_fail(struct tov_core *core, enum tov_err err, const char *what);

/* What leaves the node, by these alone: nothing does once the store was found to be damaged, for it
 * may come of what was changed. Then, as in a failed node, TOV_E_CORRUPT; else as in host.h. */
enum tov_err tov_core_send_peer(struct tov_core *core, uint16_t agency, struct tov_bytes frame);
enum tov_err tov_core_send_client(struct tov_core *core, uint64_t connection,
                                  struct tov_bytes frame);
enum tov_err tov_core_ask_guard(struct tov_core *core, uint8_t kind, struct tov_bytes payload);
/* Fails the node when damage was met. */
enum tov_err tov_core_check_store(struct tov_core *core);

/* Logs one event; details as printf, without content. */
void tov_core_log(const struct tov_core *core, enum tov_host_level level, const char *event,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether the clock is more than 5 minutes behind what this ledger has seen: its entries then bear
 * the time of the last one, and a person must set it. */
bool tov_core_clock_is_behind(const struct tov_core *core);

/* Whether BYTES more leave the reserve of the disk untouched; and that they were written. */
bool tov_core_has_room(const struct tov_core *core, uint64_t bytes);
void tov_core_use_room(struct tov_core *core, uint64_t bytes);

/* BYTES more went into the ledger's open segment: it is closed before any one recipient's parcel
 * for it could exceed a frame (docs/architecture.md). */
void tov_core_note_segment(struct tov_core *core, uint64_t bytes);

/* Appends LEAF (type and fields set; time and blind are filled in) to a tree. */
enum tov_err tov_core_append_leaf(struct tov_core *core, struct tov_ledger *tree,
                                  struct tov_leaf *leaf, uint64_t event,
                                  struct tov_ledger_place *out_place) TOV_MUST_CHECK;

#endif
