/* What parameters mean for a drone without a link, from the autopilots' own tables. */
#include "base/text.h"
#include "fly/settings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct vg_mav_pair PAIR = {255, 190, 1, 1};

static void tell(struct vg_settings *s, const char *name, double value, uint8_t type)
{
    struct vg_mav_msg m;
    struct vg_mav_param_value v = {.param_type = type, .param_value = (float)value};
    if (type != VG_MAV_PARAM_TYPE_REAL32) { /* PX4: the bytes of the number */
        int32_t bytes = (int32_t)value;
        memcpy(&v.param_value, &bytes, sizeof bytes);
    }
    vg_format(v.param_id, sizeof v.param_id, "%s", name);
    vg_mav_param_value_pack(&v, 1, 1, &m);
    vg_settings_feed(s, &m);
}

/* Answers what is asked from "NAME=VALUE NAME=VALUE"; the rest never. Returns how often it asked.
 */
static int answer_all(struct vg_settings *s, const char *params, uint8_t type)
{
    int n = 0;
    for (int t = 0; t < 600 && !vg_paramask_is_done(&s->ask); t++) {
        struct vg_mav_msg m;
        while (vg_settings_step(s, vg_us((int64_t)t * 100000), &m)) {
            struct vg_mav_param_request_read ask;
            assert_int_equal(m.id, VG_MAV_ID_PARAM_REQUEST_READ);
            vg_mav_param_request_read_unpack(&m, &ask);
            assert_int_equal(ask.param_index, -1);
            n++;
            char key[40];
            vg_format(key, sizeof key, " %s=", ask.param_id);
            const char *at = strstr(params, key);
            if (at != NULL) {
                tell(s, ask.param_id, atof(at + strlen(key)), type);
            }
        }
    }
    assert_true(vg_paramask_is_done(&s->ask));
    return n;
}

static void expect(const struct vg_settings *s, enum vg_judgement state, const char *text)
{
    char got[200];
    assert_int_equal(vg_settings_lost_link(s, VG_LANG_EN, got, sizeof got), state);
    assert_string_equal(got, text);
}

static void plane(void **state)
{
    (void)state;
    struct vg_settings s;
    vg_settings_start(&s, PAIR, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, VG_MAV_TYPE_FIXED_WING);
    expect(&s, VG_JUDGE_WAITING, "its settings are being read");
    int n = answer_all(&s,
                       " FS_GCS_ENABL=1 FS_LONG_ACTN=1 FS_LONG_TIMEOUT=20 ALT_HOLD_RTL=10000"
                       " RTL_AUTOLAND=0 BATT_FS_LOW_ACT=1 TERRAIN_FOLLOW=16",
                       VG_MAV_PARAM_TYPE_REAL32);
    assert_true(n > 8 && n < 30); /* what is not there is asked for eight times */
    expect(&s, VG_JUDGE_GOOD, "after 20 s: returns to base and circles there without landing");
    assert_true(s.value[VG_SET_RETURN_M] == 100); /* the older name is in centimetres */
    assert_true(vg_settings_return_follows(&s));
    assert_true(vg_settings_return_circles(&s));
    tell(&s, "RTL_AUTOLAND", 2, VG_MAV_PARAM_TYPE_REAL32);
    expect(&s, VG_JUDGE_GOOD, "after 20 s: returns to base");
    tell(&s, "FS_LONG_ACTN", 3, VG_MAV_PARAM_TYPE_REAL32);
    expect(&s, VG_JUDGE_BAD, "after 20 s: comes down on its parachute");
    tell(&s, "FS_GCS_ENABL", 0, VG_MAV_PARAM_TYPE_REAL32);
    expect(&s, VG_JUDGE_GOOD, "goes on with its mission");
}

static void copter(void **state)
{
    (void)state;
    struct vg_settings s;
    vg_settings_start(&s, PAIR, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, VG_MAV_TYPE_HEXAROTOR);
    answer_all(&s, " FS_GCS_ENABLE=5 FS_GCS_TIMEOUT=5 FS_OPTIONS=0 RTL_ALT=1500",
               VG_MAV_PARAM_TYPE_REAL32);
    expect(&s, VG_JUDGE_BAD, "after 5 s: lands where it is");
    assert_true(s.value[VG_SET_RETURN_M] == 15);
    tell(&s, "FS_OPTIONS", 2, VG_MAV_PARAM_TYPE_REAL32); /* bit 1: goes on in AUTO */
    expect(&s, VG_JUDGE_GOOD, "goes on with its mission");
    char text[200];
    assert_int_equal(vg_settings_battery(&s, VG_LANG_EN, text, sizeof text), VG_JUDGE_UNKNOWN);
    tell(&s, "BATT_FS_LOW_ACT", 0, VG_MAV_PARAM_TYPE_REAL32);
    assert_int_equal(vg_settings_battery(&s, VG_LANG_FR, text, sizeof text), VG_JUDGE_BAD);
    assert_string_equal(text, "ne fait rien");
}

static void px4(void **state)
{
    (void)state;
    struct vg_settings s;
    vg_settings_start(&s, PAIR, VG_MAV_AUTOPILOT_PX4, VG_MAV_TYPE_QUADROTOR);
    answer_all(&s, " NAV_DLL_ACT=2 RTL_TYPE=0 COM_LOW_BAT_ACT=3 COM_DLL_EXCEPT=0",
               VG_MAV_PARAM_TYPE_INT32);
    tell(&s, "COM_DL_LOSS_T", 10, VG_MAV_PARAM_TYPE_INT32);
    expect(&s, VG_JUDGE_GOOD, "after 10 s: returns to base");
    tell(&s, "NAV_DLL_ACT", 5, VG_MAV_PARAM_TYPE_INT32);
    expect(&s, VG_JUDGE_BAD, "after 10 s: stops its motors in the air");
    tell(&s, "COM_DLL_EXCEPT", 1, VG_MAV_PARAM_TYPE_INT32);
    expect(&s, VG_JUDGE_GOOD, "goes on with its mission");
}

static void one_that_does_not_answer(void **state)
{
    (void)state;
    struct vg_settings s;
    vg_settings_start(&s, PAIR, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, VG_MAV_TYPE_VTOL_FIXEDROTOR);
    answer_all(&s, "", VG_MAV_PARAM_TYPE_REAL32);
    expect(&s, VG_JUDGE_UNKNOWN, "it did not tell its settings");
    vg_settings_start(&s, PAIR, VG_MAV_AUTOPILOT_INVALID, 0);
    assert_true(vg_paramask_is_done(&s.ask));
    expect(&s, VG_JUDGE_UNKNOWN, "it did not tell its settings");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plane),
        cmocka_unit_test(copter),
        cmocka_unit_test(px4),
        cmocka_unit_test(one_that_does_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
