#include "record/record_key.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* RFC 8410: the DER of an Ed25519 key is a fixed prefix and the 32 bytes. */
static const uint8_t private_prefix[16] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                           0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
static const uint8_t public_prefix[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                          0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
enum {
    KEY_FILE_MAX = 4096,
    PEM_MAX = 256
};

static const char private_label[] = "PRIVATE KEY";
static const char public_label[] = "PUBLIC KEY";

static const char *find_text(const char *text, size_t n, const char *what)
{
    return n == 0 ? NULL : memmem(text, n, what, strlen(what));
}

/* The 32 bytes after `prefix` in the PEM block `label`; -1 when it is not exactly that. */
static int parse_pem(const char *text, size_t n, const char *label, const uint8_t *prefix,
                     size_t prefix_n, uint8_t out[32])
{
    char begin[48];
    char end[48];
    vg_format(begin, sizeof begin, "-----BEGIN %s-----", label);
    vg_format(end, sizeof end, "-----END %s-----", label);
    const char *from = find_text(text, n, begin);
    if (from == NULL) {
        return -1;
    }
    from += strlen(begin);
    const char *to = find_text(from, n - (size_t)(from - text), end);
    uint8_t der[64] = {0};
    size_t der_n = 0;
    if (to == NULL || sodium_base642bin(der, sizeof der, from, (size_t)(to - from), " \r\n", &der_n,
                                        NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
        return -1;
    }
    int result = -1;
    if (der_n == prefix_n + 32 && memcmp(der, prefix, prefix_n) == 0) {
        memcpy(out, der + prefix_n, 32);
        result = 0;
    }
    sodium_memzero(der, sizeof der);
    return result;
}

enum vg_status vg_record_key_parse_private(const char *text, size_t n,
                                           uint8_t out_seed[VG_RECORD_KEY_SIZE],
                                           struct vg_error *err)
{
    if (parse_pem(text, n, private_label, private_prefix, sizeof private_prefix, out_seed) != 0) {
        return vg_fail(err, VG_E_FORMAT, "not an Ed25519 private key (PEM, PKCS#8)");
    }
    return VG_OK;
}

enum vg_status vg_record_key_parse_public(const char *text, size_t n,
                                          uint8_t out[VG_RECORD_KEY_SIZE], struct vg_error *err)
{
    if (parse_pem(text, n, public_label, public_prefix, sizeof public_prefix, out) != 0) {
        return vg_fail(err, VG_E_FORMAT, "not an Ed25519 public key (PEM)");
    }
    return VG_OK;
}

static void format_pem(const char *label, const uint8_t *prefix, size_t prefix_n,
                       const uint8_t key[32], char out[PEM_MAX])
{
    uint8_t der[64];
    char base64[128];
    memcpy(der, prefix, prefix_n);
    memcpy(der + prefix_n, key, 32);
    sodium_bin2base64(base64, sizeof base64, der, prefix_n + 32, sodium_base64_VARIANT_ORIGINAL);
    vg_format(out, PEM_MAX, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, base64, label);
    sodium_memzero(der, sizeof der);
    sodium_memzero(base64, sizeof base64);
}

/* O_EXCL: a key that appeared meanwhile is never overwritten. */
static enum vg_status write_new_file(const char *path, mode_t mode, const char *text,
                                     struct vg_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        return vg_fail_errno(err, errno, "cannot write the key %s", path);
    }
    size_t n = strlen(text);
    bool is_good = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    int why = is_good ? 0 : errno;
    if (close(fd) != 0 && why == 0) {
        why = errno;
    }
    if (why != 0) {
        unlink(path);
        return vg_fail_errno(err, why, "cannot write the key %s", path);
    }
    return VG_OK;
}

static enum vg_status make_private(const char *path, struct vg_error *err)
{
    uint8_t seed[32];
    char pem[PEM_MAX];
    randombytes_buf(seed, sizeof seed);
    format_pem(private_label, private_prefix, sizeof private_prefix, seed, pem);
    enum vg_status st = write_new_file(path, 0600, pem, err);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(pem, sizeof pem);
    return st;
}

static enum vg_status write_public_beside(const char *path, const uint8_t key[32],
                                          struct vg_error *err)
{
    char pub_path[4096];
    char pem[PEM_MAX];
    vg_format(pub_path, sizeof pub_path, "%s.pub", path);
    if (access(pub_path, F_OK) == 0) {
        return VG_OK;
    }
    format_pem(public_label, public_prefix, sizeof public_prefix, key, pem);
    return vg_file_write(pub_path, pem, strlen(pem), err);
}

enum vg_status vg_record_key_load(const char *path, struct vg_record_key *out, struct vg_error *err)
{
    if (sodium_init() < 0) {
        return vg_fail(err, VG_E_INTERNAL, "the cryptographic library does not start");
    }
    struct stat info;
    if (stat(path, &info) != 0) {
        enum vg_status st = errno == ENOENT
                                ? make_private(path, err)
                                : vg_fail_errno(err, errno, "cannot read the key %s", path);
        if (st != VG_OK) {
            return st;
        }
    } else if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return vg_fail(err, VG_E_FORMAT, "the key %s can be read by others: chmod 600 %s", path,
                       path);
    }
    struct vg_buf text = {0};
    uint8_t seed[32] = {0};
    enum vg_status st = vg_file_read(path, KEY_FILE_MAX, &text, err);
    if (st == VG_OK) {
        st = vg_record_key_parse_private(vg_buf_text(&text), text.n, seed, err);
        vg_error_prefix(st == VG_OK ? NULL : err, "%s", path);
    }
    if (st == VG_OK) {
        crypto_sign_seed_keypair(out->public_key, out->secret_key, seed);
        st = write_public_beside(path, out->public_key, err);
    }
    sodium_memzero(seed, sizeof seed);
    if (text.data != NULL) {
        sodium_memzero(text.data, text.n);
    }
    vg_buf_finish(&text);
    return st;
}

void vg_record_key_wipe(struct vg_record_key *self)
{
    sodium_memzero(self, sizeof *self);
}

enum vg_status vg_record_key_read_public(const char *path, uint8_t out[VG_RECORD_KEY_SIZE],
                                         struct vg_error *err)
{
    struct vg_buf text = {0};
    enum vg_status st = vg_file_read(path, KEY_FILE_MAX, &text, err);
    if (st == VG_OK) {
        st = vg_record_key_parse_public(vg_buf_text(&text), text.n, out, err);
        vg_error_prefix(st == VG_OK ? NULL : err, "%s", path);
    }
    vg_buf_finish(&text);
    return st;
}
