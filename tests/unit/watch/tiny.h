/* A tiny watch for tests: two lines, 2 km and 1.2 km, four rows of 50 m cells, promise one hour;
 * the last 500 m of the first line are out of reach. Bins of 500 m: line one 0..3, line two 4..6
 * (the last is 200 m). */
#ifndef TEST_WATCH_TINY_H
#define TEST_WATCH_TINY_H

#include "watch/rules.h"
#include "watch/view.h"
#include "watch/watch.h"

#define TINY_T0 INT64_C(1795442400000000)

extern const char TINY[];
/* Described and started at TINY_T0. */
void tiny_open(struct vg_watch *w);
/* Apply, and require that it fits. */
void tiny_apply(struct vg_watch *w, double t_s, const char *kind, const char *body);
/* An emit function for rules: applies at *(struct tiny_emit *)ctx. */
struct tiny_emit {
    struct vg_watch *watch;
    struct vg_us now;
    int n;
};
void tiny_emit(void *ctx, const char *kind, const char *body, size_t n);
/* Run the rules at t_s; returns how many alert events they gave. */
int tiny_rules(struct vg_watch *w, double t_s);

#endif
