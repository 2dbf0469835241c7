/* Contacts: merged, aged, bounded, heights with their error; the map beneath against a plain list.
 */
#include "helper.h"

#include "base/rng.h"
#include "traffic/show.h"

static struct vg_us at(double s)
{
    return vg_us_from_s(1e6 + s);
}

static struct vg_sighting plane(const char *id, double lat, double lon)
{
    struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
    vg_format(s.id, sizeof s.id, "%s", id);
    s.lat_deg = lat;
    s.lon_deg = lon;
    return s;
}

static const struct vg_air NO_AIR = {(double)NAN, (double)NAN};

static void one_aircraft_of_two_feeds(void **state)
{
    (void)state;
    struct vg_traffic t;
    struct vg_contact_now now;
    assert_int_equal(vg_traffic_init(&t, 100, NULL), VG_OK);
    struct vg_sighting s = plane("4CA2D6", 14, -11);
    s.alt_pressure_m = 1000;
    const struct vg_contact *c = vg_traffic_take(&t, 0, &s, at(0));
    s = plane("4CA2D6", (double)NAN, (double)NAN);
    vg_format(s.name, sizeof s.name, "EIN1");
    s.course_true_deg = 90;
    s.speed_mps = 100;
    assert_ptr_equal(vg_traffic_take(&t, 3, &s, at(1)), c);
    assert_int_equal(c->feeds, 1 + 8);
    assert_string_equal(c->s.name, "EIN1");
    near(c->s.lat_deg, 14, 0);
    /* A place that is older than the one held, told late by another receiver. */
    s = plane("4CA2D6", 20, -11);
    s.age_s = 5;
    assert_ptr_equal(vg_traffic_take(&t, 3, &s, at(2)), c);
    near(c->s.lat_deg, 14, 0);
    assert_int_equal(t.n_older, 1);
    /* The same digits in another space are another contact. */
    s = plane("4CA2D6", 15, -11);
    s.space = VG_ID_ANON;
    assert_ptr_not_equal(vg_traffic_take(&t, 0, &s, at(2)), c);
    /* 10 s on: 1 km further east; then 30 s at most. */
    assert_true(vg_contact_at(c, &NO_AIR, at(10), &now));
    double km_per_deg = 111.320 * cos(14 * 3.14159265 / 180);
    near((now.lon_deg + 11) * km_per_deg, 1.0, 0.002);
    near(now.age_s, 10, 1e-9);
    assert_false(now.is_stale);
    assert_true(vg_contact_at(c, &NO_AIR, at(31), &now));
    assert_true(now.is_stale);
    near((now.lon_deg + 11) * km_per_deg, 3.0, 0.01);
    assert_true(vg_contact_at(c, &NO_AIR, at(50), &now)); /* its speed is too old to go by */
    near(now.lon_deg, -11, 1e-9);
    assert_true(isnan(now.speed_mps));
    assert_int_equal(now.height.source, VG_HEIGHT_NONE); /* a height 50 s old */
    vg_traffic_finish(&t);
}

static void silent_ones_are_forgotten(void **state)
{
    (void)state;
    struct vg_traffic t;
    assert_int_equal(vg_traffic_init(&t, 100, NULL), VG_OK);
    struct vg_sighting ship = plane("244660274", 14, -17);
    ship.space = VG_ID_MMSI;
    ship.kind = VG_CONTACT_SHIP;
    struct vg_sighting s = plane("000001", 14, -11);
    vg_traffic_take(&t, 0, &ship, at(0));
    vg_traffic_take(&t, 0, &s, at(1));
    vg_traffic_sweep(&t, at(59));
    assert_non_null(vg_traffic_find(&t, VG_ID_ICAO, "000001"));
    vg_traffic_sweep(&t, at(62));
    assert_null(vg_traffic_find(&t, VG_ID_ICAO, "000001"));
    assert_non_null(vg_traffic_find(&t, VG_ID_MMSI, "244660274"));
    vg_traffic_sweep(&t, at(1201));
    assert_null(vg_traffic_find(&t, VG_ID_MMSI, "244660274"));
    vg_traffic_finish(&t);
}

static void ours_are_left_out(void **state)
{
    (void)state;
    struct vg_traffic t;
    int it = -2;
    assert_int_equal(vg_traffic_init(&t, 100, NULL), VG_OK);
    struct vg_sighting rid = plane("1581F4XF12345", 14, -11);
    rid.space = VG_ID_RID;
    assert_non_null(vg_traffic_take(&t, 0, &rid, at(0)));
    assert_int_equal(vg_traffic_own(&t, "1581F4XF12345", NULL), VG_OK); /* heard before */
    assert_int_equal(vg_traffic_own(&t, "abcdef", NULL), VG_OK);
    assert_null(vg_traffic_take(&t, 0, &rid, at(1)));
    struct vg_sighting s = plane("ABCDEF", 14, -11);
    assert_null(vg_traffic_take(&t, 0, &s, at(1)));
    assert_null(vg_traffic_next(&t, &it));
    vg_traffic_finish(&t);
}

/* 10,000 at most, whatever comes; the one longest not heard goes. */
static void memory_is_bounded(void **state)
{
    (void)state;
    struct vg_traffic t;
    assert_int_equal(vg_traffic_init(&t, VG_TRAFFIC_CONTACTS, NULL), VG_OK);
    char id[16];
    for (int i = 0; i < 25000; i++) {
        vg_format(id, sizeof id, "%06X", (unsigned)i);
        struct vg_sighting s = plane(id, 14, -11);
        vg_traffic_take(&t, 0, &s, at(i / 1000.0));
        if (i % 2 == 0) { /* this one keeps talking */
            s = plane("FFFFFF", 10, 10);
            vg_traffic_take(&t, 0, &s, at(i / 1000.0));
        }
    }
    int n = 0;
    int it = -2;
    while (vg_traffic_next(&t, &it) != NULL) {
        n++;
    }
    assert_int_equal(n, VG_TRAFFIC_CONTACTS);
    assert_int_equal(t.n_pushed_out, 25001 - VG_TRAFFIC_CONTACTS);
    assert_non_null(vg_traffic_find(&t, VG_ID_ICAO, "FFFFFF"));
    assert_non_null(vg_traffic_find(&t, VG_ID_ICAO, "0061A7")); /* 24,999 */
    assert_null(vg_traffic_find(&t, VG_ID_ICAO, "000000"));
    vg_traffic_finish(&t);
}

/* ---- heights ---- */

static void heights_say_what_they_are(void **state)
{
    (void)state;
    struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
    struct vg_air air = NO_AIR;
    assert_int_equal(vg_height_of(&s, &air).source, VG_HEIGHT_NONE);
    s.alt_pressure_m = 1000;
    struct vg_height h = vg_height_of(&s, &air);
    assert_int_equal(h.source, VG_HEIGHT_STANDARD);
    near(h.msl_m, 1000, 0);
    near(h.error_p95_m, 270, 1e-9);
    /* ICAO Doc 7488: 1,023.25 hPa lies 83 m below the level of 1,013.25. */
    air.qnh_hpa = 1023.25;
    h = vg_height_of(&s, &air);
    assert_int_equal(h.source, VG_HEIGHT_QNH);
    near(h.msl_m, 1083, 1);
    near(vg_height_qnh_offset_m(1013.25), 0, 1e-9);
    near(vg_height_qnh_offset_m(898.7462), -1000, 0.5); /* the standard atmosphere at 1,000 m */
    /* The aircraft's own satellite height is better. */
    s.ell_minus_pressure_m = 120;
    air.geoid_m = 30;
    h = vg_height_of(&s, &air);
    assert_int_equal(h.source, VG_HEIGHT_GEOMETRIC);
    near(h.msl_m, 1090, 1e-9);
    s.alt_ell_m = 1125;
    s.height_sigma_m = 5;
    h = vg_height_of(&s, &air);
    near(h.msl_m, 1095, 1e-9);
    near(h.error_p95_m, 10, 1e-9);
    air.geoid_m = (double)NAN; /* a poor one now: 120 m against 100 */
    h = vg_height_of(&s, &air);
    assert_int_equal(h.source, VG_HEIGHT_QNH);
}

/* ---- the map beneath, against a list that is searched ---- */

static void lru_is_a_list_with_its_oldest_dropped(void **state)
{
    (void)state;
    enum {
        CAP = 7
    };
    struct vg_lru lru;
    uint64_t list[CAP]; /* oldest first */
    int n = 0;
    struct vg_rng rng = vg_rng_seed(3);
    assert_int_equal(vg_lru_init(&lru, CAP, NULL), VG_OK);
    for (int step = 0; step < 20000; step++) {
        uint64_t key = vg_rng_below(&rng, 20) * 64;
        int found = -1;
        for (int i = 0; i < n; i++) {
            found = list[i] == key ? i : found;
        }
        assert_int_equal(vg_lru_find(&lru, key) >= 0, found >= 0);
        bool is_dropped = vg_rng_below(&rng, 5) == 0;
        if (is_dropped && found >= 0) {
            vg_lru_drop(&lru, vg_lru_find(&lru, key));
        } else if (!is_dropped) {
            bool is_new;
            int slot = vg_lru_take(&lru, key, &is_new);
            assert_in_range(slot, 0, CAP - 1);
            assert_int_equal(is_new, found < 0);
        } else {
            continue;
        }
        int gone = found >= 0 ? found : !is_dropped && n == CAP ? 0 : -1;
        if (gone >= 0) {
            memmove(&list[gone], &list[gone + 1], (size_t)(n - 1 - gone) * sizeof list[0]);
            n--;
        }
        if (!is_dropped) {
            list[n++] = key;
        }
        int i = 0;
        for (int s = vg_lru_oldest(&lru); s >= 0; s = vg_lru_newer(&lru, s)) {
            assert_int_equal(lru.slots[s].key, list[i++]);
        }
        assert_int_equal(i, n);
    }
    vg_lru_finish(&lru);
}

static void contacts_as_json(void **state)
{
    (void)state;
    struct vg_traffic t;
    struct vg_contact_now now;
    struct vg_buf b = {0};
    struct vg_air air = {1013.25, 0};
    assert_int_equal(vg_traffic_init(&t, 4, NULL), VG_OK);
    struct vg_sighting s = plane("4CA2D6", 14.5, -11.25);
    vg_format(s.name, sizeof s.name, "A\"B");
    s.kind = VG_CONTACT_HELICOPTER;
    s.alt_pressure_m = 500;
    s.squawk = 21;
    s.on_ground = 0;
    const struct vg_contact *c = vg_traffic_take(&t, 1, &s, at(0));
    assert_true(vg_contact_at(c, &air, at(2), &now));
    vg_show_contact(c, &now, &b);
    assert_string_equal(vg_buf_text(&b),
                        "{\"id\":\"4CA2D6\",\"space\":\"icao\",\"kind\":\"helicopter\","
                        "\"name\":\"A\\\"B\",\"lat\":14.500000,\"lon\":-11.250000,\"age_s\":2.0,"
                        "\"stale\":false,\"alt_msl_m\":500,\"alt_error_p95_m\":65,"
                        "\"alt_source\":\"qnh\",\"feeds\":2,\"squawk\":\"0021\","
                        "\"ground\":false}");
    vg_buf_finish(&b);
    vg_traffic_finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_aircraft_of_two_feeds),
        cmocka_unit_test(silent_ones_are_forgotten),
        cmocka_unit_test(ours_are_left_out),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(heights_say_what_they_are),
        cmocka_unit_test(lru_is_a_list_with_its_oldest_dropped),
        cmocka_unit_test(contacts_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
