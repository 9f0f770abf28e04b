/* SPDX-License-Identifier: EUPL-1.2 */
#include "limits.h"

#include "base/hash.h"
#include "envelope/aead.h"
#include "envelope/x25519.h"
#include "merkle/ed25519.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define PASSES 5
#define PAYLOAD_BYTES 1024u

static double clock_s(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double limits_wall_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

double limits_cpu_s(void)
{
    struct rusage ended;
    (void)getrusage(RUSAGE_CHILDREN, &ended);
    return clock_s(CLOCK_PROCESS_CPUTIME_ID) +
           (double)(ended.ru_utime.tv_sec + ended.ru_stime.tv_sec) +
           (double)(ended.ru_utime.tv_usec + ended.ru_stime.tv_usec) / 1e6;
}

void limits_print(const char *name, double value, const char *unit)
{
    (void)printf("%s %.3f %s\n", name, value, unit);
    (void)fflush(stdout);
}

/* ---- primitives ---- */

struct material {
    struct tov_key key;
    struct tov_x25519_public peer;
    uint8_t nonce[TOV_CHACHA_NONCE_BYTES];
    uint8_t public_key[TOV_ED25519_PUBLIC_BYTES];
    uint8_t secret_key[TOV_ED25519_SECRET_BYTES];
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    uint8_t plain[PAYLOAD_BYTES];
    uint8_t sealed[PAYLOAD_BYTES + TOV_AEAD_TAG_BYTES];
};

/* The text of a checkpoint is what a node signs. */
#define CHECKPOINT_BYTES 120u

static struct tov_bytes checkpoint(const struct material *material)
{
    return (struct tov_bytes){material->plain, CHECKPOINT_BYTES};
}

static void sign(struct material *material)
{
    tov_ed25519_sign(material->secret_key, checkpoint(material), material->signature);
}

static void verify(struct material *material)
{
    if (tov_ed25519_verify(material->public_key, checkpoint(material), material->signature) !=
        TOV_OK)
        abort();
}

static void hash(struct material *material)
{
    struct tov_hash hash = tov_sha256(TOV_BYTES_OF(material->plain));
    material->nonce[0] = hash.bytes[0]; /* so that it is not left out */
}

static void seal(struct material *material)
{
    struct tov_aead aead = {.key = &material->key, .nonce = material->nonce};
    tov_chacha_seal(&aead, TOV_BYTES_OF(material->plain), material->sealed);
}

static void agree(struct material *material)
{
    struct tov_key shared;
    if (tov_x25519_agree(&material->key, &material->peer, &shared) != TOV_OK)
        abort();
    material->nonce[1] = shared.bytes[0];
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void measure(const char *name, struct material *material,
                    void (*work)(struct material *material), unsigned times)
{
    double passes[PASSES];
    for (int i = 0; i < PASSES; i++) {
        double began = clock_s(CLOCK_THREAD_CPUTIME_ID);
        for (unsigned n = 0; n < times; n++)
            work(material);
        passes[i] = (clock_s(CLOCK_THREAD_CPUTIME_ID) - began) * 1e6 / times;
    }
    qsort(passes, PASSES, sizeof passes[0], compare);
    limits_print(name, passes[PASSES / 2], "us");
}

static void primitives(void)
{
    static struct material material;
    struct tov_key other;
    randombytes_buf(&material, sizeof material);
    randombytes_buf(other.bytes, sizeof other.bytes);
    (void)crypto_sign_keypair(material.public_key, material.secret_key);
    tov_x25519_public_of(&other, &material.peer);
    measure("ed25519_sign", &material, sign, 2000);
    measure("ed25519_verify", &material, verify, 1000);
    measure("x25519", &material, agree, 1000);
    measure("sha256_1k", &material, hash, 20000);
    measure("chacha20poly1305_1k", &material, seal, 20000);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: bench_limits FOLDER SECONDS\n");
        return 2;
    }
    double seconds = strtod(argv[2], NULL);
    if (sodium_init() < 0)
        return 1;
    limits_curve(16384); /* forks: before anything else */
    primitives();
    limits_disk(argv[1], seconds);
    return 0;
}
