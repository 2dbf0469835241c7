#include "look/follow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TWIN_ENDS = 14
};

#define WEIGHT_OF_SIZE 12.0 /* hits a pixel of size */
#define LIKE_SHARE 0.4
#define LIKE_LEAST_PX 8.0
#define LIKE_GAP_PX 2.0
#define TWIN_GAP_PX 6.0
#define SLOW_GAP_SHARE 0.4
#define SLOW_GAP_PX 8.0 /* around what does not get further than its own length in the window */

void vg_follow_init(struct vg_follow *self)
{
    self->params = (struct vg_follow_params){.need = 17,
                                             .among = 24,
                                             .age = 25,
                                             .window = 25,
                                             .coast = 10,
                                             .gate_px = 5.0,
                                             .speed_min = 0.1,
                                             .speed_max = 5.6,
                                             .sigmas = 7.0,
                                             .moved_px = 2.5,
                                             .moved_scatter = 3.0,
                                             .sign_px = 2.0};
    self->n_tracks = 0;
    vg_follow_reset(self);
}

void vg_follow_reset(struct vg_follow *self)
{
    self->n = 0;
}

static struct vg_mark *mark_of(struct vg_path *p, int64_t picture)
{
    return &p->mark[picture % VG_FOLLOW_KEEP];
}

static void move_mark(struct vg_mark *m, const struct vg_map *map)
{
    struct vg_px q = vg_map_apply(map, (struct vg_px){(double)m->x_px, (double)m->y_px});
    m->x_px = (float)q.x_px;
    m->y_px = (float)q.y_px;
}

void vg_follow_move(struct vg_follow *self, const struct vg_map *map)
{
    for (int i = 0; i < self->n; i++) {
        struct vg_path *p = &self->path[i];
        struct vg_px at = {p->x_px, p->y_px};
        struct vg_px now = vg_map_apply(map, at);
        double d[4];
        vg_homog_slope(&map->h, at, d);
        double vx = d[0] * p->vx_px + d[1] * p->vy_px;
        double vy = d[2] * p->vx_px + d[3] * p->vy_px;
        p->x_px = now.x_px;
        p->y_px = now.y_px;
        p->vx_px = vx;
        p->vy_px = vy;
        for (int k = 0; k < VG_FOLLOW_KEEP && !p->is_over; k++) {
            move_mark(&p->mark[k], map);
        }
    }
}

/* --- which spot belongs to which path --- */

static double gate_of(const struct vg_follow *self, const struct vg_path *p,
                      const struct vg_spot *s)
{
    double size = fmax(s->width_px, s->height_px);
    double gate = fmax(self->params.gate_px, 0.5 * size);
    return p->n_hits < 3 ? 1.5 * gate : gate;
}

static int by_cost(const void *a, const void *b)
{
    const struct vg_follow_pair *p = a;
    const struct vg_follow_pair *q = b;
    if (p->cost != q->cost) {
        return p->cost < q->cost ? -1 : 1;
    }
    return p->path != q->path ? p->path - q->path : p->spot - q->spot;
}

static void list_pairs(struct vg_follow *self, const struct vg_detect *spots)
{
    self->n_pairs = 0;
    for (int i = 0; i < self->n; i++) {
        const struct vg_path *p = &self->path[i];
        for (int j = 0; j < spots->n && !p->is_over; j++) {
            const struct vg_spot *s = &spots->spot[j];
            double dx = s->x_px - p->x_px;
            double dy = s->y_px - p->y_px;
            double gate = gate_of(self, p, s);
            if (!s->is_strong && (p->n_hits < 3 || fabs(dx) > 3.0 || fabs(dy) > 3.0)) {
                continue;
            }
            double far = dx * dx + dy * dy;
            if (far < gate * gate && self->n_pairs < 8 * VG_FOLLOW_MAX) {
                double bonus = 0.15 * (p->n_hits < 20 ? p->n_hits : 20);
                self->pair[self->n_pairs++] = (struct vg_follow_pair){
                    sqrt(far) - bonus + self->params.sign_px * fabs(s->sign - p->sign), i, j};
            }
        }
    }
    qsort(self->pair, (size_t)self->n_pairs, sizeof *self->pair, by_cost);
}

static void hit(struct vg_follow *self, struct vg_path *p, const struct vg_spot *s, int64_t picture)
{
    double rx = s->x_px - p->x_px;
    double ry = s->y_px - p->y_px;
    double n = p->n_hits + 1.0;
    double a = fmax(0.35, 1.0 / n);
    double b = fmax(0.06, 0.5 / n);
    p->x_px += a * rx;
    p->y_px += a * ry;
    p->vx_px += b * rx;
    p->vy_px += b * ry;
    double speed = hypot(p->vx_px, p->vy_px);
    if (speed > self->params.speed_max) {
        p->vx_px *= self->params.speed_max / speed;
        p->vy_px *= self->params.speed_max / speed;
    }
    p->width_px += 0.3 * (s->width_px - p->width_px);
    p->height_px += 0.3 * (s->height_px - p->height_px);
    p->sign += 0.3 * (s->sign - p->sign);
    p->n_hits++;
    p->n_missed = 0;
    p->last_hit = picture;
    struct vg_mark *m = mark_of(p, picture);
    m->is_hit = true;
    m->x_px = (float)s->x_px;
    m->y_px = (float)s->y_px;
}

static void begin(struct vg_follow *self, const struct vg_spot *s, int64_t picture)
{
    if (self->n == VG_FOLLOW_MAX) {
        return;
    }
    struct vg_path *p = &self->path[self->n++];
    memset(p, 0, sizeof *p);
    p->first = picture;
    p->last_hit = picture;
    p->n_hits = 1;
    p->x_px = s->x_px;
    p->y_px = s->y_px;
    p->width_px = s->width_px;
    p->height_px = s->height_px;
    p->sign = s->sign;
    struct vg_mark *m = mark_of(p, picture);
    m->is_hit = true;
    m->x_px = (float)s->x_px;
    m->y_px = (float)s->y_px;
}

/* --- judging --- */

struct line {
    int n;
    double speed; /* px per picture */
    double error; /* its standard error */
    double moved;
    double scatter;
};

static struct line line_of(struct vg_path *p, int64_t picture, int window)
{
    int64_t from = picture - window + 1 > p->first ? picture - window + 1 : p->first;
    double n = 0;
    double st = 0;
    double stt = 0;
    double sx = 0;
    double sy = 0;
    double stx = 0;
    double sty = 0;
    double sxx = 0;
    for (int64_t k = from; k <= picture; k++) {
        const struct vg_mark *m = mark_of(p, k);
        if (!m->is_hit) {
            continue;
        }
        double t = (double)(k - from);
        double x = (double)m->x_px - p->x_px;
        double y = (double)m->y_px - p->y_px;
        n += 1;
        st += t;
        stt += t * t;
        sx += x;
        sy += y;
        stx += t * x;
        sty += t * y;
        sxx += x * x + y * y;
    }
    struct line out = {(int)n, 0, 1e9, 0, 1e9};
    double var = n > 2 ? stt - st * st / n : 0;
    if (var <= 0) {
        return out;
    }
    double vx = (stx - st * sx / n) / var;
    double vy = (sty - st * sy / n) / var;
    double rest = sxx - (sx * sx + sy * sy) / n - var * (vx * vx + vy * vy);
    double scatter = fmax(rest, 0.0) / (2.0 * n - 4.0 > 1.0 ? 2.0 * n - 4.0 : 1.0);
    out.speed = hypot(vx, vy);
    out.error = sqrt((scatter + 0.01) / var);
    out.scatter = sqrt(scatter);
    out.moved = out.speed * (double)(picture - from);
    return out;
}

static int recent_hits(struct vg_path *p, int64_t picture, int among)
{
    int n = 0;
    for (int64_t k = picture; k > picture - among && k >= p->first; k--) {
        n += mark_of(p, k)->is_hit ? 1 : 0;
    }
    return n;
}

static void judge(struct vg_follow *self, struct vg_path *p, int64_t picture)
{
    const struct vg_follow_params *q = &self->params;
    struct line line = line_of(p, picture, q->window);
    p->score = 1.0 - exp(-0.5 * line.speed / line.error);
    if (p->track == 0) {
        bool is_seen = recent_hits(p, picture, q->among) >= q->need && picture - p->first >= q->age;
        if (is_seen && line.speed >= q->speed_min && line.speed >= q->sigmas * line.error &&
            line.moved >= q->moved_px && line.moved >= q->moved_scatter * line.scatter &&
            p->n_twin < 6) {
            p->track = ++self->n_tracks;
            p->is_moving = true;
        }
    } else {
        p->is_moving = line.speed >= 0.5 * q->speed_min && line.speed >= 2.0 * line.error;
    }
}

/* How well a path is known: where two go along together, the lesser is the other's shadow or part.
 */
static double weight_of(const struct vg_path *p)
{
    return (p->track > 0 ? 50.0 : 0.0) + p->n_hits +
           WEIGHT_OF_SIZE * sqrt(p->width_px * p->height_px);
}

/* 0: apart; 1: side by side; 2: and at one speed. Large slow things cover their own ground and fall
 * into parts: for them side by side reaches further. What is as large as the main one is a thing of
 * its own unless it touches it. */
static int go_together(const struct vg_path *part, const struct vg_path *main, int window)
{
    double w = main->width_px;
    double h = main->height_px;
    double size = fmax(w, h);
    double v_main = hypot(main->vx_px, main->vy_px);
    bool is_slow = v_main * window <= size;
    bool is_like = part->width_px * part->height_px > LIKE_SHARE * w * h && size > LIKE_LEAST_PX;
    double gap = is_like   ? LIKE_GAP_PX
                 : is_slow ? SLOW_GAP_PX + SLOW_GAP_SHARE * size
                           : TWIN_GAP_PX;
    if (fabs(part->x_px - main->x_px) > 0.5 * (part->width_px + w) + gap ||
        fabs(part->y_px - main->y_px) > 0.5 * (part->height_px + h) + gap) {
        return 0;
    }
    double dv = hypot(part->vx_px - main->vx_px, part->vy_px - main->vy_px);
    double v = fmax(hypot(part->vx_px, part->vy_px), hypot(main->vx_px, main->vy_px));
    return dv < 0.05 + 0.35 * v ? 2 : 1;
}

/* The main part's box grows, slowly, to hold the other one too. */
static void take_part(struct vg_path *main, const struct vg_path *part)
{
    double dx = part->x_px - main->x_px;
    double dy = part->y_px - main->y_px;
    double grow_x = 0.5 * (part->width_px - main->width_px);
    double grow_y = 0.5 * (part->height_px - main->height_px);
    double to[4] = {fmin(dx - grow_x, 0), fmin(dy - grow_y, 0), fmax(dx + grow_x, 0),
                    fmax(dy + grow_y, 0)};
    for (int k = 0; k < 4; k++) {
        main->part_px[k] += 0.15 * (to[k] - main->part_px[k]);
    }
}

static void mark_twins(struct vg_follow *self)
{
    for (int i = 0; i < self->n; i++) {
        struct vg_path *p = &self->path[i];
        int together = 0;
        for (int j = 0; j < self->n && p->n_hits >= 4 && !p->is_over && together == 0; j++) {
            struct vg_path *q = &self->path[j];
            bool is_better =
                j != i && !q->is_over && q->n_hits >= 4 &&
                (weight_of(q) > weight_of(p) || (weight_of(q) == weight_of(p) && j < i));
            together = is_better ? go_together(p, q, self->params.window) : 0;
            if (together == 2 && p->n_twin > 4) {
                take_part(q, p);
            }
        }
        p->n_twin = together > 0 ? p->n_twin + together : p->n_twin > 0 ? p->n_twin - 1 : 0;
        p->is_over = p->is_over || p->n_twin >= TWIN_ENDS;
    }
}

static void end_paths(struct vg_follow *self, int64_t told)
{
    int n = 0;
    for (int i = 0; i < self->n; i++) {
        struct vg_path *p = &self->path[i];
        int patience = p->track > 0 ? self->params.coast : p->n_hits < 4 ? 2 : 4;
        p->is_over = p->is_over || p->n_missed > patience;
        bool is_done = p->is_over && (p->track == 0 || p->last_hit <= told);
        if (!is_done) {
            if (n != i) {
                self->path[n] = *p;
            }
            n++;
        }
    }
    self->n = n;
}

/* Where paths should be now; their marks until a spot says otherwise. */
static void predict(struct vg_follow *self, int64_t picture)
{
    for (int i = 0; i < self->n; i++) {
        struct vg_path *p = &self->path[i];
        if (p->is_over) {
            continue;
        }
        p->x_px += p->vx_px;
        p->y_px += p->vy_px;
        p->n_missed++;
        struct vg_mark *m = mark_of(p, picture);
        m->is_hit = false;
        m->x_px = (float)p->x_px;
        m->y_px = (float)p->y_px;
    }
}

static void note_in_picture(struct vg_path *p, int64_t picture, const struct vg_map *to_picture)
{
    struct vg_mark *m = mark_of(p, picture);
    struct vg_px q = vg_map_apply(to_picture, (struct vg_px){p->x_px, p->y_px});
    const double *part = p->part_px;
    m->picture_x_px = (float)(q.x_px + 0.5 * (part[0] + part[2]));
    m->picture_y_px = (float)(q.y_px + 0.5 * (part[1] + part[3]));
    m->width_px = (float)(p->width_px + part[2] - part[0]);
    m->height_px = (float)(p->height_px + part[3] - part[1]);
}

void vg_follow_step(struct vg_follow *self, const struct vg_detect *spots, int64_t picture,
                    int64_t told, bool may_begin, const struct vg_map *to_picture)
{
    bool is_path_used[VG_FOLLOW_MAX] = {false};
    bool is_spot_used[VG_SPOTS_MAX] = {false};
    predict(self, picture);
    list_pairs(self, spots);
    for (int k = 0; k < self->n_pairs; k++) {
        const struct vg_follow_pair *q = &self->pair[k];
        if (!is_path_used[q->path] && !is_spot_used[q->spot]) {
            is_path_used[q->path] = true;
            is_spot_used[q->spot] = true;
            hit(self, &self->path[q->path], &spots->spot[q->spot], picture);
        }
    }
    for (int j = 0; j < spots->n; j++) {
        if (!is_spot_used[j] && spots->spot[j].is_strong && may_begin) {
            begin(self, &spots->spot[j], picture);
        }
    }
    for (int i = 0; i < self->n; i++) {
        struct vg_path *p = &self->path[i];
        if (!p->is_over) {
            judge(self, p, picture);
            note_in_picture(p, picture, to_picture);
        }
    }
    mark_twins(self);
    end_paths(self, told);
}
