/* Reads "vigie-plan/1" (docs/formats.md): types, ranges and keys are checked here; whether the plan
 * makes sense is the checker's question. */
#include "plan/plan.h"

#include "plan/fleet.h"
#include "plan/inner.h"

#include "geo/geodesy.h"

#include "base/json.h"
#include "base/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ranges that no real plan leaves: 30 years, twice round the earth, from under the Dead Sea to the
 * edge of the stratosphere. */
static const double MAX_S = 1e9;
static const double MAX_KM = 1e5;
static const double MAX_WIND_MPS = 100;
static const double MIN_ALT_MSL_M = -1000;
static const double MAX_ALT_MSL_M = 30000;
static const double MAX_DEPTH_M = 100000; /* the greatest watch depth */

static enum vg_status refuse_unknown(json_t *object, const char *const *known, int n_known,
                                     struct vg_error *err)
{
    if (!json_is_object(object)) {
        return vg_fail(err, VG_E_FORMAT, "must be an object");
    }
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        bool is_known = false;
        for (int i = 0; i < n_known && !is_known; i++) {
            is_known = strcmp(key, known[i]) == 0;
        }
        if (!is_known) {
            return vg_fail(err, VG_E_FORMAT, "unknown key \"%.40s\"", key);
        }
    }
    return VG_OK;
}

static enum vg_status read_name(const json_t *object, const char *key, char *out, size_t size_bytes,
                                struct vg_error *err)
{
    const char *text;
    enum vg_status st = vg_json_text(object, key, &text, err);
    if (st != VG_OK) {
        return st;
    }
    if (text[0] == '\0' || strlen(text) >= size_bytes) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must have 1 to %zu bytes", key, size_bytes - 1);
    }
    memcpy(out, text, strlen(text) + 1);
    return VG_OK;
}

/* A number, or null for "never" (infinite). */
static enum vg_status read_gap(const json_t *object, const char *key, double *out,
                               struct vg_error *err)
{
    if (json_is_null(json_object_get(object, key))) {
        *out = HUGE_VAL;
        return VG_OK;
    }
    return vg_json_number(object, key, 0, MAX_S, out, err);
}

/* A list of numbers by key, all in one range: the shape of most of the file. */
struct field {
    const char *key;
    double lo;
    double hi;
    double scale;
    double *out;
};

static enum vg_status read_fields(const json_t *object, const struct field *fields, int n,
                                  struct vg_error *err)
{
    for (int i = 0; i < n; i++) {
        double x;
        enum vg_status st =
            vg_json_number(object, fields[i].key, fields[i].lo, fields[i].hi, &x, err);
        if (st != VG_OK) {
            return st;
        }
        *fields[i].out = x * fields[i].scale;
    }
    return VG_OK;
}

/* Like read_fields, of keys that may be left out. */
static enum vg_status read_more(const json_t *object, const struct field *fields, int n,
                                struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int i = 0; i < n && st == VG_OK; i++) {
        if (json_object_get(object, fields[i].key) != NULL) {
            st = read_fields(object, &fields[i], 1, err);
        }
    }
    return st;
}

static enum vg_status read_passes(const json_t *object, struct vg_plan_stretch *out,
                                  struct vg_error *err)
{
    const json_t *list = json_object_get(object, "passes");
    size_t n = json_array_size(list);
    if (list != NULL && (n == 0 || n > VG_PLAN_PASSES_MAX)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be a list of 1 to %d pairs", "passes",
                       VG_PLAN_PASSES_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *offset = json_array_get(pair, 0);
        const json_t *depth = json_array_get(pair, 1);
        struct vg_plan_pass *p = &out->passes[i];
        *p = (struct vg_plan_pass){json_number_value(offset), json_number_value(depth)};
        if (json_array_size(pair) != 2 || !json_is_number(offset) || !json_is_number(depth) ||
            !(fabs(p->offset_m) <= MAX_DEPTH_M && p->depth_m >= 1 && p->depth_m <= MAX_DEPTH_M)) {
            return vg_fail(err, VG_E_FORMAT, "passes[%d] must be [offset_m, depth_m], at most %g m",
                           (int)i, MAX_DEPTH_M);
        }
    }
    out->n_passes = (int)n;
    const struct field fields[] = {{"agl_m", 0, MAX_ALT_MSL_M, 1, &out->agl_m},
                                   {"seen", 0, 1, 1, &out->seen},
                                   {"hidden_km", 0, MAX_KM, 1000, &out->hidden_m}};
    return read_more(object, fields, 3, err);
}

static enum vg_status read_stretch(json_t *object, struct vg_plan_stretch *out,
                                   struct vg_error *err)
{
    static const char *const KEYS[] = {"id",        "line",        "from_km",     "to_km",
                                       "revisit_s", "worst_gap_s", "unreachable", "passes",
                                       "agl_m",     "seen",        "hidden_km"};
    enum vg_status st = refuse_unknown(object, KEYS, 11, err);
    if (st == VG_OK) {
        st = read_name(object, "id", out->id, sizeof out->id, err);
    }
    if (st == VG_OK) {
        st = read_name(object, "line", out->line, sizeof out->line, err);
    }
    const struct field fields[] = {{"from_km", 0, MAX_KM, 1000, &out->from_m},
                                   {"to_km", 0, MAX_KM, 1000, &out->to_m},
                                   {"revisit_s", 0.1, MAX_S, 1, &out->revisit_s}};
    if (st == VG_OK) {
        st = read_fields(object, fields, 3, err);
    }
    if (st == VG_OK) {
        st = read_gap(object, "worst_gap_s", &out->worst_gap_s, err);
    }
    if (st == VG_OK) {
        st = read_passes(object, out, err);
    }
    out->is_unreachable = json_object_get(object, "unreachable") != NULL;
    if (st == VG_OK && out->is_unreachable) {
        st = read_name(object, "unreachable", out->reason, sizeof out->reason, err);
    }
    return st;
}

static enum vg_status read_point(json_t *list, struct vg_plan_point *out, struct vg_error *err)
{
    if (!json_is_array(list) || json_array_size(list) != 4) {
        return vg_fail(err, VG_E_FORMAT, "must be [t_s, lat, lon, alt_msl_m]");
    }
    const double lo[4] = {-MAX_S, -90, -180, MIN_ALT_MSL_M};
    const double hi[4] = {MAX_S, 90, 180, MAX_ALT_MSL_M};
    double x[4];
    for (size_t i = 0; i < 4; i++) {
        json_t *v = json_array_get(list, i);
        x[i] = json_number_value(v);
        if (!json_is_number(v) || !(x[i] >= lo[i] && x[i] <= hi[i])) {
            return vg_fail(err, VG_E_FORMAT, "number %d must be from %g to %g", (int)i + 1, lo[i],
                           hi[i]);
        }
    }
    *out = (struct vg_plan_point){x[0], x[1], x[2], x[3]};
    return VG_OK;
}

static enum vg_status read_visit(json_t *object, struct vg_plan_visit *out, struct vg_error *err)
{
    static const char *const KEYS[] = {"line", "from_km", "to_km", "t0_s", "t1_s", "pass"};
    double pass = 1;
    const struct field more[] = {{"pass", 1, VG_PLAN_PASSES_MAX, 1, &pass}};
    enum vg_status st = refuse_unknown(object, KEYS, 6, err);
    if (st == VG_OK) {
        st = read_more(object, more, 1, err);
    }
    out->pass = (int)pass - 1;
    if (st == VG_OK) {
        st = read_name(object, "line", out->line, sizeof out->line, err);
    }
    const struct field fields[] = {{"from_km", 0, MAX_KM, 1000, &out->from_m},
                                   {"to_km", 0, MAX_KM, 1000, &out->to_m},
                                   {"t0_s", -MAX_S, MAX_S, 1, &out->t0_s},
                                   {"t1_s", -MAX_S, MAX_S, 1, &out->t1_s}};
    return st == VG_OK ? read_fields(object, fields, 4, err) : st;
}

/* n zeroed items for the list under `key`; an empty list is allowed. */
static enum vg_status read_list(const json_t *object, const char *key, size_t item_bytes,
                                json_t **out_list, void **out_items, struct vg_error *err)
{
    enum vg_status st = vg_json_list(object, key, out_list, err);
    if (st != VG_OK) {
        return st;
    }
    size_t n = json_array_size(*out_list);
    *out_items = calloc(n > 0 ? n : 1, item_bytes);
    return *out_items != NULL ? VG_OK : vg_no_memory(err);
}

static enum vg_status read_track(const json_t *object, struct vg_plan_sortie *out,
                                 struct vg_error *err)
{
    json_t *list;
    void *items;
    enum vg_status st = read_list(object, "track", sizeof *out->track, &list, &items, err);
    if (st != VG_OK) {
        return st;
    }
    out->track = items;
    out->n_track = (int)json_array_size(list);
    for (int i = 0; i < out->n_track; i++) {
        st = read_point(json_array_get(list, (size_t)i), &out->track[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "track[%d]", i);
            return st;
        }
    }
    return VG_OK;
}

static enum vg_status read_visits(const json_t *object, struct vg_plan_sortie *out,
                                  struct vg_error *err)
{
    json_t *list;
    void *items;
    enum vg_status st = read_list(object, "visits", sizeof *out->visits, &list, &items, err);
    if (st != VG_OK) {
        return st;
    }
    out->visits = items;
    out->n_visits = (int)json_array_size(list);
    for (int i = 0; i < out->n_visits; i++) {
        st = read_visit(json_array_get(list, (size_t)i), &out->visits[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "visits[%d]", i);
            return st;
        }
    }
    return VG_OK;
}

static enum vg_status read_sortie_names(json_t *object, struct vg_plan_sortie *out,
                                        struct vg_error *err)
{
    static const char *const KEYS[] = {"id",        "drone",  "base_from", "base_to",
                                       "takeoff_s", "land_s", "energy",    "period_s",
                                       "track",     "visits", "depth_m"};
    enum vg_status st = refuse_unknown(object, KEYS, 11, err);
    if (st == VG_OK) {
        st = read_name(object, "id", out->id, sizeof out->id, err);
    }
    if (st == VG_OK) {
        st = read_name(object, "drone", out->drone, sizeof out->drone, err);
    }
    if (st == VG_OK) {
        st = read_name(object, "base_from", out->base_from, sizeof out->base_from, err);
    }
    return st == VG_OK ? read_name(object, "base_to", out->base_to, sizeof out->base_to, err) : st;
}

static enum vg_status read_sortie(json_t *object, double plan_period_s, struct vg_plan_sortie *out,
                                  struct vg_error *err)
{
    out->period_s = plan_period_s;
    const struct field fields[] = {{"takeoff_s", -MAX_S, MAX_S, 1, &out->takeoff_s},
                                   {"land_s", -MAX_S, MAX_S, 1, &out->land_s},
                                   {"energy", 0, 100, 1, &out->energy},
                                   {"period_s", 0.1, MAX_S, 1, &out->period_s}};
    enum vg_status st = read_sortie_names(object, out, err);
    const struct field more[] = {{"depth_m", 0, MAX_DEPTH_M, 1, &out->depth_m}};
    if (st == VG_OK) {
        st = read_fields(object, fields, json_object_get(object, "period_s") ? 4 : 3, err);
    }
    if (st == VG_OK) {
        st = read_more(object, more, 1, err);
    }
    if (st == VG_OK) {
        st = read_track(object, out, err);
    }
    return st == VG_OK ? read_visits(object, out, err) : st;
}

static enum vg_status read_stretches(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    json_t *list;
    void *items;
    enum vg_status st = read_list(doc, "stretches", sizeof *out->stretches, &list, &items, err);
    if (st != VG_OK) {
        return st;
    }
    out->stretches = items;
    out->n_stretches = (int)json_array_size(list);
    for (int i = 0; i < out->n_stretches; i++) {
        st = read_stretch(json_array_get(list, (size_t)i), &out->stretches[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "stretches[%d]", i);
            return st;
        }
    }
    return VG_OK;
}

static enum vg_status read_sorties(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    json_t *list;
    void *items;
    enum vg_status st = read_list(doc, "sorties", sizeof *out->sorties, &list, &items, err);
    if (st != VG_OK) {
        return st;
    }
    out->sorties = items;
    out->n_sorties = (int)json_array_size(list);
    for (int i = 0; i < out->n_sorties; i++) {
        st = read_sortie(json_array_get(list, (size_t)i), out->period_s, &out->sorties[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "sorties[%d]", i);
            return st;
        }
    }
    return VG_OK;
}

static enum vg_status read_slot(json_t *object, struct vg_plan_slot *out, struct vg_error *err)
{
    static const char *const KEYS[] = {"drone", "base", "from_s", "to_s", "period_s"};
    const struct field fields[] = {{"from_s", 0, MAX_S, 1, &out->from_s},
                                   {"to_s", 0, MAX_S, 1, &out->to_s},
                                   {"period_s", 0.1, MAX_S, 1, &out->period_s}};
    enum vg_status st = refuse_unknown(object, KEYS, 5, err);
    if (st == VG_OK) {
        st = read_name(object, "drone", out->drone, sizeof out->drone, err);
    }
    if (st == VG_OK) {
        st = read_name(object, "base", out->base, sizeof out->base, err);
    }
    return st == VG_OK ? read_fields(object, fields, 3, err) : st;
}

/* May be left out. */
static enum vg_status read_slots(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    json_t *list;
    void *items;
    if (json_object_get(doc, "maintenance") == NULL) {
        return VG_OK;
    }
    enum vg_status st = read_list(doc, "maintenance", sizeof *out->slots, &list, &items, err);
    if (st != VG_OK) {
        return st;
    }
    out->slots = items;
    out->n_slots = (int)json_array_size(list);
    for (int i = 0; i < out->n_slots; i++) {
        st = read_slot(json_array_get(list, (size_t)i), &out->slots[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "maintenance[%d]", i);
            return st;
        }
    }
    return VG_OK;
}

/* The certificate is kept as text: its readers know its shape. Nine digits survive a second reading
 * and writing unchanged. */
static enum vg_status read_certificate(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    json_t *cert = json_object_get(doc, "certificate");
    if (cert != NULL && !json_is_object(cert)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be an object", "certificate");
    }
    out->certificate =
        cert != NULL ? json_dumps(cert, JSON_COMPACT | JSON_REAL_PRECISION(9)) : strdup("{}");
    return out->certificate != NULL ? VG_OK : vg_no_memory(err);
}

/* [true degrees it comes from, m/s]; none: the watch's. */
static enum vg_status read_wind(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    const json_t *wind = json_object_get(doc, "wind");
    if (wind == NULL) {
        return VG_OK;
    }
    const json_t *from = json_array_get(wind, 0);
    const json_t *speed = json_array_get(wind, 1);
    out->has_wind = true;
    out->wind_from_deg = json_number_value(from);
    out->wind_mps = json_number_value(speed);
    bool is_good = json_array_size(wind) == 2 && json_is_number(from) && json_is_number(speed) &&
                   out->wind_from_deg >= 0 && out->wind_from_deg <= 360 && out->wind_mps >= 0 &&
                   out->wind_mps <= MAX_WIND_MPS;
    return is_good ? VG_OK
                   : vg_fail(err, VG_E_FORMAT,
                             "\"wind\" must be [degrees it comes from, m/s], at most %d m/s",
                             (int)MAX_WIND_MPS);
}

/* "clock":"00:00Z", "daylight":"2026-11-28": both may be left out. */
static enum vg_status read_clock(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    char text[32];
    enum vg_status st = VG_OK;
    out->is_clocked = json_object_get(doc, "clock") != NULL;
    out->has_daylight = json_object_get(doc, "daylight") != NULL;
    if (out->is_clocked) {
        st = read_name(doc, "clock", text, sizeof text, err);
        size_t n = st == VG_OK ? strlen(text) : 0;
        if (st == VG_OK && (n != 6 || text[5] != 'Z')) {
            st = vg_fail(err, VG_E_FORMAT, "\"clock\" must be a time of day such as \"00:00Z\"");
        }
        if (st == VG_OK) {
            text[5] = '\0';
            st = vg_hours_parse_time(text, &out->clock_s, err);
        }
        if (st == VG_OK && fabs(remainder(out->period_s, VG_DAY_S)) > 0) {
            st = vg_fail(err, VG_E_FORMAT, "a plan with a \"clock\" repeats after whole days");
        }
    }
    if (st == VG_OK && out->has_daylight) {
        char full[64];
        struct vg_us day;
        st = read_name(doc, "daylight", text, sizeof text, err);
        vg_format(full, sizeof full, "%sT00:00:00Z", text);
        if (st == VG_OK && (!out->is_clocked || vg_time_parse(full, &day, NULL) != VG_OK)) {
            st = vg_fail(err, VG_E_FORMAT,
                         "\"daylight\" must be a date such as \"2026-11-28\", beside a \"clock\"");
        }
        out->daylight_day = st == VG_OK ? day.us / (VG_DAY_S * VG_US_PER_S) : 0;
    }
    return st;
}

static enum vg_status read_head(json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    static const char *const KEYS[] = {
        "format",    "period_s",    "worst_gap_s", "bound_s", "ratio",       "clock", "daylight",
        "stretches", "certificate", "sorties",     "wind",    "maintenance", "fleet"};
    char format[32];
    enum vg_status st = refuse_unknown(doc, KEYS, 13, err);
    if (st == VG_OK) {
        st = read_name(doc, "format", format, sizeof format, err);
    }
    if (st == VG_OK && strcmp(format, "vigie-plan/1") != 0) {
        st = vg_fail(err, VG_E_FORMAT, "\"format\" is \"%s\"; this program reads \"vigie-plan/1\"",
                     format);
    }
    const struct field fields[] = {{"period_s", 0.1, MAX_S, 1, &out->period_s},
                                   {"bound_s", 0, MAX_S, 1, &out->bound_s},
                                   {"ratio", 0, MAX_S, 1, &out->ratio}};
    if (st == VG_OK) {
        st = read_fields(doc, fields, 3, err);
    }
    if (st == VG_OK) {
        st = read_wind(doc, out, err);
    }
    if (st == VG_OK) {
        st = read_clock(doc, out, err);
    }
    return st == VG_OK ? read_gap(doc, "worst_gap_s", &out->worst_gap_s, err) : st;
}

enum vg_status vg_plan_parse(const char *json, size_t n, const char *place, struct vg_plan *out,
                             struct vg_error *err)
{
    json_t *doc = NULL;
    struct vg_plan plan = {0};
    enum vg_status st = vg_json_parse(json, n, place, &doc, err);
    if (st == VG_OK) {
        st = read_head(doc, &plan, err);
    }
    if (st == VG_OK) {
        st = read_stretches(doc, &plan, err);
    }
    if (st == VG_OK) {
        st = read_sorties(doc, &plan, err);
    }
    if (st == VG_OK) {
        st = read_slots(doc, &plan, err);
    }
    if (st == VG_OK) {
        st = vg_plan_read_fleet(doc, &plan, err);
    }
    if (st == VG_OK) {
        st = read_certificate(doc, &plan, err);
    }
    json_decref(doc);
    if (st == VG_OK) {
        *out = plan;
        return VG_OK;
    }
    if (err != NULL && err->place[0] == '\0') {
        vg_format(err->place, sizeof err->place, "%s", place != NULL ? place : "");
    }
    vg_plan_finish(&plan);
    return st;
}

void vg_plan_finish(struct vg_plan *self)
{
    for (int i = 0; i < self->n_sorties; i++) {
        free(self->sorties[i].track);
        free(self->sorties[i].visits);
    }
    free(self->sorties);
    free(self->stretches);
    free(self->slots);
    free(self->fleet);
    free(self->certificate);
    *self = (struct vg_plan){0};
}

struct vg_watchfile vg_plan_watch(const struct vg_plan *plan, const struct vg_watchfile *watch)
{
    struct vg_watchfile w = *watch;
    if (plan->has_wind) {
        w.wind_from_deg = plan->wind_from_deg;
        w.wind_mps = plan->wind_mps;
        w.has_wind_hours = false;
    }
    return w;
}

struct vg_plan_point vg_plan_between(const struct vg_plan_point *from, double t_s)
{
    const struct vg_plan_point *to = from + 1;
    double f = fmin(1, fmax(0, (t_s - from->t_s) / (to->t_s - from->t_s)));
    double lon = from->lon_deg + f * vg_wrap_180_deg(to->lon_deg - from->lon_deg);
    return (struct vg_plan_point){t_s, from->lat_deg + f * (to->lat_deg - from->lat_deg),
                                  vg_wrap_180_deg(lon),
                                  from->alt_msl_m + f * (to->alt_msl_m - from->alt_msl_m)};
}

bool vg_plan_wanders(const struct vg_plan *plan)
{
    bool does = false;
    for (int k = 0; k < plan->n_sorties && !does; k++) {
        does = strcmp(plan->sorties[k].base_from, plan->sorties[k].base_to) != 0;
    }
    return does;
}

double vg_plan_tick_s(double t_s)
{
    return round(t_s * VG_TICKS_PER_S) / VG_TICKS_PER_S;
}

static double later(double t_s, double shift_s)
{
    return shift_s == 0 ? t_s : vg_plan_tick_s(t_s + shift_s);
}

/* NULL: out of memory. */
static void *copy_of(const void *from, size_t n_bytes)
{
    void *out = calloc(1, n_bytes + 1);
    if (out != NULL && n_bytes > 0) {
        memcpy(out, from, n_bytes);
    }
    return out;
}

bool vg_plan_copy_head(const struct vg_plan *from, size_t n, struct vg_plan *out)
{
    *out = *from;
    out->n_sorties = 0;
    out->sorties = calloc(n + 1, sizeof *out->sorties);
    out->stretches = copy_of(from->stretches, (size_t)from->n_stretches * sizeof *from->stretches);
    out->slots = copy_of(from->slots, (size_t)from->n_slots * sizeof *from->slots);
    out->fleet = copy_of(from->fleet, (size_t)from->n_fleet * sizeof *from->fleet);
    out->certificate = from->certificate != NULL ? strdup(from->certificate) : NULL;
    if (!out->sorties || !out->stretches || !out->slots || !out->fleet ||
        (from->certificate != NULL && out->certificate == NULL)) {
        vg_plan_finish(out);
        *out = (struct vg_plan){0};
        return false;
    }
    return true;
}

bool vg_plan_copy_sortie(const struct vg_plan_sortie *from, double shift_s,
                         struct vg_plan_sortie *out)
{
    *out = *from;
    out->track = malloc(((size_t)from->n_track + 1) * sizeof *out->track);
    out->visits = malloc(((size_t)from->n_visits + 1) * sizeof *out->visits);
    if (out->track == NULL || out->visits == NULL) {
        free(out->track);
        free(out->visits);
        return false;
    }
    out->takeoff_s = later(from->takeoff_s, shift_s);
    out->land_s = later(from->land_s, shift_s);
    for (int k = 0; k < from->n_track; k++) {
        out->track[k] = from->track[k];
        out->track[k].t_s = later(from->track[k].t_s, shift_s);
    }
    for (int k = 0; k < from->n_visits; k++) {
        out->visits[k] = from->visits[k];
        out->visits[k].t0_s = later(from->visits[k].t0_s, shift_s);
        out->visits[k].t1_s = later(from->visits[k].t1_s, shift_s);
    }
    return true;
}

double vg_plan_camera_depth_m(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch)
{
    return sortie->depth_m > 0 ? sortie->depth_m : watch->depth_m;
}

enum vg_status vg_plan_of_watch(const struct vg_watchfile *watch, struct vg_plan *out,
                                struct vg_error *err)
{
    int n = watch->network.n_stretches;
    struct vg_plan_stretch *list = calloc((size_t)n + 1, sizeof *list);
    if (list == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < n; i++) {
        const struct vg_stretch *s = &watch->network.stretches[i];
        list[i].from_m = s->from_m;
        list[i].to_m = s->to_m;
        list[i].revisit_s = s->revisit_s;
        vg_format(list[i].id, sizeof list[i].id, "%s", s->id);
        vg_format(list[i].line, sizeof list[i].line, "%s", watch->network.lines[s->line].name);
    }
    *out = (struct vg_plan){.stretches = list, .n_stretches = n};
    return VG_OK;
}
