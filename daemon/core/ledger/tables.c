/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/tables.h"

#define KEY_LINK (2u + 4u + 8u + 8u)
#define KEY_PART (2u + 4u + 8u + 1u)
#define KEY_REPLY (2u + 4u + 8u + 8u)
#define KEY_MNODE (2u + 4u + 1u + 8u)
#define KEY_RETRACTION (2u + 4u + 8u + 8u + 4u + 8u)

const struct tov_store_table tov_tables[TOV_TABLE_COUNT] = {
    [TOV_TABLE_LEAF] = {"leaf", TOV_STORE_KEY_U64},
    [TOV_TABLE_BODY] = {"body", TOV_STORE_KEY_U64},
    [TOV_TABLE_DATAKEY] = {"datakey", TOV_STORE_KEY_U64},
    [TOV_TABLE_TILE] = {"tile", TOV_STORE_KEY_U16_U64},
    [TOV_TABLE_SIGNATURE] = {"signature", TOV_STORE_KEY_U64},
    [TOV_TABLE_JLEAF] = {"jleaf", TOV_STORE_KEY_U64},
    [TOV_TABLE_JBODY] = {"jbody", TOV_STORE_KEY_U64},
    [TOV_TABLE_JTILE] = {"jtile", TOV_STORE_KEY_U16_U64},
    [TOV_TABLE_JSIGNATURE] = {"jsignature", TOV_STORE_KEY_U64},
    [TOV_TABLE_EVENT] = {"event", TOV_STORE_KEY_U64},
    [TOV_TABLE_LINK] = {"link", KEY_LINK},
    [TOV_TABLE_COVER] = {"cover", KEY_LINK},
    [TOV_TABLE_EXCEPTION] = {"exception", KEY_LINK},
    [TOV_TABLE_OWED] = {"owed", TOV_STORE_KEY_U16_U64},
    [TOV_TABLE_REPLY] = {"reply", KEY_REPLY},
    [TOV_TABLE_PEER] = {"peer", TOV_STORE_KEY_U16},
    [TOV_TABLE_MLEAF] = {"mleaf", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_MBODY] = {"mbody", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_MDATAKEY] = {"mdatakey", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_MSKIP] = {"mskip", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_MPOINT] = {"mpoint", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_TRANSFER] = {"transfer", KEY_PART},
    [TOV_TABLE_COSIGNATURE] = {"cosignature", 8u + 2u},
    [TOV_TABLE_SHOWN] = {"shown", TOV_STORE_KEY_U64},
    [TOV_TABLE_CURSOR] = {"cursor", TOV_STORE_KEY_ANY},
    [TOV_TABLE_ROSTER] = {"roster", TOV_STORE_KEY_U32},
    [TOV_TABLE_FACT] = {"fact", TOV_STORE_KEY_ANY},
    [TOV_TABLE_BOOK] = {"book", TOV_STORE_KEY_U64},
    [TOV_TABLE_RECORD] = {"record", TOV_STORE_KEY_U64},
    [TOV_TABLE_ASIDE] = {"aside", TOV_STORE_KEY_U64},
    [TOV_TABLE_TOLD] = {"told", KEY_LINK},
    [TOV_TABLE_KEYLESS] = {"keyless", TOV_STORE_KEY_U16_U64},
    [TOV_TABLE_REWRAP] = {"rewrap", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_FILEGIVEN] = {"filegiven", KEY_PART},
    [TOV_TABLE_AGAIN] = {"again", TOV_STORE_KEY_U16_U64},
    [TOV_TABLE_MNODE] = {"mnode", KEY_MNODE},
    [TOV_TABLE_RETRACTION] = {"retraction", KEY_RETRACTION},
    [TOV_TABLE_KEYSLOST] = {"keyslost", TOV_STORE_KEY_U16_U32_U64},
    [TOV_TABLE_MOVED] = {"moved", KEY_REPLY},
    [TOV_TABLE_UNOPENED] = {"unopened", KEY_LINK},
    [TOV_TABLE_KEYWAIT] = {"keywait", TOV_STORE_KEY_U16_U32_U64},
};

struct tov_store_key tov_key_link(const struct tov_link_place *place)
{
    struct tov_store_key key = {0};
    tov_store_key_put_u16(&key, place->peer);
    tov_store_key_put_u32(&key, place->generation);
    tov_store_key_put_u64(&key, place->lost_index);
    tov_store_key_put_u64(&key, place->link);
    return key;
}

struct tov_store_key tov_key_tile(unsigned level, uint64_t n)
{
    return tov_store_key_u16_u64((uint16_t)level, n);
}

struct tov_store_key tov_key_part(uint16_t agency, uint32_t generation, uint64_t index,
                                  uint8_t part)
{
    struct tov_store_key key = tov_store_key_u16_u32_u64(agency, generation, index);
    tov_store_key_put_u8(&key, part);
    return key;
}

struct tov_store_key tov_key_mnode(uint16_t agency, uint32_t generation, uint8_t level,
                                   uint64_t index)
{
    struct tov_store_key key = {0};
    tov_store_key_put_u16(&key, agency);
    tov_store_key_put_u32(&key, generation);
    tov_store_key_put_u8(&key, level);
    tov_store_key_put_u64(&key, index);
    return key;
}

struct tov_store_key tov_key_cosignature(uint64_t size, uint16_t witness)
{
    struct tov_store_key key = {0};
    tov_store_key_put_u64(&key, size);
    tov_store_key_put_u16(&key, witness);
    return key;
}
