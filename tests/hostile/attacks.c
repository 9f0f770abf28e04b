/* SPDX-License-Identifier: EUPL-1.2 */
#include "hostile/attacks.h"

#include "base/limits.h"
#include "merkle/ed25519.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

#define DATA 1u /* kinds of messages on a connection: docs/protocol.md 5.2 */
#define PING 2u

static void put_random(struct attacker *attacker, size_t size)
{
    for (size_t i = 0; i < size; i++)
        tov_buf_put_u8(&attacker->out, (uint8_t)unit_random(&attacker->random));
}

static void noise(struct attacker *attacker)
{
    put_random(attacker, 1 + unit_random(&attacker->random) % 400);
}

static void tiny(struct attacker *attacker)
{
    (void)attacker; /* a kind, and nothing behind it */
}

static void around_the_limit(struct attacker *attacker)
{
    size_t size = TOV_FRAME_MAX_BYTES - 1 + attacker->round % 3;
    uint8_t *data = tov_buf_extend(&attacker->out, size);
    UNIT_NEED(data != NULL);
    memset(data, (int)attacker->round, size);
}

static void hello(struct attacker *attacker)
{
    struct tov_frame_hello hello = {.protocol_min = 1,
                                    .protocol_max = 1,
                                    .agency = attacker->from,
                                    .roster_version = 99,
                                    .window_bytes = UINT64_MAX,
                                    .started = attacker->round % 2 == 0,
                                    .epoch = UINT32_MAX,
                                    .now_ms = attacker->round % 3 == 0 ? 1 : 253402300799999};
    memcpy(hello.nonce, &attacker->round, sizeof attacker->round);
    UNIT_NEED(tov_frame_encode_hello(&hello, &attacker->out) == TOV_OK);
}

static void refetch(struct attacker *attacker)
{
    struct tov_frame_position position = {
        .generation = 1, .window_bytes = UINT64_MAX, .refetch = true};
    if (attacker->round % 8 == 0)
        hello(attacker);
    else
        UNIT_NEED(tov_frame_encode_position(&position, &attacker->out) == TOV_OK);
}

/* ITEMS entries that nobody signed, from FROM on. */
static void put_parcel(struct attacker *attacker, uint64_t from, size_t items)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    uint8_t leaf[300] = {7};
    struct tov_frame_item item = {.kind = TOV_ITEM_DISCLOSED};
    struct tov_frame_parcel parcel = {.generation = 1, .from = from, .to = from + items};
    item.as.disclosed.leaf = TOV_BYTES_OF(leaf);
    for (size_t i = 0; i < items; i++)
        UNIT_NEED(tov_parcel_writer_add(&writer, &item) == TOV_OK);
    UNIT_NEED(tov_parcel_writer_finish(&writer, &parcel, &attacker->out) == TOV_OK);
    tov_parcel_writer_fini(&writer);
}

/* Its own control key has signed it, as one for agency TO. */
static void put_signed_parcel(struct attacker *attacker, uint16_t to, uint64_t from)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(512);
    struct tov_buf kept = attacker->out;
    struct tov_parcel_route route = {attacker->federation, attacker->from, to};
    uint8_t signature[64];
    attacker->out = frame;
    put_parcel(attacker, from, 1 + attacker->round % 600);
    frame = attacker->out;
    attacker->out = kept;
    tov_parcel_signed_bytes(&route, tov_buf_view(&frame), &message);
    tov_ed25519_sign(attacker->control_secret, tov_buf_view(&message), signature);
    tov_parcel_put_signature(&frame, signature);
    tov_buf_put_bytes(&attacker->out, tov_buf_view(&frame));
}

/* For another agency, or with entries that nobody signed. */
static void signed_parcel(struct attacker *attacker)
{
    put_signed_parcel(attacker, attacker->round % 2 == 0 ? attacker->to : attacker->other, 0);
}

/* Behind a gap, and in no order. */
static void out_of_order(struct attacker *attacker)
{
    put_signed_parcel(attacker, attacker->to, 1 + unit_random(&attacker->random) % 100000);
}

/* One Hello, with one nonce, again and again. */
static void the_same_again(struct attacker *attacker)
{
    unsigned round = attacker->round;
    attacker->round = 7;
    hello(attacker);
    attacker->round = round;
}

/* An unknown field behind a good frame. */
static void unknown_field(struct attacker *attacker)
{
    hello(attacker);
    tov_buf_put(&attacker->out, "\xfa\x01\x01x", 4);
}

/* 130,000 items of nothing would take megabytes of structs. */
static void repeat_bomb(struct attacker *attacker)
{
    static const uint8_t head[] = {0x12, 0xf0, 0xfe, 0x0f};
    tov_buf_put(&attacker->out, head, sizeof head);
    for (size_t i = 0; i < 131000; i++)
        tov_buf_put(&attacker->out, "\x32\x00", 2);
}

/* Records in records, 50,000 deep. */
static void depth_bomb(struct attacker *attacker)
{
    for (size_t i = 0; i < 50000; i++)
        tov_buf_put(&attacker->out, "\x12\xff\xff\x0f", 4);
}

/* Stale: of a Hello that the node never said. */
static void put_control(struct attacker *attacker, uint16_t from, uint16_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    static struct tov_control control;
    struct tov_frame_control frame;
    control = (struct tov_control){.from = from, .to = to, .kind = TOV_CONTROL_RESTORE_ANSWER};
    control.as.restore_answer.counts = true;
    UNIT_NEED(tov_control_encode(&control, &body) == TOV_OK);
    tov_control_signed_bytes(attacker->federation, tov_buf_view(&body), &message);
    tov_ed25519_sign(attacker->control_secret, tov_buf_view(&message), frame.signature);
    frame.body = tov_buf_view(&body);
    UNIT_NEED(tov_frame_encode_control(&frame, &attacker->out) == TOV_OK);
}

static void old_control(struct attacker *attacker)
{
    put_control(attacker, attacker->from, attacker->to);
}

/* In the name of a third agency, on the connection of its own. */
static void anothers_name(struct attacker *attacker)
{
    uint16_t own = attacker->from;
    if (attacker->round % 2 == 0) {
        put_control(attacker, attacker->other, attacker->to);
        return;
    }
    attacker->from = attacker->other;
    hello(attacker);
    attacker->from = own;
}

static void wrong_recipient(struct attacker *attacker)
{
    put_control(attacker, attacker->from, attacker->other);
}

static void ping(struct attacker *attacker)
{
    attacker->out.data[0] = PING; /* a session of its own each time: both sides begin again */
    tov_buf_put_u64(&attacker->out, 1 + attacker->round);
}

const struct attack attacks[] = {
    {"noise", noise, 20000},
    {"tiny", tiny, 2000000},
    {"around the limit", around_the_limit, 60},
    {"hellos", hello, 20000},
    {"the same again", the_same_again, 20000},
    {"refetch", refetch, 20000},
    {"signed parcels", signed_parcel, 2000},
    {"out of order", out_of_order, 2000},
    {"unknown fields", unknown_field, 5000},
    {"repeat bombs", repeat_bomb, 200},
    {"depth bombs", depth_bomb, 200},
    {"old control", old_control, 20000},
    {"another's name", anothers_name, 20000},
    {"wrong recipient", wrong_recipient, 20000},
    {"sessions", ping, 20000},
};
const size_t attack_count = sizeof attacks / sizeof attacks[0];

void attack_make(struct attacker *attacker, const struct attack *attack)
{
    tov_buf_clear(&attacker->out);
    tov_buf_put_u8(&attacker->out, DATA);
    attack->put(attacker);
    UNIT_NEED(attacker->out.failed == TOV_OK);
    attacker->round++;
}
