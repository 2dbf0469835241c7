/* Mode S and ADS-B against dump1090 (captured and random frames), the vectors of "The 1090
 * Megahertz Riddle" and pyModeS, and an encoder of positions written from the standard. */
#include "helper.h"

#include "base/rng.h"
#include "base/units.h"
#include "traffic/adsb.h"

static bool decode(const char *hex, struct vg_modes *out)
{
    uint8_t frame[14];
    return vg_modes_decode(frame, (int)unhex(hex, frame, sizeof frame), out);
}

static const double FT = VG_M_PER_FOOT;

/* ---- each frame of the table against what dump1090 reads in it ---- */

static void check_place(const char *line, const struct vg_modes *m)
{
    char v[64];
    if (word(line, "lat", v) != NULL) {
        assert_int_equal(m->cpr.lat, strtoul(v, NULL, 10));
        assert_int_equal(m->cpr.lon, strtoul(word(line, "lon", v), NULL, 10));
        assert_int_equal(m->cpr.is_odd, strtol(word(line, "odd", v), NULL, 10));
    }
    if (word(line, "baro", v) != NULL) {
        near(m->alt_pressure_m, strtod(v, NULL) * FT, 0.01);
    } else {
        assert_true(isnan(m->alt_pressure_m));
    }
    if (word(line, "geom", v) != NULL) {
        near(m->alt_ell_m, strtod(v, NULL) * FT, 0.01);
    } else {
        assert_true(isnan(m->alt_ell_m));
    }
}

static void check_motion(const char *line, const struct vg_modes *m)
{
    char v[64];
    if (word(line, "gs", v) != NULL) { /* whole knots, cut; the mean of a range on the ground */
        near(m->speed_mps / VG_MPS_PER_KNOT, strtod(v, NULL), m->what == VG_MODES_SURFACE ? 5 : 1);
    }
    if (word(line, "as", v) != NULL) {
        near(m->airspeed_mps / VG_MPS_PER_KNOT, strtod(v, NULL), 0.01);
    }
    if (word(line, "heading", v) != NULL && isfinite(m->heading_deg)) {
        near(m->heading_deg * 1024 / 360, strtod(v, NULL), 1e-6); /* it prints the bare field */
    } else if (word(line, "heading", v) !=
               NULL) { /* whole degrees, negative ones rounded upwards */
        near(fmod(m->course_true_deg - strtod(v, NULL) + 540, 360), 180, 1.5);
    }
    if (word(line, "climb", v) != NULL) {
        near(m->climb_mps, strtod(v, NULL) * FT / 60, 1e-6);
    } else {
        assert_true(isnan(m->climb_mps));
    }
    if (word(line, "delta", v) != NULL) {
        near(m->ell_minus_pressure_m, strtod(v, NULL) * FT, 1e-6);
    }
}

/* dump1090 shows codes that no call sign has as other characters: only letters and digits count. */
static void check_ident(const char *line, const struct vg_modes *m)
{
    char v[64];
    if (word(line, "squawk", v) != NULL) {
        assert_int_equal(m->squawk, strtol(v, NULL, 10));
    }
    const char *ident = word(line, "ident", v);
    if (ident == NULL) {
        return;
    }
    bool is_plain = strspn(ident, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(ident);
    if (is_plain) {
        assert_string_equal(m->callsign, ident);
    }
}

static void frames_read_like_dump1090(void **state)
{
    (void)state;
    struct vg_buf text = read_data(DATA "modes_dump1090.txt");
    int n = 0;
    for (char *line = text.data; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        if (*line == '#') {
            continue;
        }
        char v[64];
        char hex[32];
        struct vg_modes m;
        vg_format(hex, sizeof hex, "%.*s", (int)strcspn(line, " "), line);
        char *end = strchr(line, '\n');
        *end = '\0';
        assert_true(decode(hex, &m));
        assert_int_equal(m.address, strtoul(word(line, "addr", v), NULL, 16));
        check_place(line, &m);
        check_motion(line, &m);
        check_ident(line, &m);
        *end = '\n';
        n++;
    }
    assert_int_equal(n, 681);
    vg_buf_finish(&text);
}

/* ---- published vectors ---- */

static void vectors_of_the_riddle(void **state)
{
    (void)state;
    struct vg_modes m;
    assert_true(decode("8D4840D6202CC371C32CE0576098", &m)); /* chapter 4 */
    assert_int_equal(m.address, 0x4840D6);
    assert_string_equal(m.callsign, "KLM1023");
    assert_true(decode("8D485020994409940838175B284F", &m)); /* chapter 7, ground speed */
    near(m.speed_mps / VG_MPS_PER_KNOT, 159.20, 0.005);
    near(m.course_true_deg, 182.88, 0.005);
    near(m.climb_mps * 60 / FT, -832, 1e-6);
    near(m.ell_minus_pressure_m / FT, 550, 1e-6);
    assert_true(decode("8DA05F219B06B6AF189400CBC33F", &m)); /* airspeed: no course, no speed */
    near(m.airspeed_mps / VG_MPS_PER_KNOT, 375, 1e-6);
    near(m.heading_deg, 243.98, 0.005);
    near(m.climb_mps * 60 / FT, -2304, 1e-6);
    assert_true(isnan(m.course_true_deg) && isnan(m.speed_mps));
}

static void one_wrong_bit_is_no_message(void **state)
{
    (void)state;
    uint8_t frame[14];
    struct vg_modes m;
    size_t n = unhex("8D4840D6202CC371C32CE0576098", frame, sizeof frame);
    for (int bit = 5; bit < 112; bit++) { /* the first five say what kind it is */
        frame[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        assert_false(vg_modes_decode(frame, (int)n, &m));
        frame[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    }
    /* DF4: its parity is mixed with the address. */
    assert_false(decode("20000F1F684A6C", &m));
    /* All-call reply of an interrogator with code 8: antirez's capture. */
    assert_true(decode("5D4D20237A55A6", &m));
    assert_int_equal(m.what, VG_MODES_PRESENCE);
}

/* ---- positions ---- */

/* Encoding by RTCA DO-260B A.1.7.3, from the number of zones found by its own search. */
static int zones_by_definition(double lat_deg)
{
    int n = 59;
    while (n > 1) {
        double limit = acos(sqrt((1 - cos(VG_PI / 30)) / (1 - cos(2 * VG_PI / n))));
        if (fabs(lat_deg) * VG_RAD_PER_DEG <= limit) {
            return n;
        }
        n--;
    }
    return 1;
}

static struct vg_cpr encode(double lat_deg, double lon_deg, bool is_odd, double span_deg)
{
    double dlat = span_deg / (is_odd ? 59 : 60);
    double yz = floor(131072 * fmod(fmod(lat_deg, dlat) + dlat, dlat) / dlat + 0.5);
    double rlat = dlat * (yz / 131072 + floor(lat_deg / dlat));
    int zones = zones_by_definition(rlat) - is_odd;
    double dlon = span_deg / (zones > 1 ? zones : 1);
    double xz = floor(131072 * fmod(fmod(lon_deg, dlon) + dlon, dlon) / dlon + 0.5);
    return (struct vg_cpr){(uint32_t)yz & 0x1FFFF, (uint32_t)xz & 0x1FFFF, is_odd};
}

static double lon_apart(double a, double b)
{
    return fabs(fmod(fabs(a - b) + 180, 360) - 180);
}

static void positions_come_back(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(11);
    int n_found = 0;
    for (int i = 0; i < 20000; i++) {
        double lat = -86.5 + 173 * vg_rng_unit(&rng);
        double lon = -180 + 360 * vg_rng_unit(&rng);
        bool is_surface = i % 2;
        double span = is_surface ? 90 : 360;
        double fine = is_surface ? 2e-5 : 6e-5; /* half a step of the coding, and some */
        struct vg_cpr even = encode(lat, lon, false, span);
        struct vg_cpr odd = encode(lat, lon, true, span);
        bool is_odd_newer = i % 4 < 2;
        double got_lat;
        double got_lon;
        bool is_found = is_surface ? vg_cpr_surface(&even, &odd, is_odd_newer, lat + 0.3, lon - 0.3,
                                                    &got_lat, &got_lon)
                                   : vg_cpr_airborne(&even, &odd, is_odd_newer, &got_lat, &got_lon);
        n_found += is_found;
        if (is_found) {
            near(got_lat, lat, fine);
            near(lon_apart(got_lon, lon) * cos(lat * VG_RAD_PER_DEG), 0, fine);
        }
        assert_true(vg_cpr_local(i % 3 ? &even : &odd, is_surface, lat + 0.2, lon - 0.2, &got_lat,
                                 &got_lon));
        near(got_lat, lat, fine);
        near(lon_apart(got_lon, lon) * cos(lat * VG_RAD_PER_DEG), 0, fine);
    }
    assert_true(n_found > 19900); /* but for those on the border of two bands */
}

static void zones_are_those_of_the_definition(void **state)
{
    (void)state;
    for (double lat = -90; lat <= 90; lat += 0.01) {
        assert_int_equal(vg_cpr_zones(lat), zones_by_definition(lat));
    }
}

static void published_positions(void **state)
{
    (void)state;
    struct vg_modes even;
    struct vg_modes odd;
    double lat;
    double lon;
    /* The 1090 Megahertz Riddle, 5.2: the even one is newer. */
    assert_true(decode("8D40621D58C382D690C8AC2863A7", &even));
    assert_true(decode("8D40621D58C386435CC412692AD6", &odd));
    near(even.alt_pressure_m / FT, 38000, 1e-6);
    assert_true(vg_cpr_airborne(&even.cpr, &odd.cpr, false, &lat, &lon));
    near(lat, 52.25720, 5e-6);
    near(lon, 3.91937, 5e-6);
    assert_true(vg_cpr_local(&even.cpr, false, 52.258, 3.918, &lat, &lon)); /* 5.3 */
    near(lat, 52.25720, 5e-6);
    near(lon, 3.91937, 5e-6);
}

/* ---- an aircraft over time ---- */

static struct vg_modes at_place(double lat, double lon, bool is_odd)
{
    struct vg_modes m;
    assert_true(decode("8D40621D58C382D690C8AC2863A7", &m));
    m.cpr = encode(lat, lon, is_odd, 360);
    return m;
}

static void places_need_a_pair_then_one(void **state)
{
    (void)state;
    struct vg_adsb a;
    struct vg_sighting s;
    assert_int_equal(vg_adsb_init(&a, (double)NAN, (double)NAN, NULL), VG_OK);
    struct vg_modes even = at_place(14.5, -11.4, false);
    struct vg_modes odd = at_place(14.5, -11.4, true);
    struct vg_us t = vg_us(1000 * VG_US_PER_S);
    assert_true(vg_adsb_take(&a, &even, t, &s)); /* a height it has */
    assert_true(isnan(s.lat_deg));
    t.us += 11 * VG_US_PER_S; /* too late for a pair */
    assert_true(vg_adsb_take(&a, &odd, t, &s));
    assert_true(isnan(s.lat_deg));
    t.us += VG_US_PER_S;
    assert_true(vg_adsb_take(&a, &even, t, &s));
    near(s.lat_deg, 14.5, 1e-4);
    near(s.lon_deg, -11.4, 1e-4);
    t.us += VG_US_PER_S; /* one alone now */
    odd = at_place(14.501, -11.4, true);
    assert_true(vg_adsb_take(&a, &odd, t, &s));
    near(s.lat_deg, 14.501, 1e-4);
    t.us += VG_US_PER_S; /* 100 km in a second: not told, and not for the next alone either */
    even = at_place(15.4, -11.4, false);
    assert_true(vg_adsb_take(&a, &even, t, &s));
    assert_true(isnan(s.lat_deg));
    assert_int_equal(a.n_leaps, 1);
    vg_adsb_finish(&a);
}

/* dump1090 found these places in the same frames, in the same order. The capture is made of pieces
 * of a descent of 16 km: half a second a frame makes it one that can be flown. */
static void places_of_the_capture(void **state)
{
    (void)state;
    struct vg_buf avr = read_data(DATA "adsb.avr");
    struct vg_buf sbs = read_data(DATA "adsb.sbs");
    struct vg_adsb a;
    int n = 0;
    char *peer = sbs.data;
    struct vg_us now = {0};
    assert_int_equal(vg_adsb_init(&a, (double)NAN, (double)NAN, NULL), VG_OK);
    for (char *line = avr.data; *line == '*'; line = strchr(line, '\n') + 1) {
        struct vg_modes m;
        struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
        char hex[32];
        vg_format(hex, sizeof hex, "%.*s", (int)strcspn(line + 1, ";"), line + 1);
        assert_true(decode(hex, &m));
        now.us += VG_US_PER_S / 2;
        vg_adsb_take(&a, &m, now, &s);
        /* Fields 15 and 16 of the peer's line. */
        char *field = peer;
        for (int k = 0; k < 14; k++) {
            field = strchr(field, ',') + 1;
        }
        double lat = strtod(field, &field);
        double lon = strtod(field + 1, NULL);
        if (lat != 0) {
            near(s.lat_deg, lat, 6e-6); /* five digits */
            near(s.lon_deg, lon, 6e-6);
            n++;
        }
        peer = strchr(peer, '\n') + 1;
    }
    assert_true(n > 50);
    vg_adsb_finish(&a);
    vg_buf_finish(&avr);
    vg_buf_finish(&sbs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_read_like_dump1090),
        cmocka_unit_test(vectors_of_the_riddle),
        cmocka_unit_test(one_wrong_bit_is_no_message),
        cmocka_unit_test(positions_come_back),
        cmocka_unit_test(zones_are_those_of_the_definition),
        cmocka_unit_test(published_positions),
        cmocka_unit_test(places_need_a_pair_then_one),
        cmocka_unit_test(places_of_the_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
