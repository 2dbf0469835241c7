#include "link/hub.h"

#include "link/outbox.h"

#include <string.h>

enum {
    NEWS_TAG = 101 /* last digits of our probes' nanoseconds: this and the path's index */
};

#define LIMIT_USED_US INT64_C(800000)
#define LIMIT_OTHER_US INT64_C(1500000)
#define LIMIT_US (3 * VG_US_PER_S)
#define LIMIT_SATELLITE_US (180 * VG_US_PER_S) /* some report once a minute */
#define QUIET_US INT64_C(300000) /* the path in use is not waited for longer */
#define FIRST_US (10 * VG_US_PER_S) /* until a radio is taken not to be there at all */
#define COMPONENT_QUIET_US (2 * VG_US_PER_S) /* a camera may speak once a second */
#define BETTER_FOR_US (3 * VG_US_PER_S)
#define ANSWER_OLDEST_US (30 * VG_US_PER_S)
#define MUCH_BETTER_FOR_US VG_US_PER_S
static const double BETTER_BY_S = 0.1;
static const double MUCH_BETTER_BY_S = 0.5;

void vg_hub_init(struct vg_hub *self, uint8_t our_sysid, uint8_t our_compid, double patience)
{
    memset(self, 0, sizeof *self);
    self->our_sysid = our_sysid;
    self->our_compid = our_compid;
    self->patience = patience > 1 ? patience : 1;
    self->better = -1;
}

int vg_hub_add(struct vg_hub *self, const struct vg_path_options *options)
{
    if (self->n_paths == VG_HUB_PATHS_MAX) {
        return -1;
    }
    vg_path_init(&self->paths[self->n_paths], options);
    return self->n_paths++;
}

/* ---- receiving ---- */

/* Sent again and again, each the newest state of something: an older one must not follow. */
static bool is_streamed(uint32_t id)
{
    switch (id) {
    case VG_MAV_ID_HEARTBEAT:
    case VG_MAV_ID_SYS_STATUS:
    case VG_MAV_ID_SYSTEM_TIME:
    case VG_MAV_ID_GPS_RAW_INT:
    case VG_MAV_ID_ATTITUDE:
    case VG_MAV_ID_GLOBAL_POSITION_INT:
    case VG_MAV_ID_MISSION_CURRENT:
    case VG_MAV_ID_VFR_HUD:
    case VG_MAV_ID_BATTERY_STATUS:
    case VG_MAV_ID_WIND:
    case VG_MAV_ID_WIND_COV:
    case VG_MAV_ID_EXTENDED_SYS_STATE:
    case VG_MAV_ID_HOME_POSITION:
    case VG_MAV_ID_HIGH_LATENCY2:
    case VG_MAV_ID_MOUNT_STATUS:
    case VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS:
    case VG_MAV_ID_CAMERA_FOV_STATUS:
        return true;
    default:
        return false;
    }
}

/* Of two copies of one signed frame the first alone counts, and lately the path in use was second.
 */
static bool is_outrun(const struct vg_hub *self, struct vg_us now)
{
    return self->outrun.us != 0 &&
           now.us - self->outrun.us < (int64_t)(self->patience * (double)COMPONENT_QUIET_US);
}

/* The answer to one of our probes: it says how long the way is. True: taken. */
static bool take_answer(struct vg_hub *self, int path, const struct vg_mav_msg *msg,
                        struct vg_us now)
{
    if (msg->id != VG_MAV_ID_TIMESYNC) {
        return false;
    }
    struct vg_mav_timesync t;
    vg_mav_timesync_unpack(msg, &t);
    int64_t sent_us = t.ts1 / 1000;
    bool is_ours = t.tc1 != 0 && t.ts1 % 1000 == NEWS_TAG + path && sent_us <= now.us &&
                   now.us - sent_us < ANSWER_OLDEST_US;
    if (is_ours) {
        vg_path_take_delay(&self->paths[path], vg_us(sent_us), now);
    }
    return is_ours;
}

void vg_hub_take_overtaken(struct vg_hub *self, int path, const struct vg_mav_msg *msg,
                           struct vg_us now)
{
    vg_path_hear(&self->paths[path], msg, now);
    (void)take_answer(self, path, msg, now);
    if (path == self->used) {
        self->outrun = now;
    }
}

bool vg_hub_take(struct vg_hub *self, int path, const struct vg_mav_msg *msg, struct vg_us now)
{
    vg_path_hear(&self->paths[path], msg, now);
    if (take_answer(self, path, msg, now)) {
        return false;
    }
    if (self->n_paths == 1) {
        return true;
    }
    if (!is_streamed(msg->id)) {
        bool is_copy = vg_once_is_copy(&self->once, path, msg, now);
        self->counts.n_copies += is_copy;
        return !is_copy;
    }
    const struct vg_path *used = &self->paths[self->used];
    struct vg_us same = vg_path_heard_of(used, msg->compid);
    bool is_there =
        same.us != 0 && now.us - same.us < (int64_t)(self->patience * (double)COMPONENT_QUIET_US);
    bool is_aside = path != self->used && is_there && !is_outrun(self, now) &&
                    now.us - used->heard.us < (int64_t)(self->patience * (double)QUIET_US);
    self->counts.n_aside += is_aside;
    return !is_aside;
}

/* ---- sending ---- */

uint32_t vg_hub_route(const struct vg_hub *self, const struct vg_mav_msg *msg)
{
    uint32_t paths = 0;
    if (msg->id == VG_MAV_ID_HEARTBEAT) {
        for (int p = 0; p < self->n_paths; p++) {
            const struct vg_path *path = &self->paths[p];
            bool is_sent = path->is_open && !path->options.is_satellite;
            paths |= is_sent ? UINT32_C(1) << p : 0;
        }
        return paths;
    }
    bool is_dear = self->paths[self->used].options.is_satellite;
    bool is_request = vg_outbox_urgency(msg) == VG_URGENCY_REQUEST;
    return is_dear && is_request ? 0 : UINT32_C(1) << self->used;
}

uint8_t vg_hub_sign_id(const struct vg_mav_msg *msg, int path)
{
    return vg_outbox_urgency(msg) == VG_URGENCY_ALIVE ? (uint8_t)(1 + path) : 0;
}

/* ---- choosing ---- */

static int64_t limit_us(const struct vg_hub *self, int p)
{
    const struct vg_path_options *o = &self->paths[p].options;
    int64_t limit = p == self->used ? LIMIT_USED_US : LIMIT_OTHER_US;
    limit = self->n_paths == 1 || o->is_thin ? LIMIT_US : limit;
    limit = o->is_satellite ? LIMIT_SATELLITE_US : limit;
    return (int64_t)(self->patience * (double)limit);
}

static bool is_heard(const struct vg_hub *self, int p, struct vg_us now)
{
    const struct vg_path *path = &self->paths[p];
    return path->is_open && path->heard.us > path->fell.us &&
           now.us - path->heard.us < limit_us(self, p);
}

static uint32_t judge(struct vg_hub *self, struct vg_us now)
{
    uint32_t changes = 0;
    for (int p = 0; p < self->n_paths; p++) {
        struct vg_path *path = &self->paths[p];
        bool is_up = is_heard(self, p, now);
        changes |= is_up != path->is_up ? VG_HUB_PATHS : 0;
        path->fell = path->is_up && !is_up ? now : path->fell;
        path->is_up = is_up;
    }
    return changes;
}

/* Smaller is better. */
enum standing {
    RADIO_UP = 0,
    SATELLITE, /* up or silent: it may speak only once asked */
    SILENT,
    CLOSED
};

static enum standing standing_of(const struct vg_path *path)
{
    if (!path->is_open) {
        return CLOSED;
    }
    return path->options.is_satellite ? SATELLITE : path->is_up ? RADIO_UP : SILENT;
}

/* How much longer one waits for an answer over a than over b. */
static double gain_s(const struct vg_hub *self, int a, int b, struct vg_us now)
{
    return vg_path_score_s(&self->paths[a], now) - vg_path_score_s(&self->paths[b], now);
}

static int better_of(const struct vg_hub *self, int a, int b, struct vg_us now)
{
    int order = (int)standing_of(&self->paths[b]) - (int)standing_of(&self->paths[a]);
    return order < 0 || (order == 0 && gain_s(self, a, b, now) > 0) ? b : a;
}

static void use(struct vg_hub *self, int p, struct vg_us now)
{
    self->used = p;
    self->switched = now;
    self->better = -1;
    self->counts.n_switches++;
}

/* Is there a reason not to stay one moment longer? A satellite is worth waiting a little for a
 * radio that may only have stuttered, or has not had the time to speak yet. */
static bool must_leave(const struct vg_hub *self, int best, struct vg_us now)
{
    const struct vg_path *used = &self->paths[self->used];
    enum standing from = standing_of(used);
    enum standing to = standing_of(&self->paths[best]);
    if (from < SILENT || to >= from) {
        return false;
    }
    int64_t last_us = used->heard.us > self->switched.us ? used->heard.us : self->switched.us;
    int64_t wait_us = used->heard.us == 0 ? FIRST_US : LIMIT_US;
    return to != SATELLITE || now.us - last_us >= (int64_t)(self->patience * (double)wait_us);
}

/* The other has done better, by more than what is measured wavers, for long enough. */
static bool may_change(struct vg_hub *self, int best, struct vg_us now)
{
    double gain = gain_s(self, self->used, best, now);
    bool is_other_kind = standing_of(&self->paths[best]) < standing_of(&self->paths[self->used]);
    if (!is_other_kind && gain < BETTER_BY_S) {
        self->better = -1;
        return false;
    }
    if (best != self->better) {
        self->better = best;
        self->better_since = now;
    }
    int64_t wait_us =
        !is_other_kind && gain > MUCH_BETTER_BY_S ? MUCH_BETTER_FOR_US : BETTER_FOR_US;
    return standing_of(&self->paths[best]) == RADIO_UP &&
           now.us - self->better_since.us >= (int64_t)(self->patience * (double)wait_us);
}

static bool choose(struct vg_hub *self, struct vg_us now)
{
    int best = self->used;
    for (int p = 0; p < self->n_paths; p++) {
        best = better_of(self, best, p, now);
    }
    if (best == self->used) {
        self->better = -1;
        return false;
    }
    if (must_leave(self, best, now) || may_change(self, best, now)) {
        use(self, best, now);
        return true;
    }
    return false;
}

uint32_t vg_hub_step(struct vg_hub *self, struct vg_us now)
{
    if (self->switched.us == 0) {
        self->switched = now;
    }
    uint32_t changes = judge(self, now);
    if (self->n_paths > 1 && choose(self, now)) {
        changes |= VG_HUB_SWITCHED;
    }
    return changes;
}

bool vg_hub_next_probe(struct vg_hub *self, struct vg_us now, int *out_path, struct vg_mav_msg *out)
{
    for (int p = 0; p < self->n_paths; p++) {
        if (vg_path_must_probe(&self->paths[p], self->n_paths > 1, now)) {
            const struct vg_mav_timesync t = {.ts1 = now.us * 1000 + NEWS_TAG + p};
            vg_mav_timesync_pack(&t, self->our_sysid, self->our_compid, out);
            *out_path = p;
            return true;
        }
    }
    return false;
}
