/* What was done, said at the end: for people, or as JSON for scripts. */
#include "app/station.h"

struct tally {
    double line_km;
    double seen_km; /* columns that counted as seen at least once */
    double worst_age_s;
    double promise_s;
};

static struct tally count(const struct vg_station *self)
{
    struct tally t = {.promise_s = self->watch.shape.promise_s};
    const struct vg_shape *s = &self->watch.shape;
    for (int i = 0; i < s->n_lines; i++) {
        const struct vg_shape_line *l = &s->lines[i];
        int n_seen = 0;
        for (int c = l->first_col; c < l->first_col + l->n_cols; c++) {
            n_seen += self->watch.seen.col_s[c] != 0;
        }
        t.line_km += l->length_m / 1000;
        t.seen_km += l->n_cols > 0 ? l->length_m / 1000 * n_seen / l->n_cols : 0;
    }
    struct vg_promise_state p;
    vg_watch_promise(&self->watch, self->now, &p);
    t.worst_age_s = p.worst_age_s;
    return t;
}

/* In the air when the station stopped: neither landed nor given up. */
static int count_aloft(const struct vg_station *self)
{
    int n = 0;
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        n += vg_director_is_aloft(self->director, d);
    }
    return n;
}

void vg_station_summary(struct vg_station *self, FILE *to)
{
    const struct vg_director_counts *c = vg_director_counts(self->director);
    struct tally t = count(self);
    int64_t events = vg_record_durable_seq(self->record);
    int n_aloft = count_aloft(self);
    if (self->app->is_json) {
        fprintf(to,
                "{\"sorties_flown\":%d,\"sorties_landed\":%d,\"in_the_air\":%d,"
                "\"missed\":%d,\"aborted\":%d,\"reliefs\":%d,\"km_seen\":%.1f,\"km\":%.1f,\"worst_"
                "gap_s\":%.0f,"
                "\"promise_s\":%.0f,\"planned_gap_s\":%.0f,\"events\":%lld,\"frames\":%lld,"
                "\"refused_commands\":%llu,\"record\":\"%s\"}\n",
                c->n_launched, c->n_landed, n_aloft, c->n_missed, c->n_aborted, c->n_reliefs,
                t.seen_km, t.line_km, t.worst_age_s, t.promise_s, self->plan->worst_gap_s,
                (long long)events, (long long)self->sight.n_frames,
                (unsigned long long)self->counts.n_refused, self->record_path);
        return;
    }
    enum vg_lang lang = self->app->lang;
    char gap[40];
    char seen[32];
    char line[32];
    char promise[40];
    char planned[40];
    fprintf(
        to,
        vg_tr(lang,
              "Sorties flown %d, landed %d, in the air %d, missed %d, aborted %d, reliefs %d\n"),
        c->n_launched, c->n_landed, n_aloft, c->n_missed, c->n_aborted, c->n_reliefs);
    fprintf(to, vg_tr(lang, "Line seen %s of %s km\n"),
            vg_decimal_format(lang, t.seen_km, 1, seen, sizeof seen),
            vg_decimal_format(lang, t.line_km, 1, line, sizeof line));
    fprintf(to, vg_tr(lang, "Worst gap so far %s, promise %s, planned %s\n"),
            vg_duration_format(t.worst_age_s, gap, sizeof gap),
            vg_duration_format(t.promise_s, promise, sizeof promise),
            vg_duration_format(self->plan->worst_gap_s, planned, sizeof planned));
    fprintf(to, vg_tr(lang, "Events recorded %lld in %s\n"), (long long)events, self->record_path);
}
