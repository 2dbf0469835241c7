/* A thousand drones at 10 Hz on one core: bytes -> frames -> hub -> state of the vehicle.
 *
 * 1. In memory: ten minutes of ten messages a second from each drone (position at 10 Hz), as fast
 * as it goes; allocations counted.
 * 2. Over loopback: four UDP sockets, 250 system ids each, a thread that sends at the real rate;
 * the processor time of the receiving side, and that nothing was lost.
 *
 * A system id is a byte, so a thousand drones are four links of 250. */
#include "io/udp.h"
#include "link/hub.h"
#include "link/mavframe.h"
#include "link/vehicle.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    LINKS = 4,
    PER_LINK = 250,
    DRONES = LINKS * PER_LINK,
    RATE_HZ = 10,
    MEMORY_S = 60,
    LOOPBACK_S = 10
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

struct drone {
    struct vg_hub hub;
    struct vg_vehicle vehicle;
};

struct link {
    struct fleet *fleet;
    int first; /* drone of system id 1 */
    struct vg_mavframe parser;
    struct vg_udp *udp;
};

struct fleet {
    struct vg_us now;
    uint64_t n_messages;
    struct link links[LINKS];
    struct drone drones[DRONES];
};

static void take_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    struct link *l = ctx;
    struct drone *d = &l->fleet->drones[l->first + msg->sysid - 1];
    l->fleet->n_messages++;
    if (vg_hub_take(&d->hub, 0, msg, l->fleet->now)) {
        vg_vehicle_feed(&d->vehicle, msg, l->fleet->now);
    }
}

static void take_datagram(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    (void)peer;
    struct link *l = ctx;
    vg_mavframe_feed(&l->parser, (struct vg_bytes){data, n}, take_message, l);
    vg_mavframe_flush(&l->parser, take_message, l);
}

static void set_up(struct fleet *f)
{
    const struct vg_path_options plain = {.cost_s = 0};
    memset(f, 0, sizeof *f);
    for (int i = 0; i < DRONES; i++) {
        vg_hub_init(&f->drones[i].hub, 255, 190, 1);
        (void)vg_hub_add(&f->drones[i].hub, &plain);
        f->drones[i].hub.paths[0].is_open = true;
        vg_vehicle_init(&f->drones[i].vehicle, (uint8_t)(i % PER_LINK + 1));
    }
    for (int k = 0; k < LINKS; k++) {
        f->links[k].fleet = f;
        f->links[k].first = k * PER_LINK;
        vg_mavframe_init(&f->links[k].parser);
    }
}

static size_t position(int sysid, int tick, uint8_t out[VG_MAV_FRAME_MAX])
{
    struct vg_mav_msg msg;
    if (tick % RATE_HZ == 0) {
        const struct vg_mav_heartbeat h = {.autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA, .type = 1};
        vg_mav_heartbeat_pack(&h, (uint8_t)sysid, 1, &msg);
        return vg_mav_frame_format(&msg, (uint8_t)(tick + tick / RATE_HZ), NULL, out);
    }
    const struct vg_mav_global_position_int p = {.time_boot_ms = (uint32_t)tick * 100,
                                                 .lat = 144500000 + tick,
                                                 .lon = -113600000 + sysid,
                                                 .alt = 400000,
                                                 .relative_alt = 300000,
                                                 .vx = 2000,
                                                 .hdg = 9000};
    vg_mav_global_position_int_pack(&p, (uint8_t)sysid, 1, &msg);
    return vg_mav_frame_format(&msg, (uint8_t)(tick + tick / RATE_HZ + 1), NULL, out);
}

static double cpu_s(clockid_t whose)
{
    struct timespec t;
    clock_gettime(whose, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double in_memory(struct fleet *f, uint64_t *out_allocations)
{
    static uint8_t bytes[PER_LINK * 64 * RATE_HZ];
    double used_s = 0;
    *out_allocations = 0;
    for (int s = 0; s < MEMORY_S; s++) {
        for (int k = 0; k < LINKS; k++) {
            size_t n = 0;
            for (int tick = s * RATE_HZ; tick < (s + 1) * RATE_HZ; tick++) {
                for (int id = 1; id <= PER_LINK; id++) {
                    n += position(id, tick, bytes + n);
                }
            }
            uint64_t before = n_allocations;
            double t0 = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
            f->now = vg_us((int64_t)s * VG_US_PER_S + 1);
            vg_mavframe_feed(&f->links[k].parser, (struct vg_bytes){bytes, n}, take_message,
                             &f->links[k]);
            used_s += cpu_s(CLOCK_PROCESS_CPUTIME_ID) - t0;
            *out_allocations += n_allocations - before;
        }
        for (int i = 0; i < DRONES; i++) {
            (void)vg_hub_step(&f->drones[i].hub, f->now);
        }
    }
    return used_s;
}

/* ---- over loopback ---- */

struct sender {
    int ports[LINKS];
    uint64_t n_sent;
};

static void *send_all(void *ctx)
{
    struct sender *self = ctx;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (int tick = 0; tick < LOOPBACK_S * RATE_HZ; tick++) {
        for (int i = 0; i < DRONES; i++) {
            struct sockaddr_in to = {.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)self->ports[i / PER_LINK])};
            uint8_t frame[VG_MAV_FRAME_MAX];
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            size_t n = position(i % PER_LINK + 1, tick, frame);
            self->n_sent +=
                sendto(fd, frame, n, 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)n;
        }
        next.tv_nsec += 1000000000 / RATE_HZ;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    close(fd);
    return NULL;
}

static void on_tick(uv_timer_t *timer)
{
    struct fleet *f = timer->data;
    f->now.us += 50000;
    for (int i = 0; i < DRONES; i++) {
        (void)vg_hub_step(&f->drones[i].hub, f->now);
    }
    if (f->now.us > (int64_t)(LOOPBACK_S + 1) * VG_US_PER_S) {
        uv_timer_stop(timer);
        for (int k = 0; k < LINKS; k++) {
            vg_udp_close(f->links[k].udp);
        }
    }
}

static bool over_loopback(struct fleet *f, struct sender *sender, double *out_used_s,
                          uint64_t *out_allocations)
{
    uv_loop_t loop;
    uv_timer_t timer;
    pthread_t thread;
    struct vg_addr any;
    uv_loop_init(&loop);
    if (vg_addr_make("127.0.0.1", 0, &any, NULL) != VG_OK) {
        return false;
    }
    for (int k = 0; k < LINKS; k++) {
        if (vg_udp_open(&loop, &any, take_datagram, &f->links[k], &f->links[k].udp, NULL) !=
            VG_OK) {
            return false;
        }
        sender->ports[k] = vg_udp_port(f->links[k].udp);
    }
    uv_timer_init(&loop, &timer);
    timer.data = f;
    uv_timer_start(&timer, on_tick, 50, 50);
    uv_run(&loop, UV_RUN_NOWAIT);
    uint64_t before = n_allocations;
    double t0 = cpu_s(CLOCK_THREAD_CPUTIME_ID);
    if (pthread_create(&thread, NULL, send_all, sender) != 0) {
        return false;
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    *out_used_s = cpu_s(CLOCK_THREAD_CPUTIME_ID) - t0;
    pthread_join(thread, NULL);
    *out_allocations = n_allocations - before;
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return true;
}

int main(void)
{
    struct fleet *f = malloc(sizeof *f);
    struct sender sender = {{0}, 0};
    uint64_t allocations;
    uint64_t loop_allocations;
    double loop_s;
    if (f == NULL) {
        return 1;
    }
    set_up(f);
    double used_s = in_memory(f, &allocations);
    bool is_whole = f->n_messages == (uint64_t)DRONES * RATE_HZ * MEMORY_S;
    printf(
        "link_fleet_memory: %.4f of a core for %d drones at %d Hz, %.1f million messages a second "
        "(reference: 1 core, ratio -)\n",
        used_s / MEMORY_S, DRONES, RATE_HZ, (double)f->n_messages / used_s / 1e6);
    set_up(f);
    if (!over_loopback(f, &sender, &loop_s, &loop_allocations)) {
        printf("no loopback\n");
        return 1;
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double share = loop_s / LOOPBACK_S;
    printf("link_fleet_loopback: %.3f of a core, %llu of %llu messages taken (reference: 1 core, "
           "ratio "
           "-)\n",
           share, (unsigned long long)f->n_messages, (unsigned long long)sender.n_sent);
    printf("link_fleet_memory_size: %.0f MB (reference: 150 MB, ratio %.2f)\n",
           (double)u.ru_maxrss / 1024, (double)u.ru_maxrss / 1024 / 150);
    printf("link_fleet_allocations: %llu in memory, %llu over loopback, sender's thread and all "
           "(reference: 0, ratio -)\n",
           (unsigned long long)allocations, (unsigned long long)loop_allocations);
    bool is_good = is_whole && share < 1 && allocations == 0 && u.ru_maxrss < 150 * 1024 &&
                   f->n_messages == sender.n_sent;
    printf(
        "aim: %d drones at %d Hz on one core, in real time, under 150 MB, no allocation a message: "
        "%s\n",
        DRONES, RATE_HZ, is_good ? "met" : "NOT MET");
    free(f);
    return is_good ? 0 : 1;
}
