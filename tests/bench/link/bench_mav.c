/* MAVLink decoding: messages a second on a telemetry mix, against a byte-by-byte decoder.
 *
 * The mix is one ArduPilot telemetry cycle (28 streamed messages once each, heartbeat and the rare
 * ones every fourth cycle, 24 payload bytes on average), which is what a flight log of a VTOL drone
 * shows. `bench_link_mav FILE.tlog` measures the frames of a real log instead. */
#include "base/rng.h"
#include "link/mavframe.h"
#include "link/tlog.h"
#include "link/vehicle.h"
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CYCLES = 400,
    PIECE = 65536,
    ROUNDS = 40
};

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t k, size_t n);
void *__wrap_calloc(size_t k, size_t n);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

static uint64_t n_allocations;

void *__wrap_malloc(size_t n)
{
    n_allocations++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t k, size_t n)
{
    n_allocations++;
    return __real_calloc(k, n);
}

void *__wrap_realloc(void *p, size_t n)
{
    n_allocations++;
    return __real_realloc(p, n);
}

static const uint32_t streamed[] = {22,  164, 178, 30, 182, 74, 136, 193, 241, 2,
                                    163, 165, 168, 33, 32,  24, 42,  35,  65,  125,
                                    62,  36,  116, 1,  152, 27, 147, 29};
static const uint32_t rare[] = {0, 0, 174, 150, 111, 253};

struct stream {
    uint8_t *data;
    size_t n;
    uint64_t n_messages;
};

static void add_message(struct stream *s, uint32_t id, uint8_t seq, struct vg_rng *rng)
{
    struct vg_mav_msg msg = {.id = id, .sysid = 1, .compid = 1};
    msg.n = vg_mav_info_find(id)->min_length;
    for (int i = 0; i < msg.n; i++) {
        msg.payload[i] = (uint8_t)(1 + vg_rng_below(rng, 250));
    }
    if (id == VG_MAV_ID_HEARTBEAT) {
        msg.payload[5] = VG_MAV_AUTOPILOT_ARDUPILOTMEGA;
    }
    s->n += vg_mav_frame_format(&msg, seq, NULL, s->data + s->n);
    s->n_messages++;
}

static struct stream make_mix(void)
{
    struct stream s = {malloc((size_t)CYCLES * 40 * VG_MAV_FRAME_MAX), 0, 0};
    struct vg_rng rng = vg_rng_seed(7);
    for (int cycle = 0; s.data != NULL && cycle < CYCLES; cycle++) {
        for (size_t i = 0; i < sizeof streamed / sizeof streamed[0]; i++) {
            add_message(&s, streamed[i], (uint8_t)s.n_messages, &rng);
        }
        for (size_t i = 0; cycle % 4 == 0 && i < sizeof rare / sizeof rare[0]; i++) {
            add_message(&s, rare[i], (uint8_t)s.n_messages, &rng);
        }
    }
    return s;
}

static struct stream read_log(const char *path)
{
    struct stream s = {0};
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return s;
    }
    size_t cap = 1 << 26;
    uint8_t *file = malloc(cap);
    s.data = malloc(cap);
    size_t n = file != NULL && s.data != NULL ? fread(file, 1, cap, f) : 0;
    fclose(f);
    struct vg_tlog_reader reader = {.data = {file, n}};
    struct vg_us t;
    struct vg_bytes frame;
    while (vg_tlog_next(&reader, &t, &frame)) {
        memcpy(s.data + s.n, frame.data, frame.n);
        s.n += frame.n;
        s.n_messages++;
    }
    free(file);
    return s;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The typed unpack of the main messages; the sum keeps the work from being optimised away. */
static double unpack_main(const struct vg_mav_msg *msg)
{
    switch (msg->id) {
    case VG_MAV_ID_HEARTBEAT: {
        struct vg_mav_heartbeat m;
        vg_mav_heartbeat_unpack(msg, &m);
        return m.custom_mode;
    }
    case VG_MAV_ID_SYS_STATUS: {
        struct vg_mav_sys_status m;
        vg_mav_sys_status_unpack(msg, &m);
        return m.voltage_battery;
    }
    case VG_MAV_ID_GPS_RAW_INT: {
        struct vg_mav_gps_raw_int m;
        vg_mav_gps_raw_int_unpack(msg, &m);
        return m.lat;
    }
    case VG_MAV_ID_ATTITUDE: {
        struct vg_mav_attitude m;
        vg_mav_attitude_unpack(msg, &m);
        return (double)m.yaw;
    }
    case VG_MAV_ID_GLOBAL_POSITION_INT: {
        struct vg_mav_global_position_int m;
        vg_mav_global_position_int_unpack(msg, &m);
        return m.lon;
    }
    case VG_MAV_ID_VFR_HUD: {
        struct vg_mav_vfr_hud m;
        vg_mav_vfr_hud_unpack(msg, &m);
        return (double)m.alt;
    }
    case VG_MAV_ID_LOCAL_POSITION_NED: {
        struct vg_mav_local_position_ned m;
        vg_mav_local_position_ned_unpack(msg, &m);
        return (double)m.x;
    }
    case VG_MAV_ID_BATTERY_STATUS: {
        struct vg_mav_battery_status m;
        vg_mav_battery_status_unpack(msg, &m);
        return m.battery_remaining;
    }
    case VG_MAV_ID_WIND: {
        struct vg_mav_wind m;
        vg_mav_wind_unpack(msg, &m);
        return (double)m.speed;
    }
    case VG_MAV_ID_MISSION_CURRENT: {
        struct vg_mav_mission_current m;
        vg_mav_mission_current_unpack(msg, &m);
        return m.seq;
    }
    default:
        return msg->payload[0];
    }
}

struct sink {
    uint64_t n;
    double sum;
    struct vg_vehicle vehicle;
};

static void take_unpack(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    struct sink *sink = ctx;
    sink->n++;
    sink->sum += unpack_main(msg);
}

static void take_vehicle(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    struct sink *sink = ctx;
    sink->n++;
    vg_vehicle_feed(&sink->vehicle, msg, vg_us((int64_t)sink->n));
}

/* Messages a second. `piece`: bytes a feed. */
static double measure(const struct stream *s, size_t piece, vg_mavframe_fn fn, struct sink *sink)
{
    static struct vg_mavframe parser;
    vg_mavframe_init(&parser);
    double best = 0.0;
    for (int round = 0; round < ROUNDS; round++) {
        double t0 = now_s();
        for (size_t at = 0; at < s->n; at += piece) {
            size_t n = s->n - at < piece ? s->n - at : piece;
            vg_mavframe_feed(&parser, (struct vg_bytes){s->data + at, n}, fn, sink);
        }
        double rate = (double)s->n_messages / (now_s() - t0);
        best = rate > best ? rate : best;
    }
    if (parser.counts.messages != s->n_messages * ROUNDS) {
        printf("lost messages: %llu\n", (unsigned long long)parser.counts.messages);
        exit(1);
    }
    return best;
}

static double measure_reference(const struct stream *s, struct sink *sink)
{
    struct reference r = {0};
    struct vg_mav_msg msg = {0};
    double best = 0.0;
    for (int round = 0; round < ROUNDS / 4; round++) {
        double t0 = now_s();
        for (size_t i = 0; i < s->n; i++) {
            if (reference_take(&r, s->data[i])) {
                msg.id = r.id;
                memcpy(msg.payload, r.payload, sizeof r.payload);
                sink->sum += unpack_main(&msg);
                sink->n++;
            }
        }
        double rate = (double)s->n_messages / (now_s() - t0);
        best = rate > best ? rate : best;
    }
    return best;
}

static double measure_crc(const struct stream *s, double *sum)
{
    double best = 0.0;
    for (int round = 0; round < ROUNDS; round++) {
        double t0 = now_s();
        for (size_t at = 0; at + 36 <= s->n; at += 36) {
            *sum += vg_mav_crc(0xFFFF, s->data + at, 36);
        }
        double rate = (double)s->n / (now_s() - t0);
        best = rate > best ? rate : best;
    }
    return best;
}

/* What was decoded is used, or the compiler would leave it out. */
static volatile double kept;

int main(int argc, char **argv)
{
    struct stream s = argc > 1 ? read_log(argv[1]) : make_mix();
    if (s.n == 0) {
        printf("no frames\n");
        return 1;
    }
    static struct sink sink;
    vg_vehicle_init(&sink.vehicle, 1);
    uint64_t before = n_allocations;
    double ours = measure(&s, PIECE, take_unpack, &sink);
    double vehicle = measure(&s, PIECE, take_vehicle, &sink);
    double small = measure(&s, 97, take_unpack, &sink);
    uint64_t allocations = n_allocations - before;
    double reference = measure_reference(&s, &sink);
    double crc = measure_crc(&s, &sink.sum);
    printf("mav_decode: %.2f Mmsg/s (reference: %.2f Mmsg/s, ratio %.2f)\n", ours / 1e6,
           reference / 1e6, ours / reference);
    printf("mav_decode_vehicle: %.2f Mmsg/s (reference: %.2f Mmsg/s, ratio %.2f)\n", vehicle / 1e6,
           reference / 1e6, vehicle / reference);
    printf("mav_decode_small_pieces: %.2f Mmsg/s (reference: %.2f Mmsg/s, ratio %.2f)\n",
           small / 1e6, reference / 1e6, small / reference);
    printf("mav_crc: %.0f MB/s (reference: -, ratio -)\n", crc / 1e6);
    printf("mav_allocations: %llu count (reference: 0, ratio -)\n",
           (unsigned long long)allocations);
    printf("mix: %llu messages, %.1f bytes each\n", (unsigned long long)s.n_messages,
           (double)s.n / (double)s.n_messages);
    kept = sink.sum;
    free(s.data);
    return allocations == 0 ? 0 : 1;
}
