/* The wind of the watch: one for all day, or a forecast by the hour from a CSV file. */
#include "base/text.h"
#include "base/time.h"
#include "config/watchfile_priv.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

enum {
    N_CELLS = 3,
    CELL_SIZE = 48
};
static const char HEADER[] = "hour,from,speed";
static const double MOST_MPS = 60;

struct row {
    char cell[N_CELLS][CELL_SIZE]; /* hour, from, speed */
};

/* Cells of a line, blanks round them left out. false: not three, or too long. */
static bool split_row(const char *line, size_t n, struct row *out)
{
    int k = 0;
    size_t m = 0;
    *out = (struct row){0};
    for (size_t i = 0; i < n; i++) {
        char c = line[i];
        bool is_blank = (c == ' ' || c == '\t') && m == 0;
        if (c == ',') {
            k++;
            m = 0;
        } else if (!is_blank && c != '\r') {
            if (k >= N_CELLS || m + 1 >= CELL_SIZE) {
                return false;
            }
            out->cell[k][m++] = c;
        }
    }
    return k == N_CELLS - 1;
}

/* "07:00", or a time with a date: what counts is the hour of its UTC day. */
static bool read_hour(const char *text, int *out)
{
    double t_s = 0;
    struct vg_us t;
    if (vg_hours_parse_time(text, &t_s, NULL) != VG_OK) {
        if (vg_time_parse(text, &t, NULL) != VG_OK) {
            return false;
        }
        t_s = fmod(vg_us_to_s(t), VG_DAY_S);
    }
    *out = (int)(t_s / VG_HOUR_S);
    return fabs(t_s - *out * (double)VG_HOUR_S) < 1e-3;
}

/* One row; `line` from 1. */
static enum vg_status take_row(const char *path, int line, const struct row *row,
                               struct vg_watchfile *wf, bool *has_hour, struct vg_error *err)
{
    int hour = 0;
    struct vg_wf_wind wind;
    struct vg_error local = {.lang = err != NULL ? err->lang : VG_LANG_EN};
    if (!read_hour(row->cell[0], &hour)) {
        return vg_fail_at(err, path, line, 1,
                          "\"%s\" is no full hour; write it as \"07:00\" (UTC) or "
                          "\"2026-11-28T07:00:00Z\"",
                          row->cell[0]);
    }
    if (has_hour[hour]) {
        return vg_fail_at(err, path, line, 1, "hour %02d:00 is given twice", hour);
    }
    if (vg_quantity_parse(VG_Q_ANGLE, row->cell[1], &wind.from_deg, &local) != VG_OK ||
        vg_quantity_parse(VG_Q_SPEED, row->cell[2], &wind.mps, &local) != VG_OK) {
        return vg_fail_at(err, path, line, 1, "%s", local.message);
    }
    if (!(wind.from_deg >= 0 && wind.from_deg <= 360 && wind.mps >= 0 && wind.mps <= MOST_MPS)) {
        return vg_fail_at(err, path, line, 1,
                          "a wind comes from 0deg to 360deg at 0 to %g m/s, not from %s at %s",
                          MOST_MPS, row->cell[1], row->cell[2]);
    }
    for (int i = 0; i < wf->n_types; i++) {
        if (wind.mps >= wf->types[i].cruise_mps) {
            return vg_fail_at(err, path, line, 1,
                              "the wind of %g m/s at %02d:00 is as fast as type \"%s\" flies: it "
                              "can be planned below %g m/s",
                              wind.mps, hour, wf->types[i].name, wf->types[i].cruise_mps);
        }
    }
    has_hour[hour] = true;
    wf->wind_hours[hour] = wind;
    return VG_OK;
}

static enum vg_status expect_header(const char *path, const char *text, size_t n,
                                    struct vg_error *err)
{
    struct row row;
    struct row want;
    if (!split_row(HEADER, sizeof HEADER - 1, &want) || !split_row(text, n, &row) ||
        memcmp(&row, &want, sizeof row) != 0) {
        return vg_fail_at(err, path, 1, 1, "the first line must be \"%s\"", HEADER);
    }
    return VG_OK;
}

/* The mean of the day stands for those who ask for one wind. */
static void set_mean(struct vg_watchfile *wf)
{
    double north_mps = 0;
    double east_mps = 0;
    for (int h = 0; h < VG_DAY_HOURS; h++) {
        double from = wf->wind_hours[h].from_deg * VG_RAD_PER_DEG;
        north_mps += wf->wind_hours[h].mps * cos(from) / VG_DAY_HOURS;
        east_mps += wf->wind_hours[h].mps * sin(from) / VG_DAY_HOURS;
    }
    wf->wind_mps = hypot(north_mps, east_mps);
    wf->wind_from_deg = vg_wrap_360_deg(atan2(east_mps, north_mps) * VG_DEG_PER_RAD);
    wf->has_wind_hours = true;
}

static enum vg_status parse_hours(const char *path, const char *text, size_t n,
                                  struct vg_watchfile *wf, struct vg_error *err)
{
    bool has_hour[VG_DAY_HOURS] = {false};
    int line = 0;
    enum vg_status st = VG_OK;
    for (size_t at = 0; at < n && st == VG_OK;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : n - at;
        struct row row;
        line++;
        if (line == 1) {
            st = expect_header(path, text + at, length, err);
        } else if (length > 0 && text[at] != '\r') {
            st = split_row(text + at, length, &row)
                     ? take_row(path, line, &row, wf, has_hour, err)
                     : vg_fail_at(err, path, line, 1,
                                  "a row has three values, such as \"07:00,240deg,8 m/s\"");
        }
        at += length + 1;
    }
    for (int h = 0; h < VG_DAY_HOURS && st == VG_OK; h++) {
        if (!has_hour[h]) {
            st = vg_fail_at(err, path, line, 1,
                            "hour %02d:00 is missing: a plan repeats every day, so each hour from "
                            "00:00 to 23:00 must be there once",
                            h);
        }
    }
    if (st == VG_OK) {
        set_mean(wf);
    }
    return st;
}

enum vg_status vg_wf_read_wind_file(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                    struct vg_watchfile *wf)
{
    char path[1024];
    struct vg_buf text = {0};
    enum vg_status st = vg_wf_read_beside(self, node, path, sizeof path, &text);
    if (st == VG_OK) {
        st = parse_hours(path, vg_buf_text(&text), text.n, wf, self->r.err);
    }
    vg_buf_finish(&text);
    return st;
}
