/* SPDX-License-Identifier: EUPL-1.2
 *
 * How Tov's nodes commit, sign, follow, receipt, start and are restored, as a model that spin
 * searches to the end: every order of these steps, every crash and lost connection within bounds.
 * Not for: bytes, keys, sizes, times, journal, epochs, attachments, rosters, bad peers, genesis.
 * A row of the file `runs` is one search; check.sh makes it. docs/testing.md says what it shows.
 *
 * here                           stands for
 * ----                           ----------
 * Node(n): write                 daemon/core/api/submit.c: a client that asks until it is told
 * Node(n): close, committed      node_turn.c: close_batch and start_commit, tov_node_on_committed;
 *                                between them the store's thread syncs (store_commit.c). A row has
 *                                three ages: in the open batch, in the one under way, committed
 * Node(n): ask, save, answer     node_turn.c: ask_signatures, on_signed; daemon/guard/guard_tree.c:
 *                                a state is made in a copy, saved, and only then answered
 * Node(n): agree, hear_keepers   node_start.c, tov_ledger_agree (ledger.c), tov_follow_start_view
 * End(e): take, send             follow/session.c, parcel_in.c, parcel_out.c, receipt.c of the core
 *                                that has this end of a link
 * wire[e]                        frames on their way to end e: two gateways and TCP
 * greet                          Hello both ways (session.c: on_hello, check_held, begin_session)
 *                                in one step; the restore answer to it is a frame. Once more, by
 *                                who had taken more than it could tell: tov_session_hello_again
 * World: connect, cut, restart   gateways; the supervisor, which ends guard and core together and
 *                                starts both. A crash is a power cut: only what is synced stays
 * World: copy, put back          an operator puts back an old copy of the store, or of all
 *
 * Nodes 0 and 1 (and 2) are each other's keepers; all entries are disclosed. A parcel goes to the
 * newest signed size. A position frame that would change nothing at its receiver is not sent.
 *
 * Node(n): recover               node_recover.c, ledger/rebuild.c, follow/recall.c: the hashes from a
 *                                keeper, the tree checked against the own signature, and the own
 *                                receipts in one step; recover.pml has all steps of it
 * In the program nothing is taken of a peer before the keepers were heard; here it may be, once
 * guard and core agree, so that more orders are tried than there are.
 *
 * A tree is an int of four bits an entry. An entry is what it says and the life of the process in
 * which it was appended, since each appending has new blind bytes and so another hash.
 */

/* ---- runs: the bounds ---- */

/* FIRST_: of node 0, SECOND_: of node 1; CUTS of connections, REPEATS of a client. Besides:
 * RESTORE=n: at any moment the store of node n is replaced by a copy made at any moment before, its
 * guard's state is current. ROLLBACK: store and guard of node 0; the others are its keepers. */
#ifdef ROLLBACK
#define NODES 3
#define RECEIPTS 0
#else
#define NODES 2
#define RECEIPTS 1
#endif
/* Hello once more matters where somebody is set back; elsewhere it only multiplies the runs. */
#ifndef AGAIN
#ifdef ROLLBACK
#define AGAIN 1
#else
#define AGAIN 0
#endif
#endif
#ifndef FIRST_CRASHES
#define FIRST_CRASHES 0
#endif
#ifndef SECOND_CRASHES
#define SECOND_CRASHES 0
#endif
#ifndef CUTS
#define CUTS 0
#endif
#ifndef REPEATS
#define REPEATS 0
#endif
#ifndef FIRST_WRITES
#define FIRST_WRITES 2
#endif
#ifndef SECOND_WRITES
#define SECOND_WRITES 0
#endif

/* ---- mutants: each a bug that the search must find ---- */

#define ACK_BEFORE_COMMIT 1
#define REPEAT_ANSWERED_EARLY 2
#define RECEIPT_BEFORE_COMMIT 3
#define POSITION_BEFORE_COMMIT 4
#define SIGN_BEFORE_COMMIT 5
#define POSITION_APART 6
#define KEYS_FORGOTTEN 7
#define MISSED_FORGOTTEN 8
#define GUARD_NOT_SYNCED 9
#define GUARD_ANSWERS_FIRST 10
#define KEEPERS_NOT_ASKED 11
#define SIGNS_WHEN_BEHIND 12
#define RECOVERS_BACKWARD 13
#define RECEIPTS_NOT_RECOVERED 14
#define KEEPER_ANSWERS_EARLY 15
#define HELLO_FOR_EVER 16
#define HELLO_ONCE 17
#ifndef MUTANT
#define MUTANT 0
#endif

/* ---- properties: the number that pan shows when one is broken ---- */

#define P_TOLD 20    /* I2: a client is told "stored" of what is durable */
#define P_HELD 21    /* I2: a peer is told a position that is durable */
#define P_SENT 22    /* I2: entries that leave are durable */
#define P_RECEIPT 23 /* I2: what a signed receipt speaks of is durable at its writer */
#define P_LOST 30    /* I3: what a client was told is in the ledger after each start */
#define P_TWICE 31   /* I3: no message is applied twice at its receiver */
#define P_FORK 40    /* I4: of two signed trees one extends the other */
#define P_SAME 41    /* a node that signs again goes on in the tree that it signed */
#define P_ALONE 42   /* crashes alone never leave a node behind, or its guard at odds with it */
#define P_DEAF 43    /* no signature is asked for once a peer has shown that it holds more */
#define P_REST 50    /* when nothing more happens, all is receipted or a node says it is behind */
#define P_NOTICED 51 /* when nothing more happens, who holds one of two signed trees has noticed */
#define P_SEEN 90    /* none: a run that must be possible, or the others show nothing */

#ifdef ONLY
#define CHECKED(what) ((what) == ONLY)
#else
#define CHECKED(what) ((what) != P_SEEN)
#endif
#define CHECK(what, holds)                                                                         \
    if                                                                                             \
    :: (holds) || !CHECKED(what) -> skip                                                           \
    :: else -> broken = what; assert(broken != what)                                               \
    fi

/* ---- trees and entries ---- */

#define FIRST(t, n) ((t) & ((1 << (4 * (n))) - 1))
#define LEAF(t, i) (((t) >> (4 * (i))) & 15)
#define SMALLER(a, b) ((a) < (b) -> (a) : (b))

/* 1 to 6: message 0 or 1, in life 0 to 2. 7 to 15: receipt of link 1, 1 to 2, or 2, likewise */
#define MESSAGE(id, life) (1 + (id) * 3 + (life))
#define RECEIPT(from, to, life) (7 + ((from) - 1 + (to) - 1) * 3 + (life))
#define IS_MESSAGE(leaf) ((leaf) < 7)
#define ID(leaf) (((leaf) - 1) / 3)
#define RECEIPT_FROM(leaf) ((leaf) < 13 -> 1 : 2)
#define RECEIPT_TO(leaf) ((leaf) < 10 -> 1 : 2)

/* ---- nodes ---- */

/* A link joins node 0 and another; end e of it is node 0's when even. */
#if NODES == 2
#define LINKS 1
#define ENDS 2
#define CLIENTS 4
#else
#define LINKS 2
#define ENDS 4
#define CLIENTS 6
#endif
#define NODE(e) ((e) % 2 == 0 -> 0 : (e) / 2 + 1)
#define OTHER(e) ((e) % 2 == 0 -> (e) + 1 : (e) - 1)
#define ROOM 2

mtype = { GUARD, KEEPERS, SERVING, BEHIND };  /* enum tov_node_state */
mtype = { NONE, UNDER_WAY, SYNCED };          /* the commit */
mtype = { QUIET, ASKED, SAVED, ANSWERED };    /* the guard */
mtype = { IDLE, WAITING, TOLD, AWAY };        /* a client; AWAY: told, by a store that is gone */
mtype = { PARCEL, POSITION, ANSWER };         /* frames: kind, from or refetch, to, content */

mtype state[NODES];
byte life[NODES];
int tree[NODES];                                   /* rows of LEAF, with the open batch */
byte size[NODES], closing[NODES], stored[NODES];   /* of it: open, under way, committed */
bit has_work[NODES];
mtype commit[NODES];
byte tell[NODES], tell_closing[NODES];             /* clients to tell after the commit: bits */
byte fed[NODES], signed_to[NODES];
mtype client[CLIENTS];

mtype guard[NODES];
byte guard_to[NODES];
int g_tree[NODES];
byte g_size[NODES];                                /* the guard's state file */
#if MUTANT == GUARD_NOT_SYNCED
byte g_disk[NODES];
#endif

/* What the node of end e holds of the other one: open, under way, committed (struct tov_peer) */
int mirror[ENDS];
byte o_mirror[ENDS], c_mirror[ENDS], d_mirror[ENDS];
#if RECEIPTS
int events[ENDS];                                  /* ids of the messages applied, four bits each */
byte o_events[ENDS], c_events[ENDS], d_events[ENDS];
byte o_link[ENDS], c_link[ENDS], d_link[ENDS];     /* last link of the other's that is receipted */
byte o_told[ENDS], c_told[ENDS], d_told[ENDS];     /* last link of our own that it has receipted */
byte span[ENDS];                                   /* links that the open batch must receipt */
#endif
bit wants[ENDS], wants_closing[ENDS], refetch[ENDS], refetch_closing[ENDS];
bit waits[ENDS], refetch_waits[ENDS];
bit session[ENDS], missed[ENDS], asked[ENDS], answered[ENDS], holds_more[ENDS], suspended[ENDS];
bit owes_answer[ENDS];
bit hello_owes[ENDS]; /* Hello told less of the other's than had been taken */
byte sent_to[ENDS];
bit up[LINKS];
chan wire[ENDS] = [ROOM] of { mtype, byte, byte, int };

/* faults that are left, and the old copy */
byte crashes_left[NODES], cuts_left, repeats_left;
bit has_copy, restored;
#if defined(RESTORE) || defined(ROLLBACK)
byte s_size, s_guard;
#if RECEIPTS
byte s_mirror, s_events, s_link, s_told;
#endif
#endif

/* Ghosts: what a judge who sees everything knows. No step of a node looks at them. */
byte broken;
int r_tree[NODES];
byte r_size[NODES];   /* the largest tree whose signature left the guard */
bit blind;            /* node 0, rolled back, serves by the word of keepers that had less */
bit saw_all[ENDS];    /* who answered this end had all that was signed, committed or not */
bit recovered;

/* Room to reckon in; no state of the search. */
hidden byte h_at, h_counted, h_i, h_found, h_from, h_to, h_nth, h_leaf, h_e1, h_small;
hidden byte h_o, h_m, h_n, h_size;
hidden int h_tree;
hidden mtype h_kind;

#define DURABLE(n) (commit[n] == SYNCED -> closing[n] : stored[n])
#define DURABLE_OF(n, under_way, committed) (commit[n] == SYNCED -> under_way : committed)
#define AGREES(n) (state[n] == KEEPERS || state[n] == SERVING)
#define WRITES(n) ((n) == 0 -> FIRST_WRITES : ((n) == 1 -> SECOND_WRITES : 0))
#define CLIENT(n, id) client[(n) * 2 + (id)]

inline count_messages(t, n)
{
    h_counted = 0;
    h_at = 0;
    do
    :: h_at >= (n) -> break
    :: else ->
        if
        :: IS_MESSAGE(LEAF(t, h_at)) -> h_counted++
        :: else -> skip
        fi;
        h_at++
    od
}

inline find_message(t, n, id)
{
    h_found = 0;
    h_at = 0;
    do
    :: h_at >= (n) -> break
    :: else ->
        if
        :: IS_MESSAGE(LEAF(t, h_at)) && ID(LEAF(t, h_at)) == (id) -> h_found = 1
        :: else -> skip
        fi;
        h_at++
    od
}

inline append(n, what)
{
    assert(size[n] < 7 && (what) < 16);
    tree[n] = tree[n] | ((what) << (4 * size[n]));
    size[n]++;
    has_work[n] = 1
}

/* ---- clients ---- */

inline told(n, id)
{
    h_size = DURABLE(n);
    find_message(tree[n], h_size, id);
    CHECK(P_TOLD, h_found);
    if
    :: CLIENT(n, id) == WAITING -> CLIENT(n, id) = TOLD
    :: else -> skip
    fi
}

/* The key by which a message is known is in the row of its entry. */
inline write(n, id)
{
    find_message(tree[n], size[n], id);
    CLIENT(n, id) = WAITING;
    if
    :: h_found && MUTANT != KEYS_FORGOTTEN ->
        find_message(tree[n], stored[n], id);
        if
        :: h_found || MUTANT == REPEAT_ANSWERED_EARLY ->
            printf("node %d: message %d is known, its client is told\n", n, id);
            told(n, id)
        :: else ->
            printf("node %d: message %d waits for its commit\n", n, id);
            tell[n] = tell[n] | (1 << (id));
            has_work[n] = 1
        fi
    :: else ->
        printf("node %d: message %d is entry %d\n", n, id, size[n]);
        append(n, MESSAGE(id, life[n]));
        if
        :: MUTANT == ACK_BEFORE_COMMIT -> told(n, id)
        :: else -> tell[n] = tell[n] | (1 << (id))
        fi
    fi
}

inline clients_after_start(n)
{
    h_i = 0;
    do
    :: h_i == 2 -> break
    :: else ->
        find_message(tree[n], size[n], h_i);
        if
        :: CLIENT(n, h_i) == WAITING -> CLIENT(n, h_i) = IDLE
        :: CLIENT(n, h_i) == TOLD && restored && !h_found -> CLIENT(n, h_i) = AWAY
        :: CLIENT(n, h_i) == AWAY && h_found -> CLIENT(n, h_i) = TOLD
        :: CLIENT(n, h_i) == TOLD && !restored -> CHECK(P_LOST, h_found)
        :: else -> skip
        fi;
        h_i++
    od;
    skip /* a loop may not end a step */
}

/* ---- the turn ---- */

#if RECEIPTS
inline close_receipts(e, n)
{
    if
    :: span[e] > 0 ->
        printf("node %d: receipt of links %d to %d\n", n, o_link[e] - span[e] + 1, o_link[e]);
        append(n, RECEIPT(o_link[e] - span[e] + 1, o_link[e], life[n]))
    :: else -> skip
    fi;
    if
    :: MUTANT == RECEIPT_BEFORE_COMMIT && span[e] > 0 -> h_found = 0 /* the rows come later */
    :: MUTANT == POSITION_APART && o_events[e] > d_events[e] ->
        h_found = 0; /* the peer's row comes later */
        c_events[e] = o_events[e]
    :: else ->
        c_events[e] = o_events[e];
        c_link[e] = o_link[e];
        c_told[e] = o_told[e]
    fi;
    span[e] = 0
}
#endif

/* The rows of end E go into the batch; h_found says so. */
inline close_end(e, n)
{
    h_found = 1;
#if RECEIPTS
    close_receipts(e, n);
#endif
    if
    :: h_found ->
        c_mirror[e] = o_mirror[e];
        wants_closing[e] = wants[e];
        refetch_closing[e] = refetch[e];
        wants[e] = 0;
        refetch[e] = 0
    :: else -> h_small = 1
    fi
}

inline close(n)
{
    h_e1 = 0;
    h_small = 0;
    do
    :: h_e1 == ENDS -> break
    :: else ->
        if
        :: NODE(h_e1) == n -> close_end(h_e1, n)
        :: else -> skip
        fi;
        h_e1++
    od;
    printf("node %d: a commit begins, of %d entries in all\n", n, size[n]);
    has_work[n] = h_small;
    closing[n] = size[n];
    tell_closing[n] = tell[n];
    tell[n] = 0;
    commit[n] = UNDER_WAY
}

/* A position that changes nothing at the other end is not sent. */
inline tell_position(e, n, o, m, held, again)
{
    CHECK(P_HELD, (held) <= DURABLE_OF(n, c_mirror[e], d_mirror[e]));
    if
    :: session[e] && ((again) || ((held) > signed_to[m] && AGREES(m))) ->
        if
        :: len(wire[o]) < ROOM ->
            wire[o]!POSITION, (again), (held), 0;
            waits[e] = 0;
            refetch_waits[e] = 0
        :: else ->
            waits[e] = 1;
            refetch_waits[e] = refetch_waits[e] || (again)
        fi
    :: else -> skip
    fi
}

/* The keeper's answer to a node that has not started. One that finds no room is lost. */
inline answer_restore(e, n, o, m)
{
    if
    :: owes_answer[e] && session[e] &&
       (o_mirror[e] == d_mirror[e] || MUTANT == KEEPER_ANSWERS_EARLY) ->
        owes_answer[e] = 0;
        if
        :: AGREES(n) && len(wire[o]) < ROOM ->
            saw_all[o] = o_mirror[e] >= r_size[m];
            wire[o]!ANSWER, 0, d_mirror[e], FIRST(mirror[e], d_mirror[e])
        :: else -> asked[o] = 0
        fi
    :: else -> skip
    fi
}

inline end_committed(e, n, o, m)
{
    d_mirror[e] = c_mirror[e];
#if RECEIPTS
    d_events[e] = c_events[e];
    d_link[e] = c_link[e];
    d_told[e] = c_told[e];
#endif
    if
    :: wants_closing[e] ->
        tell_position(e, n, o, m, d_mirror[e], refetch_closing[e]);
        answer_restore(e, n, o, m)
    :: else -> skip
    fi;
    wants_closing[e] = 0;
    refetch_closing[e] = 0
}

inline committed(n)
{
    printf("node %d: committed %d entries\n", n, closing[n]);
    stored[n] = closing[n];
    h_i = 0;
    do
    :: h_i == 2 -> break
    :: else ->
        if
        :: tell_closing[n] & (1 << h_i) -> told(n, h_i)
        :: else -> skip
        fi;
        h_i++
    od;
    tell_closing[n] = 0;
    h_e1 = 0;
    do
    :: h_e1 == ENDS -> break
    :: else ->
        if
        :: NODE(h_e1) == n ->
            h_o = OTHER(h_e1);
            h_m = NODE(h_o);
            end_committed(h_e1, n, h_o, h_m)
        :: else -> skip
        fi;
        h_e1++
    od;
    closing[n] = 0;
    commit[n] = NONE
}

/* ---- the guard ---- */

#define TO_SIGN(n) (MUTANT == SIGN_BEFORE_COMMIT -> size[n] : stored[n])
/* In a turn the step to "behind" comes before the asking. */
#define MAY_SIGN(n) (state[n] == SERVING && (MUTANT == SIGNS_WHEN_BEHIND || !SHOWN(n)))

inline ask(n)
{
    h_e1 = 0;
    do
    :: h_e1 == ENDS -> break
    :: else -> CHECK(P_DEAF, NODE(h_e1) != n || !holds_more[h_e1]); h_e1++
    od;
    guard_to[n] = TO_SIGN(n);
    printf("node %d: asks for a signature at %d\n", n, guard_to[n]);
    guard[n] = ASKED
}

/* It takes the hashes only from its own size on. */
inline save(n)
{
    CHECK(P_ALONE, fed[n] == g_size[n]);
    g_tree[n] = g_tree[n] + FIRST(tree[n], guard_to[n]) - FIRST(tree[n], fed[n]);
    g_size[n] = guard_to[n]
}

/* Only where the guard is set back too (docs/guard.md). HOLE: though a keeper has the first tree. */
#ifndef ROLLBACK
#define MAY_FORK_WHEN_BLIND 0
#elif defined(HOLE)
#define MAY_FORK_WHEN_BLIND (mirror[1] != r_tree[0] && mirror[3] != r_tree[0])
#else
#define MAY_FORK_WHEN_BLIND 1
#endif

inline judge_signature(n)
{
    h_tree = (guard[n] == SAVED -> 0 : FIRST(tree[n], guard_to[n]) - FIRST(tree[n], fed[n]));
    h_tree = h_tree + g_tree[n];
    h_small = SMALLER(r_size[n], guard_to[n]);
    if
    :: FIRST(h_tree, h_small) == FIRST(r_tree[n], h_small) ->
        if
        :: guard_to[n] > r_size[n] -> r_tree[n] = h_tree; r_size[n] = guard_to[n]
        :: else -> skip
        fi
    :: else -> CHECK(P_FORK, blind && MAY_FORK_WHEN_BLIND)
    fi
}

#if RECEIPTS
/* With two nodes the end has the number of its node. */
inline judge_receipts(n)
{
    h_i = fed[n];
    do
    :: h_i >= guard_to[n] -> break
    :: else ->
        h_leaf = LEAF(tree[n], h_i);
        CHECK(P_RECEIPT, IS_MESSAGE(h_leaf) ||
                         RECEIPT_TO(h_leaf) <= DURABLE_OF(n, c_events[n], d_events[n]));
        h_i++
    od
}
#endif

inline answer(n)
{
    printf("node %d: the guard signs %d\n", n, guard_to[n]);
    judge_signature(n);
#if RECEIPTS
    judge_receipts(n);
#endif
    fed[n] = guard_to[n];
    signed_to[n] = guard_to[n]
}

/* ---- starting ---- */

inline agree(n)
{
    if
    :: g_size[n] > stored[n] ->
        CHECK(P_ALONE, restored);
        printf("node %d: behind its guard\n", n);
        state[n] = BEHIND
    :: else ->
        CHECK(P_ALONE, FIRST(tree[n], g_size[n]) == g_tree[n]);
        fed[n] = g_size[n];
        signed_to[n] = g_size[n];
#ifndef ROLLBACK
        CHECK(P_SAME, size[n] >= r_size[n] && FIRST(tree[n], r_size[n]) == r_tree[n]);
#endif
        printf("node %d: guard and store agree at %d of %d\n", n, g_size[n], stored[n]);
        state[n] = KEEPERS
    fi
}

/* tov_follow_start_view: h_small is how many keepers answered. All of them, or one and 30 s. */
inline hear_keepers(n)
{
    h_small = 0;
    h_found = 0;
    h_e1 = 0;
    do
    :: h_e1 == ENDS -> break
    :: else ->
        if
        :: NODE(h_e1) == n && answered[h_e1] -> h_small++; h_found = h_found || saw_all[h_e1]
        :: else -> skip
        fi;
        h_e1++
    od;
    if
    :: h_small > 0 || MUTANT == KEEPERS_NOT_ASKED ->
        printf("node %d: serves, %d keepers answered\n", n, h_small);
        if
        :: n == 0 && restored && h_small > 0 && !h_found -> blind = 1
        :: else -> skip
        fi;
        state[n] = SERVING
    :: else -> skip
    fi
}

#define HEARD(n) ((n) != 0 -> answered[2 * (n) - 1] : HEARD_0)
#if NODES == 2
#define HEARD_0 answered[0]
#define SHOWN_0 holds_more[0]
#else
#define HEARD_0 (answered[0] || answered[2])
#define SHOWN_0 (holds_more[0] || holds_more[2])
#endif
#define SHOWN(n) ((n) != 0 -> holds_more[2 * (n) - 1] : SHOWN_0)

proctype Node(byte n)
{
end:
    do
    :: d_step { AGREES(n) && WRITES(n) > 0 && CLIENT(n, 0) == IDLE -> write(n, 0) }
    :: d_step {
        AGREES(n) && WRITES(n) > 1 && CLIENT(n, 1) == IDLE && CLIENT(n, 0) != IDLE -> write(n, 1)
    }
    :: d_step {
        repeats_left > 0 && CLIENT(n, 0) == WAITING ->
        printf("node %d: the client of message 0 loses its connection\n", n);
        repeats_left--;
        CLIENT(n, 0) = IDLE
    }
    :: d_step { has_work[n] && commit[n] == NONE -> close(n) }
    :: d_step {
        commit[n] == UNDER_WAY -> printf("node %d: the store has synced\n", n);
        commit[n] = SYNCED
    }
    :: d_step { commit[n] == SYNCED -> committed(n) }
    :: d_step { MAY_SIGN(n) && guard[n] == QUIET && TO_SIGN(n) > fed[n] -> ask(n) }
#if MUTANT == GUARD_ANSWERS_FIRST
    :: d_step { guard[n] == ASKED -> answer(n); guard[n] = ANSWERED }
    :: d_step {
        guard[n] == ANSWERED ->
        g_tree[n] = FIRST(tree[n], guard_to[n]);
        g_size[n] = guard_to[n];
        guard[n] = QUIET
    }
#else
    :: d_step {
        guard[n] == ASKED -> printf("node %d: the guard saves\n", n);
        save(n);
        guard[n] = SAVED
    }
    :: d_step { guard[n] == SAVED -> answer(n); guard[n] = QUIET }
#endif
#if MUTANT == GUARD_NOT_SYNCED
    :: d_step { g_disk[n] != g_size[n] -> g_disk[n] = g_size[n] }
#endif
    :: d_step { state[n] == GUARD -> agree(n) }
    :: d_step {
        state[n] == KEEPERS && !SHOWN(n) && (HEARD(n) || MUTANT == KEEPERS_NOT_ASKED) ->
        hear_keepers(n)
    }
    :: d_step {
        AGREES(n) && SHOWN(n) && MUTANT != SIGNS_WHEN_BEHIND ->
        printf("node %d: a peer holds more than this store: behind\n", n);
        state[n] = BEHIND
    }
    od
}

/* ---- following ---- */

/* check_held: whether HELD entries of CONTENT are the beginning of node N's ledger. */
inline look(e, n, held, content)
{
    if
    :: (held) > stored[n] || FIRST(tree[n], held) != FIRST(content, held) -> holds_more[e] = 1
    :: else -> skip
    fi
}

/* Node NA takes in by end A the Hello of node NB. */
inline greet(a, na, b, nb)
{
    look(a, na, d_mirror[b], mirror[b]);
    hello_owes[b] = AGAIN && o_mirror[b] != d_mirror[b];
    session[a] = !holds_more[a];
    if
    :: session[a] ->
        sent_to[a] = d_mirror[b];
        owes_answer[a] = state[nb] != SERVING && AGREES(na) && !answered[b] &&
                         (owes_answer[a] || !asked[b]);
        asked[b] = asked[b] || owes_answer[a];
        answer_restore(a, na, b, nb)
    :: else -> skip
    fi
}

#if RECEIPTS
/* An event of its own, and a receipt when it is the next on its link. */
inline take_message(e, n)
{
    h_found = 0;
    h_at = 0;
    do
    :: h_at >= o_events[e] -> break
    :: else -> h_found = h_found || LEAF(events[e], h_at) == ID(h_leaf) + 1; h_at++
    od;
    CHECK(P_TWICE, !h_found);
    assert(o_events[e] < 7);
    events[e] = events[e] | ((ID(h_leaf) + 1) << (4 * o_events[e]));
    o_events[e]++;
    if
    :: h_nth == o_link[e] + 1 -> o_link[e] = h_nth; span[e]++
    :: else -> skip
    fi
}

inline take_entry(e, n)
{
    h_leaf = LEAF(h_tree, h_i);
    if
    :: IS_MESSAGE(h_leaf) ->
        count_messages(h_tree, h_i + 1);
        h_nth = h_counted;
        take_message(e, n)
    :: else ->
        count_messages(tree[n], size[n]);
        if
        :: RECEIPT_FROM(h_leaf) == o_told[e] + 1 && RECEIPT_TO(h_leaf) <= h_counted ->
            o_told[e] = RECEIPT_TO(h_leaf)
        :: else -> skip
        fi
    fi
}
#endif

/* A batch of the other's entries: h_from to h_to of h_tree. */
inline take_parcel(e, n, o, m)
{
    if
    :: !AGREES(n) -> missed[e] = MUTANT != MISSED_FORGOTTEN
    :: AGREES(n) && h_from != o_mirror[e] ->
        wants[e] = 1;
        refetch[e] = refetch[e] || h_to > o_mirror[e];
        has_work[n] = 1
    :: AGREES(n) && h_from == o_mirror[e] && FIRST(h_tree, h_from) != FIRST(mirror[e], h_from) ->
        printf("node %d: suspected fork\n", n);
        suspended[e] = 1
    :: else ->
        printf("node %d: takes entries %d to %d\n", n, h_from, h_to);
        mirror[e] = h_tree;
        o_mirror[e] = h_to;
        wants[e] = 1;
        has_work[n] = 1;
#if RECEIPTS
        h_i = h_from;
        do
        :: h_i >= h_to -> break
        :: else -> take_entry(e, n); h_i++
        od;
#endif
        if
        :: MUTANT == POSITION_BEFORE_COMMIT -> tell_position(e, n, o, m, o_mirror[e], 0)
        :: else -> skip
        fi
    fi
}

inline cut_end(e)
{
    session[e] = 0;
    asked[e] = answered[e];
    owes_answer[e] = 0;
    hello_owes[e] = 0;
    missed[e] = 0;
    waits[e] = 0;
    refetch_waits[e] = 0;
    sent_to[e] = 0;
    do
    :: len(wire[e]) > 0 -> wire[e]?_, _, _, _
    :: else -> break
    od
}

inline cut(l)
{
    cut_end(2 * (l));
    cut_end(2 * (l) + 1);
    up[l] = 0
}

inline take_frame(e, n, o, m)
{
    if
    :: !session[e] || suspended[e] -> skip
    :: session[e] && !suspended[e] && h_kind == PARCEL -> take_parcel(e, n, o, m)
    :: session[e] && !suspended[e] && h_kind == ANSWER ->
        answered[e] = 1;
        look(e, n, h_to, h_tree)
    :: else -> /* POSITION */
        if
        :: h_to > signed_to[n] && AGREES(n) -> /* a fault */
            printf("node %d: a position beyond its ledger\n", n);
            cut(e / 2)
        :: else ->
            if
            :: h_from -> sent_to[e] = h_to
            :: else -> skip
            fi
        fi
    fi
}

inline send_parcel(e, n, o)
{
    printf("node %d: sends entries %d to %d\n", n, sent_to[e], signed_to[n]);
    CHECK(P_SENT, signed_to[n] <= DURABLE(n));
    wire[o]!PARCEL, sent_to[e], signed_to[n], FIRST(tree[n], signed_to[n]);
    sent_to[e] = signed_to[n]
}

proctype End(byte e, n, o, m)
{
end:
    do
    :: d_step { wire[e]?h_kind, h_from, h_to, h_tree -> take_frame(e, n, o, m) }
    :: d_step {
        session[e] && !suspended[e] && sent_to[e] < signed_to[n] && len(wire[o]) < ROOM ->
        send_parcel(e, n, o)
    }
    :: d_step {
        session[e] && waits[e] && len(wire[o]) < ROOM ->
        tell_position(e, n, o, m, d_mirror[e], refetch_waits[e])
    }
    :: d_step {
        session[e] && missed[e] && AGREES(n) && len(wire[o]) < ROOM ->
        printf("node %d: asks for what it could not take\n", n);
        missed[e] = 0;
        tell_position(e, n, o, m, d_mirror[e], 1)
    }
    :: d_step { /* Hello again, until a keeper's answer counts */
        session[e] && (state[n] == GUARD || state[n] == KEEPERS) && !answered[e] &&
            (!asked[e] || MUTANT == HELLO_FOR_EVER) && AGREES(m) && !holds_more[o] && len(wire[e]) < ROOM && len(wire[o]) < ROOM ->
        printf("node %d: says Hello again\n", n);
        greet(e, n, o, m);
        h_e1 = o; /* an inline takes no swapped names */
        h_n = m;
        h_o = e;
        h_m = n;
        greet(h_e1, h_n, h_o, h_m)
    }
    :: d_step { /* Hello once more: what the last one could not tell is committed */
        hello_owes[e] && up[e / 2] && o_mirror[e] == d_mirror[e] && MUTANT != HELLO_ONCE ->
        printf("node %d: tells by a second Hello what it holds now\n", n);
        greet(e, n, o, m);
        h_e1 = o;
        h_n = m;
        h_o = e;
        h_m = n;
        greet(h_e1, h_n, h_o, h_m);
        hello_owes[e] = 0
    }
    od
}

/* ---- the world ---- */

inline forget_end(e, n)
{
    o_mirror[e] = DURABLE_OF(n, c_mirror[e], d_mirror[e]);
    mirror[e] = FIRST(mirror[e], o_mirror[e]);
    d_mirror[e] = o_mirror[e];
    c_mirror[e] = o_mirror[e];
#if RECEIPTS
    o_events[e] = DURABLE_OF(n, c_events[e], d_events[e]);
    events[e] = FIRST(events[e], o_events[e]);
    d_events[e] = o_events[e];
    c_events[e] = o_events[e];
    o_link[e] = DURABLE_OF(n, c_link[e], d_link[e]);
    d_link[e] = o_link[e];
    c_link[e] = o_link[e];
    o_told[e] = DURABLE_OF(n, c_told[e], d_told[e]);
    d_told[e] = o_told[e];
    c_told[e] = o_told[e];
    span[e] = 0;
#endif
    wants[e] = 0;
    wants_closing[e] = 0;
    refetch[e] = 0;
    refetch_closing[e] = 0;
    answered[e] = 0;
    holds_more[e] = 0;
    suspended[e] = 0;
    saw_all[e] = 0
}

/* The process ends and begins again from what is durable. */
inline restart(n)
{
    h_e1 = 0;
    do
    :: h_e1 == ENDS -> break
    :: else ->
        if
        :: NODE(h_e1) == n ->
            forget_end(h_e1, n);
            cut(h_e1 / 2)
        :: else -> skip
        fi;
        h_e1++
    od;
    size[n] = DURABLE(n);
    tree[n] = FIRST(tree[n], size[n]);
    stored[n] = size[n];
    closing[n] = 0;
    commit[n] = NONE;
    has_work[n] = 0;
    tell[n] = 0;
    tell_closing[n] = 0;
    fed[n] = 0;
    signed_to[n] = 0;
    guard[n] = QUIET;
    guard_to[n] = 0;
#if MUTANT == GUARD_NOT_SYNCED
    g_size[n] = g_disk[n];
    g_tree[n] = FIRST(g_tree[n], g_disk[n]);
#endif
    life[n]++;
    state[n] = GUARD
}

#if defined(RESTORE) || defined(ROLLBACK)
#ifdef ROLLBACK
#define VICTIM 0
#else
#define VICTIM RESTORE
#endif

inline copy_store()
{
    s_size = DURABLE(VICTIM);
    s_guard = g_size[VICTIM];
#if RECEIPTS
    s_mirror = DURABLE_OF(VICTIM, c_mirror[VICTIM], d_mirror[VICTIM]);
    s_events = DURABLE_OF(VICTIM, c_events[VICTIM], d_events[VICTIM]);
    s_link = DURABLE_OF(VICTIM, c_link[VICTIM], d_link[VICTIM]);
    s_told = DURABLE_OF(VICTIM, c_told[VICTIM], d_told[VICTIM]);
#endif
}

inline put_copy_back()
{
    restart(VICTIM);
    size[VICTIM] = s_size;
    stored[VICTIM] = s_size;
    tree[VICTIM] = FIRST(tree[VICTIM], s_size);
#if RECEIPTS
    o_mirror[VICTIM] = s_mirror;
    c_mirror[VICTIM] = s_mirror;
    d_mirror[VICTIM] = s_mirror;
    mirror[VICTIM] = FIRST(mirror[VICTIM], s_mirror);
    o_events[VICTIM] = s_events;
    c_events[VICTIM] = s_events;
    d_events[VICTIM] = s_events;
    events[VICTIM] = FIRST(events[VICTIM], s_events);
    o_link[VICTIM] = s_link;
    c_link[VICTIM] = s_link;
    d_link[VICTIM] = s_link;
    o_told[VICTIM] = s_told;
    c_told[VICTIM] = s_told;
    d_told[VICTIM] = s_told;
#endif
#ifdef ROLLBACK
    g_size[VICTIM] = s_guard;
    g_tree[VICTIM] = FIRST(g_tree[VICTIM], s_guard);
#endif
    restored = 1;
    clients_after_start(VICTIM)
}
#endif

#ifdef RESTORE
#define KEEPER (1 - VICTIM)
#if MUTANT == RECOVERS_BACKWARD
#define CAN_RECOVER 1
#else
#define CAN_RECOVER (d_mirror[KEEPER] >= g_size[VICTIM])
#endif

/* The tree that the keeper has is the one that the guard signed last; the own receipts in it say up
 * to which link there are receipts already. The messages themselves come by following. */
inline recover()
{
    printf("node %d: rebuilt from its keeper up to %d\n", VICTIM, d_mirror[KEEPER]);
    assert(FIRST(mirror[KEEPER], SMALLER(d_mirror[KEEPER], g_size[VICTIM])) ==
           FIRST(g_tree[VICTIM], SMALLER(d_mirror[KEEPER], g_size[VICTIM])));
    size[VICTIM] = d_mirror[KEEPER];
    stored[VICTIM] = size[VICTIM];
    tree[VICTIM] = FIRST(mirror[KEEPER], size[VICTIM]);
    g_size[VICTIM] = size[VICTIM];
    g_tree[VICTIM] = tree[VICTIM];
    h_i = 0;
    do
    :: h_i >= size[VICTIM] -> break
    :: else ->
        h_leaf = LEAF(tree[VICTIM], h_i);
        if
        :: !IS_MESSAGE(h_leaf) && RECEIPT_TO(h_leaf) > o_link[VICTIM] &&
           MUTANT != RECEIPTS_NOT_RECOVERED ->
            o_link[VICTIM] = RECEIPT_TO(h_leaf);
            c_link[VICTIM] = o_link[VICTIM];
            d_link[VICTIM] = o_link[VICTIM]
        :: else -> skip
        fi;
        h_i++
    od;
    cut(0);
    holds_more[VICTIM] = 0;
    answered[VICTIM] = 0;
    asked[VICTIM] = 0;
    recovered = 1;
    state[VICTIM] = GUARD;
    clients_after_start(VICTIM)
}
#endif

inline connect(l)
{
    printf("link %d is up\n", l);
    up[l] = 1;
    greet(2 * (l), 0, 2 * (l) + 1, (l) + 1);
    greet(2 * (l) + 1, (l) + 1, 2 * (l), 0)
}

proctype World()
{
end:
    do
    :: d_step { !up[0] -> connect(0) }
    :: d_step { up[0] && cuts_left > 0 -> printf("link 0 breaks\n"); cuts_left--; cut(0) }
#if NODES > 2
    :: d_step { !up[1] -> connect(1) }
    :: d_step { up[1] && cuts_left > 0 -> printf("link 1 breaks\n"); cuts_left--; cut(1) }
#endif
    :: d_step {
        crashes_left[0] > 0 -> printf("node 0 crashes\n");
        crashes_left[0]--; restart(0); clients_after_start(0)
    }
    :: d_step {
        crashes_left[1] > 0 -> printf("node 1 crashes\n");
        crashes_left[1]--; restart(1); clients_after_start(1)
    }
#if defined(RESTORE) || defined(ROLLBACK)
    :: d_step { !has_copy -> printf("a copy is made\n"); has_copy = 1; copy_store() }
    :: d_step { has_copy && !restored -> printf("the copy is put back\n"); put_copy_back() }
#endif
#ifdef RESTORE
    :: d_step { state[VICTIM] == BEHIND && up[0] && CAN_RECOVER -> recover() }
#endif
    od
}

/* ---- when nothing more happens ---- */

#if RECEIPTS
#define ALL_RECEIPTED(n) (d_told[n] == h_counted)
#else
#define HAS_ALL(e) (suspended[e] || d_mirror[e] == size[0])
#define HAS_SAME(e) (suspended[e] || mirror[e] == tree[0])
#define ALL_RECEIPTED(n) (HAS_ALL(1) && HAS_ALL(3))
#endif
#ifdef VICTIM
#define SAYS_SO (restored && state[VICTIM] == BEHIND)
#else
#define SAYS_SO 0
#endif
#define IS_TOLD(n, id) ((id) >= WRITES(n) || CLIENT(n, id) == TOLD || CLIENT(n, id) == AWAY)

inline rest_of(n)
{
    count_messages(tree[n], size[n]);
    CHECK(P_REST, SAYS_SO || (IS_TOLD(n, 0) && IS_TOLD(n, 1) && state[n] == SERVING &&
                              ALL_RECEIPTED(n)))
}

/* Runs that must be possible, or the search sees less than it seems to. */
#define BOTH_CRASHED (crashes_left[0] == 0 && crashes_left[1] == 0)
#define REBUILT (recovered && state[VICTIM] == SERVING && o_events[1] == 2 && size[1] == 2)
#define IS_BEHIND (state[0] == BEHIND)
#define IS_GONE (restored && state[0] == SERVING && client[0] == AWAY)
#ifndef SEEN
#define SEEN 0
#endif

proctype Rest()
{
    timeout ->
    d_step {
        printf("rest\n");
        rest_of(0);
#if NODES == 2
        rest_of(1);
#else
        CHECK(P_NOTICED, SAYS_SO || (HAS_SAME(1) && HAS_SAME(3)));
#endif
        CHECK(P_SEEN, !(SEEN))
    }
}

init {
    d_step {
        h_i = 0;
        do
        :: h_i == NODES -> break
        :: else ->
            state[h_i] = SERVING;
            commit[h_i] = NONE;
            guard[h_i] = QUIET;
            client[2 * h_i] = IDLE;
            client[2 * h_i + 1] = IDLE;
            h_i++
        od;
        crashes_left[0] = FIRST_CRASHES;
        crashes_left[1] = SECOND_CRASHES;
        cuts_left = CUTS;
        repeats_left = REPEATS
    }
    atomic {
        run Node(0);
        run Node(1);
        run End(0, 0, 1, 1);
        run End(1, 1, 0, 0);
#if NODES > 2
        run Node(2);
        run End(2, 0, 3, 2);
        run End(3, 2, 2, 0);
#endif
        run World();
        run Rest()
    }
}
