/* Alerts: when they open, what they say, when they close. */
#include "tiny.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct vg_watch_alert *find(const struct vg_watch *w, const char *kind,
                                         const char *state)
{
    for (int i = 0; i < w->n_alerts; i++) {
        if (strcmp(w->alerts[i].kind, kind) == 0 && strcmp(w->alerts[i].state, state) == 0) {
            return &w->alerts[i];
        }
    }
    return NULL;
}

static double number(const struct vg_watch_alert *a, const char *key)
{
    return json_number_value(json_object_get(a->params, key));
}

static const char *text(const struct vg_watch_alert *a, const char *key)
{
    const char *s = json_string_value(json_object_get(a->params, key));
    return s != NULL ? s : "";
}

static const char *text_of_open(const struct vg_watch *w)
{
    const struct vg_watch_alert *a = find(w, "unseen", "open");
    return a != NULL ? text(a, "cause") : "no alert";
}

static void unseen_ground_is_said_once_and_taken_back(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    assert_int_equal(tiny_rules(&w, 3599), 0);
    assert_int_equal(tiny_rules(&w, 3601),
                     1); /* 1.5 km of line one; its last bin is out of reach; line two has 2 h */
    const struct vg_watch_alert *a = find(&w, "unseen", "open");
    assert_non_null(a);
    assert_string_equal(text(a, "line"), "one");
    assert_string_equal(text(a, "cause"), "no_drone");
    assert_true(number(a, "from_km") < 0.001 && number(a, "to_km") > 1.499 &&
                number(a, "to_km") < 1.501);
    assert_string_equal(a->level, "urgent");
    assert_int_equal(tiny_rules(&w, 3602), 0); /* nothing new to say */
    assert_int_equal(tiny_rules(&w, 3670), 1); /* the age, now and then */
    assert_int_equal(w.n_alerts, 1);
    tiny_apply(&w, 3700, "pose", "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[0,30,0,4,40]}");
    assert_int_equal(tiny_rules(&w, 3701), 1);
    assert_non_null(find(&w, "unseen", "closed"));
    assert_int_equal(tiny_rules(&w, 7201), 1); /* line two, by its own promise */
    assert_string_equal(text(find(&w, "unseen", "open"), "line"), "two");
    vg_watch_finish(&w);
}

static void causes_are_told_apart(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    tiny_apply(&w, 3000, "sortie",
               "{\"id\":\"K#0\",\"drone\":\"V1\",\"state\":\"flying\",\"line\":0,\"from_m\":0,\"to_"
               "m\":1500}");
    tiny_apply(&w, 3000, "drone", "{\"id\":\"V1\",\"state\":\"flying\",\"link\":\"fresh\"}");
    tiny_rules(&w, 3601);
    assert_string_equal(text(find(&w, "unseen", "open"), "cause"), "late");
    assert_string_equal(text(find(&w, "unseen", "open"), "of"), "V1");
    /* it flies there, but its camera sees nothing at night */
    tiny_apply(&w, 3610, "pose", "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"dark\":true}");
    tiny_rules(&w, 3670);
    assert_string_equal(text(find(&w, "unseen", "open"), "cause"), "dark");
    tiny_apply(&w, 3680, "drone", "{\"id\":\"V1\",\"state\":\"lost\",\"link\":\"lost\"}");
    tiny_rules(&w, 3740);
    assert_string_equal(text(find(&w, "unseen", "open"), "cause"), "drone_lost");
    tiny_apply(&w, 3605, "sortie", "{\"id\":\"K#0\",\"drone\":\"V1\",\"state\":\"aborted\"}");
    /* flown over, but only two of the four rows were in view: hidden */
    tiny_apply(&w, 3710, "pose", "{\"d\":\"V2\",\"lat\":14,\"lon\":0,\"saw\":[0,30,0,2,40]}");
    tiny_rules(&w, 3810);
    assert_string_equal(text(find(&w, "unseen", "open"), "cause"), "hidden");
    vg_watch_finish(&w);
}

static void silent_drones_in_the_air_only(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    tiny_apply(&w, 1, "drone", "{\"id\":\"V1\",\"state\":\"ready\",\"link\":\"lost\"}");
    assert_int_equal(tiny_rules(&w, 2), 0);
    tiny_apply(&w, 3, "drone", "{\"id\":\"V1\",\"state\":\"flying\",\"link\":\"stale\"}");
    tiny_rules(&w, 4);
    assert_non_null(find(&w, "stale", "open"));
    tiny_apply(&w, 10, "drone", "{\"id\":\"V1\",\"state\":\"lost\",\"link\":\"lost\"}");
    tiny_rules(&w, 11);
    assert_non_null(find(&w, "stale", "closed"));
    assert_non_null(find(&w, "lost", "open"));
    assert_string_equal(text(find(&w, "lost", "open"), "drone"), "V1");
    tiny_apply(&w, 20, "drone", "{\"id\":\"V1\",\"state\":\"flying\",\"link\":\"fresh\"}");
    tiny_rules(&w, 21);
    assert_null(find(&w, "lost", "open"));
    vg_watch_finish(&w);
}

static void people_take_and_close(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    tiny_rules(&w, 3601);
    struct tiny_emit e = {.watch = &w, .now = vg_us(TINY_T0 + INT64_C(3610000000))};
    struct vg_error err = {0};
    const char *id = find(&w, "unseen", "open")->id;
    assert_string_equal(id, "A1");
    assert_int_equal(vg_rules_set(&w, "A1", "taken", "Awa Traoré", tiny_emit, &e, &err), VG_OK);
    assert_string_equal(find(&w, "unseen", "taken")->by, "Awa Traoré");
    assert_string_equal(text(find(&w, "unseen", "taken"), "line"), "one"); /* kept */
    tiny_rules(&w, 3700);
    assert_non_null(find(&w, "unseen", "taken")); /* a refresh does not take it away from her */
    assert_int_equal(vg_rules_set(&w, "A1", "closed", "Awa Traoré", tiny_emit, &e, &err), VG_OK);
    assert_int_equal(vg_rules_set(&w, "A1", "taken", "Bo", tiny_emit, &e, &err), VG_E_INVALID);
    err = (struct vg_error){0};
    assert_int_equal(vg_rules_set(&w, "A77", "taken", "Bo", tiny_emit, &e, &err), VG_E_NOT_FOUND);
    vg_watch_finish(&w);
}

/* Two passes side by side: half of each column is what one of them shows, so that the other has not
 * been flown; nearly all of it means that both were, and something hid the rest. */
static void one_pass_of_two_is_no_hidden_ground(void **state)
{
    static const char *const SAW[2] = {"0,2", "0,4"};
    static const char *const CAUSE[2] = {"no_drone", "hidden"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct vg_watch w = {0};
        char about[2048];
        char pose[128];
        const char *at = strstr(TINY, "\"revisit_s\":3600");
        vg_format(about, sizeof about, "%.*s\"passes_m\":[-50,50],%s", (int)(at - TINY), TINY, at);
        char *share =
            strstr(about, "0.75"); /* all cells count, and the last row of column 3 stays unseen */
        share[2] = '9';
        tiny_apply(&w, 0, "watch", about);
        tiny_apply(&w, 0, "start", "{}");
        vg_format(pose, sizeof pose,
                  "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[0,3,%s,40,4,30,%s,40]}", SAW[k],
                  SAW[k]);
        tiny_apply(&w, 3000, "pose", pose);
        tiny_apply(&w, 3000, "pose", "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[3,4,0,2,40]}");
        tiny_rules(&w, 3601);
        assert_string_equal(text_of_open(&w), CAUSE[k]);
        vg_watch_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unseen_ground_is_said_once_and_taken_back),
        cmocka_unit_test(causes_are_told_apart),
        cmocka_unit_test(one_pass_of_two_is_no_hidden_ground),
        cmocka_unit_test(silent_drones_in_the_air_only),
        cmocka_unit_test(people_take_and_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
