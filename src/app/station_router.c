/* Routers: other ground stations watch the drones beside us and, where the watch says so, command.
 *
 * To a guest goes what is news from the drones, as it came, by the routing rules (link/target.h).
 * From a guest goes nothing; with "commands: yes" what link/allow.h lets a guest send, to the drone
 * it names, and every command is recorded with who sent it. A guest that calls itself by our own
 * ids is not passed on: answers to it would be taken for answers to us. */
#include "app/station.h"

#include "link/allow.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOLD_EVERY_US = 5000000 /* the same of the same guest is recorded so often at most */
};

/* ---- to the guests ---- */

void vg_station_show_guests(struct vg_station *self, const struct vg_mav_msg *msg,
                            struct vg_bytes frame)
{
    for (int k = 0; k < self->n_routers; k++) {
        struct vg_station_router *r = &self->routers[k];
        for (int g = 0; g < VG_PORT_SLOTS; g++) {
            struct vg_station_guest *guest = &r->guests[g];
            if (guest->is_used && vg_heard_is_for(&guest->heard, msg)) {
                (void)vg_port_send(r->port, &guest->peer, frame.data, frame.n);
            }
        }
    }
}

/* ---- from a guest ---- */

static const char *command_words(const struct vg_mav_msg *msg, int *out_command)
{
    const struct vg_mav_info *info = vg_mav_info_find(msg->id);
    *out_command = -1;
    if (msg->id == VG_MAV_ID_COMMAND_LONG || msg->id == VG_MAV_ID_COMMAND_INT) {
        struct vg_mav_command_long c; /* both keep the number at the same place */
        vg_mav_command_long_unpack(msg, &c);
        *out_command = c.command;
    }
    return info != NULL ? info->name : "?";
}

/* Is it worth a line in the record? Not what only asks, nor the same again within seconds. */
static bool is_worth_telling(struct vg_station_guest *guest, const struct vg_mav_msg *msg,
                             int command, uint8_t sysid, bool is_refused)
{
    bool is_asking =
        command == VG_MAV_CMD_REQUEST_MESSAGE || command == VG_MAV_CMD_SET_MESSAGE_INTERVAL;
    if (!is_refused && (command < 0 || is_asking)) {
        return false;
    }
    uint64_t key = (uint64_t)msg->id << 32 | (uint64_t)sysid << 24 | (uint64_t)(command + 1) << 1 |
                   (uint64_t)is_refused;
    int64_t mono_us = vg_clock_mono_us();
    if (key == guest->told_key && mono_us - guest->told_mono_us < TOLD_EVERY_US) {
        return false;
    }
    guest->told_key = key;
    guest->told_mono_us = mono_us;
    return true;
}

/* why: NULL, or why it was refused, in English. */
static void tell(struct vg_station_router *r, const struct vg_mav_msg *msg, int drone,
                 const char *why)
{
    struct vg_station *self = r->station;
    struct vg_station_guest *guest = r->reading;
    int command;
    const char *name = command_words(msg, &command);
    if (!is_worth_telling(guest, msg, command, drone >= 0 ? (uint8_t)drone : UINT8_MAX,
                          why != NULL)) {
        return;
    }
    char addr[VG_ADDR_TEXT_SIZE];
    char text[256];
    struct vg_buf b = {0};
    vg_addr_format(&guest->peer.addr, addr, sizeof addr);
    vg_format(text, sizeof text, "router %s, %s, system %d", r->name, addr, msg->sysid);
    vg_buf_puts(&b, "{\"by\":");
    vg_buf_json(&b, text);
    if (command >= 0) {
        vg_format(text, sizeof text, "%s%s %d%s%s", why != NULL ? "refused: " : "", name, command,
                  why != NULL ? ": " : "", why != NULL ? vg_tr(self->app->lang, why) : "");
    } else {
        vg_format(text, sizeof text, "%s%s%s%s", why != NULL ? "refused: " : "", name,
                  why != NULL ? ": " : "", why != NULL ? vg_tr(self->app->lang, why) : "");
    }
    vg_buf_puts(&b, ",\"what\":");
    vg_buf_json(&b, text);
    vg_buf_puts(&b, ",\"target\":");
    vg_buf_json(&b, drone >= 0 ? self->watchfile.drones[drone].id : "");
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        vg_station_event(self, "act", b.data, b.n);
    }
    vg_buf_finish(&b);
}

static const char *refusal(const struct vg_station_router *r, const struct vg_mav_msg *msg)
{
    const char *why = NULL;
    if (!r->has_commands) {
        return "this router only watches";
    }
    if (msg->sysid == VG_STATION_SYSID && msg->compid == VG_OUR_COMPID) {
        return "it calls itself by this station's own ids: give it another system id";
    }
    return vg_allow_guest_message(msg, &why) ? NULL : why;
}

static void take_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    struct vg_station_router *r = ctx;
    struct vg_station *self = r->station;
    uint8_t sysid;
    uint8_t compid;
    vg_heard_note(&r->reading->heard, msg);
    vg_mav_target(msg, &sysid, &compid);
    const char *why = refusal(r, msg);
    bool is_greeting = msg->id == VG_MAV_ID_HEARTBEAT || sysid == 0;
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        if (sysid != 0 && self->watchfile.drones[i].sysid != sysid) {
            continue;
        }
        if (why == NULL) {
            vg_station_pass_on(self, i, msg);
        }
        if (!is_greeting) {
            tell(r, msg, i, why);
        }
    }
}

/* ---- coming and going ---- */

static struct vg_station_guest *meet(struct vg_station_router *r, const struct vg_port_peer *peer)
{
    struct vg_station_guest *guest = &r->guests[peer->slot];
    if (guest->parser == NULL) {
        guest->parser = calloc(1, sizeof *guest->parser);
    }
    if (guest->parser == NULL) {
        return NULL;
    }
    vg_mavframe_init(guest->parser);
    guest->is_used = true;
    guest->peer = *peer;
    guest->heard = (struct vg_heard){.n = 0};
    return guest;
}

/* Over UDP only from where we send to. */
static void on_bytes(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n)
{
    struct vg_station_router *r = ctx;
    struct vg_station_guest *guest = &r->guests[from->slot];
    if (!guest->is_used || !vg_addr_is_equal(&guest->peer.addr, &from->addr)) {
        return;
    }
    r->station->now = vg_clock_now(&r->station->clock);
    r->reading = guest;
    vg_mavframe_feed(guest->parser, (struct vg_bytes){data, n}, take_message, r);
}

static void on_state(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why)
{
    struct vg_station_router *r = ctx;
    struct vg_station_guest *guest = &r->guests[peer->slot];
    char name[VG_LINK_URI_TEXT_SIZE + 8];
    vg_format(name, sizeof name, "router %s", r->name);
    guest->is_used = is_open && meet(r, peer) != NULL;
    vg_station_tell_link(r->station, name, is_open, peer, why);
}

static enum vg_status open_router(struct vg_station *self, const struct vg_wf_router *wanted,
                                  struct vg_error *err)
{
    struct vg_station_router *r = &self->routers[self->n_routers];
    struct vg_link_uri uri;
    char text[VG_WF_LINK_SIZE + 8];
    bool is_udp = strncmp(wanted->to, "udp:", 4) == 0; /* a router's udp is sent to */
    vg_format(text, sizeof text, "%s%s", is_udp ? "udpout:" : "", wanted->to + (is_udp ? 4 : 0));
    *r = (struct vg_station_router){.station = self, .has_commands = wanted->has_commands};
    vg_format(r->name, sizeof r->name, "%s", wanted->to);
    enum vg_status st = vg_link_uri_parse(text, &uri, err);
    const struct vg_port_calls calls = {on_bytes, on_state, r};
    if (st == VG_OK) {
        st = vg_port_open(&self->loop, &uri, &calls, &r->port, err);
    }
    if (st != VG_OK) {
        vg_error_prefix(err, "router %s", wanted->to);
        return st;
    }
    self->n_routers++;
    const struct vg_port_peer peer = {0, uri.addr};
    if (is_udp && meet(r, &peer) == NULL) {
        return vg_no_memory(err);
    }
    return VG_OK;
}

enum vg_status vg_station_open_routers(struct vg_station *self, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int k = 0; k < self->watchfile.n_routers && st == VG_OK; k++) {
        st = open_router(self, &self->watchfile.routers[k], err);
    }
    return st;
}

void vg_station_close_routers(struct vg_station *self)
{
    for (int k = 0; k < self->n_routers; k++) {
        vg_port_close(self->routers[k].port);
        for (int g = 0; g < VG_PORT_SLOTS; g++) {
            free(self->routers[k].guests[g].parser);
        }
    }
    self->n_routers = 0;
}
