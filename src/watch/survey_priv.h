/* Inside survey*.c: passes flown on trial, and what they see. */
#ifndef VG_WATCH_SURVEY_PRIV_H
#define VG_WATCH_SURVEY_PRIV_H

#include "watch/foresee_priv.h"
#include "watch/survey.h"

struct vg_trial {
    struct vg_foresight sight;
    const struct vg_wf_type *type; /* sees the least of those that fly */
    uint8_t *cells; /* of the whole strip, bits of trial.c */
    uint32_t clock_s;
};

/* A pass along [from_m, to_m] of a line. */
struct vg_trial_way {
    int line;
    double from_m;
    double to_m;
    double chord_m; /* sideways is across the chord over +- this */
    struct vg_plan_pass pass;
    bool is_through; /* the path is that of the whole line */
    bool is_close; /* as many frames as the station has; else a few */
};

/* Columns [first, end) of the strip. */
struct vg_trial_span {
    int first;
    int end;
};

enum vg_status vg_trial_open(struct vg_trial *self, struct vg_error *err) VG_MUST_USE;
void vg_trial_close(struct vg_trial *self);

/* Fly there and back, as the station does: what is seen is on trial. */
enum vg_status vg_trial_fly(struct vg_trial *self, const struct vg_trial_way *way,
                            struct vg_error *err) VG_MUST_USE;
/* What is on trial counts from now on; or is forgotten; or with it all that counted before. */
void vg_trial_take(struct vg_trial *self, struct vg_trial_span span);
void vg_trial_drop(struct vg_trial *self, struct vg_trial_span span);
void vg_trial_forget(struct vg_trial *self, struct vg_trial_span span);

/* Does a column have the share that counts, with what is on trial? */
bool vg_trial_is_enough(const struct vg_trial *self, int col);
int vg_trial_n_enough(const struct vg_trial *self, struct vg_trial_span span);
/* Share of the cells that count. */
double vg_trial_share(const struct vg_trial *self, struct vg_trial_span span);

#endif
