/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a node whose store is an old copy comes back in the same tree (docs/recovery.md), as a model
 * that spin searches to the end: every order of the steps of a recovery, and a crash between any
 * two of them. node.pml has how nodes commit, sign and follow; here each of these is one step, so
 * that a recovery can be all that it is.
 * Not for: bytes, keys, times, the journal, epochs, rosters, bad peers, two restores.
 * A row of the file `runs` that names this file is one search. docs/testing.md says what it shows.
 *
 * here                  stands for
 * ----                  ----------
 * write, take, key      daemon/core/api/submit.c; follow/message_in.c and receipt.c: the entry of a
 *                       message, of a receipt, of an amendment, each in one batch that is committed
 * sign                  the guard is fed up to the store's end, saves and signs; guard_tree.c
 * send                  a peer takes entries up to the newest signed size
 * start                 node_start.c: guard and store agree, or the store is old
 * hear                  a peer's Hello: what it holds of this ledger (follow/session.c)
 * hashes, ring          node_recover.c: hashes_step; ledger/rebuild.c; ledger/aside.c
 * give                  follow/recall.c: one agency's answer, with the entries that it was shown
 * read_back             node_recover.c: leaves_step
 * serve, finish         node_recover.c: finish, in one batch
 *
 * Node V has two peers, A and B; both are its keepers, and messages go to both. A sends messages
 * to V, the second without its keys, which come later. All that a step writes is one commit. A
 * peer that is not heard is one whose steps do not come.
 *
 * An entry is a byte: what it says, and in the upper bits which appending it was, since each has
 * new blind bytes and so another hash. Of all trees that are signed one extends the other (P_FORK),
 * so `truth` is all of them, and a peer's mirror is how much it holds of it.
 */

/* ---- runs: the bounds ---- */

/* WRITES: messages of V, at most 3. TAKES: messages of A, at most 2. GUARD_TOO: the guard's state
 * is put back with the store, where a peer holds all that it signed; else it stays. */
#ifndef WRITES
#define WRITES 2
#endif
#ifndef TAKES
#define TAKES 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef GUARD_TOO
#define GUARD_TOO 0
#endif

/* ---- mutants: each a bug that the search must find ---- */

#define ASIDE_FORGOTTEN 1    /* what stood in the place of others is dropped */
#define ASIDE_TWICE 2        /* what was appended anew leaves the list in a batch of its own */
#define LOST_FORGOTTEN 3     /* no entry `lost` */
#define LOST_APART 4         /* the recovery is said to have ended a batch before `lost` */
#define LINKS_FORGOTTEN 5    /* an entry without the link of one recipient is taken for whole */
#define RECEIPTS_FORGOTTEN 6 /* what own receipts said is not kept as they come back */
#define RECEIPTS_LATE 7      /* messages are taken before their sender has given the own receipts */
#define AMENDS_BACK 8        /* "opened" is amended to "no key" by who has lost the key */
#define AMENDS_NEVER 9       /* what was receipted before is not amended */
#define RING_FORGOTTEN 10    /* the guard is not asked for hashes */
#define HASHES_UNCHECKED 11  /* entries behind the copy stay, whatever others hold there */
#ifndef MUTANT
#define MUTANT 0
#endif

/* ---- properties: the number that pan shows when one is broken ---- */

#define P_TWICE 31    /* I3: no message has two places, none is shown twice */
#define P_LOST 30     /* I3: what a client was told has its place, or `lost` says otherwise */
#define P_AGAIN 32    /* no link is receipted twice, none amended twice or for the worse */
#define P_LINK 33     /* link numbers of a series follow one another without gap */
#define P_FORK 40     /* I4: of two signed trees one extends the other */
#define P_UNSAID 45   /* whoever serves has all entries with their links, or says `lost` behind */
#define P_REST 50     /* when nothing more happens V serves, peers hold all, all is receipted */
#define P_SEEN 90     /* none: a run that must be possible, or the others show nothing */

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

/* ---- entries ---- */

#define ROOM 12
#define MESSAGE 1      /* 1 to 3: message 0 to 2 of V */
#define RECEIPT_1 4    /* of A's link 1: opened */
#define RECEIPT_2_NO 5 /* of link 2: no key */
#define RECEIPT_2 6    /* of link 2: opened */
#define AMENDS_2 7     /* of link 2: opened now */
#define AMENDS_2_NO 8  /* no key now: nobody writes that */
#define LOST 9
#define WHAT(leaf) ((leaf) & 15)
#define IS_MESSAGE(leaf) (WHAT(leaf) >= 1 && WHAT(leaf) <= 3)
#define BIT(i) (1 << (i))
#define A 0
#define B 1

/* ---- V: what its store has ---- */

byte tree[ROOM], size;         /* the own ledger */
short has;                     /* bits of entries that are there, and not only their hash */
short links[2];                /* bits of messages that are there with the link of this peer */
byte aside;                    /* bits of messages that are set aside */
byte taken;                    /* messages of A */
bit has_key;                   /* that of its second message */
byte told;                     /* last link of A that own receipts, read back, speak of */
bit told_open;                 /* they say of the second one that it was opened */
bit is_open, hashed, is_read;  /* fact "recovery" */
byte from, to;
bit recall[2];                 /* fact "recall": this peer is still to be asked */

/* ---- V: what a crash takes ---- */

mtype = { DOWN, KEEPERS, HASHES, LEAVES, SERVING };
mtype state;
bit heard[2];
byte verified; /* so much of the tree is what a signature covers */
bit late;      /* a mutant: the second half of its batch is to come */

/* ---- its guard, its peers, its clients, its copy ---- */

byte guard;                    /* size of the guard's tree, which is truth's beginning */
byte truth[ROOM], signed_to;   /* the largest tree whose signature left the guard */
byte held[2];                  /* so much of it a peer has: its hashes */
short shown[2];                /* bits of entries that it was shown */
byte a_told, a_verdict;        /* links of A that are receipted; the verdict of the second */
byte written, excused;         /* bits of messages; those that a restore took from all */
byte crashes_left, appended;
bit has_copy, is_back;
byte s_size, s_taken, s_guard;
short s_has, s_links[2];
bit s_key;

byte broken;

/* Room to reckon in; no state of the search. */
hidden byte h_i, h_n, h_leaf, h_count, h_all, h_found, h_whole;

/* ---- appending ---- */

inline append(what)
{
    assert(size < ROOM && appended < 15);
    appended++;
    tree[size] = (what) | (appended << 4);
    has = has | BIT(size);
    size++
}

/* Links are counted from the newest `lost` on: by what is there, and by what was written. */
inline check_link(peer)
{
    h_i = size;
    h_count = 0;
    h_all = 0;
    do
    :: h_i == 0 -> break
    :: else ->
        h_i--;
        if
        :: WHAT(tree[h_i]) == LOST && (has & BIT(h_i)) -> break
        :: IS_MESSAGE(tree[h_i]) ->
            h_all++;
            if
            :: links[peer] & BIT(h_i) -> h_count++
            :: else -> skip
            fi
        :: else -> skip
        fi
    od;
    CHECK(P_LINK, h_count == h_all)
}

inline find_message(id)
{
    h_i = 0;
    h_found = 0;
    do
    :: h_i == size -> break
    :: else ->
        if
        :: WHAT(tree[h_i]) == MESSAGE + (id) -> h_found = 1
        :: else -> skip
        fi;
        h_i++
    od
}

inline append_message(id)
{
    find_message(id);
    CHECK(P_TWICE, !h_found);
    check_link(A);
    check_link(B);
    append(MESSAGE + (id));
    links[A] = links[A] | BIT(size - 1);
    links[B] = links[B] | BIT(size - 1)
}

/* ---- ordinary days ---- */

#define NEXT_ID (written == 0 -> 0 : (written == 1 -> 1 : (written == 3 -> 2 : 3)))

/* In KEEPERS, too: written, not yet signed. */
inline write()
{
    h_n = NEXT_ID;
    printf("V writes message %d as entry %d\n", h_n, size);
    append_message(h_n);
    written = written | BIT(h_n)
}

inline receipt_of_second()
{
    if
    :: told >= 2 ->
        if
        :: has_key && !told_open && MUTANT != AMENDS_NEVER ->
            append(AMENDS_2);
            told_open = 1
        :: !has_key && told_open && MUTANT == AMENDS_BACK -> append(AMENDS_2_NO)
        :: else -> skip
        fi
    :: else ->
        if
        :: has_key -> append(RECEIPT_2)
        :: else -> append(RECEIPT_2_NO)
        fi
    fi
}

/* The next message of A, and the receipt of it in one batch. */
inline take(with_key)
{
    printf("V takes message %d of A, with its keys: %d\n", taken + 1, with_key);
    taken++;
    if
    :: taken == 1 && told == 0 -> append(RECEIPT_1)
    :: taken == 2 -> has_key = with_key; receipt_of_second()
    :: else -> skip
    fi
}

/* The keys of the second come later: A seals them to who has said that it has none. */
inline take_key()
{
    printf("V gets the keys of message 2 of A\n");
    has_key = 1;
    if
    :: MUTANT != AMENDS_NEVER || told < 2 -> append(AMENDS_2); told_open = 1
    :: else -> skip
    fi
}

inline sign()
{
    h_i = 0;
    do
    :: h_i == size -> break
    :: else ->
        if
        :: h_i < signed_to -> CHECK(P_FORK, tree[h_i] == truth[h_i])
        :: else -> truth[h_i] = tree[h_i]
        fi;
        h_i++
    od;
    guard = size;
    signed_to = (size > signed_to -> size : signed_to);
    printf("the guard signs %d\n", size)
}

/* What A makes of one entry. A receipt that is not there any more it never sees. */
inline read_receipt()
{
    if
    :: h_leaf == RECEIPT_1 -> CHECK(P_AGAIN, a_told == 0); a_told = 1
    :: h_leaf == RECEIPT_2_NO -> CHECK(P_AGAIN, a_told == 1); a_told = 2; a_verdict = 1
    :: h_leaf == RECEIPT_2 -> CHECK(P_AGAIN, a_told == 1); a_told = 2; a_verdict = 2
    :: h_leaf == AMENDS_2 -> CHECK(P_AGAIN, a_told == 2 && a_verdict == 1); a_verdict = 2
    :: h_leaf == AMENDS_2_NO -> CHECK(P_AGAIN, 0)
    :: else -> skip
    fi
}

inline send(peer)
{
    printf("peer %d takes entries %d to %d\n", peer, held[peer], guard);
    do
    :: held[peer] == guard -> break
    :: else ->
        h_leaf = ((has & BIT(held[peer])) -> WHAT(tree[held[peer]]) : 0);
        shown[peer] = shown[peer] | (has & BIT(held[peer]));
        if
        :: peer == A -> read_receipt()
        :: else -> skip
        fi;
        held[peer]++
    od;
    skip /* a loop may not end a step */
}

/* ---- starting ---- */

inline fits(upto)
{
    h_i = 0;
    h_found = 1;
    do
    :: h_i == (upto) -> break
    :: else -> h_found = h_found && h_i < size && tree[h_i] == truth[h_i]; h_i++
    od
}

inline open_recovery(upto)
{
    if
    :: !is_open -> from = 15; to = 0
    :: else -> skip
    fi;
    is_open = 1;
    hashed = 0;
    is_read = 0;
    to = (to > (upto) -> to : (upto))
}

inline start()
{
    heard[A] = 0;
    heard[B] = 0;
    late = 0;
    verified = 0;
    fits(guard);
    if
    :: is_open && hashed ->
        guard = (guard < to -> to : guard); /* it signs the one size that others hold */
        state = (is_read -> KEEPERS : LEAVES)
    :: is_open && !hashed -> state = HASHES; verified = (h_found -> guard : 0)
    :: else ->
        if
        :: h_found -> state = KEEPERS
        :: else -> printf("V is behind its guard\n"); open_recovery(guard); state = HASHES
        fi
    fi
}

/* A peer that holds more, or something else, than the store. */
inline hear(peer)
{
    fits(held[peer]);
    if
    :: h_found || MUTANT == HASHES_UNCHECKED && held[peer] <= size -> heard[peer] = 1
    :: else ->
        printf("V hears that peer %d holds %d, and has %d\n", peer, held[peer], size);
        open_recovery(held[peer]);
        state = DOWN
    fi
}

/* ---- the tree ---- */

/* Entry h_i and all behind it lose their place. */
inline set_aside()
{
    printf("entries %d to %d are set aside\n", h_i, size);
    h_n = h_i;
    do
    :: h_n == size -> break
    :: else ->
        if
        :: IS_MESSAGE(tree[h_n]) && (has & BIT(h_n)) && MUTANT != ASIDE_FORGOTTEN ->
            aside = aside | BIT(WHAT(tree[h_n]) - MESSAGE)
        :: else -> skip
        fi;
        tree[h_n] = 0;
        h_n++
    od;
    has = has & (BIT(h_i) - 1);
    links[A] = links[A] & (BIT(h_i) - 1);
    links[B] = links[B] & (BIT(h_i) - 1);
    size = h_i
}

/* The hashes up to UPTO, which a signature covers: in one batch. */
inline bring_forward(upto)
{
    h_i = 0;
    do
    :: h_i == (upto) -> break
    :: else ->
        if
        :: h_i < size && tree[h_i] != truth[h_i] -> set_aside()
        :: else -> skip
        fi;
        if
        :: h_i == size -> tree[h_i] = truth[h_i]; size++; from = (from < h_i -> from : h_i)
        :: else -> skip
        fi;
        h_i++
    od;
    to = (to > (upto) -> to : (upto));
    verified = (verified > (upto) -> verified : (upto));
    if
    :: from < 15 -> recall[A] = 1; recall[B] = 1
    :: else -> skip
    fi
}

inline hashes(peer)
{
    printf("V takes the hashes up to %d from peer %d\n", held[peer], peer);
    bring_forward(held[peer]);
    heard[peer] = 1
}

inline end_hashes()
{
    printf("the tree is whole up to %d\n", to);
    hashed = 1;
    is_read = (from == 15);
    verified = 0;
    state = DOWN /* it begins again from its store */
}

/* ---- the entries ---- */

inline give_back(peer)
{
    h_leaf = WHAT(tree[h_i]);
    if
    :: IS_MESSAGE(tree[h_i]) -> has = has | BIT(h_i); links[peer] = links[peer] | BIT(h_i)
    :: h_leaf == LOST -> has = has | BIT(h_i)
    :: else -> /* receipts: in their order, to whom they were given */
        if
        :: peer == B || (has & BIT(h_i)) -> skip
        :: else ->
            has = has | BIT(h_i);
            if
            :: MUTANT == RECEIPTS_FORGOTTEN -> skip
            :: h_leaf == RECEIPT_1 -> told = 1
            :: h_leaf == RECEIPT_2_NO -> told = 2; told_open = 0
            :: h_leaf == RECEIPT_2 || h_leaf == AMENDS_2 -> told = 2; told_open = 1
            :: else -> skip
            fi
        fi
    fi
}

/* All that PEER was shown of the range. */
inline give(peer)
{
    printf("peer %d gives back what it holds of %d to %d\n", peer, from, held[peer]);
    h_i = from;
    do
    :: h_i >= held[peer] || h_i >= size -> break
    :: shown[peer] & BIT(h_i) && h_i < held[peer] && h_i < size -> give_back(peer); h_i++
    :: else -> h_i++
    od;
    recall[peer] = 0
}

/* ---- serving again ---- */

inline is_whole(i)
{
    h_whole = (has & BIT(i)) != 0;
    if
    :: h_whole && IS_MESSAGE(tree[i]) && MUTANT != LINKS_FORGOTTEN ->
        h_whole = (links[A] & BIT(i)) != 0 && (links[B] & BIT(i)) != 0
    :: else -> skip
    fi
}

inline find_gaps()
{
    h_i = from;
    h_found = 0;
    do
    :: h_i >= to -> break
    :: else -> is_whole(h_i); h_found = h_found || !h_whole; h_i++
    od
}

inline append_aside()
{
    h_n = 0;
    do
    :: h_n == 3 -> break
    :: else ->
        if
        :: aside & BIT(h_n) ->
            printf("message %d is appended anew, as entry %d\n", h_n, size);
            append_message(h_n)
        :: else -> skip
        fi;
        h_n++
    od
}

inline finish()
{
    find_gaps();
    if
    :: h_found && MUTANT != LOST_FORGOTTEN && MUTANT != LOST_APART ->
        printf("lost: some of %d to %d\n", from, to);
        append(LOST)
    :: else -> skip
    fi;
    late = (MUTANT == LOST_APART && h_found);
    if
    :: late -> skip
    :: else -> append_aside()
    fi;
    if
    :: MUTANT == ASIDE_TWICE && aside -> late = 1 /* the list and the fact stay for now */
    :: else -> is_open = 0; aside = (late -> aside : 0)
    fi
}

/* What a mutant writes in another batch. */
inline finish_late()
{
    late = 0;
    if
    :: MUTANT == LOST_APART -> append(LOST); append_aside()
    :: else -> skip
    fi;
    is_open = 0;
    aside = 0
}

/* Runs that must be possible, or the search sees less than it seems to: while V begins to serve, or
 * at the end. */
#define IS_ASIDE (aside != 0)
#define IS_LOST (size > 0 && WHAT(tree[size - 1]) == LOST)
#define IS_AMENDED (told == 2 && WHAT(tree[size - 1]) == AMENDS_2)
#ifndef SEEN
#define SEEN 0
#endif

/* Everything is there, or `lost` stands behind it. */
inline judge_whole()
{
    h_i = size;
    h_found = 0;
    do
    :: h_i == 0 -> break
    :: else ->
        h_i--;
        h_found = h_found || WHAT(tree[h_i]) == LOST && (has & BIT(h_i));
        h_whole = (has & BIT(h_i)) != 0 &&
                  (!IS_MESSAGE(tree[h_i]) ||
                   (links[A] & BIT(h_i)) != 0 && (links[B] & BIT(h_i)) != 0);
        CHECK(P_UNSAID, h_whole || h_found)
    od;
    skip
}

inline serve()
{
    printf("V serves\n");
    CHECK(P_SEEN, !(SEEN));
    state = SERVING;
    if
    :: is_open -> finish()
    :: else -> skip
    fi;
    if
    :: late -> skip
    :: else -> judge_whole()
    fi;
    skip
}

/* ---- the world ---- */

inline copy()
{
    has_copy = 1;
    s_size = size;
    s_has = has;
    s_links[A] = links[A];
    s_links[B] = links[B];
    s_taken = taken;
    s_key = has_key;
    s_guard = guard
}

/* What was written, and neither signed nor in the copy, is nowhere: the known hole of node.pml. */
inline excuse()
{
    h_n = 0;
    do
    :: h_n == 3 -> break
    :: else ->
        find_message(h_n);
        h_whole = h_found;
        h_i = 0;
        do
        :: h_i == signed_to -> break
        :: else -> h_whole = h_whole || WHAT(truth[h_i]) == MESSAGE + h_n; h_i++
        od;
        if
        :: (written & BIT(h_n)) && !h_whole -> excused = excused | BIT(h_n)
        :: else -> skip
        fi;
        h_n++
    od
}

inline put_back()
{
    is_back = 1;
    do
    :: size == s_size -> break
    :: else -> size--; tree[size] = 0
    od;
    has = s_has;
    links[A] = s_links[A];
    links[B] = s_links[B];
    taken = s_taken;
    has_key = s_key;
    told = 0;
    told_open = 0;
    guard = (GUARD_TOO -> s_guard : guard);
    excuse();
    late = 0;
    state = DOWN
}

/* A guard is set back only where somebody holds all that it signed; else: hole_stale_keepers. */
#define SOMEBODY_HOLDS (held[A] == signed_to || held[B] == signed_to)
/* Who does not know that it is old hears both; else one tree could be signed twice. */
#define HAS_HEARD (!GUARD_TOO || !is_back || heard[A] && heard[B])
#define MAY_WRITE ((state == SERVING && !late || state == KEEPERS && !is_open) && NEXT_ID < WRITES)
#define MAY_TAKE (state == SERVING && !late && taken < TAKES &&                                    \
                  (!recall[A] || MUTANT == RECEIPTS_LATE))

/* In their tree, or said to be lost. */
inline judge_rest()
{
    CHECK(P_REST, state == SERVING && !late && guard == size && held[A] == size &&
                      held[B] == size && taken == TAKES && a_told == TAKES &&
                      (TAKES < 2 || a_verdict == 2));
    h_n = 0;
    do
    :: h_n == 3 -> break
    :: else ->
        find_message(h_n);
        CHECK(P_LOST, !(written & BIT(h_n)) || (excused & BIT(h_n)) || h_found);
        h_n++
    od
}

active proctype World()
{
    d_step { state = SERVING; crashes_left = CRASHES };
    do
    :: d_step { MAY_WRITE -> write() }
    :: d_step { MAY_TAKE -> take(0) }
    :: d_step { MAY_TAKE && taken == 1 && a_told == 2 && a_verdict == 1 -> take(1) }
    :: d_step {
        state == SERVING && !late && taken == 2 && !has_key && a_verdict == 1 && !recall[A] ->
        take_key()
    }
    :: d_step { state == SERVING && !late && guard < size -> sign() }
    :: d_step { state == SERVING && held[A] < guard -> send(A) }
    :: d_step { state == SERVING && held[B] < guard -> send(B) }
    :: d_step { state == SERVING && late -> finish_late(); judge_whole() }

    :: d_step { state == DOWN -> start() }
    :: d_step { (state == KEEPERS || state == LEAVES) && !heard[A] -> hear(A) }
    :: d_step { (state == KEEPERS || state == LEAVES) && !heard[B] -> hear(B) }
    :: d_step { state == HASHES && !heard[A] -> hashes(A) }
    :: d_step { state == HASHES && !heard[B] -> hashes(B) }
    :: d_step {
        state == HASHES && guard > verified && MUTANT != RING_FORGOTTEN ->
        printf("V takes the hashes up to %d from its guard\n", guard);
        bring_forward(guard)
    }
    :: d_step { state == HASHES && verified >= to && verified >= guard -> end_hashes() }
    :: d_step { recall[A] && (state == LEAVES || state == SERVING && !late) -> give(A) }
    :: d_step { recall[B] && (state == LEAVES || state == SERVING && !late) -> give(B) }
    :: d_step { /* one has answered; the other is not heard for a minute */
        state == LEAVES && (!recall[A] || !recall[B]) -> is_read = 1; state = DOWN
    }
    :: d_step { state == KEEPERS && HAS_HEARD -> serve() }

    :: d_step { crashes_left > 0 -> printf("V crashes\n"); crashes_left--; late = 0; state = DOWN }
    :: d_step { !has_copy && !is_back && state == SERVING -> printf("a copy is made\n"); copy() }
    :: d_step {
        has_copy && !is_back && (!GUARD_TOO || SOMEBODY_HOLDS) ->
        printf("the copy is put back\n");
        put_back()
    }
    :: timeout -> d_step { judge_rest(); CHECK(P_SEEN, !(SEEN)) }; break
    od
}
