/* vigie traffic FILE --as KIND: what a receiver's bytes say, a JSON line each; for setting one up.
 */
#include "app/options.h"

#include "traffic/feed.h"
#include "traffic/show.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PIECE = 16384
};

struct reading {
    bool is_sky; /* contacts at the end in place of each sighting */
    struct vg_traffic traffic;
    struct vg_us now;
    struct vg_buf line;
};

static void put(struct reading *self)
{
    vg_buf_puts(&self->line, "\n");
    fputs(vg_buf_text(&self->line), stdout);
    vg_buf_reset(&self->line);
}

static void take(void *ctx, const struct vg_sighting *s)
{
    struct reading *self = ctx;
    if (self->is_sky) {
        vg_traffic_take(&self->traffic, 0, s, self->now);
        return;
    }
    vg_show_sighting(s, &self->line);
    put(self);
}

static void put_sky(struct reading *self)
{
    const struct vg_air air = {(double)NAN, (double)NAN};
    const struct vg_contact *c;
    struct vg_contact_now at;
    int it = -2;
    while ((c = vg_traffic_next(&self->traffic, &it)) != NULL) {
        if (vg_contact_at(c, &air, self->now, &at)) {
            vg_show_contact(c, &at, &self->line);
            put(self);
        }
    }
}

/* A file has no times: the pieces of a position are taken as they follow. */
static enum vg_status read_all(struct reading *self, struct vg_feed *feed, const char *path,
                               struct vg_error *err)
{
    uint8_t bytes[PIECE];
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    if (f == NULL) {
        return vg_fail_errno(err, errno, "cannot read %s", path);
    }
    size_t n;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0) {
        self->now = is_stdin ? vg_us((int64_t)time(NULL) * VG_US_PER_S) : self->now;
        vg_feed_bytes(feed, (struct vg_bytes){bytes, n}, false, self->now, take, self);
    }
    vg_feed_bytes(feed, (struct vg_bytes){(const uint8_t *)"\n", 1}, false, self->now, take, self);
    if (!is_stdin) {
        fclose(f);
    }
    return VG_OK;
}

static int finish(const struct vg_app *app, struct reading *self, const struct vg_feed *feed,
                  const char *kind)
{
    struct vg_feed_counts c = vg_feed_counts(feed);
    if (self->is_sky) {
        put_sky(self);
    }
    fprintf(stderr, vg_tr(app->lang, "%llu messages of %s, %llu sightings, %llu bad pieces\n"),
            (unsigned long long)c.n_messages, kind, (unsigned long long)c.n_sightings,
            (unsigned long long)c.n_bad);
    return c.n_messages > 0 ? 0 : 1;
}

int vg_cmd_traffic(const struct vg_app *app, int argc, char **argv)
{
    const char *path = NULL;
    const char *kind = NULL;
    const char *place = NULL;
    struct reading self = {.now = {1000000 * VG_US_PER_S}}; /* any, far from 0 */
    double lat_deg = (double)NAN;
    double lon_deg = (double)NAN;
    int n = 0;
    const struct vg_option options[] = {{"as", VG_OPT_TEXT, &kind},
                                        {"at", VG_OPT_TEXT, &place},
                                        {"sky", VG_OPT_FLAG, &self.is_sky}};
    int rc =
        vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0], &path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    enum vg_feed_kind k = kind != NULL ? vg_feed_kind_find(kind) : VG_FEED_KIND_COUNT;
    if (n != 1 || k == VG_FEED_KIND_COUNT) {
        return vg_app_usage(app, argv[0],
                            "a file (- for standard input) is wanted, and --as with beast, avr, "
                            "sbs, gdl90, ais, mavlink or remote-id");
    }
    if (place != NULL && !vg_option_place(place, &lat_deg, &lon_deg)) { /* of the receiver */
        return vg_app_usage(app, argv[0], "--at takes LAT,LON in degrees, such as 14.43,-11.44");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_feed *feed = NULL;
    enum vg_status st = vg_feed_create(k, lat_deg, lon_deg, &feed, &err);
    if (st == VG_OK) {
        st = vg_traffic_init(&self.traffic, VG_TRAFFIC_CONTACTS, &err);
    }
    if (st == VG_OK) {
        st = read_all(&self, feed, path, &err);
    }
    rc = st == VG_OK ? finish(app, &self, feed, kind) : vg_app_fail(app, &err);
    vg_feed_destroy(feed);
    vg_traffic_finish(&self.traffic);
    vg_buf_finish(&self.line);
    return rc;
}
