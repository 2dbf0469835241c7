/* The watch file changed by a program: what was asked for changes, every comment stays. */
#include "config/wf_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const char TEXT[] =
    "# A watch.\n"
    "name: Test   # its name\n"
    "line: {points: [[14.5, -11.4], [14.6, -11.4]], revisit: 4h, depth: 300m}\n"
    "bases:   # where from\n"
    "  - {name: Yélimané, at: [14.50, -11.41], pads: 3}   # paved {one}\n"
    "  - name: Camp\n"
    "    at: [14.55, -11.42]   # by the river\n"
    "    pads: 1\n"
    "  # the last one\n"
    "  - {name: Post, at: [14.58, -11.43]}\n"
    "cameras: {eo: {pixels: [1920, 1080], hfov: [6deg, 60deg]}}\n"
    "types:\n"
    "  wing: {cruise: 20 m/s, endurance: 2h, camera: eo}\n"
    "drones:\n"
    "  - {id: V, count: 3, type: wing, base: Camp}   # three\n"
    "  - {id: W1, type: wing, base: Post, sysid: 9}\n"
    "# the end\n";

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "%s is not there", path);
}

static struct vg_watchfile parse(const char *text)
{
    struct vg_watchfile wf = {0};
    struct vg_error err = {0};
    if (vg_watchfile_parse(text, strlen(text), "w.yaml", no_file, &wf, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return wf;
}

/* `text` with its lines `gone` (whole, ended) replaced by `put`. */
static char *with(const char *text, const char *gone, const char *put)
{
    const char *at = strstr(text, gone);
    assert_non_null(at);
    struct vg_buf out = {0};
    vg_buf_add(&out, text, (size_t)(at - text));
    vg_buf_puts(&out, put);
    vg_buf_puts(&out, at + strlen(gone));
    return out.data;
}

static void edits_to(const struct vg_watchfile *wanted, const char *text, const char *expected)
{
    struct vg_buf out = {0};
    struct vg_error err = {0};
    if (vg_watchfile_edit(text, strlen(text), "w.yaml", no_file, wanted, &out, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    assert_string_equal(vg_buf_text(&out), expected);
    vg_buf_finish(&out);
}

static void nothing_asked_nothing_changed(void **state)
{
    (void)state;
    struct vg_watchfile w = parse(TEXT);
    edits_to(&w, TEXT, TEXT);
    vg_watchfile_finish(&w);
}

static void promise_and_places(void **state)
{
    (void)state;
    struct vg_watchfile w = parse(TEXT);
    w.revisit_s = 5400;
    w.bases[0].lat_deg = 14.51234;
    w.bases[1].lon_deg = -11.5;
    char *a = with(TEXT, "revisit: 4h", "revisit: 1h 30min");
    char *b = with(a, "at: [14.50, -11.41], pads: 3}   # paved",
                   "at: [14.51234, -11.41000], pads: "
                   "3}   # paved");
    char *c = with(b, "[14.55, -11.42]", "[14.55000, -11.50000]");
    edits_to(&w, TEXT, c);
    free(a);
    free(b);
    free(c);
    vg_watchfile_finish(&w);
}

/* A base goes with its lines, another comes behind the last; the drones that were there go along to
 * the new one, and one that shared an entry gets a line of its own. */
static void bases_and_drones_come_and_go(void **state)
{
    (void)state;
    struct vg_watchfile w = parse(TEXT);
    struct vg_wf_drone *more = realloc(w.drones, 5 * sizeof *more);
    assert_non_null(more);
    w.drones = more;
    w.bases[1] = w.bases[2];
    w.bases[2] =
        (struct vg_wf_base){.name = "New: #2", .lat_deg = 14.6, .lon_deg = -11.45, .pads = 2};
    w.drones[0].base = 2;
    w.drones[1].base = 2;
    w.drones[2] = w.drones[3];
    w.drones[2].base = 0;
    w.drones[3] = (struct vg_wf_drone){.id = "+1", .base = 1};
    w.n_drones = 4;
    char *a = with(TEXT,
                   "  - name: Camp\n"
                   "    at: [14.55, -11.42]   # by the river\n"
                   "    pads: 1\n",
                   "");
    char *b = with(a, "  - {name: Post, at: [14.58, -11.43]}\n",
                   "  - {name: Post, at: [14.58, -11.43]}\n"
                   "  - {name: \"New: #2\", at: [14.60000, -11.45000], pads: 2}\n");
    char *c = with(b, "  - {id: V, count: 3, type: wing, base: Camp}   # three\n",
                   "  - {id: V1, type: wing, base: \"New: #2\"}\n"
                   "  - {id: V2, type: wing, base: \"New: #2\"}\n");
    char *d = with(c, "base: Post, sysid: 9}\n",
                   "base: Yélimané, sysid: 9}\n"
                   "  - {id: N1, type: wing, base: Post}\n");
    edits_to(&w, TEXT, d);
    free(a);
    free(b);
    free(c);
    free(d);
    vg_watchfile_finish(&w);
}

/* What only a person can change is refused with its line, and nothing is given out. */
static void what_it_cannot_change(void **state)
{
    (void)state;
    char *in_one_line = with(TEXT,
                             "drones:\n"
                             "  - {id: V, count: 3, type: wing, base: Camp}   # three\n"
                             "  - {id: W1, type: wing, base: Post, sysid: 9}\n",
                             "drones: [{id: V1, type: wing, base: Camp}, {id: V2, type: wing, "
                             "base: Camp}]\n");
    char *shared = with(TEXT, "{id: V, count: 3, type: wing, base: Camp}",
                        "{id: V, count: 3, type: wing, base: Camp, sysid: 20}");
    const char *texts[] = {in_one_line, shared};
    for (int k = 0; k < 2; k++) {
        struct vg_watchfile w = parse(texts[k]);
        struct vg_buf out = {0};
        struct vg_error err = {0};
        w.drones[0] = w.drones[w.n_drones - 1];
        w.n_drones--;
        assert_int_equal(
            vg_watchfile_edit(texts[k], strlen(texts[k]), "w.yaml", no_file, &w, &out, &err),
            VG_E_UNSUPPORTED);
        assert_non_null(strstr(err.message, k == 0 ? "line 14" : "line 15"));
        assert_int_equal(out.n, 0);
        vg_watchfile_finish(&w);
    }
    free(in_one_line);
    free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_nothing_changed),
        cmocka_unit_test(promise_and_places),
        cmocka_unit_test(bases_and_drones_come_and_go),
        cmocka_unit_test(what_it_cannot_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
