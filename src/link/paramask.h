/* Parameters by name: a few of a drone's many, without its list (params.h, 160 KB).
 *
 * One is asked for every quarter second, each again after a second and a half, eight times: a
 * parameter that this drone does not have is never answered. Values that come unasked, or again,
 * are taken too.
 *
 *     vg_paramask_start(&a, pair, is_bytewise); vg_paramask_add(&a, "RTL_TYPE"); ...
 *     each message: if ((i = vg_paramask_feed(&a, msg)) >= 0) use(a.asked[i].value);
 *     each 20 to 200 ms: while (vg_paramask_step(&a, now, &m)) send(&m);
 *
 * Memory: 1 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/parameter.html, PARAM_REQUEST_READ with index -1.
 */
#ifndef VG_LINK_PARAMASK_H
#define VG_LINK_PARAMASK_H

#include "base/status.h"
#include "base/time.h"
#include "link/outq.h"
#include "link/param.h"

enum {
    VG_PARAMASK_MAX = 20
};

struct vg_param_asked {
    const char *name;
    bool is_known;
    bool is_given_up; /* no answer in all its turns, or it is wanted no more */
    double value; /* finite, once known */
    /* private */
    int tries;
    struct vg_us sent;
};

/* Zero-initialise; asks nothing until started. */
struct vg_paramask {
    struct vg_param_asked asked[VG_PARAMASK_MAX];
    int n_asked;
    /* private */
    struct vg_mav_pair pair;
    bool is_bytewise;
    int next;
    struct vg_us sent;
};

/* Forget all that was asked for. is_bytewise: see vg_param_value. */
void vg_paramask_start(struct vg_paramask *self, struct vg_mav_pair pair, bool is_bytewise);
/* Ask for one more; `name` is borrowed as long as self is used. false: no such name can be, or
 * VG_PARAMASK_MAX are asked for. */
bool vg_paramask_add(struct vg_paramask *self, const char *name) VG_MUST_USE;
/* Not asked for any more; its value is taken if it comes. */
void vg_paramask_give_up(struct vg_paramask *self, int i);
/* Which one the message tells the value of, -1: none, or no number. */
int vg_paramask_feed(struct vg_paramask *self, const struct vg_mav_msg *msg);
/* True: *out is to be sent. */
bool vg_paramask_step(struct vg_paramask *self, struct vg_us now, struct vg_mav_msg *out);
/* Each is known or given up. */
bool vg_paramask_is_done(const struct vg_paramask *self);

#endif
