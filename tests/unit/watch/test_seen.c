/* The seen-ground memory against the definition, worked out the slow way. */
#include "watch/seen.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    COLS = 40,
    ROWS = 10,
    PER_BIN = 10
};

static void make_shape(struct vg_shape *s)
{
    char text[600];
    vg_format(
        text, sizeof text,
        "{\"promise_s\":3600,\"bin_m\":500,\"cell_m\":50,\"seen_share\":0.8,"
        "\"lines\":[{\"name\":\"a\",\"length_m\":2000,\"offset_m\":0,\"first_bin\":0,\"n_bins\":4}]"
        ","
        "\"stretches\":[{\"id\":\"S1\",\"line\":0,\"from_m\":0,\"to_m\":2000,\"revisit_s\":3600}],"
        "\"strip\":[[0,%d,%d,0]]}",
        COLS, ROWS);
    json_t *doc = json_loads(text, 0, NULL);
    struct vg_error err = {0};
    if (vg_shape_read(doc, s, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    json_decref(doc);
    assert_int_equal(s->n_cols, COLS);
    assert_int_equal(s->n_bins, COLS / PER_BIN);
}

/* The greatest time T of all times given such that at least 8 of the 10 cells were seen at or after
 * T. */
static uint32_t slow_column(const uint32_t cells[ROWS])
{
    uint32_t best = 0;
    for (int i = 0; i < ROWS; i++) {
        int n = 0;
        for (int k = 0; k < ROWS; k++) {
            n += cells[k] >= cells[i];
        }
        if (n >= 8 && cells[i] > best) {
            best = cells[i];
        }
    }
    return best;
}

static void marks_agree_with_the_definition(void **state)
{
    (void)state;
    struct vg_shape shape;
    struct vg_seen seen;
    static uint32_t truth[COLS][ROWS];
    memset(truth, 0, sizeof truth);
    make_shape(&shape);
    assert_int_equal(vg_seen_init(&seen, &shape, NULL), VG_OK);
    struct vg_rng rng = vg_rng_seed(11);
    for (int i = 0; i < 20000; i++) {
        int col = (int)vg_rng_below(&rng, COLS + 2) - 1; /* also outside */
        int a = (int)vg_rng_below(&rng, ROWS + 4) - 2;
        int b = a + (int)vg_rng_below(&rng, ROWS + 4);
        uint32_t t_s = (uint32_t)(1000 + i / 3 - (int)vg_rng_below(&rng, 50)); /* late ones too */
        vg_seen_mark(&seen, col, a, b, 0, t_s);
        for (int r = 0; r < ROWS && col >= 0 && col < COLS; r++) {
            if (r >= a && r < b && t_s > truth[col][r]) {
                truth[col][r] = t_s;
            }
        }
        if (i % 97 == 0) {
            for (int bin = 0; bin < COLS / PER_BIN; bin++) {
                uint32_t oldest = UINT32_MAX;
                for (int c = bin * PER_BIN; c < (bin + 1) * PER_BIN; c++) {
                    uint32_t want = slow_column(truth[c]);
                    assert_int_equal(seen.col_s[c], want);
                    oldest = want < oldest ? want : oldest;
                }
                assert_int_equal(seen.bin_s[bin], oldest);
            }
        }
    }
    vg_seen_finish(&seen);
    vg_shape_finish(&shape);
}

static void shares(void **state)
{
    (void)state;
    struct vg_shape shape;
    struct vg_seen seen;
    make_shape(&shape);
    assert_int_equal(vg_seen_init(&seen, &shape, NULL), VG_OK);
    assert_int_equal(vg_seen_mark(&seen, 3, 0, 7, 0, 100), -1); /* 7 of 10 are not 80 % */
    assert_int_equal(seen.col_s[3], 0);
    assert_int_equal(vg_seen_mark(&seen, 3, 7, 8, 0, 90),
                     -1); /* the column counts now, its bin does not */
    assert_int_equal(seen.col_s[3], 90);
    assert_true(vg_seen_col_share(&seen, 3, 95) > 0.69 && vg_seen_col_share(&seen, 3, 95) < 0.71);
    assert_true(vg_seen_share(&seen) > 0.0199 && vg_seen_share(&seen) < 0.0201); /* 8 of 400 */
    vg_seen_finish(&seen);
    vg_shape_finish(&shape);
}

/* Looks within ten minutes are one, with the best grade of them; a filter passes coarse looks by.
 */
static void looks_are_counted_and_graded(void **state)
{
    (void)state;
    struct vg_shape shape;
    struct vg_seen seen;
    struct vg_seen fine;
    make_shape(&shape);
    assert_int_equal(vg_seen_init(&seen, &shape, NULL), VG_OK);
    assert_int_equal(vg_seen_init(&fine, &shape, NULL), VG_OK);
    fine.coarsest_grade = 8;
    static const struct {
        int grade;
        uint32_t t_s;
    } looks[] = {{9, 1000}, {7, 1300}, {8, 1700}, {10, 3000}, {0, 4000}, {3, 900}};
    static const struct vg_seen_cell want[] = {{9, 9, 1},  {7, 7, 1}, {7, 7, 1},
                                               {10, 7, 2}, {0, 7, 3}, {0, 3, 3}};
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        vg_seen_mark(&seen, 5, 2, 3, looks[i].grade, looks[i].t_s);
        vg_seen_mark(&fine, 5, 2, 3, looks[i].grade, looks[i].t_s);
        const struct vg_seen_cell *c = &seen.cells[shape.cols[5].cell + 2];
        assert_int_equal(c->last_grade, want[i].last_grade);
        assert_int_equal(c->best_grade, want[i].best_grade);
        assert_int_equal(c->n_looks, want[i].n_looks);
    }
    assert_int_equal(seen.cell_s[shape.cols[5].cell + 2], 4000);
    assert_int_equal(seen.cells[shape.cols[5].cell + 1].n_looks, 0);
    assert_int_equal(fine.cell_s[shape.cols[5].cell + 2], 1700);
    assert_int_equal(fine.cells[shape.cols[5].cell + 2].last_grade, 7);
    vg_seen_finish(&fine);
    vg_seen_finish(&seen);
    vg_shape_finish(&shape);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_agree_with_the_definition),
        cmocka_unit_test(shares),
        cmocka_unit_test(looks_are_counted_and_graded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
