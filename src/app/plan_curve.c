#include "app/plan_curve.h"

#include "app/curve_svg.h"
#include "app/make_plan.h"
#include "base/file.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>

void vg_curve_json(const struct vg_curve *curve, struct vg_buf *out)
{
    vg_buf_printf(out, "{\"bound_s\":%.1f,\"reach_m\":%.0f,\"drones\":%d,\"points\":[",
                  floor(curve->bound_s * 10) / 10, curve->reach_m, curve->n_drones);
    for (int k = 0; k < curve->n_points; k++) {
        const struct vg_curve_point *p = &curve->points[k];
        vg_buf_printf(out, "%s{\"promise_s\":%.0f,\"proven\":%d,\"planned\":", k > 0 ? "," : "",
                      p->promise_s, p->proven);
        if (p->planned > 0) {
            vg_buf_printf(out, "%d,\"worst_gap_s\":%.1f}", p->planned, p->gap_s);
        } else {
            vg_buf_puts(out, "null,\"worst_gap_s\":null}");
        }
    }
    vg_buf_puts(out, "]}");
}

/* Left-aligned columns: a duration has no accent, so that bytes are characters. */
static void put_table(const struct vg_app *app, const struct vg_watchfile *watch,
                      const struct vg_curve *c)
{
    char bound[48];
    vg_duration_format(c->bound_s, bound, sizeof bound);
    printf(vg_tr(app->lang,
                 "%s: drones for a promise on %.0f km of line, free to be at any base\n"
                 "%d drones, as the watch has, can promise nothing better than %s (proven)\n\n"),
           watch->name, c->reach_m / 1000, c->n_drones, bound);
    printf("  %s\n", vg_tr(app->lang, "promise       proven least   planned with   worst gap"));
    for (int k = 0; k < c->n_points; k++) {
        const struct vg_curve_point *p = &c->points[k];
        char promise[48];
        char gap[48];
        char planned[16];
        bool is_own = fabs(p->promise_s - watch->revisit_s) < 0.5;
        vg_format(planned, sizeof planned, p->planned > 0 ? "%d" : "-", p->planned);
        printf("%c %-12s %13d  %13s   %s\n", is_own ? '>' : ' ',
               vg_duration_format(p->promise_s, promise, sizeof promise), p->proven, planned,
               p->planned > 0 ? vg_duration_format(p->gap_s, gap, sizeof gap) : "");
    }
}

static enum vg_status put_picture(const struct vg_app *app, const struct vg_watchfile *watch,
                                  const struct vg_curve *curve, const char *path,
                                  struct vg_error *err)
{
    struct vg_buf svg = {0};
    vg_curve_svg(curve, watch, app->lang, &svg);
    enum vg_status st =
        svg.is_failed ? vg_no_memory(err) : vg_file_write(path, vg_buf_text(&svg), svg.n, err);
    vg_buf_finish(&svg);
    return st;
}

enum vg_status vg_plan_curve(const struct vg_app *app, const struct vg_watchfile *watch,
                             const struct vg_terrain *terrain,
                             const struct vg_curve_options *options, const char *svg_path,
                             struct vg_error *err)
{
    struct vg_curve_options asked = *options;
    struct vg_sweeps sweeps = {0};
    struct vg_curve curve;
    enum vg_status st = vg_make_sweeps(watch, terrain, &sweeps, err);
    if (st != VG_OK) {
        return st;
    }
    asked.sweeps = sweeps.n > 0 ? &sweeps : NULL;
    st = vg_curve_make(watch, terrain, &asked, &curve, err);
    vg_sweeps_finish(&sweeps);
    if (st != VG_OK) {
        return st;
    }
    if (options->progress != NULL) {
        (void)options->progress(options->ctx, 1);
    }
    if (app->is_json) {
        struct vg_buf json = {0};
        vg_curve_json(&curve, &json);
        printf("%s\n", vg_buf_text(&json));
        vg_buf_finish(&json);
    } else {
        put_table(app, watch, &curve);
    }
    if (svg_path != NULL) {
        st = put_picture(app, watch, &curve, svg_path, err);
    }
    vg_curve_finish(&curve);
    return st;
}
