/* vigie track FILE: measurements of cameras and other sensors as JSON lines in, tracks as JSON
 * lines out, as they come (docs/formats.md, docs/tracking.md). */
#include "app/lines.h"
#include "app/options.h"

#include "track/params.h"
#include "track/track_json.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BAD_TOLD = 10 /* bad lines that are told in full under --keep-going */
};
/* Lines of --every go on so long after the newest scan; then they wait for the next one. */
#define QUIET_S 3600.0

struct tracking {
    const struct vg_app *app;
    double every_s; /* 0: after each scan */
    bool is_all, is_going_on;
    FILE *out;
    struct vg_scan_reader *reader;
    struct vg_tracker *tracker;
    struct vg_track *tracks;
    size_t room;
    double next; /* line of --every to come, in steps of every_s on the input's clock */
    double newest_s; /* scan, on the input's clock */
    bool has_scan;
    int n_bad;
    struct vg_buf line;
};

static volatile sig_atomic_t is_stopped;

static void on_stop(int signum)
{
    (void)signum;
    is_stopped = 1;
}

/* They come through only while the next line is waited for: none is missed just before. */
static void catch_signals(sigset_t *while_waiting)
{
    struct sigaction act = {.sa_handler = on_stop};
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, while_waiting);
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    signal(SIGPIPE, SIG_IGN); /* told as a failed write */
}

static enum vg_status flush(struct tracking *self, struct vg_error *err)
{
    bool ok = !self->line.is_failed &&
              fwrite(vg_buf_text(&self->line), 1, self->line.n, self->out) == self->line.n &&
              fflush(self->out) == 0;
    int why = errno;
    bool is_memory = self->line.is_failed;
    vg_buf_reset(&self->line);
    if (is_memory) {
        return vg_no_memory(err);
    }
    return ok ? VG_OK : vg_fail_errno(err, why, "cannot write the tracks");
}

/* All tracks at t_s of the tracker's clock, in self->tracks. */
static enum vg_status fetch(struct tracking *self, double t_s, size_t *out_n, struct vg_error *err)
{
    size_t most = vg_tracker_stats(self->tracker).tracks + 256; /* and some that have ended */
    if (most > self->room) {
        struct vg_track *more = realloc(self->tracks, 2 * most * sizeof *more);
        if (more == NULL) {
            return vg_no_memory(err);
        }
        self->tracks = more;
        self->room = 2 * most;
    }
    size_t n = vg_tracker_tracks(self->tracker, t_s, self->is_all, self->tracks, self->room);
    *out_n = n < self->room ? n : self->room;
    return VG_OK;
}

/* One line of --every. */
static enum vg_status put_moment(struct tracking *self, double t_s, struct vg_error *err)
{
    size_t n = 0;
    const struct vg_frame *frame = vg_scan_reader_frame(self->reader);
    enum vg_status st = fetch(self, t_s - vg_scan_reader_start_s(self->reader), &n, err);
    if (st != VG_OK) {
        return st;
    }
    vg_buf_printf(&self->line, "{\"t\":%.3f,", t_s);
    if (frame != NULL) {
        vg_buf_printf(&self->line, "\"origin\":[%.7f,%.7f],", frame->lat0_deg, frame->lon0_deg);
    }
    vg_buf_puts(&self->line, "\"tracks\":[");
    for (size_t i = 0; i < n; i++) {
        vg_buf_puts(&self->line, i > 0 ? "," : "");
        vg_track_json(&self->line, self->reader, &self->tracks[i], false);
    }
    vg_buf_puts(&self->line, "]}\n");
    return flush(self, err);
}

/* Lines of --every before t_s: no scan up to them is still to come, but for late ones. */
static enum vg_status put_due(struct tracking *self, double t_s, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    while (st == VG_OK && self->next * self->every_s < fmin(t_s, self->newest_s + QUIET_S)) {
        st = put_moment(self, self->next++ * self->every_s, err);
    }
    if (self->next * self->every_s < t_s) {
        self->next = ceil(t_s / self->every_s);
    }
    return st;
}

static enum vg_status put_tracks(struct tracking *self, double t_s, struct vg_error *err)
{
    size_t n = 0;
    enum vg_status st = fetch(self, t_s, &n, err);
    for (size_t i = 0; i < n && st == VG_OK; i++) {
        vg_track_json(&self->line, self->reader, &self->tracks[i], true);
        vg_buf_puts(&self->line, "\n");
    }
    return st == VG_OK ? flush(self, err) : st;
}

/* The scan of a line into the tracker; bad lines fail with their place, what cannot be written
 * without. */
static enum vg_status take_line(struct tracking *self, const struct vg_lines *in, const char *text,
                                size_t n, struct vg_error *err)
{
    struct vg_scan scan;
    enum vg_status st = vg_scan_read(self->reader, text, n, &scan, err);
    double t_s = st == VG_OK ? scan.t_s + vg_scan_reader_start_s(self->reader) : 0;
    if (st == VG_OK && !self->has_scan) {
        self->next = self->every_s > 0 ? ceil(t_s / self->every_s) : 0;
        self->newest_s = t_s;
    }
    if (st == VG_OK && self->every_s > 0) {
        st = put_due(self, t_s, err);
        if (st != VG_OK) {
            return st;
        }
    }
    uint64_t too_late = vg_tracker_stats(self->tracker).too_late;
    if (st == VG_OK) {
        st = vg_tracker_scan(self->tracker, &scan, err);
    }
    if (st != VG_OK) {
        vg_format(err->place, sizeof err->place, "%s", in->place);
        err->line = in->number;
        err->column = err->column > 0 ? err->column : 1;
        return st == VG_E_NO_MEMORY ? st : (err->status = VG_E_FORMAT);
    }
    self->newest_s = self->has_scan ? fmax(self->newest_s, t_s) : t_s;
    self->has_scan = true;
    bool is_news = vg_tracker_stats(self->tracker).too_late == too_late;
    return self->every_s > 0 || !is_news ? VG_OK : put_tracks(self, scan.t_s, err);
}

/* With --keep-going a bad line is told and left out. */
static bool is_passed_over(struct tracking *self, const struct vg_error *err)
{
    if (!self->is_going_on || err->status != VG_E_FORMAT) {
        return false;
    }
    if (self->n_bad++ < BAD_TOLD) {
        vg_app_fail(self->app, err);
    }
    return true;
}

static enum vg_status track_all(struct tracking *self, struct vg_lines *in, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    while (st == VG_OK && !is_stopped) {
        const char *text;
        size_t n = 0;
        struct vg_error bad = {.lang = err->lang};
        st = vg_lines_next(in, &text, &n, err);
        if (st != VG_OK || text == NULL) {
            break;
        }
        if (strspn(text, " \t\r") >= n) {
            continue;
        }
        st = take_line(self, in, text, n, &bad);
        if (st != VG_OK && is_passed_over(self, &bad)) {
            st = VG_OK;
        } else if (st != VG_OK) {
            *err = bad;
        }
    }
    struct vg_error last = {.lang = err->lang};
    if (self->has_scan && self->every_s > 0 && /* what came before a bad line too */
        put_moment(self, self->next * self->every_s, &last) != VG_OK && st == VG_OK) {
        *err = last;
        st = last.status;
    }
    return st;
}

static void put_summary(const struct tracking *self)
{
    struct vg_track_stats s = vg_tracker_stats(self->tracker);
    const unsigned long long n[] = {
        s.scans,    s.measurements,     s.tracks,           s.late,
        s.too_late, s.dropped_for_room, s.dropped_for_time, (unsigned long long)self->n_bad};
    fprintf(stderr,
            self->app->is_json
                ? "{\"scans\":%llu,\"measurements\":%llu,\"tracks\":%llu,\"late\":%llu,"
                  "\"too_late\":%llu,\"dropped_for_room\":%llu,\"dropped_for_time\":%llu,"
                  "\"bad_lines\":%llu}\n"
                : vg_tr(self->app->lang,
                        "%llu scans, %llu measurements, %llu tracks; %llu scans late, %llu too "
                        "late; %llu hypotheses dropped for room, %llu for time; %llu bad lines\n"),
            n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
}

struct track_args {
    const char *in, *out, *origin;
    int64_t max_tracks;
};

static enum vg_status open_all(struct tracking *self, const struct track_args *a,
                               struct vg_lines *in, struct vg_error *err)
{
    struct vg_track_params params = vg_track_defaults();
    double lat_deg, lon_deg;
    params.max_tracks = a->max_tracks > 0 ? (size_t)a->max_tracks : params.max_tracks;
    enum vg_status st = vg_tracker_new(&params, &self->tracker, err);
    st = st == VG_OK ? vg_scan_reader_new(&self->reader, err) : st;
    st = st == VG_OK ? vg_lines_open(in, a->in, err) : st;
    if (st != VG_OK) {
        return st;
    }
    if (a->origin != NULL && vg_option_place(a->origin, &lat_deg, &lon_deg)) {
        vg_scan_reader_origin(self->reader, lat_deg, lon_deg);
    }
    self->out = a->out != NULL ? fopen(a->out, "w") : stdout;
    return self->out != NULL ? VG_OK : vg_fail_errno(err, errno, "cannot write %s", a->out);
}

int vg_cmd_track(const struct vg_app *app, int argc, char **argv)
{
    struct tracking self = {.app = app};
    struct track_args a = {0};
    struct vg_lines in = {.fd = -1};
    double lat_deg, lon_deg;
    int n = 0;
    const struct vg_option options[] = {
        {"o", VG_OPT_TEXT, &a.out},         {"every", VG_OPT_DURATION, &self.every_s},
        {"all", VG_OPT_FLAG, &self.is_all}, {"max-tracks", VG_OPT_INTEGER, &a.max_tracks},
        {"origin", VG_OPT_TEXT, &a.origin}, {"keep-going", VG_OPT_FLAG, &self.is_going_on}};
    int rc =
        vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0], &a.in, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0],
                            "measurements as JSON lines are wanted (- for standard "
                            "input)");
    }
    if (a.origin != NULL && !vg_option_place(a.origin, &lat_deg, &lon_deg)) {
        return vg_app_usage(app, argv[0],
                            "--origin takes LAT,LON in degrees, such as 14.43,-11.44");
    }
    struct vg_error err = {.lang = app->lang};
    sigset_t while_waiting;
    catch_signals(&while_waiting);
    enum vg_status st = open_all(&self, &a, &in, &err);
    in.while_waiting = &while_waiting;
    st = st == VG_OK ? track_all(&self, &in, &err) : st;
    if (st == VG_OK) {
        put_summary(&self);
    }
    if (self.out != NULL && self.out != stdout && fclose(self.out) != 0 && st == VG_OK) {
        st = vg_fail_errno(&err, errno, "cannot write %s", a.out);
    }
    rc = st != VG_OK ? vg_app_fail(app, &err) : self.n_bad > 0 ? vg_exit_code(VG_E_FORMAT) : 0;
    vg_lines_close(&in);
    vg_scan_reader_free(self.reader);
    vg_tracker_free(self.tracker);
    vg_buf_finish(&self.line);
    free(self.tracks);
    return rc;
}
