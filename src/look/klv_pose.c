#include "look/klv_pose.h"

#include "base/angle.h"
#include "base/units.h"

#include <math.h>

/* Which tags tell a field, the better one first (ST 0601; EG 0104's rows have the same numbers). */
static const struct {
    uint16_t tags[2];
    bool is_circle; /* 0 .. 360, or longitudes */
} FIELDS[VG_POSE_FIELD_COUNT] = {
    [VG_POSE_LAT_DEG] = {{13, 0}, false},        [VG_POSE_LON_DEG] = {{14, 0}, true},
    [VG_POSE_ALT_MSL_M] = {{15, 0}, false},      [VG_POSE_ALT_ELL_M] = {{104, 75}, false},
    [VG_POSE_HEADING_TRUE_DEG] = {{5, 0}, true}, [VG_POSE_PITCH_DEG] = {{90, 6}, false},
    [VG_POSE_ROLL_DEG] = {{91, 7}, false},       [VG_POSE_AZIMUTH_DEG] = {{18, 0}, true},
    [VG_POSE_ELEVATION_DEG] = {{19, 0}, true},   [VG_POSE_TURN_DEG] = {{20, 0}, true},
    [VG_POSE_HFOV_DEG] = {{16, 0}, false},       [VG_POSE_VFOV_DEG] = {{17, 0}, false},
    [VG_POSE_SLANT_M] = {{21, 0}, false},        [VG_POSE_CENTER_LAT_DEG] = {{23, 0}, false},
    [VG_POSE_CENTER_LON_DEG] = {{24, 0}, true},  [VG_POSE_CENTER_ALT_MSL_M] = {{25, 0}, false},
};

struct vg_klv_pose vg_klv_pose_none(void)
{
    struct vg_klv_pose p = {0};
    for (int i = 0; i < VG_POSE_FIELD_COUNT; i++) {
        p.v[i] = (double)NAN;
    }
    return p;
}

static void take(struct vg_klv_pose *p, uint32_t tag, double value)
{
    for (int i = 0; i < VG_POSE_FIELD_COUNT; i++) {
        if (FIELDS[i].tags[0] == tag || (FIELDS[i].tags[1] == tag && isnan(p->v[i]))) {
            p->v[i] = value;
            return;
        }
    }
}

struct vg_klv_pose vg_klv_pose_read(const struct vg_klv_packet *packet)
{
    struct vg_klv_pose p = vg_klv_pose_none();
    struct vg_klv_item item;
    struct vg_klv_fault fault;
    struct vg_klv_number n;
    if ((packet->set != vg_klv_st0601() && packet->set != vg_klv_eg0104()) ||
        packet->checksum == VG_KLV_CHECKSUM_BAD) {
        return p;
    }
    struct vg_klv_walk w = vg_klv_walk(packet);
    while (vg_klv_next(&w, &item, &fault)) {
        if (item.tag <= 104 && vg_klv_read(&item, &n) == VG_KLV_FINE && n.special == NULL) {
            take(&p, item.tag, n.value);
        }
    }
    p.has_time = vg_klv_time(packet, &p.t);
    return p;
}

struct vg_klv_pose vg_klv_pose_between(const struct vg_klv_pose *a, const struct vg_klv_pose *b,
                                       double share)
{
    struct vg_klv_pose out = vg_klv_pose_none();
    double s = fmin(1, fmax(0, share));
    for (int i = 0; i < VG_POSE_FIELD_COUNT; i++) {
        double step = b->v[i] - a->v[i];
        bool is_signed =
            i == VG_POSE_LON_DEG || i == VG_POSE_CENTER_LON_DEG || i == VG_POSE_ELEVATION_DEG;
        if (FIELDS[i].is_circle) {
            double v = a->v[i] + s * vg_wrap_180_deg(step);
            out.v[i] = is_signed ? vg_wrap_180_deg(v) : vg_wrap_360_deg(v);
        } else {
            out.v[i] = a->v[i] + s * step;
        }
    }
    out.has_time = a->has_time && b->has_time;
    if (out.has_time) {
        out.t = vg_us(a->t.us + (int64_t)llround(share * (double)(b->t.us - a->t.us)));
    }
    return out;
}

void vg_klv_put_pose(struct vg_klv_out *out, const struct vg_klv_pose *pose)
{
    for (int i = 0; i < VG_POSE_FIELD_COUNT; i++) {
        const struct vg_klv_row *row = vg_klv_row_find(vg_klv_st0601(), FIELDS[i].tags[0]);
        double v = pose->v[i];
        if (v >= row->lo && v <= row->hi) {
            vg_klv_put(out, row->tag, v);
        } else if (!isnan(v) && row->coding == VG_KLV_SLIN) {
            vg_klv_put_special(out, row->tag);
        }
    }
}

/* Columns: the axes forward, right, down of what is turned so, in north, east, down. */
static void rotation(double yaw_deg, double pitch_deg, double roll_deg, double out[3][3])
{
    double cy = cos(yaw_deg * VG_RAD_PER_DEG);
    double sy = sin(yaw_deg * VG_RAD_PER_DEG);
    double cp = cos(pitch_deg * VG_RAD_PER_DEG);
    double sp = sin(pitch_deg * VG_RAD_PER_DEG);
    double cr = cos(roll_deg * VG_RAD_PER_DEG);
    double sr = sin(roll_deg * VG_RAD_PER_DEG);
    const double m[3][3] = {{cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr},
                            {sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr},
                            {-sp, cp * sr, cp * cr}};
    memcpy(out, m, sizeof m);
}

void vg_klv_pose_aim(struct vg_klv_pose *self, double yaw_true_deg, double pitch_deg,
                     double roll_deg)
{
    double air[3][3];
    double eye[3][3];
    double m[3][3] = {{0}};
    rotation(self->v[VG_POSE_HEADING_TRUE_DEG], self->v[VG_POSE_PITCH_DEG],
             self->v[VG_POSE_ROLL_DEG], air);
    rotation(yaw_true_deg, pitch_deg, roll_deg, eye);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            for (int j = 0; j < 3; j++) {
                m[i][k] += air[j][i] * eye[j][k];
            }
        }
    }
    bool is_along = fabs(m[2][0]) > 1 - 1e-12; /* only the sum of azimuth and turn is defined */
    double azimuth = is_along ? atan2(-m[0][1], m[1][1]) : atan2(m[1][0], m[0][0]);
    double turn = is_along ? 0 : atan2(m[2][1], m[2][2]);
    self->v[VG_POSE_AZIMUTH_DEG] = vg_wrap_360_deg(azimuth * VG_DEG_PER_RAD);
    self->v[VG_POSE_ELEVATION_DEG] = -asin(fmin(1, fmax(-1, m[2][0]))) * VG_DEG_PER_RAD;
    self->v[VG_POSE_TURN_DEG] = vg_wrap_360_deg(turn * VG_DEG_PER_RAD);
}
