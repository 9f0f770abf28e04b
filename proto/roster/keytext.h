/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text of a key file (docs/keys.md): one secret of 32 bytes with its one purpose, its owner and
 * its public half; in clear (system credentials, demo) or under a passphrase (Argon2id, then
 * XChaCha20-Poly1305 with all lines above it as associated data, so no line can be changed).
 * Not for: files, permissions, prompting (keys/keyfile.h) or randomness: salt and nonce are handed
 * in.
 * Never open a key for a purpose that was read from the same file.
 */
#ifndef TOV_ROSTER_KEYTEXT_H
#define TOV_ROSTER_KEYTEXT_H

#include "base/hash.h"
#include "base/limits.h"
#include "base/secret.h"

#define TOV_KEYTEXT_MAX_BYTES 2048u
#define TOV_KEYTEXT_SALT_BYTES 16u
#define TOV_KEYTEXT_NONCE_BYTES 24u
#define TOV_KEYTEXT_SEALED_BYTES 48u
#define TOV_KEYTEXT_OWNER_MAX_BYTES (2u * TOV_NAME_MAX_BYTES + 1u)
#define TOV_KEYTEXT_MEMORY_MAX_KIB 1048576u /* Argon2id memory that a file may ask for: 1 GiB */
#define TOV_KEYTEXT_MEMORY_MIN_KIB 8u
#define TOV_KEYTEXT_PASSES_MAX 16u

enum tov_key_purpose {
    TOV_KEY_ROOT = 1,         /* Ed25519: signs rosters and statements for guards */
    TOV_KEY_LEDGER = 2,       /* Ed25519 0x01: checkpoints of the ledger; the guard's */
    TOV_KEY_JOURNAL = 3,      /* Ed25519 0x01: checkpoints of the journal; the guard's */
    TOV_KEY_WITNESS = 4,      /* Ed25519 0x04: cosignatures; the guard's */
    TOV_KEY_CONTROL = 5,      /* Ed25519: answers to a nonce; the core's */
    TOV_KEY_TRANSPORT = 6,    /* X25519: CURVE toward peers; the gateway's */
    TOV_KEY_CLIENT = 7,       /* X25519: CURVE of one person or system toward the front */
    TOV_KEY_STORAGE_ROOT = 8, /* symmetric: wraps bucket keys; the core's */
    TOV_KEY_FRONT = 9         /* X25519: CURVE of the front toward clients */
};
/* "storage-root"; never NULL. */
const char *tov_key_purpose_name(enum tov_key_purpose purpose);

/* Argon2id and the sealed secret. */
struct tov_keytext_lock {
    uint32_t passes;     /* opslimit */
    uint32_t memory_kib; /* memlimit / 1024 */
    uint8_t salt[TOV_KEYTEXT_SALT_BYTES];
    uint8_t nonce[TOV_KEYTEXT_NONCE_BYTES];
};

/* A key without its secret: what may be shown. */
struct tov_key_info {
    enum tov_key_purpose purpose;
    char owner[TOV_KEYTEXT_OWNER_MAX_BYTES + 1]; /* "kk", "kk/mette.hansen", or a root's holder */
    char name[TOV_ORIGIN_MAX_BYTES + 1];         /* note key name: "<federation>/..." */
    uint8_t public_key[32]; /* of a storage root: the hash that identifies it */
};

/* A parsed key text. Holds the secret when it was written in clear: wipe it. */
struct tov_keytext {
    struct tov_key_info info;
    bool locked; /* a passphrase is needed */
    struct tov_keytext_lock lock;
    uint8_t body[TOV_KEYTEXT_SEALED_BYTES]; /* 32 bytes in clear, or 48 sealed */
    struct tov_hash bound;                  /* of the lines above the secret: the associated data */
};
void tov_keytext_wipe(struct tov_keytext *keytext);

/* Strict: MALFORMED with line, field, remedy; LIMIT for Argon2id beyond the limits above. */
enum tov_err tov_keytext_parse(struct tov_bytes text, struct tov_keytext *out_keytext,
                               struct tov_error *error) TOV_MUST_CHECK;
/* Gives the secret when KEYTEXT is for PURPOSE (KEY otherwise, naming both), the PASSPHRASE opens
 * it (DECRYPT; ignored when not locked) and it belongs to the public half (KEY). Takes the time and
 * memory that the text asks for. */
enum tov_err tov_keytext_open(const struct tov_keytext *keytext, enum tov_key_purpose purpose,
                              struct tov_bytes passphrase, struct tov_key *out_secret,
                              struct tov_error *error) TOV_MUST_CHECK;

/* A text with its size, wiped by tov_keytext_text_wipe. */
struct tov_keytext_text {
    char text[TOV_KEYTEXT_MAX_BYTES + 1];
    size_t size;
};
void tov_keytext_text_wipe(struct tov_keytext_text *text);
/* Writes INFO and SECRET in clear. */
enum tov_err tov_keytext_format_plain(const struct tov_key_info *info, const struct tov_key *secret,
                                      struct tov_keytext_text *out_text) TOV_MUST_CHECK;
/* Writes SECRET under PASSPHRASE (not empty) with the fresh salt and nonce of LOCK. */
struct tov_keytext_seal {
    const struct tov_key_info *info;
    const struct tov_key *secret;
    struct tov_bytes passphrase;
    const struct tov_keytext_lock *lock;
};
enum tov_err tov_keytext_format_locked(const struct tov_keytext_seal *seal,
                                       struct tov_keytext_text *out_text) TOV_MUST_CHECK;

/* The public half that SECRET has for PURPOSE: Ed25519 from the seed, X25519, or the hash
 * SHA-256("tov/v1 storage root" || secret). KEY when there is none. */
enum tov_err tov_key_public(enum tov_key_purpose purpose, const struct tov_key *secret,
                            uint8_t out_public[32]) TOV_MUST_CHECK;

/* The names that keys have in notes and key files. LIMIT when too long. */
struct tov_key_place {
    const char *federation;
    const char *owner;   /* agency, root holder, or "<agency>/<client>" */
    uint32_t generation; /* ledger and journal */
    uint32_t journal;    /* journal */
};
enum tov_err tov_key_name(enum tov_key_purpose purpose, const struct tov_key_place *place,
                          char out_name[TOV_ORIGIN_MAX_BYTES + 1]) TOV_MUST_CHECK;

#endif
