/* Input: pattern NUL path NUL query. What matches must be made of the path's own bytes; what is
 * decoded must fit; what is asked of the seen ground must be within its bounds. */
#include "serve/cellquery.h"
#include "serve/query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_true)
{
    if (!is_true) {
        abort();
    }
}

static void try_route(const char *pattern, const char *path)
{
    struct vg_route_args args;
    if (!vg_route_match(pattern, path, &args)) {
        return;
    }
    check(args.n >= 0 && args.n <= VG_ROUTE_ARGS_MAX);
    size_t total = 0;
    for (int i = 0; i < args.n; i++) {
        size_t n = strnlen(args.text[i], VG_ROUTE_ARG_SIZE);
        check(n > 0 && n < VG_ROUTE_ARG_SIZE);
        check(strchr(args.text[i], '/') == NULL);
        check(strstr(path, args.text[i]) != NULL);
        total += n;
        int64_t v = 0;
        if (vg_route_int64(&args, i, -5, 5, &v)) {
            check(v >= -5 && v <= 5);
        }
    }
    check(total <= strlen(path));
}

static void try_query(const char *query)
{
    char exact[9];
    memset(exact, 'Z', sizeof exact);
    if (vg_query_text(query, "key", exact, sizeof exact - 1)) {
        check(strnlen(exact, 8) < 8);
    }
    check(exact[8] == 'Z');
    int64_t v = 0;
    (void)vg_query_int64(query, "t_us", &v);
}

static void try_cellquery(const char *query)
{
    struct vg_cellquery q;
    memset(&q, 0x5a, sizeof q);
    struct vg_cellquery before;
    memcpy(&before, &q, sizeof before);
    if (vg_cellquery_read(query, &q) != NULL) {
        check(memcmp(&q, &before, sizeof q) == 0);
        return;
    }
    check(q.t_us >= 0);
    check(q.gsd_m == 0 || (q.gsd_m >= VG_CELLQUERY_GSD_MIN_M && q.gsd_m <= VG_CELLQUERY_GSD_MAX_M));
    check(q.target >= VG_CELLQUERY_ANY && q.target <= VG_CELLQUERY_VEHICLE);
    check(q.target == VG_CELLQUERY_ANY || q.gsd_m == 0);
    check(q.revisit_s == 0 || (q.revisit_s >= 1 && q.revisit_s <= 1e9));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 3);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    memset(text + size, 0, 3); /* so that there are always three texts */
    const char *pattern = text;
    const char *path = pattern + strlen(pattern) + 1;
    const char *query = path + strlen(path) + 1;
    if (query > text + size + 2) {
        query = text + size + 2;
    }
    try_route(pattern, path);
    try_route("/tiles/dem/{z}/{x}/{y}.png", path);
    try_route("/tiles/seen/{z}/{x}/{y}.png", path);
    try_query(query);
    try_cellquery(query);
    free(text);
    return 0;
}
