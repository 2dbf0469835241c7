/* What is hashed and what is signed: the only place that knows (docs/record.md says the same in
 * words).
 *
 *   genesis   = SHA-256("vigie-record/1" LF id LF t_us)
 *   sha256(n) = SHA-256(lower hex of sha256(n-1) LF seq LF t_us LF kind LF body), sha256(0) =
 * genesis head      = Ed25519 of ("vigie-head/1" LF seq LF t_us LF lower hex of sha256(seq))
 *
 * Numbers are decimal without sign or padding except a leading '-'. kind and body hold no LF, so
 * the text splits in one way only. Threads: pure. */
#ifndef VG_RECORD_RECORD_CHAIN_H
#define VG_RECORD_RECORD_CHAIN_H

#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_RECORD_HEAD_TEXT_SIZE = 160
};

/* An event's columns as bytes; texts need no NUL. */
struct vg_record_row {
    int64_t seq;
    int64_t t_us;
    const char *kind;
    size_t kind_n;
    const char *body;
    size_t body_n;
};

void vg_record_genesis(const char *id, int64_t t_us, uint8_t out[VG_SHA256_SIZE]);
/* kind_n at most VG_RECORD_KIND_MAX. `out` may be `prev`. */
void vg_record_chain(const uint8_t prev[VG_SHA256_SIZE], const struct vg_record_row *row,
                     uint8_t out[VG_SHA256_SIZE]);
/* The signed text, without NUL; returns its length. */
size_t vg_record_head_text(int64_t seq, int64_t t_us, const uint8_t sha256[VG_SHA256_SIZE],
                           char out[VG_RECORD_HEAD_TEXT_SIZE]);

bool vg_record_is_kind(const char *kind, size_t n);
/* '{' ... '}', no byte below 0x20, UTF-8. */
bool vg_record_is_body(const char *body, size_t n);
/* 32 lower-case hexadecimal digits. */
bool vg_record_is_id(const char *id);

#endif
