/* The fleet from a watch file: pads, links, keys, faults, seeds. */
#include "link/mavframe.h"
#include "sim/fleet.h"
#include "terrain/terrain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Two bases, four drones, made by hand: the watch file's own reader is tested elsewhere. */
struct fixture {
    struct vg_watchfile watch;
    struct vg_wf_camera camera;
    struct vg_wf_type type;
    struct vg_wf_base bases[2];
    struct vg_wf_drone drones[4];
};

static void fill(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->camera = (struct vg_wf_camera){
        .name = "eo", .width_px = 1920, .height_px = 1080, .hfov_min_deg = 6, .hfov_max_deg = 60};
    f->type = (struct vg_wf_type){.name = "long-wing",
                                  .cruise_mps = 25,
                                  .endurance_s = 18000,
                                  .turnaround_s = 2700,
                                  .climb_mps = 3,
                                  .sink_mps = 3,
                                  .agl_m = 300};
    f->bases[0] = (struct vg_wf_base){.name = "Kayes", .lat_deg = 14.43, .lon_deg = -11.44};
    f->bases[1] = (struct vg_wf_base){.name = "Nioro", .lat_deg = 15.23, .lon_deg = -9.59};
    static const struct {
        const char *id;
        int base;
        const char *link;
    } ROWS[4] = {{"V1", 0, "udp:14550"},
                 {"V2", 0, ""},
                 {"V3", 1, "udpin:0.0.0.0:14600"},
                 {"V4", 0, "udpout:127.0.0.1:15000"}};
    for (int i = 0; i < 4; i++) {
        f->drones[i].base = ROWS[i].base;
        f->drones[i].sysid = i + 1;
        strcpy(f->drones[i].id, ROWS[i].id);
        strcpy(f->drones[i].link, ROWS[i].link);
    }
    f->watch.depth_m = 2000;
    f->watch.wind_from_deg = 60;
    f->watch.wind_mps = 8;
    f->watch.cameras = &f->camera;
    f->watch.n_cameras = 1;
    f->watch.types = &f->type;
    f->watch.n_types = 1;
    f->watch.bases = f->bases;
    f->watch.n_bases = 2;
    f->watch.drones = f->drones;
    f->watch.n_drones = 4;
}

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "no %s", path);
}

static const uint8_t KEY[32] = {9, 8, 7, 6, 5, 4, 3, 2, 1};

static enum vg_status key_file(const char *path, size_t max_bytes, struct vg_buf *out,
                               struct vg_error *err)
{
    (void)path;
    (void)max_bytes;
    (void)err;
    vg_buf_add(out, KEY, strlen(path) > 10 ? 31 : 32);
    return VG_OK;
}

static struct vg_simfleet *open_fleet(struct fixture *f, const struct vg_simfleet_options *options)
{
    struct vg_simfleet *fleet = NULL;
    struct vg_error err = {0};
    enum vg_status st =
        vg_simfleet_create(&f->watch, NULL, options, no_file, vg_us(0), &fleet, &err);
    if (st != VG_OK) {
        print_error("%s\n", err.message);
    }
    assert_int_equal(st, VG_OK);
    return fleet;
}

static const struct vg_flight *flight(const struct vg_simfleet *fleet, int i)
{
    return &vg_simdrone_pilot(vg_simfleet_drone(fleet, i))->flight;
}

static double apart_m(const struct vg_simfleet *fleet, int i, int k)
{
    const struct vg_flight *a = flight(fleet, i);
    const struct vg_flight *b = flight(fleet, k);
    return vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
}

static void drones_stand_on_their_pads(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    struct vg_simfleet *fleet = open_fleet(&f, &(struct vg_simfleet_options){.seed = 1});
    assert_int_equal(vg_simfleet_n(fleet), 4);
    assert_true(fabs(apart_m(fleet, 0, 1) - 10) < 0.01);
    assert_true(fabs(apart_m(fleet, 0, 3) - 20) < 0.01);
    assert_true(flight(fleet, 2)->lat_deg == 15.23);
    assert_true(flight(fleet, 0)->heading_true_deg == 60); /* into the wind */
    vg_simfleet_destroy(fleet);
}

static void links_say_where_the_station_is(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    struct vg_simfleet *fleet = open_fleet(&f, &(struct vg_simfleet_options){.seed = 1});
    static const int PORTS[4] = {14550, 14551, 14600, 15000};
    for (int i = 0; i < 4; i++) {
        assert_string_equal(vg_simfleet_link(fleet, i)->host, "127.0.0.1");
        assert_int_equal(vg_simfleet_link(fleet, i)->port, PORTS[i]);
        assert_int_equal(vg_simfleet_link(fleet, i)->is_listening, i == 3);
    }
    vg_simfleet_destroy(fleet);
    fleet = open_fleet(&f, &(struct vg_simfleet_options){.seed = 1, .port_base = 20000});
    assert_int_equal(vg_simfleet_link(fleet, 3)->port, 20003);
    assert_false(vg_simfleet_link(fleet, 3)->is_listening);
    vg_simfleet_destroy(fleet);
    static const char *const BAD[] = {"udp:", "udp:0", "udp:70000", "udp:14x", "tcp:1.2.3.4:5"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct vg_error err = {0};
        fleet = NULL;
        strcpy(f.drones[1].link, BAD[i]);
        enum vg_status st = vg_simfleet_create(&f.watch, NULL, &(struct vg_simfleet_options){0},
                                               no_file, vg_us(0), &fleet, &err);
        assert_int_equal(st, i == 4 ? VG_E_UNSUPPORTED : VG_E_FORMAT);
        assert_non_null(strstr(err.message, "V2"));
        assert_null(fleet);
    }
}

static void keys_are_read_and_used(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    strcpy(f.drones[0].key, "V1");
    struct vg_simfleet *fleet = NULL;
    assert_int_equal(vg_simfleet_create(&f.watch, NULL, &(struct vg_simfleet_options){0}, key_file,
                                        vg_us(0), &fleet, NULL),
                     VG_OK);
    vg_simfleet_step(fleet, vg_us(100000));
    uint8_t buf[1400];
    assert_true(vg_simfleet_take(fleet, 0, buf, sizeof buf) > 0);
    assert_int_equal(buf[2], 1); /* incompat flag: signed */
    assert_true(vg_simfleet_take(fleet, 1, buf, sizeof buf) > 0);
    assert_int_equal(buf[2], 0);
    vg_simfleet_destroy(fleet);
    strcpy(f.drones[0].key, "a-key-that-is-too-short");
    struct vg_error err = {0};
    assert_int_equal(vg_simfleet_create(&f.watch, NULL, &(struct vg_simfleet_options){0}, key_file,
                                        vg_us(0), &fleet, &err),
                     VG_E_FORMAT);
}

/* Bytes of one drone between two times. */
static size_t heard(struct vg_simfleet *fleet, int drone_i, double from_s, double to_s)
{
    size_t n = 0;
    uint8_t buf[1400];
    for (double t = from_s; t < to_s; t += 0.1) {
        vg_simfleet_step(fleet, vg_us_from_s(t));
        for (int i = 0; i < vg_simfleet_n(fleet); i++) {
            size_t got;
            while ((got = vg_simfleet_take(fleet, i, buf, sizeof buf)) > 0) {
                assert_true(got <= sizeof buf);
                n += i == drone_i ? got : 0;
            }
        }
    }
    return n;
}

static void a_silent_drone_is_silent_for_its_time(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    struct vg_simfleet *fleet = open_fleet(&f, &(struct vg_simfleet_options){.seed = 1});
    struct vg_simfault fault;
    assert_int_equal(vg_simfault_parse("V3 silent 60s 30s", "", 1, &f.watch, &fault, NULL), VG_OK);
    assert_int_equal(fault.drone_i, 2);
    assert_int_equal(vg_simfleet_add_fault(fleet, &fault, NULL), VG_OK);
    assert_true(heard(fleet, 2, 0, 60) > 10000);
    assert_int_equal(heard(fleet, 2, 60.05, 89.9), 0);
    assert_true(heard(fleet, 2, 90.05, 120) > 5000);
    vg_simfleet_destroy(fleet);
}

static void another_wind_comes_up_for_all(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    f.watch.wind_mps = 0;
    struct vg_simfleet *fleet = open_fleet(&f, &(struct vg_simfleet_options){.seed = 1});
    struct vg_simfault fault;
    assert_int_equal(vg_simfault_parse("wind 1min 9m/s 90deg", "", 1, &f.watch, &fault, NULL),
                     VG_OK);
    assert_int_equal(fault.kind, VG_SIMFAULT_WIND);
    assert_true(fault.at_s == 60 && fault.amount == 9 && fault.more == 90);
    assert_int_equal(vg_simfleet_add_fault(fleet, &fault, NULL), VG_OK);
    for (int at_s = 59; at_s < 200; at_s += 140) {
        vg_simfleet_step(fleet, vg_us_from_s(at_s));
        for (int k = 0; k < 2; k++) {
            /* From the east: the air goes west. Gusts are a tenth of the wind. */
            assert_true(fabs(flight(fleet, k)->wind_e_mps + (at_s > 60 ? 9 : 0)) < 5);
            assert_true(fabs(flight(fleet, k)->wind_n_mps) < 5);
        }
    }
    vg_simfleet_destroy(fleet);
}

/* The same seed gives the same air to the same drone, another seed another. */
static void the_seed_decides_the_gusts(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f);
    double wind[3];
    for (int k = 0; k < 3; k++) {
        struct vg_simfleet *fleet =
            open_fleet(&f, &(struct vg_simfleet_options){.seed = k == 2 ? 6 : 5});
        vg_simfleet_step(fleet, vg_us_from_s(60));
        wind[k] = flight(fleet, 1)->wind_n_mps;
        assert_true(flight(fleet, 0)->wind_n_mps != wind[k]);
        vg_simfleet_destroy(fleet);
    }
    assert_true(wind[0] == wind[1]);
    assert_true(wind[0] != wind[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drones_stand_on_their_pads),
        cmocka_unit_test(links_say_where_the_station_is),
        cmocka_unit_test(keys_are_read_and_used),
        cmocka_unit_test(a_silent_drone_is_silent_for_its_time),
        cmocka_unit_test(another_wind_comes_up_for_all),
        cmocka_unit_test(the_seed_decides_the_gusts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
