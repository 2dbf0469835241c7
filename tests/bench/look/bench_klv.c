/* KLV: packets a second, found, checked and every number read; against a plain reader that does the
 * same by the book (bytes one at a time, a search for each tag, pow and log2 for each number).
 *
 * The stream: 711 real packets of ST 0601, 37 tags, 259 bytes each. CPU time, best of five. */
#include "base/file.h"
#include "look/klv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    ROUNDS = 5,
    REPEATS = 400,
    SLOW_REPEATS = 40
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct sum {
    double numbers; /* so that nothing is left out */
    long n_packets;
    long n_items;
};

static void read_fast(struct vg_bytes b, struct sum *s)
{
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    struct vg_klv_item item;
    struct vg_klv_number v;
    for (size_t at = 0; vg_klv_scan(b, &at, false, &p, &fault) == VG_KLV_SCAN_PACKET;) {
        s->n_packets += p.checksum == VG_KLV_CHECKSUM_GOOD;
        struct vg_klv_walk w = vg_klv_walk(&p);
        while (vg_klv_next(&w, &item, &fault)) {
            s->n_items++;
            if (vg_klv_read(&item, &v) == VG_KLV_FINE && v.special == NULL) {
                s->numbers += v.value;
            }
        }
    }
}

/* ---- the plain reader ---- */

static double slow_number(const struct vg_klv_row *row, const uint8_t *p, size_t n)
{
    double u = 0;
    for (size_t i = 0; i < n; i++) {
        u += p[i] * pow(256, (double)(n - 1 - i));
    }
    double full = pow(2, 8 * (double)n);
    bool is_signed = row->coding == VG_KLV_INT || row->coding == VG_KLV_SLIN;
    double s = is_signed && u >= full / 2 ? u - full : u;
    if (row->coding == VG_KLV_ULIN) {
        return row->lo + u * (row->hi - row->lo) / (full - 1);
    }
    if (row->coding == VG_KLV_SLIN) {
        return s == -full / 2 ? 0 : s * row->hi / (full / 2 - 1);
    }
    if (row->coding == VG_KLV_IMAP) {
        double r = pow(2, ceil(log2(row->hi - row->lo)) - (8 * (double)n - 1));
        double offset = row->lo < 0 && row->hi > 0 ? row->lo / r - floor(row->lo / r) : 0;
        return r * (u - offset) + row->lo;
    }
    return s;
}

static const struct vg_klv_row *slow_row(uint32_t tag)
{
    const struct vg_klv_set *set = vg_klv_st0601();
    for (int i = 0; i < set->n_rows; i++) {
        if (set->rows[i].tag == tag) {
            return &set->rows[i];
        }
    }
    return NULL;
}

static size_t slow_length(const uint8_t *p, size_t *at)
{
    size_t v = p[(*at)++];
    if (v < 128) {
        return v;
    }
    size_t n = v & 127;
    for (v = 0; n > 0; n--) {
        v = v * 256 + p[(*at)++];
    }
    return v;
}

static void read_slow(struct vg_bytes b, struct sum *s)
{
    for (size_t at = 0; at + 17 < b.n;) {
        size_t from = at;
        at += 16;
        size_t length = slow_length(b.data, &at);
        size_t end = at + length;
        unsigned sum = 0;
        for (size_t i = from; i < end - 2; i++) {
            sum += (unsigned)b.data[i] << 8 * ((i - from + 1) % 2);
        }
        s->n_packets += (sum & 0xFFFF) == (unsigned)(b.data[end - 2] << 8 | b.data[end - 1]);
        while (at < end) {
            uint32_t tag = 0;
            do {
                tag = tag << 7 | (b.data[at] & 127);
            } while (b.data[at++] & 128);
            size_t n = slow_length(b.data, &at);
            const struct vg_klv_row *row = slow_row(tag);
            if (row != NULL && row->coding >= VG_KLV_UINT && row->coding <= VG_KLV_IMAP) {
                s->numbers += slow_number(row, b.data + at, n);
            }
            at += n;
            s->n_items++;
        }
    }
}

static double best_s(void (*read)(struct vg_bytes, struct sum *), struct vg_bytes b, int repeats,
                     struct sum *out)
{
    double best = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        *out = (struct sum){0};
        double t0 = cpu_s();
        for (int k = 0; k < repeats; k++) {
            read(b, out);
        }
        best = fmin(best, (cpu_s() - t0) / repeats);
    }
    out->n_packets /= repeats;
    out->n_items /= repeats;
    out->numbers /= repeats;
    return best;
}

int main(void)
{
    struct vg_buf b = {0};
    struct sum fast;
    struct sum slow;
    if (vg_file_read("tests/unit/look/data/truck_st0601.klv", 1 << 20, &b, NULL) != VG_OK) {
        fprintf(stderr, "run it from the root of the checkout\n");
        return 1;
    }
    struct vg_bytes bytes = {(const uint8_t *)b.data, b.n};
    double fast_s = best_s(read_fast, bytes, REPEATS, &fast);
    double slow_s = best_s(read_slow, bytes, SLOW_REPEATS, &slow);
    printf("%ld packets, %ld items, %zu bytes\n", fast.n_packets, fast.n_items, b.n);
    printf("vigie:  %.2f million packets/s, %.1f ns an item, %.0f MB/s\n",
           (double)fast.n_packets / fast_s / 1e6, fast_s / (double)fast.n_items * 1e9,
           (double)b.n / fast_s / 1e6);
    printf("plain:  %.2f million packets/s; ratio %.1f\n", (double)slow.n_packets / slow_s / 1e6,
           slow_s / fast_s);
    bool is_same = fast.n_packets == slow.n_packets && fast.n_items == slow.n_items &&
                   fabs(fast.numbers - slow.numbers) <= 1e-9 * fabs(slow.numbers);
    printf("both read the same: %s\n", is_same ? "yes" : "NO");
    printf("aim: KLV packets/s on one core, over 1 million: %.2f million\n",
           (double)fast.n_packets / fast_s / 1e6);
    vg_buf_finish(&b);
    return is_same ? 0 : 1;
}
