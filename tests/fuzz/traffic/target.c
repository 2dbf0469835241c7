/* Any bytes as a feed of traffic. First byte: datagrams (odd) or a stream, and how it is cut.
 * Whatever comes out is a sighting (sighting.h): places are places, texts are printable; the table
 * takes it, and a contact has a place only if one was told. */
#include "traffic/feed.h"
#include "traffic/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void expect_text(const char *text, size_t size_bytes)
{
    size_t n = strnlen(text, size_bytes);
    expect(n < size_bytes);
    for (size_t i = 0; i < n; i++) {
        expect(text[i] >= ' ' && text[i] < 0x7F);
    }
}

struct state {
    struct vg_traffic traffic;
    struct vg_us now;
};

static void take(void *ctx, const struct vg_sighting *s)
{
    struct state *state = ctx;
    const struct vg_air air = {1013, 30};
    struct vg_contact_now at;
    expect(s->id[0] != '\0');
    expect_text(s->id, sizeof s->id);
    expect_text(s->name, sizeof s->name);
    expect_text(s->operator_id, sizeof s->operator_id);
    expect(isnan(s->lat_deg) == isnan(s->lon_deg));
    expect(isnan(s->lat_deg) || (fabs(s->lat_deg) <= 90 && fabs(s->lon_deg) <= 180));
    expect(isnan(s->course_true_deg) || (s->course_true_deg >= 0 && s->course_true_deg < 360));
    expect(isnan(s->speed_mps) || (s->speed_mps >= 0 && s->speed_mps < 1e4));
    expect(!isinf(s->alt_pressure_m) && !isinf(s->alt_ell_m) && !isinf(s->climb_mps));
    expect(s->age_s >= 0 && s->age_s < 300);
    expect(s->squawk >= -1 && s->squawk <= 7777);
    const struct vg_contact *c = vg_traffic_take(&state->traffic, 0, s, state->now);
    expect(c != NULL);
    if (vg_contact_at(c, &air, state->now, &at)) {
        struct vg_buf b = {0};
        expect(isfinite(at.lat_deg) && isfinite(at.lon_deg));
        vg_show_contact(c, &at, &b);
        vg_show_sighting(s, &b);
        expect(!b.is_failed && b.n > 0);
        vg_buf_finish(&b);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_feed *feed;
    struct state state = {.now = {1}};
    if (size < 1) {
        return 0;
    }
    bool is_datagram = data[0] & 1;
    size_t piece = 1 + (size_t)(data[0] >> 1) * 4;
    if (vg_feed_create(vg_feed_kind_find(KIND), 14.5, -11.4, &feed, NULL) != VG_OK ||
        vg_traffic_init(&state.traffic, 32, NULL) != VG_OK) {
        abort();
    }
    for (size_t at = 1; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        vg_feed_bytes(feed, (struct vg_bytes){data + at, n}, is_datagram, state.now, take, &state);
        state.now.us += 1 + data[at] * (VG_US_PER_S / 50);
        vg_traffic_sweep(&state.traffic, state.now);
    }
    expect(vg_feed_counts(feed).n_bytes == size - 1);
    vg_feed_restart(feed);
    vg_feed_destroy(feed);
    vg_traffic_finish(&state.traffic);
    return 0;
}
