/* The assignment of least cost: n rows to n of m >= n columns; cost row-major. The shortest
 * augmenting path method (Kuhn 1955, Munkres 1957, in the form of Jonker, Volgenant 1987), plain:
 * n2 m steps. column[i]: the column of row i. */
#ifndef ORACLE_TRACK_HUNGARIAN_H
#define ORACLE_TRACK_HUNGARIAN_H

#include <stddef.h>

void hungarian(const double *cost, size_t n, size_t m, size_t *column);

#endif
