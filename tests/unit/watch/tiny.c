#include "tiny.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const char TINY[] =
    "{\"name\":\"Tiny\",\"promise_s\":3600,\"bin_m\":500,\"cell_m\":50,\"seen_share\":0.75,"
    "\"lines\":[{\"name\":\"one\",\"length_m\":2000,\"offset_m\":0,\"first_bin\":0,\"n_bins\":4,"
    "\"coordinates\":[[0,14],[0.0186,14]],\"s_m\":[0,2000]},"
    "{\"name\":\"two\",\"length_m\":1200,\"offset_m\":2000,\"first_bin\":4,\"n_bins\":3,"
    "\"coordinates\":[[1,14],[1.0112,14]],\"s_m\":[0,1200]}],"
    "\"stretches\":[{\"id\":\"S1\",\"line\":0,\"from_m\":0,\"to_m\":1500,\"revisit_s\":3600,"
    "\"unreachable\":false},"
    "{\"id\":\"S2\",\"line\":0,\"from_m\":1500,\"to_m\":2000,\"revisit_s\":3600,\"unreachable\":"
    "true},"
    "{\"id\":\"S3\",\"line\":1,\"from_m\":0,\"to_m\":1200,\"revisit_s\":7200,\"unreachable\":false}"
    "],"
    "\"strip\":[[0,30,4,0],[0,10,4,1],[1,24,4,2]],"
    "\"drones\":[{\"id\":\"V1\"},{\"id\":\"V2\"}]}";

void tiny_apply(struct vg_watch *w, double t_s, const char *kind, const char *body)
{
    struct vg_error err = {0};
    struct vg_us t = vg_us(TINY_T0 + (int64_t)(t_s * 1e6));
    if (vg_watch_apply(w, t, kind, body, strlen(body), &err) != VG_OK) {
        fail_msg("%s: %s", kind, err.message);
    }
}

void tiny_open(struct vg_watch *w)
{
    *w = (struct vg_watch){0};
    tiny_apply(w, 0, "watch", TINY);
    tiny_apply(w, 0, "start", "{}");
}

void tiny_emit(void *ctx, const char *kind, const char *body, size_t n)
{
    struct tiny_emit *e = ctx;
    struct vg_error err = {0};
    e->n++;
    if (vg_watch_apply(e->watch, e->now, kind, body, n, &err) != VG_OK) {
        fail_msg("%s: %s in %s", kind, err.message, body);
    }
}

int tiny_rules(struct vg_watch *w, double t_s)
{
    struct tiny_emit e = {.watch = w, .now = vg_us(TINY_T0 + (int64_t)(t_s * 1e6))};
    vg_rules_step(w, e.now, tiny_emit, &e);
    return e.n;
}
