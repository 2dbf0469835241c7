#include "plan/whatif.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PROMISE_MIN_S = 60;
static const double PROMISE_MAX_S = 365 * 86400.0;

/* A member's text of 1 to size_bytes - 1 bytes, without control characters. */
static enum vg_status read_name(const json_t *object, const char *key, char *out, size_t size_bytes,
                                struct vg_error *err)
{
    const char *text;
    enum vg_status st = vg_json_text(object, key, &text, err);
    if (st != VG_OK) {
        return st;
    }
    bool is_good = text[0] != '\0' && strlen(text) < size_bytes;
    for (const char *c = text; *c != '\0'; c++) {
        is_good = is_good && (unsigned char)*c >= 0x20;
    }
    if (!is_good) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be a name of 1 to %zu bytes", key,
                       size_bytes - 1);
    }
    vg_format(out, size_bytes, "%s", text);
    return VG_OK;
}

static enum vg_status read_choice(const json_t *doc, const char *key, const char *const *names,
                                  int n_names, int *out, struct vg_error *err)
{
    const char *text;
    enum vg_status st = vg_json_text(doc, key, &text, err);
    for (int k = 0; st == VG_OK && k < n_names; k++) {
        if (strcmp(text, names[k]) == 0) {
            *out = k;
            return VG_OK;
        }
    }
    return st != VG_OK ? st : vg_fail(err, VG_E_FORMAT, "\"%s\" is none of its words", key);
}

/* ---- copies of what the watch has ---- */

static bool copy_own(const struct vg_watchfile *from, struct vg_watchfile *out)
{
    const struct vg_network *net = &from->network;
    *out = *from;
    out->bases = calloc(VG_WHATIF_BASES_MAX, sizeof *out->bases);
    out->drones =
        calloc((size_t)VG_WHATIF_DRONES_MAX + (size_t)from->n_drones, sizeof *out->drones);
    out->network.stretches = calloc((size_t)net->n_stretches + 1, sizeof *net->stretches);
    if (out->bases == NULL || out->drones == NULL || out->network.stretches == NULL) {
        return false;
    }
    out->n_bases = from->n_bases < VG_WHATIF_BASES_MAX ? from->n_bases : VG_WHATIF_BASES_MAX;
    memcpy(out->bases, from->bases, (size_t)out->n_bases * sizeof *out->bases);
    memcpy(out->drones, from->drones, (size_t)from->n_drones * sizeof *out->drones);
    memcpy(out->network.stretches, net->stretches,
           (size_t)net->n_stretches * sizeof *net->stretches);
    return true;
}

/* Stretches that want the base promise follow it. */
static void set_promise(struct vg_watchfile *io, double promise_s)
{
    for (int k = 0; k < io->network.n_stretches; k++) {
        struct vg_stretch *st = &io->network.stretches[k];
        if (fabs(st->revisit_s - io->revisit_s) < 0.5) {
            st->revisit_s = promise_s;
        }
    }
    io->revisit_s = promise_s;
}

/* ---- bases and drones ---- */

/* A base of the watch keeps whatever else it has; a new one has two pads. */
static enum vg_status read_base(const json_t *item, const struct vg_watchfile *watch,
                                struct vg_watchfile *io, struct vg_error *err)
{
    char name[VG_NAME_SIZE];
    double lat_deg = 0;
    double lon_deg = 0;
    enum vg_status st = read_name(item, "name", name, sizeof name, err);
    if (st == VG_OK) {
        st = vg_json_number(item, "lat", -85, 85, &lat_deg, err);
    }
    if (st == VG_OK) {
        st = vg_json_number(item, "lon", -180, 180, &lon_deg, err);
    }
    if (st == VG_OK && vg_watchfile_find_base(io, name) >= 0) {
        st = vg_fail(err, VG_E_FORMAT, "two bases are called \"%s\"", name);
    }
    if (st != VG_OK) {
        return st;
    }
    int own = vg_watchfile_find_base(watch, name);
    struct vg_wf_base *b = &io->bases[io->n_bases++];
    *b = own >= 0 ? watch->bases[own] : (struct vg_wf_base){.pads = 2};
    vg_format(b->name, sizeof b->name, "%s", name);
    b->lat_deg = lat_deg;
    b->lon_deg = lon_deg;
    return VG_OK;
}

static enum vg_status read_bases(const json_t *doc, const struct vg_watchfile *watch,
                                 struct vg_watchfile *io, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(doc, "bases", &list, err);
    size_t n = st == VG_OK ? json_array_size(list) : 0;
    if (st == VG_OK && (n == 0 || n > VG_WHATIF_BASES_MAX)) {
        st = vg_fail(err, VG_E_RANGE, "1 to %d bases can be asked about", VG_WHATIF_BASES_MAX);
    }
    io->n_bases = 0;
    for (size_t k = 0; k < n && st == VG_OK; k++) {
        st = read_base(json_array_get(list, k), watch, io, err);
    }
    return st;
}

/* Does drone x of the watch stand at io's base b? Free ones stand anywhere. */
static bool is_at(const struct vg_watchfile *watch, const struct vg_wf_drone *x,
                  const struct vg_watchfile *io, int b)
{
    return b < 0 || (x->base >= 0 && strcmp(watch->bases[x->base].name, io->bases[b].name) == 0);
}

/* Drones asked for by number become those of the watch: those of the same base first, then any of
 * the type; what is more is new ("+1", "+2", ...). */
static enum vg_status name_drones(const struct vg_watchfile *watch, struct vg_watchfile *io,
                                  struct vg_error *err)
{
    bool *is_used = calloc((size_t)watch->n_drones + 1, sizeof *is_used);
    int n_new = 0;
    if (is_used == NULL) {
        return vg_no_memory(err);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int d = 0; d < io->n_drones; d++) {
            struct vg_wf_drone *y = &io->drones[d];
            for (int k = 0; k < watch->n_drones && y->id[0] == '\0'; k++) {
                const struct vg_wf_drone *x = &watch->drones[k];
                if (!is_used[k] && x->type == y->type &&
                    (pass == 1 || is_at(watch, x, io, y->base))) {
                    int base = y->base;
                    *y = *x;
                    y->base = base;
                    is_used[k] = true;
                }
            }
        }
    }
    free(is_used);
    for (int d = 0; d < io->n_drones; d++) {
        while (io->drones[d].id[0] == '\0' ||
               (io->drones[d].id[0] == '+' && vg_watchfile_find_drone(io, io->drones[d].id) < d)) {
            vg_format(io->drones[d].id, sizeof io->drones[d].id, "+%d", ++n_new);
        }
    }
    return VG_OK;
}

static enum vg_status read_drones_item(const json_t *item, const struct vg_watchfile *watch,
                                       struct vg_watchfile *io, struct vg_error *err)
{
    char type[VG_NAME_SIZE];
    char base[VG_NAME_SIZE];
    double n = 0;
    int base_i = -1;
    enum vg_status st = read_name(item, "type", type, sizeof type, err);
    int type_i = st == VG_OK ? vg_watchfile_find_type(watch, type) : -1;
    if (st == VG_OK && type_i < 0) {
        st = vg_fail(err, VG_E_FORMAT, "the watch has no type \"%s\"", type);
    }
    if (st == VG_OK && json_object_get(item, "base") != NULL) {
        st = read_name(item, "base", base, sizeof base, err);
        base_i = st == VG_OK ? vg_watchfile_find_base(io, base) : -1;
        if (st == VG_OK && base_i < 0) {
            st = vg_fail(err, VG_E_FORMAT, "no base is called \"%s\"", base);
        }
    }
    if (st == VG_OK) {
        st = vg_json_number(item, "n", 0, VG_WHATIF_DRONES_MAX, &n, err);
    }
    if (st == VG_OK && (io->n_drones + n > VG_WHATIF_DRONES_MAX || n < floor(n) || n > floor(n))) {
        st = vg_fail(err, VG_E_RANGE, "whole drones, no more than %d", VG_WHATIF_DRONES_MAX);
    }
    for (int k = 0; st == VG_OK && k < (int)n; k++) {
        io->drones[io->n_drones++] = (struct vg_wf_drone){.type = type_i, .base = base_i};
    }
    return st;
}

static enum vg_status read_drones(const json_t *doc, const struct vg_watchfile *watch,
                                  struct vg_watchfile *io, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(doc, "drones", &list, err);
    io->n_drones = 0;
    for (size_t k = 0; st == VG_OK && k < json_array_size(list); k++) {
        st = read_drones_item(json_array_get(list, k), watch, io, err);
    }
    return st == VG_OK ? name_drones(watch, io, err) : st;
}

/* Bases that go take their drones with them, where the question does not say what drones there are.
 */
static void keep_drones(const struct vg_watchfile *watch, struct vg_watchfile *io)
{
    io->n_drones = 0;
    for (int d = 0; d < watch->n_drones && d < VG_WHATIF_DRONES_MAX; d++) {
        struct vg_wf_drone x = watch->drones[d];
        x.base = x.base >= 0 ? vg_watchfile_find_base(io, watch->bases[x.base].name) : -1;
        if (x.base >= 0 || watch->drones[d].base < 0) {
            io->drones[io->n_drones++] = x;
        }
    }
}

static enum vg_status read_all(const json_t *doc, const struct vg_watchfile *watch,
                               struct vg_whatif *q, struct vg_error *err)
{
    static const char *const WANTS[] = {"bound", "plan", "price", "curve", "watch", "radio"};
    static const char *const LANGS[] = {"en", "fr"};
    int want = 0;
    int lang = 0;
    double promise_s = watch->revisit_s;
    enum vg_status st = read_choice(doc, "want", WANTS, 6, &want, err);
    if (st == VG_OK) {
        st = read_name(doc, "asker", q->asker, sizeof q->asker, err);
    }
    if (st == VG_OK && json_object_get(doc, "lang") != NULL) {
        st = read_choice(doc, "lang", LANGS, 2, &lang, err);
    }
    if (st == VG_OK && json_object_get(doc, "promise_s") != NULL) {
        st = vg_json_number(doc, "promise_s", PROMISE_MIN_S, PROMISE_MAX_S, &promise_s, err);
    }
    if (st == VG_OK && json_object_get(doc, "bases") != NULL) {
        st = read_bases(doc, watch, &q->watch, err);
    }
    if (st == VG_OK && json_object_get(doc, "drones") != NULL) {
        st = read_drones(doc, watch, &q->watch, err);
    } else if (st == VG_OK) {
        keep_drones(watch, &q->watch);
    }
    if (st == VG_OK) {
        set_promise(&q->watch, promise_s);
        q->want = (enum vg_whatif_want)want;
        q->lang = lang == 1 ? VG_LANG_FR : VG_LANG_EN;
    }
    return st;
}

enum vg_status vg_whatif_parse(const char *json, size_t n, const struct vg_watchfile *watch,
                               struct vg_whatif *out, struct vg_error *err)
{
    json_t *doc;
    struct vg_whatif q = {0};
    enum vg_status st = vg_json_parse(json, n, "question", &doc, err);
    if (st != VG_OK) {
        return st;
    }
    st = !json_is_object(doc)         ? vg_fail(err, VG_E_FORMAT, "an object is wanted")
         : !copy_own(watch, &q.watch) ? vg_no_memory(err)
                                      : read_all(doc, watch, &q, err);
    json_decref(doc);
    if (st != VG_OK) {
        vg_whatif_finish(&q);
        return st;
    }
    *out = q;
    return VG_OK;
}

void vg_whatif_finish(struct vg_whatif *self)
{
    free(self->watch.bases);
    free(self->watch.drones);
    free(self->watch.network.stretches);
    *self = (struct vg_whatif){0};
}
