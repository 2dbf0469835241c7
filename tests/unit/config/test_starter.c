/* The starter watch: our own reader takes it, in both languages; borders are found by codes and
 * names. */
#include "base/file.h"
#include "config/borders.h"
#include "config/starter.h"
#include "config/watchfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

/* Lines of one degree of latitude, 15 to 16 N: 110,655 m each (radii of curvature, WGS 84). */
static const char LIST[] =
    "{\"format\":\"vigie-borders/1\",\"countries\":{\"CI\":{\"en\":\"Côte d’Ivoire\",\"fr\":\"Côte "
    "d’Ivoire\"},"
    "\"GW\":{\"en\":\"Guinea-Bissau\",\"fr\":\"Guinée-Bissau\"},\"ML\":{\"en\":\"Mali\",\"fr\":"
    "\"Mali\"},"
    "\"SN\":{\"en\":\"Senegal\",\"fr\":\"Sénégal\"},\"TD\":{\"en\":\"Chad\",\"fr\":\"Tchad\"}},"
    "\"borders\":{\"CI-ML\":[[[-8,10],[-7,10]]],\"GW-SN\":[[[-15,12],[-14,12]]],"
    "\"ML-SN\":[[[-12,15],[-12,16]],[[-11,15],[-11,16]]]}}";

struct sources {
    const char *query;
    const char *key;
    const char *name;
};

static void finds_by_code_and_name(void **state)
{
    (void)state;
    static const struct sources GOOD[] = {
        {"ML-SN", "ML-SN", "Mali - Sénégal"},
        {"sn-ml", "ML-SN", "Sénégal - Mali"},
        {"Mali-Senegal", "ML-SN", "Mali - Sénégal"},
        {"SÉNÉGAL / mali", "ML-SN", "Sénégal - Mali"},
        {"cote d'ivoire - Mali", "CI-ML", "Côte d’Ivoire - Mali"},
        {"Guinée-Bissau-Sénégal", "GW-SN", "Guinée-Bissau - Sénégal"},
        {"Senegal-Guinea-Bissau", "GW-SN", "Sénégal - Guinée-Bissau"},
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        struct vg_border border;
        struct vg_buf geojson = {0};
        struct vg_error err = {0};
        if (vg_border_find(LIST, sizeof LIST - 1, "list", GOOD[i].query, VG_LANG_FR, &border,
                           &geojson, &err) != VG_OK) {
            fail_msg("%s: %s", GOOD[i].query, err.message);
        }
        assert_string_equal(border.key, GOOD[i].key);
        assert_string_equal(border.name, GOOD[i].name);
        vg_buf_finish(&geojson);
    }
}

static void says_what_it_does_not_find(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        const char *message;
    } BAD[] = {
        {"Mali", "name two countries, such as \"ML-SN\" or \"Mali-Senegal\", not \"Mali\""},
        {"Mali-Sengal",
         "no country with a land border is named \"Sengal\"; did you mean \"Senegal\" (SN)?"},
        {"Atlantis-Mali", "no country with a land border is named \"Atlantis\""},
        {"Mali-Chad", "Mali and Chad share no land border; Mali borders: Côte d’Ivoire, Senegal"},
        {"-", "no country with a land border is named \"\""},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct vg_border border;
        struct vg_buf geojson = {0};
        struct vg_error err = {0};
        assert_int_equal(vg_border_find(LIST, sizeof LIST - 1, "list", BAD[i].query, VG_LANG_EN,
                                        &border, &geojson, &err),
                         VG_E_NOT_FOUND);
        assert_string_equal(err.message, BAD[i].message);
        assert_int_equal(geojson.n, 0);
        vg_buf_finish(&geojson);
    }
    struct vg_border border;
    struct vg_buf geojson = {0};
    assert_int_equal(vg_border_find("{}", 2, "list", "ML-SN", VG_LANG_EN, &border, &geojson, NULL),
                     VG_E_FORMAT);
    vg_buf_finish(&geojson);
}

/* What the starter's reader is given in place of a file. */
static const char *reread;

static enum vg_status read_line(const char *path, size_t max_bytes, struct vg_buf *out,
                                struct vg_error *err)
{
    (void)max_bytes;
    if (strcmp(path, "new/line.geojson") != 0) {
        return vg_fail(err, VG_E_IO, "cannot read");
    }
    vg_buf_puts(out, reread);
    return VG_OK;
}

static void round_trip(enum vg_lang lang, const char *name, const char *geojson,
                       struct vg_watchfile *out)
{
    struct vg_buf yaml = {0};
    struct vg_error err = {0};
    char text[1200];
    reread = geojson;
    enum vg_status status =
        vg_starter_write(lang, name, "line.geojson", geojson, strlen(geojson), &yaml, &err);
    if (status == VG_OK) {
        status =
            vg_watchfile_parse(vg_buf_text(&yaml), yaml.n, "new/watch.yaml", read_line, out, &err);
    }
    if (status != VG_OK) {
        fail_msg("%s\n%s", vg_error_text(&err, text, sizeof text), vg_buf_text(&yaml));
    }
    const char *comment = lang == VG_LANG_FR ? "# Une veille :" : "# A watch:";
    assert_memory_equal(vg_buf_text(&yaml), comment, strlen(comment));
    vg_buf_finish(&yaml);
}

static void sample_round_trip(void **state)
{
    (void)state;
    for (int lang = 0; lang < VG_LANG_COUNT; lang++) {
        struct vg_watchfile wf = {0};
        round_trip((enum vg_lang)lang, "Épreuve: \"1\" #2", vg_starter_sample_geojson(), &wf);
        assert_string_equal(wf.name, "Épreuve: \"1\" #2");
        assert_int_equal(wf.n_bases, 1);
        assert_int_equal(wf.n_drones, 3);
        assert_string_equal(wf.drones[2].id, "V1-3");
        assert_string_equal(wf.record, "new/watch.vigie");
        assert_true(vg_network_length_m(&wf.network) > 50e3);
        /* the base stands on the line */
        double s_m = 0;
        double offset_m = 0;
        vg_line_nearest(&wf.network.lines[0], wf.bases[0].lat_deg, wf.bases[0].lon_deg, &s_m,
                        &offset_m);
        assert_true(fabs(offset_m) < 2);
        assert_true(fabs(s_m - wf.network.lines[0].length_m / 2) < 2);
        vg_watchfile_finish(&wf);
    }
}

static void border_round_trip(void **state)
{
    (void)state;
    struct vg_border border;
    struct vg_buf geojson = {0};
    assert_int_equal(
        vg_border_find(LIST, sizeof LIST - 1, "list", "ML-SN", VG_LANG_FR, &border, &geojson, NULL),
        VG_OK);
    struct vg_watchfile wf = {0};
    round_trip(VG_LANG_FR, border.name, vg_buf_text(&geojson), &wf);
    assert_int_equal(wf.network.n_lines, 2);
    assert_true(fabs(vg_network_length_m(&wf.network) - 2 * 110655) < 10);
    assert_string_equal(wf.name, "Mali - Sénégal");
    vg_watchfile_finish(&wf);
    vg_buf_finish(&geojson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_code_and_name),
        cmocka_unit_test(says_what_it_does_not_find),
        cmocka_unit_test(sample_round_trip),
        cmocka_unit_test(border_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
