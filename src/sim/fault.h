/* Faults of the simulated fleet, one a line: what goes wrong, for which drone, when and how much.
 *
 *   # three minutes of a bad radio, then V3 is gone
 *   all loss 10min 3min 30%
 *   V3  crash 25min
 *   wind 1h 9m/s 60deg
 *
 * A line is DRONE KIND AT, then what the kind wants (KINDS in fault.c, docs/sim.md); DRONE is an id
 * of the watch file or "all"; AT counts from the start of the simulation, in flight time. `wind`
 * has no drone: it blows for all. The same grammar in a scenario file and after --fault.
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_SIM_FAULT_H
#define VG_SIM_FAULT_H

#include "base/status.h"
#include "config/watchfile.h"

enum {
    VG_SIMFAULTS_MAX = 1024,
    VG_SIMFAULT_ALL = -1 /* drone_i */
};

enum vg_simfault_kind {
    /* the radio */
    VG_SIMFAULT_SILENT = 0, /* neither hears nor is heard */
    VG_SIMFAULT_DEAF,
    VG_SIMFAULT_MUTE,
    VG_SIMFAULT_LOSS, /* amount: share; both ways, as all of these */
    VG_SIMFAULT_DUPLICATE,
    VG_SIMFAULT_REORDER,
    VG_SIMFAULT_DELAY, /* amount: s; more: s of jitter */
    VG_SIMFAULT_CORRUPT,
    VG_SIMFAULT_TRUNCATE,
    VG_SIMFAULT_RATE, /* amount: bytes/s */
    /* the aircraft */
    VG_SIMFAULT_NO_POSITION,
    VG_SIMFAULT_JUMP, /* amount: m, more: true degrees: where it believes to be, from where it is */
    VG_SIMFAULT_BATTERY, /* amount: share left, at once */
    VG_SIMFAULT_CELL, /* one of six dies; the gauge does not see it */
    VG_SIMFAULT_CRASH, /* destroyed; nothing is heard of it any more */
    VG_SIMFAULT_REBOOT,
    /* the autopilot */
    VG_SIMFAULT_STUCK_UPLOAD, /* items of a mission do not arrive beyond the second */
    VG_SIMFAULT_SAYS_LANDED,
    VG_SIMFAULT_WRONG_ITEM, /* names a later item as current and reached */
    VG_SIMFAULT_ACTS_NOT, /* acknowledges arming, modes and mission start, and does nothing */
    VG_SIMFAULT_FROZEN, /* tells the same place for ever */
    /* the air: amount m/s, more: degrees it comes from; of all drones, to the end */
    VG_SIMFAULT_WIND,
    VG_SIMFAULT_KIND_COUNT
};

struct vg_simfault {
    int drone_i; /* VG_SIMFAULT_ALL: every one */
    enum vg_simfault_kind kind;
    double at_s; /* after the start */
    double for_s; /* HUGE_VAL: to the end, or a thing of a moment */
    double amount;
    double more;
};

struct vg_simscenario {
    int n_faults;
    struct vg_simfault faults[VG_SIMFAULTS_MAX];
};

/* One line without its comment. `place` and `line` are for the error: VG_E_FORMAT with the column
 * and what was expected. */
enum vg_status vg_simfault_parse(const char *text, const char *place, int line,
                                 const struct vg_watchfile *watch, struct vg_simfault *out,
                                 struct vg_error *err) VG_MUST_USE;
/* A file: a fault a line, empty lines and what follows '#' passed over. VG_E_FORMAT as above, also
 * for more than VG_SIMFAULTS_MAX. */
enum vg_status vg_simscenario_parse(const char *text, size_t n, const char *place,
                                    const struct vg_watchfile *watch, struct vg_simscenario *out,
                                    struct vg_error *err) VG_MUST_USE;

/* Is it in force t_s after the start? */
bool vg_simfault_is_on(const struct vg_simfault *self, double t_s);
/* Is it one of the radio that needs a wire (sim/wire.h) to be done? */
bool vg_simfault_is_wire(enum vg_simfault_kind kind);

#endif
