/* Status texts in chunks: in any order, mixed, repeated, cut and lost. */
#include "base/rng.h"
#include "base/text.h"
#include "link/statustext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    PIECES_MAX = 40
};

struct piece {
    uint16_t id;
    uint8_t chunk;
    const char *from;
};

static struct vg_statustexts texts;

static bool say(const char *from, uint16_t id, uint8_t chunk, double t_s, struct vg_statustext *out)
{
    struct vg_mav_statustext m = {.severity = 3, .id = id, .chunk_seq = chunk};
    struct vg_mav_msg msg;
    memcpy(m.text, from, strnlen(from, 50));
    vg_mav_statustext_pack(&m, 7, 1, &msg);
    return vg_statustexts_feed(&texts, &msg, vg_us_from_s(t_s), out);
}

static const char A[] = "Battery 1 is below its critical level of 21.0 V: land as soon as you can, "
                        "or it returns by itself in 30 seconds";
static const char B[] = "PreArm: the terrain below the mission has not been loaded; wait";

/* Every chunk of two texts, in any order, some twice: both come out whole and once. */
static void texts_come_whole_whatever_the_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct piece p[PIECES_MAX];
        int n = 0;
        for (int twice = 0; twice < 2; twice++) {
            for (int k = 0; k < 3; k++) {
                p[n++] = (struct piece){20, (uint8_t)k, A + k * 50};
            }
            for (int k = 0; k < 2; k++) {
                p[n++] = (struct piece){21, (uint8_t)k, B + k * 50};
            }
        }
        int n_a = 0;
        int n_b = 0;
        memset(&texts, 0, sizeof texts);
        for (int i = n - 1; i >= 0; i--) {
            int k = (int)vg_rng_below(&rng, (uint64_t)i + 1);
            struct piece x = p[k];
            struct vg_statustext out;
            p[k] = p[i];
            if (say(x.from, x.id, x.chunk, 100, &out)) {
                n_a += strcmp(out.text, A) == 0;
                n_b += strcmp(out.text, B) == 0;
                assert_int_equal(out.severity, 3);
            }
        }
        struct vg_statustext left;
        assert_int_equal(n_a, 1);
        assert_int_equal(n_b, 1);
        assert_false(vg_statustexts_expire(&texts, vg_us_from_s(200), &left));
    }
}

/* ArduPilot 4.5: a text of 51 bytes, cut at 50, with an id and no second chunk. */
static void a_text_without_an_end_is_given_out_in_time(void **state)
{
    (void)state;
    struct vg_statustext out;
    memset(&texts, 0, sizeof texts);
    assert_false(say(A, 5, 0, 100, &out));
    assert_false(vg_statustexts_expire(&texts, vg_us_from_s(101.9), &out));
    assert_true(vg_statustexts_expire(&texts, vg_us_from_s(102), &out));
    assert_int_equal(strlen(out.text), 50);
    assert_memory_equal(out.text, A, 50);
    assert_int_equal(out.t.us, 100000000);
    assert_false(say(A + 50, 5, 1, 103, &out)); /* too late: no text of its own */
    assert_false(vg_statustexts_expire(&texts, vg_us_from_s(110), &out));
    assert_false(say(A, 5, 0, 120, &out)); /* the number comes round again */
    assert_true(say("b", 5, 1, 120, &out));
}

static void what_was_lost_shows(void **state)
{
    (void)state;
    struct vg_statustext out;
    char want[VG_STATUSTEXT_SIZE];
    memset(&texts, 0, sizeof texts);
    assert_false(say(A + 100, 6, 2, 100, &out)); /* the first two never came */
    assert_true(vg_statustexts_expire(&texts, vg_us_from_s(103), &out));
    vg_format(want, sizeof want, "...%s", A + 100);
    assert_string_equal(out.text, want);
}

static void a_fifth_text_makes_room(void **state)
{
    (void)state;
    struct vg_statustext out;
    memset(&texts, 0, sizeof texts);
    for (uint16_t id = 1; id <= 4; id++) {
        assert_false(say(A, id, 0, 100 + id, &out));
    }
    assert_true(say(B, 5, 0, 106, &out));
    assert_memory_equal(out.text, A, 50);
    assert_int_equal(out.t.us, 101000000); /* the oldest */
    assert_true(say(B + 50, 5, 1, 106, &out));
    assert_string_equal(out.text, B);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_whole_whatever_the_order),
        cmocka_unit_test(a_text_without_an_end_is_given_out_in_time),
        cmocka_unit_test(what_was_lost_shows),
        cmocka_unit_test(a_fifth_text_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
