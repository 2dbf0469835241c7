/* Plan files: whatever parses is written and read back to the same bytes, and is checked against a
 * small watch. */
#include "plan/check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(void)
{
    abort();
}

/* A line of 30 km, two bases, two drones; names as in the corpus. */
static void check(const struct vg_plan *plan)
{
    double lat[3] = {14.4, 14.5, 14.6};
    double lon[3] = {-11.4, -11.4, -11.5};
    double s[3] = {0, 11064, 26500};
    struct vg_line line = {"border", 3, lat, lon, s, 26500, false};
    struct vg_stretch stretch = {.id = "S1", .to_m = 26500, .revisit_s = 14400, .depth_m = 2000};
    struct vg_wf_base bases[2] = {
        {.name = "Kayes", .lat_deg = 14.431, .lon_deg = -11.44, .pads = 2},
        {.name = "Nioro",
         .lat_deg = 14.5,
         .lon_deg = -11.0,
         .pads = 1,
         .closed = {{{79200, 104400}}, 1}}};
    struct vg_wf_type type = {.name = "wing",
                              .cruise_mps = 25,
                              .endurance_s = 18000,
                              .reserve = 0.15,
                              .turnaround_s = 2700,
                              .climb_mps = 3,
                              .sink_mps = 3,
                              .agl_m = 300,
                              .camera = -1,
                              .maintenance_s = 14400,
                              .maintenance_every_s = 180000};
    struct vg_wf_drone drones[2] = {{.id = "V1", .type = 0, .base = 0},
                                    {.id = "V2", .type = 0, .base = 1}};
    struct vg_watchfile w = {.revisit_s = 14400,
                             .depth_m = 2000,
                             .network = {&line, 1, &stretch, 1},
                             .bases = bases,
                             .n_bases = 2,
                             .types = &type,
                             .n_types = 1,
                             .drones = drones,
                             .n_drones = 2};
    struct vg_check_report report;
    struct vg_error err = {0};
    if (vg_check_plan(plan, &w, VG_LANG_FR, &report, &err) != VG_OK ||
        report.is_kept != (report.violation[0] == '\0')) {
        fail();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_plan plan;
    struct vg_error err = {0};
    if (vg_plan_parse((const char *)data, size, "fuzz", &plan, &err) != VG_OK) {
        if (err.message[0] == '\0') {
            fail();
        }
        return 0;
    }
    struct vg_buf first = {0};
    struct vg_buf second = {0};
    struct vg_plan again;
    vg_plan_format(&plan, &first);
    err = (struct vg_error){0};
    /* A number at the very end of its range may round past it; only then may the second reading
     * refuse. */
    if (vg_plan_parse(vg_buf_text(&first), first.n, "again", &again, &err) == VG_OK) {
        vg_plan_format(&again, &second);
        if (first.n != second.n || memcmp(first.data, second.data, first.n) != 0) {
            fail();
        }
        vg_plan_finish(&again);
    } else if (strstr(err.message, "outside") == NULL && strstr(err.message, "from") == NULL) {
        fail();
    }
    check(&plan);
    vg_plan_finish(&plan);
    vg_buf_finish(&first);
    vg_buf_finish(&second);
    return 0;
}
