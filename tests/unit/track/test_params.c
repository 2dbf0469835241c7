/* docs/tracking.md, params.h and the defaults agree: each name once, with its value. */
#include "base/file.h"
#include "track/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    MOST = 80,
    MODE_COLUMNS = 6
};

struct row {
    char name[40];
    double value;
};

static void read_file(const char *path, struct vg_buf *out)
{
    struct vg_error err = {0};
    if (vg_file_read(path, 1 << 20, out, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
}

/* Rows "| `name` | meaning | unit | value |" of the document. */
static size_t rows_of(const char *text, struct row *out)
{
    size_t n = 0;
    for (const char *at = strstr(text, "\n| `"); at != NULL; at = strstr(at + 1, "\n| `")) {
        const char *name = at + 4, *end = strchr(name, '`'), *stop = strchr(at + 1, '\n');
        const char *bar = stop - 2;
        while (*bar != '|') {
            bar--;
        }
        assert_true(n < MOST);
        vg_format(out[n].name, sizeof out[n].name, "%.*s", (int)(end - name), name);
        out[n++].value = strtod(bar + 1, NULL);
    }
    return n;
}

/* Names of the fields of struct vg_track_params in the header, but for `mode`. */
static size_t fields_of(const char *text, char out[][40])
{
    static const char *const types[] = {"double ", "uint32_t ", "size_t ", "unsigned "};
    size_t n = 0;
    const char *at = strstr(text, "struct vg_track_params {");
    const char *end = strstr(at, "\n};");
    for (; at != NULL && at < end; at = strstr(at + 1, "\n    ")) {
        for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
            const char *name = at + 5;
            if (strncmp(name, types[k], strlen(types[k])) == 0) {
                name += strlen(types[k]);
                name += strspn(name, " \n");
                assert_true(n < MOST);
                vg_format(out[n++], 40, "%.*s", (int)strcspn(name, ";"), name);
            }
        }
    }
    return n;
}

/* The value of a field by its name; false: no such field here. */
static bool value_of(const char *name, double *out)
{
    const struct vg_track_params p = vg_track_defaults();
    const struct row all[] = {
#define V(field) {#field, (double)p.field}
        V(gap_after_s),     V(gap_decay_per_s),   V(gap_leave_per_s), V(gap_speed_floor_m_s),
        V(unseen_per_m2),   V(density_worth),     V(unseen_appear_s), V(unseen_speed_m_s),
        V(unseen_watch_s),  V(unseen_refill_s),   V(unseen_cell_m),   V(life_s),
        V(gate_chi2),       V(pair_min_p),        V(birth_min_p),     V(drop_p),
        V(confirm_p),       V(confirm_hits),      V(tell_cutoff_m),   V(tell_spread),
        V(tell_young_hits), V(tell_young),        V(associate_sd_m),  V(link_max_s),
        V(link_per_m2),     V(link_min_odds),     V(lost_p),          V(class_floor),
        V(feature_sd),      V(feature_spread_sd), V(bias_prior_sd_m), V(bias_drift_m_s),
        V(late_s),          V(max_tracks),        V(max_pairs),       V(max_ops),
        V(bp_rounds),
#undef V
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, name) == 0) {
            *out = all[i].value;
            return true;
        }
    }
    return false;
}

static bool is_near(double a, double b)
{
    return a - b < 1e-9 * (b > 0 ? b : 1) && b - a < 1e-9 * (b > 0 ? b : 1);
}

static void the_table_is_the_struct(void **state)
{
    (void)state;
    struct row row[MOST];
    char field[MOST][40];
    struct vg_buf doc = {0}, header = {0};
    read_file("docs/tracking.md", &doc);
    read_file("src/track/params.h", &header);
    size_t n_rows = rows_of(vg_buf_text(&doc), row);
    size_t n_fields = fields_of(vg_buf_text(&header), field);
    assert_true(n_fields > 30);
    assert_int_equal(n_rows, n_fields);
    for (size_t i = 0; i < n_fields; i++) {
        double value;
        assert_string_equal(row[i].name, field[i]);
        if (!value_of(field[i], &value)) {
            fail_msg("%s: not in this test", field[i]);
        } else if (!is_near(row[i].value, value)) {
            fail_msg("%s: %g in docs/tracking.md, %g in the program", field[i], row[i].value,
                     value);
        }
    }
    vg_buf_finish(&doc);
    vg_buf_finish(&header);
}

static void the_modes_are_told(void **state)
{
    (void)state;
    static const char *const names[] = {"still", "walking", "steady", "turning", "road"};
    const struct vg_track_params p = vg_track_defaults();
    struct vg_buf doc = {0};
    read_file("docs/tracking.md", &doc);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        char begin[40];
        const struct vg_track_mode *m = &p.mode[k];
        const double value[MODE_COLUMNS] = {m->decay_per_s, m->q_m2_s3, m->leave_per_s,
                                            m->enter_p,     m->begin_p, m->begin_sd_m_s};
        vg_format(begin, sizeof begin, "\n| %s |", names[k]);
        const char *at = strstr(vg_buf_text(&doc), begin);
        assert_non_null(at);
        at += strlen(begin);
        for (int i = 0; i < MODE_COLUMNS; i++) {
            double told = strtod(at, NULL);
            if (!is_near(told, value[i])) {
                fail_msg("%s, column %d: %g in docs/tracking.md, %g in the program", names[k],
                         i + 1, told, value[i]);
            }
            at = strchr(at, '|') + 1;
        }
    }
    vg_buf_finish(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_the_struct),
        cmocka_unit_test(the_modes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
