#include "app/curve_svg.h"

#include <math.h>

enum {
    WIDTH = 960,
    HEIGHT = 600,
    LEFT = 78,
    RIGHT = 28,
    TOP = 92,
    BOTTOM = 78,
    LABEL_GAP = 52, /* between labels of promises */
    Y_TICKS = 8
};

/* The picture's room: promises from lo_s to hi_s, drones from 0 to most. */
struct frame {
    const struct vg_curve *curve;
    enum vg_lang lang;
    double lo_s;
    double hi_s;
    double most;
};

static double x_of(const struct frame *f, double promise_s)
{
    double share = log(promise_s / f->lo_s) / log(f->hi_s / f->lo_s);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct frame *f, double drones)
{
    return HEIGHT - BOTTOM - drones / f->most * (HEIGHT - TOP - BOTTOM);
}

static void put_text(struct vg_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        const char *named = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;
        if (named != NULL) {
            vg_buf_puts(out, named);
        } else if ((unsigned char)*c >= 0x20) {
            vg_buf_add(out, c, 1);
        }
    }
}

static void put_label(struct vg_buf *out, double x, double y, const char *how, const char *text)
{
    vg_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, how);
    put_text(out, text);
    vg_buf_puts(out, "</text>\n");
}

/* "45 min", "1 h 10", "4 h": as short as a tick asks for, the same in both languages. */
static const char *tick_text(double s, char *buf, size_t size_bytes)
{
    int minutes = (int)round(s / 60);
    if (minutes < 60) {
        vg_format(buf, size_bytes, "%d min", minutes);
    } else if (minutes % 60 == 0) {
        vg_format(buf, size_bytes, "%d h", minutes / 60);
    } else {
        vg_format(buf, size_bytes, "%d h %02d", minutes / 60, minutes % 60);
    }
    return buf;
}

/* 1, 2 or 5 times a power of ten, at least 1: so that at most Y_TICKS fit. */
static double step_of(double most)
{
    double step = 1;
    for (int k = 0; most / step > Y_TICKS; k++) {
        step *= k % 3 == 1 ? 2.5 : 2;
    }
    return step;
}

static struct frame frame_of(const struct vg_curve *c, enum vg_lang lang)
{
    struct frame f = {.curve = c, .lang = lang, .most = c->n_drones};
    double ratio = c->n_points > 1 ? c->points[1].promise_s / c->points[0].promise_s : 1.2;
    f.lo_s = c->points[0].promise_s / fmin(ratio, 1.15);
    f.hi_s = c->points[c->n_points - 1].promise_s * 1.12;
    for (int k = 0; k < c->n_points; k++) {
        f.most = fmax(f.most, fmax(c->points[k].proven, c->points[k].planned));
    }
    double step = step_of(f.most * 1.06);
    f.most = step * ceil(f.most * 1.06 / step);
    return f;
}

static void put_head(const struct frame *f, const struct vg_watchfile *w, struct vg_buf *out)
{
    char name[160];
    vg_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                  "height=\"%d\" font-family=\"system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', "
                  "sans-serif\" font-size=\"15\" fill=\"#1d2126\">\n",
                  WIDTH, HEIGHT, WIDTH, HEIGHT);
    vg_format(name, sizeof name, vg_tr(f->lang, "%s: the price of a promise"), w->name);
    vg_buf_puts(out, "<title>");
    put_text(out, name);
    vg_buf_puts(out, "</title>\n<defs><pattern id=\"no\" width=\"9\" height=\"9\" "
                     "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect "
                     "width=\"9\" height=\"9\" fill=\"#ece9e4\"/><line x1=\"0\" y1=\"0\" x2=\"0\" "
                     "y2=\"9\" stroke=\"#c9c2b8\" stroke-width=\"2\"/></pattern></defs>\n"
                     "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    put_label(out, LEFT, 36, "font-size=\"21\" font-weight=\"650\"", name);
}

static void put_subtitle(const struct frame *f, struct vg_buf *out)
{
    char text[200];
    vg_format(text, sizeof text,
              vg_tr(f->lang, "drones needed so that no point of %.0f km goes unseen longer than "
                             "promised; drones free to be at any base"),
              f->curve->reach_m / 1000);
    put_label(out, LEFT, 60, "fill=\"#4d535b\"", text);
}

static void put_axes(const struct frame *f, struct vg_buf *out)
{
    const struct vg_curve *c = f->curve;
    char text[48];
    double last = -1e9;
    double step = step_of(f->most);
    for (double n = 0; n <= f->most + 0.5; n += step) {
        vg_buf_printf(out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#%s\"/>\n",
                      LEFT, y_of(f, n), WIDTH - RIGHT, y_of(f, n), n > 0 ? "00000018" : "4d535b");
        vg_format(text, sizeof text, "%.0f", n);
        put_label(out, LEFT - 10, y_of(f, n) + 5, "text-anchor=\"end\"", text);
    }
    for (int k = 0; k < c->n_points; k++) {
        double x = x_of(f, c->points[k].promise_s);
        double y = HEIGHT - BOTTOM;
        vg_buf_printf(out,
                      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
                      "stroke=\"#4d535b\"/>\n",
                      x, y, x, y + 6);
        if (x - last >= LABEL_GAP) {
            tick_text(c->points[k].promise_s, text, sizeof text);
            put_label(out, x, y + 24, "text-anchor=\"middle\" font-size=\"13\"", text);
            last = x;
        }
    }
    put_label(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 20,
              "text-anchor=\"middle\" font-weight=\"600\"",
              vg_tr(f->lang, "promise: longest time that any point goes unseen"));
    vg_buf_printf(out, "<g transform=\"translate(24 %.1f) rotate(-90)\">",
                  (TOP + HEIGHT - BOTTOM) / 2.0);
    put_label(out, 0, 0, "text-anchor=\"middle\" font-weight=\"600\"", vg_tr(f->lang, "drones"));
    vg_buf_puts(out, "</g>\n");
}

/* The least that is proven falls right behind each promise: a little longer may take as few as the
 * next one. */
static void put_proven(const struct frame *f, struct vg_buf *out)
{
    const struct vg_curve *c = f->curve;
    struct vg_buf way = {0};
    vg_buf_printf(&way, "M%d %.1f", LEFT, y_of(f, c->points[0].proven));
    for (int k = 0; k < c->n_points; k++) {
        double next = c->points[k + 1 < c->n_points ? k + 1 : k].proven;
        double x = x_of(f, c->points[k].promise_s);
        vg_buf_printf(&way, "H%.1fV%.1f", x, y_of(f, next));
    }
    vg_buf_printf(&way, "H%d", WIDTH - RIGHT);
    vg_buf_printf(out, "<path d=\"%sV%dH%dZ\" fill=\"url(#no)\"/>\n", vg_buf_text(&way),
                  HEIGHT - BOTTOM, LEFT);
    vg_buf_printf(out,
                  "<path d=\"%s\" fill=\"none\" stroke=\"#5b534a\" stroke-width=\"2\" "
                  "stroke-dasharray=\"7 4\"/>\n",
                  vg_buf_text(&way));
    vg_buf_finish(&way);
    for (int k = 0; k < c->n_points; k++) {
        vg_buf_printf(out,
                      "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"#ffffff\" "
                      "stroke=\"#5b534a\" stroke-width=\"2\"/>\n",
                      x_of(f, c->points[k].promise_s) - 5, y_of(f, c->points[k].proven) - 5);
    }
}

/* A timetable for a promise keeps every longer one. */
static void put_planned(const struct frame *f, struct vg_buf *out)
{
    const struct vg_curve *c = f->curve;
    struct vg_buf way = {0};
    double first_x = 0;
    bool is_any = false;
    for (int k = 0; k < c->n_points; k++) {
        if (c->points[k].planned > 0) {
            double x = x_of(f, c->points[k].promise_s);
            first_x = is_any ? first_x : x;
            vg_buf_printf(&way, is_any ? "H%.1fV%.1f" : "M%.1f %.1f", x,
                          y_of(f, c->points[k].planned));
            is_any = true;
        }
    }
    if (is_any) {
        vg_buf_printf(&way, "H%d", WIDTH - RIGHT);
        vg_buf_printf(out, "<path d=\"%sV%dH%.1fZ\" fill=\"#0b62b8\" fill-opacity=\"0.08\"/>\n",
                      vg_buf_text(&way), TOP, first_x);
        vg_buf_printf(out,
                      "<path d=\"%s\" fill=\"none\" stroke=\"#0b62b8\" "
                      "stroke-width=\"2.5\"/>\n",
                      vg_buf_text(&way));
    }
    vg_buf_finish(&way);
    for (int k = 0; k < c->n_points; k++) {
        if (c->points[k].planned > 0) {
            vg_buf_printf(out,
                          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#0b62b8\" "
                          "stroke=\"#ffffff\" stroke-width=\"1.5\"/>\n",
                          x_of(f, c->points[k].promise_s), y_of(f, c->points[k].planned));
        }
    }
}

/* What the watch has and wants. */
static void put_own(const struct frame *f, const struct vg_watchfile *w, struct vg_buf *out)
{
    static const char *const STROKE = "stroke=\"#a03c00\" stroke-width=\"1.6\" "
                                      "stroke-dasharray=\"2 4\" stroke-linecap=\"round\"";
    static const char *const HALO = "stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\" "
                                    "fill=\"#8a3300\" font-weight=\"600\"";
    char how[200];
    char text[80];
    char promise[48];
    double y = y_of(f, f->curve->n_drones);
    vg_buf_printf(out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" %s/>\n", LEFT, y,
                  WIDTH - RIGHT, y, STROKE);
    vg_format(text, sizeof text, vg_tr(f->lang, "%d drones of the watch"), f->curve->n_drones);
    vg_format(how, sizeof how, "text-anchor=\"end\" %s", HALO);
    put_label(out, WIDTH - RIGHT - 8, y - 8, how, text);
    if (w->revisit_s > f->lo_s && w->revisit_s < f->hi_s) {
        double x = x_of(f, w->revisit_s);
        vg_buf_printf(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" %s/>\n", x, TOP, x,
                      HEIGHT - BOTTOM, STROKE);
        vg_format(text, sizeof text, vg_tr(f->lang, "promise %s"),
                  tick_text(w->revisit_s, promise, sizeof promise));
        bool is_right = x < WIDTH - 220;
        vg_format(how, sizeof how, "%s%s", is_right ? "" : "text-anchor=\"end\" ", HALO);
        put_label(out, is_right ? x + 8 : x - 8, TOP + 18, how, text);
    }
}

/* What the areas mean, beside signs like theirs. */
static void put_legend(const struct frame *f, struct vg_buf *out)
{
    double x = WIDTH - RIGHT - 366;
    double y = TOP + 44;
    vg_buf_printf(out,
                  "<rect x=\"%.0f\" y=\"%.0f\" width=\"354\" height=\"62\" rx=\"6\" "
                  "fill=\"#ffffff\" fill-opacity=\"0.9\" stroke=\"#00000022\"/>\n",
                  x, y);
    vg_buf_printf(out,
                  "<path d=\"M%.0f %.0fh34\" stroke=\"#0b62b8\" stroke-width=\"2.5\"/><circle "
                  "cx=\"%.0f\" cy=\"%.0f\" r=\"5\" fill=\"#0b62b8\"/>\n",
                  x + 12, y + 20, x + 29, y + 20);
    put_label(out, x + 58, y + 25, "", vg_tr(f->lang, "a timetable with so many was made"));
    vg_buf_printf(out,
                  "<path d=\"M%.0f %.0fh34\" stroke=\"#5b534a\" stroke-width=\"2\" "
                  "stroke-dasharray=\"7 4\"/><rect x=\"%.0f\" y=\"%.0f\" width=\"8\" "
                  "height=\"8\" fill=\"#ffffff\" stroke=\"#5b534a\" stroke-width=\"2\"/>\n",
                  x + 12, y + 43, x + 25, y + 39);
    put_label(out, x + 58, y + 48, "", vg_tr(f->lang, "with fewer none is possible (proven)"));
}

void vg_curve_svg(const struct vg_curve *curve, const struct vg_watchfile *watch, enum vg_lang lang,
                  struct vg_buf *out)
{
    struct frame f = frame_of(curve, lang);
    put_head(&f, watch, out);
    put_subtitle(&f, out);
    put_proven(&f, out);
    put_axes(&f, out);
    put_own(&f, watch, out);
    put_planned(&f, out);
    put_legend(&f, out);
    vg_buf_puts(out, "</svg>\n");
}
