/* Parameters: the packed file by hand and by an obvious writer, over bad radios, and what happens
 * where there is none; by name; writing. */
#include "base/rng.h"
#include "base/text.h"
#include "channel.h"
#include "link/allow.h"
#include "link/ftpsrv.h"
#include "link/paramask.h"
#include "link/params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    TICK_MS = 50,
    N_MAX = 1500
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};
static const uint64_t FTP_CAPABLE = 32; /* MAV_PROTOCOL_CAPABILITY_FTP, common.xml */
static const uint64_t BYTEWISE = 16;

static struct vg_us at_ms(int64_t ms)
{
    return vg_us(ms * 1000);
}

/* ---- the file ---- */

struct kept {
    int n;
    struct vg_param params[N_MAX];
};
static struct kept kept;

static void keep(void *ctx, const struct vg_param *param)
{
    (void)ctx;
    assert_true(kept.n < N_MAX);
    kept.params[kept.n++] = *param;
}

static enum vg_status parse(const uint8_t *data, size_t n, struct vg_error *err)
{
    kept.n = 0;
    return vg_parampck_parse((struct vg_bytes){data, n}, keep, NULL, err);
}

/* By AP_Filesystem_Param.cpp's own comment: head, ACRO_A = 3 (INT8), ACRO_B = -2 (INT16, default
 * 5), three bytes of padding, WP_RADIUS = 90.5 (FLOAT: 0x42B50000), BIG = 0x01000001 (INT32). */
static const uint8_t by_hand[] = {0x1c, 0x67, 4,   0,    9,    0, /* 4 here, 9 in all */
                                  0x01, 0x50, 'A', 'C',  'R',  'O',  '_', 'A', 3, /* */
                                  0x12, 0x05, 'B', 0xfe, 0xff, 5,    0, /* */
                                  0,    0,    0, /* */
                                  0x04, 0x80, 'W', 'P',  '_',  'R',  'A', 'D', 'I',
                                  'U',  'S',  0,   0,    0xb5, 0x42, /* */
                                  0x03, 0x20, 'B', 'I',  'G',  1,    0,   0,   1};

static void a_file_by_hand(void **state)
{
    (void)state;
    assert_int_equal(parse(by_hand, sizeof by_hand, NULL), VG_OK);
    assert_int_equal(kept.n, 4);
    assert_string_equal(kept.params[0].name, "ACRO_A");
    assert_int_equal(kept.params[0].type, 2);
    assert_float_equal(kept.params[0].value, 3, 0);
    assert_false(kept.params[0].has_default);
    assert_string_equal(kept.params[1].name, "ACRO_B");
    assert_float_equal(kept.params[1].value, -2, 0);
    assert_true(kept.params[1].has_default);
    assert_float_equal(kept.params[1].default_value, 5, 0);
    assert_string_equal(kept.params[2].name, "WP_RADIUS");
    assert_float_equal(kept.params[2].value, 90.5, 0);
    assert_string_equal(kept.params[3].name, "BIG");
    assert_float_equal(kept.params[3].value, 16777217, 0); /* a float could not say this */
}

static void a_damaged_file_is_refused_with_the_place(void **state)
{
    (void)state;
    struct vg_error err = {.lang = VG_LANG_EN};
    for (size_t n = 0; n < sizeof by_hand; n++) {
        assert_int_equal(parse(by_hand, n, NULL), VG_E_FORMAT);
    }
    uint8_t bad[sizeof by_hand];
    memcpy(bad, by_hand, sizeof bad);
    bad[6] = 0x07; /* no such type */
    assert_int_equal(parse(bad, sizeof bad, &err), VG_E_FORMAT);
    assert_int_equal(err.offset, 6);
    memcpy(bad, by_hand, sizeof bad);
    bad[7] = 0x53; /* three letters of a name before the first */
    assert_int_equal(parse(bad, sizeof bad, NULL), VG_E_FORMAT);
    memcpy(bad, by_hand, sizeof bad);
    bad[0] = 0x1d;
    assert_int_equal(parse(bad, sizeof bad, NULL), VG_E_FORMAT);
}

/* Names as ArduPilot has them, in groups. */
static int make_params(struct vg_param *out, int n, uint64_t seed)
{
    static const uint8_t types[] = {2, 4, 6, 9};
    struct vg_rng rng = vg_rng_seed(seed);
    for (int i = 0; i < n; i++) {
        struct vg_param *p = &out[i];
        *p = (struct vg_param){.type = types[vg_rng_below(&rng, 4)]};
        vg_format(p->name, sizeof p->name, "G%03d_%.*s%d", i / 12, (int)vg_rng_below(&rng, 8),
                  "PARAMETER", i);
        uint64_t bits = vg_rng_next(&rng);
        p->value = p->type == 2   ? (double)(int8_t)bits
                   : p->type == 4 ? (double)(int16_t)bits
                   : p->type == 6 ? (double)(int32_t)bits
                                  : (double)(float)((double)(int32_t)bits / 1024);
        p->raw = (float)p->value;
    }
    return n;
}

/* The walk over a file, obvious: every value within one piece. */
static void assert_values_whole(const uint8_t *file, size_t size, size_t piece)
{
    static const size_t sizes[] = {0, 1, 2, 4, 4};
    size_t at = 6;
    while (at < size) {
        if (file[at] == 0) {
            at++;
            continue;
        }
        size_t value = at + 2 + 1 + (size_t)(file[at + 1] >> 4);
        size_t end = value + sizes[file[at] & 15];
        assert_int_equal(value / piece, (end - 1) / piece);
        at = end;
    }
    assert_int_equal(at, size);
}

static void what_is_written_is_read_and_no_value_lies_across_two_pieces(void **state)
{
    (void)state;
    static struct vg_param params[N_MAX];
    static uint8_t file[60000];
    for (uint64_t seed = 1; seed <= 30; seed++) {
        size_t piece = seed % 3 == 0 ? 48 : 239;
        int n = make_params(params, (int)(seed * 40), seed);
        size_t size = vg_parampck_format(params, n, piece, file, sizeof file);
        assert_true(size > 0);
        assert_values_whole(file, size, piece);
        assert_int_equal(parse(file, size, NULL), VG_OK);
        assert_int_equal(kept.n, n);
        for (int i = 0; i < n; i++) {
            assert_string_equal(kept.params[i].name, params[i].name);
            assert_int_equal(kept.params[i].type, params[i].type);
            assert_true(kept.params[i].value == params[i].value);
        }
        assert_int_equal(vg_parampck_format(params, n, piece, file, size - 1), 0);
    }
}

/* ---- reading ---- */

struct rig {
    struct vg_params params;
    struct vg_paramask ask;
    struct vg_paramsrv srv;
    struct vg_ftpsrv ftp;
    struct channel up;
    struct channel down;
    bool is_deaf_to_files;
    int64_t ms;
};
static struct rig rig;

static void set_up(uint64_t seed, double loss)
{
    channel_close(&rig.up);
    channel_close(&rig.down);
    memset(&rig, 0, sizeof rig);
    channel_open_both(
        &rig.up, &rig.down, seed,
        (struct channel){.loss = loss, .repeat = loss / 2, .delay_max = loss > 0 ? 10 : 0});
    vg_paramsrv_init(&rig.srv, DRONE, 1);
    for (int i = 0; i < 50; i++) {
        char name[24];
        vg_format(name, sizeof name, "LISTED_%02d", i);
        assert_true(vg_paramsrv_add(&rig.srv, name, 9, (float)i));
    }
    assert_true(vg_paramsrv_add(&rig.srv, "SR0_POSITION", 4, 4));
    rig.ftp = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1};
}

static void tick(void)
{
    struct vg_mav_msg m;
    int t = (int)(rig.ms / TICK_MS);
    struct vg_us now = at_ms(rig.ms);
    vg_params_step(&rig.params, now);
    while (vg_params_next_out(&rig.params, &m) || vg_paramask_step(&rig.ask, now, &m)) {
        assert_true(vg_allow_message(&m, NULL));
        channel_send(&rig.up, &m, t);
    }
    while (channel_take(&rig.up, &m, t)) {
        vg_paramsrv_feed(&rig.srv, &m);
        if (!rig.is_deaf_to_files) {
            vg_ftpsrv_feed(&rig.ftp, &m, now);
        }
    }
    vg_paramsrv_step(&rig.srv);
    vg_ftpsrv_step(&rig.ftp, now);
    while (vg_paramsrv_next_out(&rig.srv, &m) || vg_ftpsrv_next_out(&rig.ftp, &m)) {
        channel_send(&rig.down, &m, t);
    }
    while (channel_take(&rig.down, &m, t)) {
        vg_params_feed(&rig.params, &m, now);
        vg_paramask_feed(&rig.ask, &m);
    }
    rig.ms += TICK_MS;
}

static void run_until_done(void)
{
    while (rig.ms < 1800000 && rig.params.state != VG_PARAMS_DONE &&
           rig.params.state != VG_PARAMS_FAILED) {
        tick();
    }
}

static void a_thousand_come_as_a_file_over_bad_radios(void **state)
{
    (void)state;
    static struct vg_param params[N_MAX];
    static uint8_t file[60000];
    for (uint64_t seed = 1; seed <= 30; seed++) {
        int n = make_params(params, 1200, seed);
        size_t size = vg_parampck_format(params, n, 239, file, sizeof file);
        set_up(seed, 0.2);
        /* ArduPilot tells 12 bytes a parameter, whatever the file holds */
        const struct vg_ftpsrv_file f = {VG_PARAMPCK_PATH_DEFAULTS, {file, size}, 1200 * 12};
        rig.ftp.files = &f;
        rig.ftp.n_files = 1;
        vg_params_read(&rig.params, pair, FTP_CAPABLE, at_ms(0));
        run_until_done();
        assert_int_equal(rig.params.state, VG_PARAMS_DONE);
        assert_true(rig.params.is_from_pack);
        assert_int_equal(rig.params.n_params, n);
        for (int i = 0; i < n; i++) {
            assert_string_equal(rig.params.params[i].name, params[i].name);
            assert_true(rig.params.params[i].value == params[i].value);
        }
    }
}

static void without_such_a_file_the_list_is_read(void **state)
{
    (void)state;
    static uint8_t junk[500] = {0x1b, 0x67, 200, 0, 200, 0, 1};
    for (int kind = 0; kind < 3; kind++) {
        set_up((uint64_t)kind, 0.2);
        const struct vg_ftpsrv_file f = {VG_PARAMPCK_PATH_DEFAULTS, {junk, sizeof junk}, 0};
        rig.is_deaf_to_files = kind == 1; /* 0: no such file; 1: silence; 2: damaged */
        rig.ftp.files = &f;
        rig.ftp.n_files = kind == 2;
        vg_params_read(&rig.params, pair, FTP_CAPABLE, at_ms(0));
        run_until_done();
        assert_int_equal(rig.params.state, VG_PARAMS_DONE);
        assert_false(rig.params.is_from_pack);
        assert_int_equal(rig.params.n_params, 51);
        assert_float_equal(vg_params_find(&rig.params, "LISTED_33")->value, 33, 0);
    }
}

static void tell(const char *name, uint8_t type, float value, uint16_t index, uint16_t count)
{
    struct vg_mav_param_value v = {
        .param_type = type, .param_value = value, .param_index = index, .param_count = count};
    struct vg_mav_msg m;
    memcpy(v.param_id, name, strlen(name));
    vg_mav_param_value_pack(&v, DRONE, 1, &m);
    vg_params_feed(&rig.params, &m, at_ms(rig.ms));
}

/* PX4 opens the list with a checksum called _HASH_CHECK, index 65535 (mavlink_parameters.cpp), and
 * lays the bytes of an integer into the float. */
static void px4s_list_is_read_bytewise(void **state)
{
    (void)state;
    set_up(1, 0);
    vg_params_read(&rig.params, pair, BYTEWISE, at_ms(0));
    const uint8_t minus_two[4] = {0xfe, 0xff, 0xff, 0xff};
    float raw;
    memcpy(&raw, minus_two, 4);
    tell("_HASH_CHECK", 5, 1.0f, 65535, 2);
    assert_int_equal(rig.params.n_params, 0);
    tell("COM_LOW_BAT_ACT", 6, raw, 0, 2);
    tell("MPC_XY_CRUISE", 9, 5.5f, 1, 2);
    assert_int_equal(rig.params.state, VG_PARAMS_DONE);
    assert_float_equal(vg_params_find(&rig.params, "COM_LOW_BAT_ACT")->value, -2, 0);
    assert_float_equal(vg_params_find(&rig.params, "MPC_XY_CRUISE")->value, 5.5, 0);
    uint8_t b[4];
    raw = vg_param_raw(-2, 6, true);
    memcpy(b, &raw, 4);
    assert_memory_equal(b, minus_two, 4);
}

/* ---- by name, and writing ---- */

static void single_ones_are_asked_for_by_name(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        set_up(seed, 0.2);
        vg_paramask_start(&rig.ask, pair, false);
        assert_true(vg_paramask_add(&rig.ask, "LISTED_07"));
        assert_true(vg_paramask_add(&rig.ask, "NOT_THERE"));
        assert_true(vg_paramask_add(&rig.ask, "LISTED_08"));
        assert_false(vg_paramask_add(&rig.ask, ""));
        assert_false(vg_paramask_add(&rig.ask, "SEVENTEEN_LETTERS"));
        assert_int_equal(rig.ask.n_asked, 3);
        while (rig.ms < 60000) {
            assert_true(vg_paramask_is_done(&rig.ask) || rig.ms < 14000);
            tick();
        }
        assert_true(vg_paramask_is_done(&rig.ask));
        assert_float_equal(rig.ask.asked[0].value, 7, 0);
        assert_float_equal(rig.ask.asked[2].value, 8, 0);
        assert_false(rig.ask.asked[1].is_known);
        assert_true(rig.ask.asked[1].is_given_up);
        assert_int_equal(rig.params.state, VG_PARAMS_IDLE); /* the list was left alone */
    }
}

/* A clock that runs at a thousand times the wall's hands over a minute a step: what is not there
 * yet is asked for once in it, and four of many. */
static void a_fast_clock_wastes_no_turns(void **state)
{
    (void)state;
    struct vg_mav_msg m;
    static const char *const names[] = {"A", "B", "C", "D", "E", "F"};
    set_up(1, 0);
    vg_paramask_start(&rig.ask, pair, false);
    for (int i = 0; i < 6; i++) {
        assert_true(vg_paramask_add(&rig.ask, names[i]));
    }
    for (int step = 0; step < 4; step++) {
        int n = 0;
        while (vg_paramask_step(&rig.ask, at_ms(60000 * (step + 1)), &m)) {
            n++;
        }
        assert_int_equal(n, 4);
    }
    for (int i = 0; i < 6; i++) {
        assert_true(rig.ask.asked[i].tries >= 2 && rig.ask.asked[i].tries <= 3);
    }
    vg_paramask_give_up(&rig.ask, 0);
    int n = 0;
    for (int t = 0; t < 2000; t++) {
        while (vg_paramask_step(&rig.ask, at_ms(300000 + t * 100), &m)) {
            n++;
        }
    }
    assert_int_equal(n, 5 * 8 - (16 - rig.ask.asked[0].tries));
    assert_true(vg_paramask_is_done(&rig.ask));
}

static void one_is_written_when_the_drone_says_so(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        set_up(seed, 0.3);
        assert_int_equal(vg_params_write(&rig.params, pair, "SR0_POSITION", 10, at_ms(0), NULL),
                         VG_OK);
        assert_int_equal(vg_params_write(&rig.params, pair, "SR0_EXTRA1", 10, at_ms(0), NULL),
                         VG_E_FULL);
        while (rig.ms < 60000 && rig.params.write.state == VG_PARAM_WRITING) {
            tick();
        }
        assert_int_equal(rig.params.write.state, VG_PARAM_WRITTEN);
        assert_float_equal((double)rig.srv.params[50].raw, 10, 0);
    }
    struct vg_error err = {.lang = VG_LANG_EN};
    assert_int_equal(vg_params_write(&rig.params, pair, "FENCE_ENABLE", 0, at_ms(0), &err),
                     VG_E_INVALID);
    assert_string_equal(err.message, "parameter \"FENCE_ENABLE\" may not be written");
    assert_int_equal(vg_params_write(&rig.params, pair, "SR0_EXTRA1", (double)NAN, at_ms(0), NULL),
                     VG_E_INVALID);
}

/* ArduPilot answers a write with index 65535; a value from before the write changes nothing. */
static void what_the_drone_keeps_is_told(void **state)
{
    (void)state;
    set_up(1, 0);
    assert_int_equal(vg_params_write(&rig.params, pair, "SR0_POSITION", 10, at_ms(0), NULL), VG_OK);
    tell("SR0_POSITION", 4, 4, 65535, 900);
    assert_int_equal(rig.params.write.state, VG_PARAM_WRITING);
    assert_true(rig.params.write.has_kept);
    tell("SR0_POSITION", 4, 10, 65535, 900);
    assert_int_equal(rig.params.write.state, VG_PARAM_WRITTEN);
    assert_int_equal(rig.params.n_params, 0); /* and no list began */
    assert_int_equal(vg_params_write(&rig.params, pair, "SR0_POSITION", 99, at_ms(0), NULL), VG_OK);
    struct vg_mav_msg m;
    for (int i = 0; i < 1000; i++) {
        vg_params_step(&rig.params, at_ms(i * 50));
        while (vg_params_next_out(&rig.params, &m)) {
            tell("SR0_POSITION", 4, 50, 65535, 900); /* its most */
        }
    }
    assert_int_equal(rig.params.write.state, VG_PARAM_WRITE_FAILED);
    assert_true(rig.params.write.has_kept);
    assert_float_equal(rig.params.write.kept, 50, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_by_hand),
        cmocka_unit_test(a_damaged_file_is_refused_with_the_place),
        cmocka_unit_test(what_is_written_is_read_and_no_value_lies_across_two_pieces),
        cmocka_unit_test(a_thousand_come_as_a_file_over_bad_radios),
        cmocka_unit_test(without_such_a_file_the_list_is_read),
        cmocka_unit_test(px4s_list_is_read_bytewise),
        cmocka_unit_test(single_ones_are_asked_for_by_name),
        cmocka_unit_test(a_fast_clock_wastes_no_turns),
        cmocka_unit_test(one_is_written_when_the_drone_says_so),
        cmocka_unit_test(what_the_drone_keeps_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
