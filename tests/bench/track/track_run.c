/* One tracker over one scenario: track_run tracker|gnn|jpda SCANS.jsonl TRACKS.jsonl SECONDS.
 * Writes a line of tracks every so many seconds up to the scenario's end, and on standard output
 * what the scans cost: processor time of this process without reading and writing. */
#include "plain.h"

#include "base/file.h"
#include "track/track_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST_TRACKS = 100000,
    MOST_SCANS = 100000
};

struct run {
    struct vg_scan_reader *reader;
    struct vg_tracker *tracker;
    struct plain *plain;
    struct vg_track *tracks;
    FILE *out;
    double every_s, next_s, sum_ms;
    double *ms;
    size_t n_scans;
    struct vg_buf line;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void die(const char *what, const struct vg_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    exit(1);
}

static void put(struct run *self, double t_s)
{
    size_t n = self->tracker != NULL
                   ? vg_tracker_tracks(self->tracker, t_s, false, self->tracks, MOST_TRACKS)
                   : plain_tracks(self->plain, t_s, self->tracks, MOST_TRACKS);
    vg_buf_reset(&self->line);
    vg_buf_printf(&self->line, "{\"t\":%.3f,\"tracks\":[", t_s);
    for (size_t i = 0; i < n; i++) {
        vg_buf_puts(&self->line, i > 0 ? "," : "");
        vg_track_json(&self->line, self->reader, &self->tracks[i], false);
    }
    vg_buf_puts(&self->line, "]}\n");
    fwrite(vg_buf_text(&self->line), 1, self->line.n, self->out);
}

static void take(struct run *self, const struct vg_scan *scan)
{
    struct vg_error err = {0};
    while (self->next_s < scan->t_s) {
        put(self, self->next_s);
        self->next_s += self->every_s;
    }
    double from = now_ms();
    if (self->plain != NULL) {
        plain_scan(self->plain, scan);
    } else if (vg_tracker_scan(self->tracker, scan, &err) != VG_OK) {
        die("scan", &err);
    }
    if (self->n_scans < MOST_SCANS) {
        self->ms[self->n_scans++] = now_ms() - from;
        self->sum_ms += now_ms() - from;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct vg_buf file = {0};
    struct vg_error err = {0};
    struct run self = {.tracks = calloc(MOST_TRACKS, sizeof *self.tracks),
                       .ms = calloc(MOST_SCANS, sizeof *self.ms)};
    if (argc != 5 || vg_file_read(argv[2], (size_t)1 << 30, &file, &err) != VG_OK ||
        vg_scan_reader_new(&self.reader, &err) != VG_OK) {
        die("track_run tracker|gnn|jpda SCANS TRACKS SECONDS", &err);
    }
    self.out = fopen(argv[3], "w");
    self.every_s = self.next_s = strtod(argv[4], NULL);
    if (strcmp(argv[1], "tracker") != 0) {
        self.plain = plain_new(strcmp(argv[1], "gnn") == 0 ? PLAIN_GNN : PLAIN_JPDA);
    } else if (vg_tracker_new(NULL, &self.tracker, &err) != VG_OK) {
        die("tracker", &err);
    }
    for (char *at = file.data, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        struct vg_scan scan;
        if (vg_scan_read(self.reader, at, (size_t)(end - at), &scan, &err) != VG_OK) {
            die(argv[2], &err);
        }
        take(&self, &scan);
    }
    put(&self, self.next_s);
    fclose(self.out);
    qsort(self.ms, self.n_scans, sizeof *self.ms, by_size);
    struct vg_track_stats s = {0};
    if (self.tracker != NULL) {
        s = vg_tracker_stats(self.tracker);
    }
    printf("{\"scans\":%zu,\"ms\":%.5f,\"p99_ms\":%.5f,\"max_ms\":%.5f,\"bytes\":%zu,"
           "\"tracks\":%zu,\"dropped\":%llu}\n",
           self.n_scans, self.sum_ms / (double)self.n_scans, self.ms[self.n_scans * 99 / 100],
           self.ms[self.n_scans - 1], s.bytes, s.peak_tracks,
           (unsigned long long)(s.dropped_for_room + s.dropped_for_time));
    vg_tracker_free(self.tracker);
    if (self.plain != NULL) {
        plain_free(self.plain);
    }
    vg_scan_reader_free(self.reader);
    vg_buf_finish(&self.line);
    vg_buf_finish(&file);
    free(self.tracks);
    free(self.ms);
    return 0;
}
