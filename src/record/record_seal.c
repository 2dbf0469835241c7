#include "record/record_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

enum {
    CHUNK = 64 * 1024
};

/* -1 with errno set when the reading failed. */
static int64_t hash_to_end(int fd, EVP_MD_CTX *ctx)
{
    uint8_t chunk[CHUNK];
    int64_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0) {
            return total;
        }
        if (n > 0) {
            EVP_DigestUpdate(ctx, chunk, (size_t)n);
            total += n;
        } else if (errno != EINTR) {
            return -1;
        }
    }
}

enum vg_status vg_record_seal_file(const char *path, char out_sha256_hex[VG_SHA256_HEX_SIZE],
                                   int64_t *out_size_bytes, struct vg_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return vg_fail_errno(err, errno, "cannot read %s", path);
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        close(fd);
        return vg_no_memory(err);
    }
    int64_t size = hash_to_end(fd, ctx);
    int why = size < 0 ? errno : 0;
    uint8_t digest[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(ctx, digest, NULL);
    EVP_MD_CTX_free(ctx);
    close(fd);
    if (size < 0) {
        return vg_fail_errno(err, why, "cannot read %s", path);
    }
    vg_hex(digest, VG_SHA256_SIZE, out_sha256_hex);
    *out_size_bytes = size;
    return VG_OK;
}
