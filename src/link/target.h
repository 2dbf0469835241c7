/* Whom a message is for, for passing it on as a router does.
 *
 * Rules (mavlink.io/en/guide/routing.html, and mavlink-router's Endpoint::accept_msg): a message
 * without a target, or for system 0, goes to every other link; one for a system goes only to links
 * where that system was heard, and one for a component of it only where that component was, or the
 * system when the component is 0.
 *
 * Threads: pure. Allocations: none. */
#ifndef VG_LINK_TARGET_H
#define VG_LINK_TARGET_H

#include "link/mavmsg.h"

enum {
    VG_HEARD_MAX = 16
};

/* Who was heard on a link. Zero-initialise. */
struct vg_heard {
    int n;
    struct {
        uint8_t sysid;
        uint8_t compid;
    } who[VG_HEARD_MAX];
};

/* System 0 (everybody) where the message names none; component likewise. */
void vg_mav_target(const struct vg_mav_msg *msg, uint8_t *out_sysid, uint8_t *out_compid);
/* Beyond VG_HEARD_MAX the newcomer is not noted. */
void vg_heard_note(struct vg_heard *self, const struct vg_mav_msg *msg);
/* Does the message go to a link where these were heard? */
bool vg_heard_is_for(const struct vg_heard *self, const struct vg_mav_msg *msg);

#endif
