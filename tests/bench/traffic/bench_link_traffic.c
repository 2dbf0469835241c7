/* Traffic: Beast messages a second from bytes to contacts, against a plain decoder; memory a
 * contact; a second of alarms for 100 drones among 10,000 contacts.
 *
 * The stream: 1,000 aircraft about the watch, each with positions even and odd, velocity and call
 * sign in turn, as 1090 MHz has them. The plain decoder checks parity bit by bit, finds the
 * aircraft in a list and solves the same position equations. CPU time, best of five. */
#include "base/rng.h"
#include "base/text.h"
#include "traffic/alarm.h"
#include "traffic/beast.h"
#include "traffic/feed.h"
#include "traffic/modes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    AIRCRAFT = 1000,
    MESSAGES = 400000,
    PIECE = 4096,
    ROUNDS = 5,
    DRONES = 100
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the stream ---- */

static void put_bits(uint8_t *frame, int from, int n, uint32_t v)
{
    for (int i = 0; i < n; i++) {
        int at = from + i;
        uint8_t mask = (uint8_t)(0x80 >> at % 8);
        frame[at / 8] =
            (uint8_t)(v >> (n - 1 - i) & 1 ? frame[at / 8] | mask : frame[at / 8] & ~mask);
    }
}

static struct vg_cpr encode(double lat_deg, double lon_deg, bool is_odd)
{
    double dlat = 360.0 / (is_odd ? 59 : 60);
    double yz = floor(131072 * fmod(fmod(lat_deg, dlat) + dlat, dlat) / dlat + 0.5);
    int zones = vg_cpr_zones(dlat * (yz / 131072 + floor(lat_deg / dlat))) - is_odd;
    double dlon = 360.0 / (zones > 1 ? zones : 1);
    double xz = floor(131072 * fmod(fmod(lon_deg, dlon) + dlon, dlon) / dlon + 0.5);
    return (struct vg_cpr){(uint32_t)yz & 0x1FFFF, (uint32_t)xz & 0x1FFFF, is_odd};
}

static void make_frame(int aircraft, int turn, uint8_t frame[14])
{
    memset(frame, 0, 14);
    frame[0] = 17 << 3 | 5;
    put_bits(frame, 8, 24, 0x400000U + (uint32_t)aircraft * 77);
    if (turn % 4 < 2) {
        struct vg_cpr c = encode(14 + aircraft % 40 * 0.02, -11 + aircraft / 40 * 0.03, turn % 2);
        put_bits(frame, 32, 5, 11);
        put_bits(frame, 40, 12, 0xC38);
        put_bits(frame, 53, 1, c.is_odd);
        put_bits(frame, 54, 17, c.lat);
        put_bits(frame, 71, 17, c.lon);
    } else if (turn % 4 == 2) {
        put_bits(frame, 32, 8, 19 << 3 | 1);
        put_bits(frame, 46, 10, 100);
        put_bits(frame, 57, 10, 200);
    } else {
        put_bits(frame, 32, 5, 4);
        put_bits(frame, 40, 24, 0x04E1C3);
    }
    uint32_t parity = vg_modes_parity(frame, 14);
    put_bits(frame, 88, 24, parity);
}

static void make_stream(struct vg_buf *out)
{
    struct vg_rng rng = vg_rng_seed(1);
    for (int i = 0; i < MESSAGES; i++) {
        uint8_t m[23] = {0x1A, '3'};
        uint8_t frame[14];
        make_frame(i % AIRCRAFT, i / AIRCRAFT, frame);
        for (int k = 0; k < 7; k++) {
            m[2 + k] = (uint8_t)vg_rng_next(&rng);
        }
        memcpy(m + 9, frame, 14);
        vg_buf_add(out, m, 2);
        for (int k = 2; k < 23; k++) {
            vg_buf_add(out, &m[k], 1);
            if (m[k] == 0x1A) {
                vg_buf_add(out, &m[k], 1);
            }
        }
    }
}

/* ---- ours ---- */

struct sky {
    struct vg_traffic contacts;
    struct vg_us now;
};

static void take(void *ctx, const struct vg_sighting *s)
{
    struct sky *sky = ctx;
    vg_traffic_take(&sky->contacts, 0, s, sky->now);
}

static double run_ours(const struct vg_buf *stream, struct sky *sky)
{
    struct vg_feed *feed;
    if (vg_feed_create(VG_FEED_BEAST, 14, -11, &feed, NULL) != VG_OK) {
        exit(1);
    }
    double began = cpu_s();
    for (size_t at = 0; at < stream->n; at += PIECE) {
        size_t n = stream->n - at < PIECE ? stream->n - at : PIECE;
        sky->now.us += 40000; /* 4,000 messages a second: a busy sky */
        vg_feed_bytes(feed, (struct vg_bytes){(const uint8_t *)stream->data + at, n}, false,
                      sky->now, take, sky);
    }
    double took = cpu_s() - began;
    if (vg_feed_counts(feed).n_messages != MESSAGES) {
        printf("failed: %llu messages of %d\n", (unsigned long long)vg_feed_counts(feed).n_messages,
               MESSAGES);
    }
    vg_feed_destroy(feed);
    return took;
}

/* ---- the plain decoder ---- */

struct plain_aircraft {
    uint32_t address;
    struct vg_cpr cpr[2];
    bool has[2];
    double lat_deg;
    double lon_deg;
};

struct plain {
    struct plain_aircraft list[AIRCRAFT];
    int n;
    uint64_t n_messages;
};

static uint32_t plain_parity(const uint8_t *frame)
{
    uint32_t r = 0;
    for (int i = 0; i < 88; i++) {
        uint32_t bit = (uint32_t)(frame[i / 8] >> (7 - i % 8) & 1);
        r = (r >> 23 ^ bit) & 1 ? (r << 1 ^ 0xFFF409) & 0xFFFFFF : r << 1 & 0xFFFFFF;
    }
    return r ^ ((uint32_t)frame[11] << 16 | (uint32_t)frame[12] << 8 | frame[13]);
}

static uint32_t plain_bits(const uint8_t *frame, int from, int n)
{
    uint32_t v = 0;
    for (int i = from; i < from + n; i++) {
        v = v << 1 | (uint32_t)(frame[i / 8] >> (7 - i % 8) & 1);
    }
    return v;
}

static void plain_frame(void *ctx, const uint8_t *frame, int n)
{
    struct plain *p = ctx;
    uint32_t address = plain_bits(frame, 8, 24);
    int i = 0;
    if (n != 14 || plain_parity(frame) != 0) {
        return;
    }
    p->n_messages++;
    while (i < p->n && p->list[i].address != address) {
        i++;
    }
    if (i == p->n) {
        p->list[p->n++] = (struct plain_aircraft){.address = address};
    }
    struct plain_aircraft *a = &p->list[i];
    if (frame[4] >> 3 == 11) {
        bool is_odd = plain_bits(frame, 53, 1);
        a->cpr[is_odd] =
            (struct vg_cpr){plain_bits(frame, 54, 17), plain_bits(frame, 71, 17), is_odd};
        a->has[is_odd] = true;
        if (a->has[0] && a->has[1]) {
            vg_cpr_airborne(&a->cpr[0], &a->cpr[1], is_odd, &a->lat_deg, &a->lon_deg);
        }
    }
}

static double run_plain(const struct vg_buf *stream, struct plain *p)
{
    struct vg_beast beast = {0};
    double began = cpu_s();
    vg_beast_feed(&beast, (struct vg_bytes){(const uint8_t *)stream->data, stream->n}, plain_frame,
                  p);
    return cpu_s() - began;
}

/* ---- alarms ---- */

static double run_alarms(void)
{
    struct vg_traffic t;
    static struct vg_alarms alarms;
    struct vg_alarm_drone drones[DRONES];
    struct vg_rng rng = vg_rng_seed(2);
    struct vg_alarm_limits limits = vg_alarm_defaults();
    const struct vg_air air = {1013, 30};
    if (vg_traffic_init(&t, VG_TRAFFIC_CONTACTS, NULL) != VG_OK) {
        exit(1);
    }
    for (int i = 0; i < VG_TRAFFIC_CONTACTS; i++) {
        struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
        vg_sighting_set_address(&s, (uint32_t)i);
        vg_sighting_set_place(&s, 10 + 8 * vg_rng_unit(&rng), -15 + 8 * vg_rng_unit(&rng));
        s.alt_pressure_m = 12000 * vg_rng_unit(&rng);
        s.course_true_deg = 359 * vg_rng_unit(&rng);
        s.speed_mps = 250 * vg_rng_unit(&rng);
        vg_traffic_take(&t, 0, &s, vg_us_from_s(100));
    }
    for (int i = 0; i < DRONES; i++) {
        drones[i] = (struct vg_alarm_drone){i, 12 + 0.04 * i, -11, 400, 120, {0, 20, 0}};
    }
    double best = 1e9;
    for (int k = 0; k < ROUNDS; k++) {
        double began = cpu_s();
        vg_alarms_step(&alarms, &t, &air, &limits, drones, DRONES, vg_us_from_s(101 + k));
        best = fmin(best, cpu_s() - began);
    }
    vg_traffic_finish(&t);
    return best;
}

int main(void)
{
    struct vg_buf stream = {0};
    double ours = 1e9;
    double plain = 1e9;
    make_stream(&stream);
    for (int k = 0; k < ROUNDS; k++) {
        struct sky sky = {.now = {VG_US_PER_S}};
        static struct plain p;
        if (vg_traffic_init(&sky.contacts, VG_TRAFFIC_CONTACTS, NULL) != VG_OK) {
            return 1;
        }
        p = (struct plain){.n = 0};
        ours = fmin(ours, run_ours(&stream, &sky));
        plain = fmin(plain, run_plain(&stream, &p));
        const struct vg_contact *c = vg_traffic_find(&sky.contacts, VG_ID_ICAO, "400000");
        if (p.n_messages != MESSAGES || c == NULL || !(fabs(c->s.lat_deg - 14) < 1e-3)) {
            printf("failed: the contacts are not those sent\n");
        }
        vg_traffic_finish(&sky.contacts);
    }
    double kb = (double)(sizeof(struct vg_contact) + sizeof(struct vg_lru_slot)) +
                (double)sizeof(int) * 16384 / VG_TRAFFIC_CONTACTS;
    printf("Beast to contacts: %.2f million messages/s, %.0f MB/s, %.1f times the plain decoder\n",
           MESSAGES / ours / 1e6, (double)stream.n / ours / 1e6, plain / ours);
    printf("memory: %.0f bytes a contact\n", kb);
    printf("alarms: %.1f ms for %d drones among %d contacts, once a second\n", run_alarms() * 1e3,
           DRONES, VG_TRAFFIC_CONTACTS);
    vg_buf_finish(&stream);
    return 0;
}
