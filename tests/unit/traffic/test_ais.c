/* AIS against gpsdecode of gpsd: a capture from the IJsselmeer, and messages of each type made at
 * random. */
#include "helper.h"

#include "base/rng.h"
#include "base/units.h"
#include "traffic/ais.h"

static double value(const char *line, const char *key)
{
    char v[64];
    return word(line, key, v) != NULL ? strtod(v, NULL) : (double)NAN;
}

/* The table has "_" for blanks; blanks at the ends are not compared. */
static void check_name(const char *line, const struct vg_sighting *s)
{
    char v[64];
    char got[64];
    if (word(line, "name", v) == NULL) {
        return;
    }
    vg_format(got, sizeof got, "%s", s->name);
    for (char *c = got; *c != '\0'; c++) {
        *c = *c == ' ' ? '_' : *c;
    }
    size_t lead = strspn(v, "_");
    size_t n = strlen(v);
    while (n > lead && v[n - 1] == '_') {
        n--;
    }
    v[n] = '\0';
    size_t first = strspn(got, "_"); /* true ones */
    size_t end = strlen(got);
    while (end > first && got[end - 1] == '_') {
        end--;
    }
    got[end] = '\0';
    assert_string_equal(got + first, v + lead);
}

static void check(const char *line, const struct vg_sighting *s)
{
    int type = (int)value(line, "type");
    char v[64];
    assert_string_equal(s->id, word(line, "mmsi", v));
    double lat = value(line, "lat");
    if (fabs(lat) <= 90) {
        double fine = /* gpsd prints one digit of type 27 */ type == 27 ? 0.0501 : 6e-7;
        near(s->lat_deg, lat, fine);
        near(s->lon_deg, value(line, "lon"), fine);
    } else {
        assert_true(isnan(s->lat_deg));
    }
    double speed = value(line, "speed");
    if (type == 9 ? speed < 1023 : type == 27 ? speed < 63 : speed < 102.3) {
        near(s->speed_mps, speed * VG_MPS_PER_KNOT, 1e-6);
    } else {
        assert_true(isnan(s->speed_mps));
    }
    double course = value(line, "course");
    if (course < 360) {
        near(s->course_true_deg, course, 1e-6);
    } else {
        assert_true(isnan(s->course_true_deg));
    }
    double alt = value(line, "alt");
    if (alt < 4095) {
        near(isnan(s->alt_ell_m) ? s->alt_pressure_m : s->alt_ell_m, alt, 0);
    }
    check_name(line, s);
}

/* Each line of gpsdecode that tells a place or a name has its sighting; *out_left: those without a
 * line. gpsd tells part A of type 24 only when part B has come. */
static int compare(const char *golden, const struct kept *k, int *out_left)
{
    bool is_used[400] = {false};
    struct vg_buf text = read_data(golden);
    int n = 0;
    for (char *line = text.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        char one[300];
        char v[64];
        int i = 0;
        vg_format(one, sizeof one, " %.*s", (int)strcspn(line, "\n"), line);
        bool is_placed = fabs(value(one, "lat")) <= 90;
        if (line[0] == '#' || (!is_placed && word(one, "name", v) == NULL)) {
            continue;
        }
        word(one, "mmsi", v);
        while (i < k->n && (is_used[i] || strcmp(k->list[i].id, v) != 0 ||
                            isfinite(k->list[i].lat_deg) != is_placed)) {
            i++;
        }
        assert_true(i < k->n);
        is_used[i] = true;
        check(one, &k->list[i]);
        n++;
    }
    *out_left = k->n - n;
    vg_buf_finish(&text);
    return n;
}

static struct kept read_all(const char *path, size_t piece, struct vg_ais *ais)
{
    struct kept k = {.n = 0};
    struct vg_buf text = read_data(path);
    *ais = (struct vg_ais){0};
    for (size_t at = 0; at < text.n; at += piece) {
        size_t n = text.n - at < piece ? text.n - at : piece;
        vg_ais_feed(ais, (struct vg_bytes){(uint8_t *)text.data + at, n}, vg_us(1), keep, &k);
    }
    vg_buf_finish(&text);
    return k;
}

static void capture_reads_like_gpsd(void **state)
{
    (void)state;
    struct vg_ais ais;
    struct kept k = read_all(DATA "ais.nmea", 1 << 20, &ais);
    int left;
    assert_true(compare(DATA "ais_gpsdecode.txt", &k, &left) > 140);
    assert_true(left <= 4);
    assert_true(ais.n_passed > 500); /* GPS sentences between them */
    struct kept split = read_all(DATA "ais.nmea", 7, &ais);
    assert_int_equal(split.n, k.n);
    for (int i = 0; i < k.n; i++) {
        assert_string_equal(split.list[i].id, k.list[i].id);
    }
}

static void each_type_reads_like_gpsd(void **state)
{
    (void)state;
    struct vg_ais ais;
    struct kept k = read_all(DATA "ais_made.nmea", 1 << 20, &ais);
    int left;
    assert_true(compare(DATA "ais_made_gpsdecode.txt", &k, &left) > 100);
    assert_int_equal(left, 12);
    assert_int_equal(ais.n_messages, 132);
    assert_int_equal(ais.n_bad, 0);
}

static void feed_text(struct vg_ais *ais, const char *text, int64_t s, struct kept *k)
{
    vg_ais_feed(ais, (struct vg_bytes){(const uint8_t *)text, strlen(text)},
                vg_us_from_s((double)s), keep, k);
}

/* E. S. Raymond, "AIVDM/AIVDO protocol decoding": the two-part example. */
#define PART1 "!AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E\r\n"
#define PART2 "!AIVDM,2,2,3,B,1@0000000000000,2*55\r\n"

static void parts_are_joined(void **state)
{
    (void)state;
    struct vg_ais ais = {0};
    struct kept k = {.n = 0};
    feed_text(&ais, PART1, 1, &k);
    feed_text(&ais, PART2, 2, &k);
    assert_int_equal(k.n, 1);
    assert_string_equal(k.list[0].id, "369190000");
    assert_string_equal(k.list[0].name, "MT.MITCHELL");
    feed_text(&ais, PART2, 3, &k); /* nothing before it */
    assert_int_equal(ais.n_bad, 1);
    feed_text(&ais, PART1, 4, &k);
    feed_text(&ais, PART2, 20, &k); /* too late */
    assert_int_equal(k.n, 1);
    feed_text(&ais, "\\g:1-2-73874,n:157036,s:r003669945,c:1241544035*4A\\" PART1, 30, &k);
    feed_text(&ais, PART2, 31, &k);
    assert_int_equal(k.n, 2);
    uint64_t n_bad = ais.n_bad;
    feed_text(&ais, "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5D\r\n", 40, &k); /* 5C */
    assert_int_equal(ais.n_bad, n_bad + 1);
    feed_text(&ais, "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n", 40, &k);
    assert_int_equal(k.n, 3);
    assert_string_equal(k.list[2].id, "477553000");
    near(k.list[2].lat_deg, 47.582833, 1e-6);
    near(k.list[2].lon_deg, -122.345833, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capture_reads_like_gpsd),
        cmocka_unit_test(each_type_reads_like_gpsd),
        cmocka_unit_test(parts_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
