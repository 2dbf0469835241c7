/* The fleet in a box: one simulated drone for each of the watch file, standing on its pad.
 *
 * In:  the watch file, the terrain, a seed, faults; bytes for each drone.
 * Out: bytes of each drone. No sockets: the caller carries the bytes (src/app/cmd_sim.c).
 *
 * Pads: drones of one base stand side by side 10 m apart, across the wind, nose into it.
 * Seeds: of the run and the drone's place in the list, so one drone's gusts and radio do not hang
 * on another's. Faults: sim/fault.h. A drone flies on through what befalls its radio, as its
 * autopilot would. Only drones with a fault of the radio get wires (sim/wire.h); the bytes of
 * others pass at once.
 *
 * Threads: one at a time. Memory: about 150 KB a drone, 800 KB more with wires.
 */
#ifndef VG_SIM_FLEET_H
#define VG_SIM_FLEET_H

#include "config/watchfile.h"
#include "sim/drone.h"
#include "sim/fault.h"

struct vg_simfleet;

struct vg_simfleet_options {
    uint64_t seed;
    double rate_hz; /* position and attitude; 0: 10 */
    double gust_share; /* 1 sigma of the gusts as a share of the wind; 0: 0.1; < 0: none */
    enum vg_sim_autopilot autopilot; /* the drones' types say the rest (`kind`) */
    int port_base; /* > 0: the station's port of drone i is port_base + i, whatever its link says */
};

/* Where a drone's bytes go, from its link in the watch file: "udp:14550" and "udpin:..." mean that
 * the station listens there and the drone sends there; "udpout:HOST:PORT" that the drone listens
 * there and answers. */
struct vg_simfleet_link {
    char host[64]; /* "127.0.0.1" unless the link names one */
    int port; /* the link's, else 14550 + place in the list */
    bool is_listening; /* udpout: the port is the drone's own */
};

/* Reads signing keys (32 bytes, or 64 hexadecimal digits) through `read`. The watch and the terrain
 * are kept alive by the caller. VG_E_FORMAT for a bad key or link (the drone is named);
 * VG_E_UNSUPPORTED for a link that is not UDP. */
enum vg_status vg_simfleet_create(const struct vg_watchfile *watch,
                                  const struct vg_terrain *terrain,
                                  const struct vg_simfleet_options *options, vg_read_fn read,
                                  struct vg_us now, struct vg_simfleet **out,
                                  struct vg_error *err) VG_MUST_USE;
void vg_simfleet_destroy(struct vg_simfleet *self);

/* VG_E_FULL beyond VG_SIMFAULTS_MAX; VG_E_NO_MEMORY. */
enum vg_status vg_simfleet_add_fault(struct vg_simfleet *self, const struct vg_simfault *fault,
                                     struct vg_error *err) VG_MUST_USE;

/* Time passes for all drones, radios and faults. */
void vg_simfleet_step(struct vg_simfleet *self, struct vg_us now);
/* Bytes for one drone, a datagram; they reach it as its radio lets them. */
void vg_simfleet_feed(struct vg_simfleet *self, int drone_i, struct vg_bytes bytes,
                      struct vg_us now);
/* One datagram of one drone: whole frames, as many as fit; one frame, or what is left of it, where
 * its radio has faults. 0: nothing to send. */
size_t vg_simfleet_take(struct vg_simfleet *self, int drone_i, uint8_t *buf, size_t size_bytes);

/* How many; each, and where it is reached. Borrowed until destroy. */
int vg_simfleet_n(const struct vg_simfleet *self);
const struct vg_simdrone *vg_simfleet_drone(const struct vg_simfleet *self, int drone_i);
const struct vg_simfleet_link *vg_simfleet_link(const struct vg_simfleet *self, int drone_i);

#endif
