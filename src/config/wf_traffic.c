/* "traffic" of the watch: who tells of other aircraft and ships, and what is too near. */
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define OTHER(key)                                                                                 \
    {                                                                                              \
        key, VG_F_OTHER, 0, 0, NULL, NULL, ""                                                      \
    }
#define LENGTH(key, member, lo, hi, fallback)                                                      \
    {                                                                                              \
        key, VG_F_LENGTH, offsetof(struct vg_wf_traffic, member), 0, lo, hi, fallback              \
    }

static const struct vg_field FIELDS[] = {
    OTHER("feeds"),    OTHER("near"),
    OTHER("conflict"), LENGTH("above", above_m, "100 m", "20 km", "1500 m"),
    OTHER("qnh"),      LENGTH("tell-autopilots", tell_m, "100 m", "50 km", ""),
    OTHER("ours"),
};

/* Horizontally, vertically. */
static const struct vg_field LIMITS[] = {
    {"near", VG_F_LENGTH, 0, 0, "100 m", "50 km", NULL},
    {"near", VG_F_LENGTH, 0, 0, "10 m", "3 km", NULL},
};

static const char KINDS[][VG_WF_FEED_KIND_SIZE] = {"beast", "avr",     "sbs",      "gdl90",
                                                   "ais",   "mavlink", "remote-id"};

/* "near: [2km, 150m]". */
static enum vg_status read_pair(const struct vg_wf_reader *self, const struct vg_yaml *pair,
                                double *out_m, double *out_vertical_m)
{
    enum vg_status st = vg_fields_expect(&self->r, pair, VG_YAML_LIST);
    if (st != VG_OK) {
        return st;
    }
    if (pair->n != 2) {
        return vg_fail_at(self->r.err, self->r.place, pair->line, pair->column,
                          "\"%s\" takes two lengths, such as [2km, 150m]: on the ground, and in "
                          "height",
                          pair->key);
    }
    struct vg_yaml item = *pair->first;
    item.key = pair->key;
    st = vg_fields_quantity(&self->r, &item, &LIMITS[0], out_m);
    if (st == VG_OK) {
        item = *pair->first->next;
        item.key = pair->key;
        st = vg_fields_quantity(&self->r, &item, &LIMITS[1], out_vertical_m);
    }
    return st;
}

static enum vg_status read_qnh(const struct vg_wf_reader *self, const struct vg_yaml *node,
                               double *out_hpa)
{
    char text[32];
    enum vg_status st = vg_fields_text(&self->r, node, text, sizeof text);
    if (st != VG_OK) {
        return st;
    }
    char *unit = strstr(text, "hPa");
    bool has_unit = unit != NULL && unit[3] == '\0';
    if (has_unit) {
        *unit = '\0';
        while (unit > text && unit[-1] == ' ') {
            *--unit = '\0';
        }
    }
    if (!has_unit || !vg_fields_decimal(text, out_hpa) || !(*out_hpa >= 850 && *out_hpa <= 1090)) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "\"%s\" is the pressure at sea level, such as 1013 hPa, from 850 to "
                          "1090; got \"%s\"",
                          "qnh", node->text);
    }
    return VG_OK;
}

/* {beast: "tcp:127.0.0.1:30005"} */
static enum vg_status read_feed(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                struct vg_wf_feed *out)
{
    enum vg_status st = vg_fields_expect(&self->r, map, VG_YAML_MAP);
    if (st != VG_OK) {
        return st;
    }
    if (map->n != 1) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "a feed is one kind and where it comes from, such as "
                          "{beast: \"tcp:127.0.0.1:30005\"}");
    }
    const struct vg_yaml *uri = map->first;
    struct vg_yaml kind = {.key = "feeds",
                           .kind = VG_YAML_TEXT,
                           .text = uri->key,
                           .line = uri->line,
                           .column = uri->column};
    int choice;
    st = vg_fields_choice(&self->r, &kind, "kind of feed", KINDS[0], sizeof KINDS[0], COUNT(KINDS),
                          &choice);
    if (st == VG_OK) {
        memcpy(out->kind, KINDS[choice], sizeof out->kind);
        out->line = uri->line;
        out->column = uri->column;
        st = vg_fields_text(&self->r, uri, out->uri, sizeof out->uri);
    }
    return st;
}

static enum vg_status read_feeds(const struct vg_wf_reader *self, const struct vg_yaml *list,
                                 struct vg_wf_traffic *out)
{
    enum vg_status st = vg_fields_expect(&self->r, list, VG_YAML_LIST);
    for (const struct vg_yaml *m = st == VG_OK ? list->first : NULL; m != NULL && st == VG_OK;
         m = m->next) {
        if (out->n_feeds == VG_WF_FEEDS_MAX) {
            return vg_fail_at(self->r.err, self->r.place, m->line, m->column, "at most %d feeds",
                              VG_WF_FEEDS_MAX);
        }
        st = read_feed(self, m, &out->feeds[out->n_feeds]);
        out->n_feeds += st == VG_OK;
    }
    return st;
}

static enum vg_status read_ours(const struct vg_wf_reader *self, const struct vg_yaml *list,
                                struct vg_wf_traffic *out)
{
    enum vg_status st = vg_fields_expect(&self->r, list, VG_YAML_LIST);
    for (const struct vg_yaml *m = st == VG_OK ? list->first : NULL; m != NULL && st == VG_OK;
         m = m->next) {
        struct vg_yaml item = *m;
        item.key = "ours";
        if (out->n_ours == VG_WF_OURS_MAX) {
            return vg_fail_at(self->r.err, self->r.place, m->line, m->column,
                              "at most %d addresses of our own drones", VG_WF_OURS_MAX);
        }
        st = vg_fields_text(&self->r, &item, out->ours[out->n_ours], sizeof out->ours[0]);
        out->n_ours += st == VG_OK;
    }
    return st;
}

static enum vg_status check_limits(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                   const struct vg_wf_traffic *t)
{
    if (t->conflict_m <= t->near_m && t->conflict_vertical_m <= t->near_vertical_m) {
        return VG_OK;
    }
    const struct vg_yaml *at = vg_yaml_find(map, "conflict");
    at = at != NULL ? at : vg_yaml_find(map, "near");
    return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                      "\"conflict\" (%g m, %g m) must lie within \"near\" (%g m, %g m)",
                      t->conflict_m, t->conflict_vertical_m, t->near_m, t->near_vertical_m);
}

enum vg_status vg_wf_read_traffic(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                  struct vg_wf_traffic *out)
{
    const struct vg_yaml nothing = {.kind = VG_YAML_MAP};
    const struct vg_yaml *m = map != NULL ? map : &nothing;
    *out = (struct vg_wf_traffic){.is_given = map != NULL,
                                  .near_m = 2000,
                                  .near_vertical_m = 150,
                                  .conflict_m = 500,
                                  .conflict_vertical_m = 60,
                                  .qnh_hpa = (double)NAN};
    enum vg_status st = vg_fields_read(&self->r, m, FIELDS, COUNT(FIELDS), out);
    if (map == NULL || st != VG_OK) {
        return st;
    }
    const struct vg_yaml *node;
    if ((node = vg_yaml_find(m, "near")) != NULL) {
        st = read_pair(self, node, &out->near_m, &out->near_vertical_m);
    }
    if (st == VG_OK && (node = vg_yaml_find(m, "conflict")) != NULL) {
        st = read_pair(self, node, &out->conflict_m, &out->conflict_vertical_m);
    }
    if (st == VG_OK && (node = vg_yaml_find(m, "qnh")) != NULL) {
        st = read_qnh(self, node, &out->qnh_hpa);
    }
    if (st == VG_OK && (node = vg_yaml_find(m, "feeds")) != NULL) {
        st = read_feeds(self, node, out);
    }
    if (st == VG_OK && (node = vg_yaml_find(m, "ours")) != NULL) {
        st = read_ours(self, node, out);
    }
    return st == VG_OK ? check_limits(self, m, out) : st;
}
