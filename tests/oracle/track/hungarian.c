#include "hungarian.h"

#include <math.h>
#include <stdlib.h>

/* Rows and columns from 1; column 0 stands for the row being placed. */
struct state {
    double *u, *v, *least;
    size_t *row_of, *way;
    char *used;
};

static void place(const double *cost, size_t m, size_t row, struct state *s)
{
    size_t at = 0;
    s->row_of[0] = row;
    for (size_t j = 0; j <= m; j++) {
        s->least[j] = HUGE_VAL;
        s->used[j] = 0;
    }
    do {
        size_t i = s->row_of[at], next = 0;
        double step = HUGE_VAL;
        s->used[at] = 1;
        for (size_t j = 1; j <= m; j++) {
            double c = cost[(i - 1) * m + j - 1] - s->u[i] - s->v[j];
            if (!s->used[j] && c < s->least[j]) {
                s->least[j] = c;
                s->way[j] = at;
            }
            if (!s->used[j] && s->least[j] < step) {
                step = s->least[j];
                next = j;
            }
        }
        for (size_t j = 0; j <= m; j++) {
            if (s->used[j]) {
                s->u[s->row_of[j]] += step;
                s->v[j] -= step;
            } else {
                s->least[j] -= step;
            }
        }
        at = next;
    } while (s->row_of[at] != 0);
    for (; at != 0; at = s->way[at]) {
        s->row_of[at] = s->row_of[s->way[at]];
    }
}

void hungarian(const double *cost, size_t n, size_t m, size_t *column)
{
    struct state s = {calloc(n + 1, sizeof(double)), calloc(m + 1, sizeof(double)),
                      calloc(m + 1, sizeof(double)), calloc(m + 1, sizeof(size_t)),
                      calloc(m + 1, sizeof(size_t)), calloc(m + 1, 1)};
    for (size_t i = 1; i <= n; i++) {
        place(cost, m, i, &s);
    }
    for (size_t j = 1; j <= m; j++) {
        if (s.row_of[j] != 0) {
            column[s.row_of[j] - 1] = j - 1;
        }
    }
    free(s.u);
    free(s.v);
    free(s.least);
    free(s.row_of);
    free(s.way);
    free(s.used);
}
