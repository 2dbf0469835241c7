/* A line for each aim: the figure, the aim, how many times it is reached. scripts/bench repeats
 * these lines at its end. */
#ifndef VG_BENCH_TERRAIN_AIM_H
#define VG_BENCH_TERRAIN_AIM_H

#include <stdio.h>

static inline void aim_line(const char *what, double figure, const char *unit, const char *sense,
                            double aim, double times)
{
    printf("aim: %s: %.4g %s (aim: %s %g), %.2f times the aim, %s\n", what, figure, unit, sense,
           aim, times, times >= 1.0 ? "reached" : "NOT REACHED");
    fflush(stdout);
}

static inline void aim_over(const char *what, double figure, const char *unit, double aim)
{
    aim_line(what, figure, unit, "over", aim, figure / aim);
}

/* A figure of 0 is as good as a hundredth of the aim. */
static inline void aim_under(const char *what, double figure, const char *unit, double aim)
{
    aim_line(what, figure, unit, "at most", aim, aim / (figure > 0.01 * aim ? figure : 0.01 * aim));
}

#endif
