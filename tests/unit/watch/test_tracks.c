/* Tracks in the fold, and the alerts that they raise. Side and distance of the tiny watch's first
 * line, which goes east: a positive side is south of it. */
#include "tiny.h"
#include "watch/keep.h"
#include "watch/tracks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The tiny watch, its first stretch watched 300 m to each side. */
static void open_deep(struct vg_watch *w)
{
    char text[2048];
    const char *at = strstr(TINY, "\"unreachable\":false");
    vg_format(text, sizeof text, "%.*s\"depth_m\":300,%s", (int)(at - TINY), TINY, at);
    *w = (struct vg_watch){0};
    tiny_apply(w, 0, "watch", text);
    tiny_apply(w, 0, "start", "{}");
}

struct word {
    const char *id;
    const char *state;
    double side_m;
    double sd_m;
    const char *class;
    int hits;
    double lon_deg;
    const char *more; /* JSON members, each with its comma before */
};

static void say(struct vg_watch *w, double t_s, struct word k)
{
    char body[512];
    vg_format(body, sizeof body,
              "{\"id\":\"%s\",\"state\":\"%s\",\"lat\":14.0,\"lon\":%.6f,\"ve\":0,\"vn\":1,"
              "\"cov\":[16,0,9],\"p\":0.97,\"class\":{\"%s\":0.9},\"motion\":\"walking\","
              "\"by\":\"V1\",\"born_us\":%lld,\"seen_us\":%lld,\"looks\":9,\"hits\":%d,"
              "\"relinked\":0,\"line\":0,\"s\":700,\"side\":%.1f,\"sd\":%.1f%s}",
              k.id, k.state, k.lon_deg, k.class, (long long)TINY_T0,
              (long long)(TINY_T0 + (int64_t)(t_s * 1e6)), k.hits, k.side_m, k.sd_m,
              k.more != NULL ? k.more : "");
    tiny_apply(w, t_s, "track", body);
}

static struct word person(const char *id, double side_m)
{
    return (struct word){.id = id,
                         .state = "confirmed",
                         .side_m = side_m,
                         .sd_m = 5,
                         .class = "person",
                         .hits = 5,
                         .lon_deg = 0.0065};
}

static const char *text_of(const struct vg_watch_alert *a, const char *key)
{
    const char *s = json_string_value(json_object_get(a->params, key));
    return s != NULL ? s : "";
}

static int number_of(const struct vg_watch_alert *a, const char *key)
{
    return (int)json_number_value(json_object_get(a->params, key));
}

static void the_fold_keeps_the_last_word_and_who_saw_it_when(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    for (int t = 10; t <= 60; t += 5) {
        say(&w, t, person("T7", 200));
    }
    struct vg_watch_track *k = vg_watch_track(&w, "T7");
    assert_non_null(k);
    assert_int_equal(k->n_spells, 1);
    assert_int_equal(k->spells[0].to_s - k->spells[0].from_s, 50);
    assert_int_equal(k->n_trail, 11);
    say(&w, 400, person("T7", 180)); /* the same one again after a gap: a new spell */
    k = vg_watch_track(&w, "T7");
    assert_int_equal(k->n_spells, 2);
    assert_int_equal(w.n_tracks, 1);
    assert_int_equal(w.next_track, 8);
    /* sqrt(5.9915 * 16) = 9.79 m: the longer half axis of cov [16, 0, 9] */
    assert_float_equal(vg_watch_track_error_m(k), 9.791, 0.001);
    assert_int_equal(vg_watch_track_class(k), VG_TRACK_PERSON);
    vg_watch_finish(&w);
}

static void what_is_foretold_is_no_way_and_no_crossing(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    say(&w, 10, person("T1", 50));
    struct word k = person("T1", -50);
    k.state = "coasting";
    say(&w, 70, k);
    assert_int_equal(vg_watch_track(&w, "T1")->n_trail, 1);
    assert_int_equal(vg_watch_track(&w, "T1")->crossed_us, 0);
    vg_watch_finish(&w);
}

static void sides_count_at_2_5_standard_errors_and_within_two_minutes(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    say(&w, 10, person("T1", 50));
    say(&w, 20, person("T1", -12)); /* 2.4 standard errors */
    assert_int_equal(vg_watch_track(&w, "T1")->crossed_us, 0);
    say(&w, 30, person("T1", -13));
    assert_int_equal(vg_watch_track(&w, "T1")->crossed_us, TINY_T0 + 30000000);
    say(&w, 40, person("T2", 50));
    say(&w, 161, person("T2", -50)); /* unseen for 121 s: it may be another */
    assert_int_equal(vg_watch_track(&w, "T2")->crossed_us, 0);
    say(&w, 281, person("T2", 50)); /* and back within 120 s */
    assert_true(vg_watch_track(&w, "T2")->crossed_us > 0);
    vg_watch_finish(&w);
}

static void a_long_way_is_thinned_and_the_list_is_bounded(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    for (int t = 0; t < 5000; t += 5) {
        say(&w, t, person("T1", 200));
    }
    const struct vg_watch_track *k = vg_watch_track(&w, "T1");
    assert_true(k->n_trail >= VG_WATCH_TRACK_TRAIL / 2 && k->n_trail <= VG_WATCH_TRACK_TRAIL);
    assert_int_equal(k->trail[0].t_s, TINY_T0 / 1000000); /* how it began stays */
    char id[16];
    for (int i = 2; i <= VG_WATCH_TRACKS + 100; i++) {
        vg_format(id, sizeof id, "T%d", i);
        say(&w, 5000 + i, person(id, 200));
    }
    assert_int_equal(w.n_tracks, VG_WATCH_TRACKS);
    assert_null(vg_watch_track(&w, "T1")); /* seen longest ago */
    assert_non_null(vg_watch_track(&w, id));
    vg_watch_finish(&w);
}

static void a_bad_word_changes_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"id\":\"T1\",\"state\":\"confirmed\",\"lat\":14,\"lon\":0}",
        "{\"id\":\"T1\",\"state\":\"confirmed\",\"lat\":14,\"lon\":0,\"cov\":[1,2,1]}",
        "{\"id\":\"T1\",\"state\":\"confirmed\",\"lat\":140,\"lon\":0,\"cov\":[1,0,1]}",
        "{\"state\":\"confirmed\",\"lat\":14,\"lon\":0,\"cov\":[1,0,1]}",
    };
    struct vg_watch w;
    struct vg_error err = {0};
    open_deep(&w);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_not_equal(
            vg_watch_apply(&w, vg_us(TINY_T0), "track", bad[i], strlen(bad[i]), &err), VG_OK);
    }
    assert_int_equal(w.n_tracks, 0);
    vg_watch_finish(&w);
}

static void laid_by_and_restored_it_is_the_same(void **state)
{
    (void)state;
    struct vg_watch w;
    struct vg_watch back = {0};
    struct vg_watch_keep *kept;
    struct vg_error err = {0};
    open_deep(&w);
    say(&w, 10, person("T1", 50));
    say(&w, 20, person("T2", -50));
    assert_int_equal(vg_watch_keep(&w, &kept, &err), VG_OK);
    assert_int_equal(vg_watch_restore(kept, &back, &err), VG_OK);
    struct vg_buf a = {0};
    struct vg_buf b = {0};
    vg_view_tracks(&w, vg_us(TINY_T0 + 30000000), &a);
    vg_view_tracks(&back, vg_us(TINY_T0 + 30000000), &b);
    assert_string_equal(vg_buf_text(&a), vg_buf_text(&b));
    assert_non_null(strstr(vg_buf_text(&a), "\"T2\""));
    say(&back, 30, person("T3", 10)); /* and it goes on */
    assert_int_equal(back.n_tracks, 3);
    vg_buf_finish(&a);
    vg_buf_finish(&b);
    vg_watch_keep_destroy(kept);
    vg_watch_finish(&w);
    vg_watch_finish(&back);
}

static void near_the_line_is_a_warning_once_over_it_urgent_once(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    say(&w, 5, person("T1", 310)); /* outside the depth of 300 m */
    assert_int_equal(tiny_rules(&w, 6), 0);
    say(&w, 10, person("T1", 290));
    assert_int_equal(tiny_rules(&w, 11), 1);
    assert_int_equal(tiny_rules(&w, 12), 0);
    assert_int_equal(w.n_alerts, 1);
    assert_string_equal(w.alerts[0].kind, "track");
    assert_string_equal(w.alerts[0].level, "warning");
    assert_string_equal(text_of(&w.alerts[0], "what"), "inside");
    assert_string_equal(text_of(&w.alerts[0], "class"), "person");
    assert_string_equal(text_of(&w.alerts[0], "by"), "V1");
    assert_string_equal(text_of(&w.alerts[0], "line"), "one");
    assert_int_equal(number_of(&w.alerts[0], "error_m"), 10);
    say(&w, 20, person("T1", 20));
    say(&w, 30, person("T1", -20));
    assert_int_equal(tiny_rules(&w, 31), 1);
    assert_int_equal(w.n_alerts, 1); /* the same one, grown */
    assert_string_equal(w.alerts[0].level, "urgent");
    assert_string_equal(text_of(&w.alerts[0], "what"), "crossed");
    say(&w, 40, person("T1", 20)); /* to and fro says nothing new */
    say(&w, 50, person("T1", -20));
    assert_int_equal(tiny_rules(&w, 51), 0);
    vg_watch_finish(&w);
}

static void a_closed_alert_stays_closed_until_there_is_more_to_say(void **state)
{
    (void)state;
    struct vg_watch w;
    struct vg_error err = {0};
    open_deep(&w);
    say(&w, 10, person("T1", 100));
    assert_int_equal(tiny_rules(&w, 11), 1);
    struct tiny_emit to = {&w, vg_us(TINY_T0 + 12000000), 0};
    assert_int_equal(vg_rules_set(&w, w.alerts[0].id, "closed", "Awa", tiny_emit, &to, &err),
                     VG_OK);
    say(&w, 100, person("T1", 90));
    assert_int_equal(tiny_rules(&w, 101), 0);
    say(&w, 110, person("T1", -90));
    assert_int_equal(tiny_rules(&w, 111), 1);
    assert_int_equal(w.n_alerts, 2);
    assert_string_equal(w.alerts[1].level, "urgent");
    vg_watch_finish(&w);
}

static void chance_sightings_raise_nothing(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    struct word k = person("T1", 100);
    k.hits = 2;
    say(&w, 10, k);
    k = person("T2", 100);
    k.state = "coasting";
    say(&w, 10, k);
    assert_int_equal(tiny_rules(&w, 11), 0);
    vg_watch_finish(&w);
}

static void a_group_has_one_alert_and_five_are_urgent(void **state)
{
    (void)state;
    struct vg_watch w;
    char id[16];
    open_deep(&w);
    for (int i = 1; i <= 4; i++) {
        vg_format(id, sizeof id, "T%d", i);
        say(&w, 10, person(id, 100));
    }
    tiny_rules(&w, 11);
    assert_int_equal(w.n_alerts, 1);
    assert_int_equal(number_of(&w.alerts[0], "n"), 4);
    assert_string_equal(w.alerts[0].level, "warning");
    say(&w, 12, person("T5", 100));
    tiny_rules(&w, 13);
    assert_int_equal(w.n_alerts, 1);
    assert_int_equal(number_of(&w.alerts[0], "n"), 5);
    assert_string_equal(w.alerts[0].level, "urgent");
    struct word far = person("T6", 100);
    far.lon_deg = 0.0085; /* 216 m east */
    say(&w, 14, far);
    tiny_rules(&w, 15);
    assert_int_equal(w.n_alerts, 2);
    vg_watch_finish(&w);
}

static void animals_are_told_quietly_and_a_zone_is_urgent(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    struct word k = person("T1", 100);
    k.class = "animal";
    say(&w, 10, k);
    k = person("T2", 900); /* far from the line */
    k.more = ",\"zone\":\"Gu\\u00e9\"";
    say(&w, 10, k);
    tiny_rules(&w, 11);
    assert_int_equal(w.n_alerts, 2);
    assert_string_equal(w.alerts[0].level, "info");
    assert_string_equal(w.alerts[1].level, "urgent");
    assert_string_equal(text_of(&w.alerts[1], "what"), "zone");
    vg_watch_finish(&w);
}

static void after_its_end_a_warning_is_closed_and_an_urgent_one_stays(void **state)
{
    (void)state;
    struct vg_watch w;
    open_deep(&w);
    say(&w, 10, person("T1", 100));
    struct word other = person("T2", 100);
    other.lon_deg = 0.0095;
    say(&w, 10, other);
    other.side_m = -100;
    say(&w, 15, other);
    tiny_rules(&w, 16);
    assert_int_equal(w.n_alerts, 2);
    struct word end = person("T1", 100);
    end.state = "ended";
    say(&w, 100, end);
    other.state = "ended";
    say(&w, 100, other);
    assert_int_equal(tiny_rules(&w, 101), 2); /* each says so once */
    assert_int_equal(tiny_rules(&w, 200), 0);
    assert_int_equal(tiny_rules(&w, 101 + 1801), 1);
    assert_string_equal(w.alerts[0].state, "closed");
    assert_string_equal(w.alerts[1].state, "open");
    vg_watch_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fold_keeps_the_last_word_and_who_saw_it_when),
        cmocka_unit_test(what_is_foretold_is_no_way_and_no_crossing),
        cmocka_unit_test(sides_count_at_2_5_standard_errors_and_within_two_minutes),
        cmocka_unit_test(a_long_way_is_thinned_and_the_list_is_bounded),
        cmocka_unit_test(a_bad_word_changes_nothing),
        cmocka_unit_test(laid_by_and_restored_it_is_the_same),
        cmocka_unit_test(near_the_line_is_a_warning_once_over_it_urgent_once),
        cmocka_unit_test(a_closed_alert_stays_closed_until_there_is_more_to_say),
        cmocka_unit_test(chance_sightings_raise_nothing),
        cmocka_unit_test(a_group_has_one_alert_and_five_are_urgent),
        cmocka_unit_test(animals_are_told_quietly_and_a_zone_is_urgent),
        cmocka_unit_test(after_its_end_a_warning_is_closed_and_an_urgent_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
