#include "serve/query.h"

#include "serve/cellquery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void pieces_of_a_path_are_taken(void **state)
{
    (void)state;
    struct vg_route_args args;
    assert_true(vg_route_match("/tiles/dem/{z}/{x}/{y}.png", "/tiles/dem/9/255/180.png", &args));
    assert_int_equal(args.n, 3);
    assert_string_equal(args.text[0], "9");
    assert_string_equal(args.text[1], "255");
    assert_string_equal(args.text[2], "180");
    int64_t z = 0;
    assert_true(vg_route_int64(&args, 0, 0, 22, &z));
    assert_int_equal(z, 9);
    assert_false(vg_route_int64(&args, 1, 0, 22, &z));
    assert_false(vg_route_int64(&args, 3, 0, 22, &z));
    assert_int_equal(z, 9);
    assert_true(vg_route_match("/api/alerts/{id}/take", "/api/alerts/A 1#\xc3\xa9/take", &args));
    assert_string_equal(args.text[0], "A 1#\xc3\xa9");
    assert_true(vg_route_match("/{a}.png", "/x.y.png", &args));
    assert_string_equal(args.text[0], "x.y");
    assert_true(vg_route_match("/status", "/status", &args));
    assert_int_equal(args.n, 0);
}

static void other_paths_do_not_match(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"/tiles/dem/{z}/{x}/{y}.png", "/tiles/dem/9/255/.png"},
        {"/tiles/dem/{z}/{x}/{y}.png", "/tiles/dem/9/255/180.jpg"},
        {"/tiles/dem/{z}/{x}/{y}.png", "/tiles/dem/9/255/180.png/"},
        {"/tiles/dem/{z}/{x}/{y}.png", "/tiles/dem/9/180.png"},
        {"/a/{id}", "/a/"},
        {"/a/{id}", "/a/b/c"},
        {"/a/{id}/x", "/a//x"},
        {"/a", "/ab"},
        {"/ab", "/a"},
        {"/{a", "/x"},
    };
    struct vg_route_args args = {.n = 77};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (vg_route_match(pairs[i][0], pairs[i][1], &args)) {
            fail_msg("%s matched %s", pairs[i][0], pairs[i][1]);
        }
    }
    char longest[200] = "/a/";
    memset(longest + 3, 'x', VG_ROUTE_ARG_SIZE); /* one more than an argument holds */
    assert_false(vg_route_match("/a/{id}", longest, &args));
    assert_int_equal(args.n, 77);
    longest[3 + VG_ROUTE_ARG_SIZE - 1] = '\0';
    assert_true(vg_route_match("/a/{id}", longest, &args));
}

static void values_are_decoded(void **state)
{
    (void)state;
    char text[16] = "before";
    assert_true(vg_query_text("a=1&bc=x%20y+z%26%c3%A9&d=", "bc", text, sizeof text));
    assert_string_equal(text, "x y z&\xc3\xa9");
    assert_true(vg_query_text("a=1&d=", "d", text, sizeof text));
    assert_string_equal(text, "");
    assert_true(vg_query_text("a=1&a=2", "a", text, sizeof text));
    assert_string_equal(text, "1");
    static const char *const bad[] = {"",      "a",     "ab=1", "a=%",   "a=%4",
                                      "a=%4x", "a=%00", "&&",   "b=a=1", "a=0123456789abcdef"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (vg_query_text(bad[i], "a", text, sizeof text)) {
            fail_msg("%s was taken", bad[i]);
        }
    }
    assert_string_equal(text, "1");
}

static void integers_are_whole_and_bounded(void **state)
{
    (void)state;
    int64_t v = 5;
    assert_true(vg_query_int64("t_us=1790000000000000", "t_us", &v));
    assert_int_equal(v, INT64_C(1790000000000000));
    assert_true(vg_query_int64("t_us=-9223372036854775808", "t_us", &v));
    assert_true(v == INT64_MIN);
    assert_true(vg_query_int64("t_us=9223372036854775807", "t_us", &v));
    assert_true(v == INT64_MAX);
    static const char *const bad[] = {"t_us=9223372036854775808",
                                      "t_us=-9223372036854775809",
                                      "t_us=",
                                      "t_us=-",
                                      "t_us=1x",
                                      "t_us= 1",
                                      "t_us=%201",
                                      "t_us=1.5",
                                      "t_us=0x10",
                                      "t_us=--1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (vg_query_int64(bad[i], "t_us", &v)) {
            fail_msg("%s was taken", bad[i]);
        }
    }
    assert_true(v == INT64_MAX);
}

static void what_is_asked_of_the_ground_is_read(void **state)
{
    (void)state;
    struct vg_cellquery q;
    assert_null(vg_cellquery_read("", &q));
    assert_true(q.t_us == INT64_MAX && q.gsd_m == 0 && q.target == VG_CELLQUERY_ANY &&
                q.revisit_s == 0);
    assert_null(vg_cellquery_read("v=7&lat=1&t_us=1790000000000000&gsd_m=0.57&revisit_s=3600", &q));
    assert_int_equal(q.t_us, INT64_C(1790000000000000));
    assert_true(q.gsd_m == 0.57 && q.target == VG_CELLQUERY_ANY && q.revisit_s == 3600);
    assert_null(vg_cellquery_read("target=person", &q));
    assert_int_equal(q.target, VG_CELLQUERY_PERSON);
    assert_null(vg_cellquery_read("target=group", &q));
    assert_int_equal(q.target, VG_CELLQUERY_GROUP);
    assert_null(vg_cellquery_read("t_us=0&target=vehicle", &q));
    assert_true(q.target == VG_CELLQUERY_VEHICLE && q.t_us == 0);
}

static void what_cannot_be_asked_of_the_ground_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        const char *says;
    } BAD[] = {
        {"t_us=", "t_us"},
        {"t_us=-1", "t_us"},
        {"t_us=1.5", "t_us"},
        {"t_us=99999999999999999999", "t_us"},
        {"gsd_m=0", "gsd_m"},
        {"gsd_m=0.04", "gsd_m"},
        {"gsd_m=-1", "gsd_m"},
        {"gsd_m=101", "gsd_m"},
        {"gsd_m=1e1", "gsd_m"},
        {"gsd_m=nan", "gsd_m"},
        {"target=", "target"},
        {"target=tank", "target"},
        {"target=PERSON", "target"},
        {"target=person%00", "target"},
        {"target=personpersonpersonperson", "target"},
        {"target=person&gsd_m=1", "not both"},
        {"revisit_s=x", "revisit_s"},
        {"revisit_s=0", "revisit_s"},
    };
    struct vg_cellquery q;
    memset(&q, 0x5a, sizeof q);
    struct vg_cellquery before;
    memcpy(&before, &q, sizeof before);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        const char *why = vg_cellquery_read(BAD[i].query, &q);
        if (why == NULL || strstr(why, BAD[i].says) == NULL) {
            fail_msg("%s: %s", BAD[i].query, why != NULL ? why : "taken");
        }
    }
    assert_memory_equal(&q, &before, sizeof q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_a_path_are_taken),
        cmocka_unit_test(other_paths_do_not_match),
        cmocka_unit_test(values_are_decoded),
        cmocka_unit_test(integers_are_whole_and_bounded),
        cmocka_unit_test(what_is_asked_of_the_ground_is_read),
        cmocka_unit_test(what_cannot_be_asked_of_the_ground_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
