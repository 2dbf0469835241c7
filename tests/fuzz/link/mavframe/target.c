/* First byte: bit 7 demands signatures, the rest is the size of the pieces the input is fed in.
 * Pieces must not matter, and every byte is either in a message, in a refused frame or skipped. */
#include "link/mavframe.h"
#include "link/mavsign.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    uint64_t n_messages;
    uint64_t frame_bytes;
    uint64_t mix; /* an order-sensitive sum of what came */
};

static void add(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct sum *sum = ctx;
    sum->n_messages++;
    sum->frame_bytes += frame.n;
    sum->mix = sum->mix * 31 + msg->id + msg->seq;
    for (size_t i = 0; i < sizeof msg->payload; i++) {
        sum->mix = sum->mix * 31 + msg->payload[i];
    }
    if (vg_mav_info_find(msg->id) == NULL) {
        abort();
    }
}

static struct sum run(const uint8_t *data, size_t size, size_t piece, bool is_signed,
                      struct vg_mavframe_counts *out_counts)
{
    static const uint8_t key[VG_MAVSIGN_KEY_SIZE] = {1, 2, 3};
    struct vg_mavsign sign;
    struct vg_mavframe parser;
    struct sum sum = {0};
    vg_mavframe_init(&parser);
    vg_mavsign_init(&sign, key, 1, vg_us(INT64_C(1767225600000000)));
    parser.sign = is_signed ? &sign : NULL;
    for (size_t at = 0; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        uint8_t *copy = malloc(n); /* exact, so that a read past the piece is seen */
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, data + at, n);
        vg_mavframe_feed(&parser, (struct vg_bytes){copy, n}, add, &sum);
        free(copy);
    }
    vg_mavframe_flush(&parser, add, &sum);
    *out_counts = parser.counts;
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    size_t piece = (size_t)(data[0] & 0x7f) + 1;
    bool is_signed = (data[0] & 0x80) != 0;
    struct vg_mavframe_counts whole_counts;
    struct vg_mavframe_counts cut_counts;
    struct sum whole = run(data + 1, size - 1, size - 1, is_signed, &whole_counts);
    struct sum cut = run(data + 1, size - 1, piece, is_signed, &cut_counts);
    bool is_same = whole.mix == cut.mix && whole.n_messages == cut.n_messages &&
                   memcmp(&whole_counts, &cut_counts, sizeof cut_counts) == 0;
    bool is_all = whole_counts.bad_signature > 0 ||
                  whole.frame_bytes + whole_counts.skipped_bytes == size - 1;
    if (!is_same || !is_all || whole.n_messages != whole_counts.messages) {
        abort();
    }
    return 0;
}
