/* Entry point: lines of measurements into the reader; what it takes into the tracker; its tracks
 * are finite and come out as JSON. */
#include "base/json.h"
#include "track/track_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST = 64
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int ok)
{
    if (!ok) {
        abort();
    }
}

static void check_tracks(struct vg_tracker *tracker, const struct vg_scan_reader *reader,
                         double t_s)
{
    struct vg_track tracks[MOST];
    struct vg_buf line = {0};
    json_t *doc = NULL;
    size_t n = vg_tracker_tracks(tracker, t_s, true, tracks, MOST);
    for (size_t i = 0; i < n && i < MOST; i++) {
        require(isfinite(tracks[i].x_m) && isfinite(tracks[i].vy_m_s) && tracks[i].id > 0);
        require(tracks[i].p_exist >= 0 && tracks[i].p_exist <= 1 && tracks[i].cov[0] >= 0);
        vg_track_json(&line, reader, &tracks[i], true);
        require(vg_json_parse(line.data, line.n, "", &doc, NULL) == VG_OK);
        json_decref(doc);
        vg_buf_reset(&line);
    }
    vg_buf_finish(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_scan_reader *reader = NULL;
    struct vg_tracker *tracker = NULL;
    const char *text = (const char *)data, *end = text + size;
    if (size > 1 << 16 || vg_scan_reader_new(&reader, NULL) != VG_OK ||
        vg_tracker_new(NULL, &tracker, NULL) != VG_OK) {
        return 0;
    }
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = stop != NULL ? (size_t)(stop - text) : (size_t)(end - text);
        struct vg_scan scan;
        struct vg_error err = {0};
        if (vg_scan_read(reader, text, n, &scan, &err) != VG_OK) {
            require(err.status != VG_OK && err.message[0] != '\0');
        } else if (vg_tracker_scan(tracker, &scan, &err) == VG_OK) {
            check_tracks(tracker, reader, scan.t_s);
        } else {
            require(err.status == VG_E_INVALID && err.message[0] != '\0');
        }
        text += n + 1;
    }
    vg_tracker_free(tracker);
    vg_scan_reader_free(reader);
    return 0;
}
