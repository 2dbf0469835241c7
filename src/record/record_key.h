/* The station's signing key: an Ed25519 key pair in the usual PEM files (RFC 8410), so that openssl
 * can make, read and check with them.
 *
 * The private half is a PKCS#8 "PRIVATE KEY" file with mode 0600; the public half lies beside it
 * with
 * ".pub" added, a "PUBLIC KEY" (SubjectPublicKeyInfo) file to hand out. Threads: any. */
#ifndef VG_RECORD_RECORD_KEY_H
#define VG_RECORD_RECORD_KEY_H

#include "record/record.h"

struct vg_record_key {
    uint8_t public_key[VG_RECORD_KEY_SIZE];
    uint8_t
        secret_key[64]; /* libsodium's form: seed and public half; wipe with vg_record_key_wipe */
};

/* Read the private key, or make the pair when the file is absent.
 * VG_E_FORMAT: not such a key, or readable by others than its owner; VG_E_IO. */
enum vg_status vg_record_key_load(const char *path, struct vg_record_key *out,
                                  struct vg_error *err) VG_MUST_USE;
void vg_record_key_wipe(struct vg_record_key *self);

/* Read a public key file (`vigie verify --key PUB`). VG_E_FORMAT, VG_E_IO. */
enum vg_status vg_record_key_read_public(const char *path, uint8_t out[VG_RECORD_KEY_SIZE],
                                         struct vg_error *err) VG_MUST_USE;

/* The parsers behind both: text of a PEM file to the 32 bytes. VG_E_FORMAT. Pure. */
enum vg_status vg_record_key_parse_private(const char *text, size_t n,
                                           uint8_t out_seed[VG_RECORD_KEY_SIZE],
                                           struct vg_error *err) VG_MUST_USE;
enum vg_status vg_record_key_parse_public(const char *text, size_t n,
                                          uint8_t out[VG_RECORD_KEY_SIZE],
                                          struct vg_error *err) VG_MUST_USE;

#endif
