#include "plan/fleet.h"

#include <stdlib.h>
#include <string.h>

enum vg_status vg_plan_give_fleet(struct vg_plan *plan, const struct vg_watchfile *watch,
                                  struct vg_error *err)
{
    struct vg_plan_drone *fleet = calloc((size_t)watch->n_drones + 1, sizeof *fleet);
    if (fleet == NULL) {
        return vg_no_memory(err);
    }
    for (int d = 0; d < watch->n_drones; d++) {
        const struct vg_wf_drone *drone = &watch->drones[d];
        vg_format(fleet[d].id, sizeof fleet[d].id, "%s", drone->id);
        vg_format(fleet[d].type, sizeof fleet[d].type, "%s", watch->types[drone->type].name);
        vg_format(fleet[d].base, sizeof fleet[d].base, "%s", watch->bases[drone->base].name);
    }
    free(plan->fleet);
    plan->fleet = fleet;
    plan->n_fleet = watch->n_drones;
    return VG_OK;
}

enum vg_status vg_plan_take_fleet(const struct vg_plan *plan, struct vg_watchfile *io,
                                  struct vg_error *err)
{
    if (plan->n_fleet == 0) {
        return VG_OK;
    }
    struct vg_wf_drone *drones = calloc((size_t)plan->n_fleet, sizeof *drones);
    if (drones == NULL) {
        return vg_no_memory(err);
    }
    for (int d = 0; d < plan->n_fleet; d++) {
        const struct vg_plan_drone *x = &plan->fleet[d];
        drones[d].type = vg_watchfile_find_type(io, x->type);
        drones[d].base = vg_watchfile_find_base(io, x->base);
        vg_format(drones[d].id, sizeof drones[d].id, "%s", x->id);
        if (drones[d].type < 0 || drones[d].base < 0) {
            free(drones);
            return vg_fail(err, VG_E_NOT_FOUND,
                           "drone %s of the plan's own fleet: the watch has no type \"%s\" or no "
                           "base \"%s\"",
                           x->id, x->type, x->base);
        }
    }
    free(io->drones);
    io->drones = drones;
    io->n_drones = plan->n_fleet;
    return VG_OK;
}

static bool read_name(const json_t *row, size_t k, char *out, size_t size_bytes)
{
    const char *text = json_string_value(json_array_get(row, k));
    size_t n = text != NULL ? strlen(text) : 0;
    if (n == 0 || n >= size_bytes) {
        return false;
    }
    memcpy(out, text, n + 1);
    return true;
}

enum vg_status vg_plan_read_fleet(const json_t *doc, struct vg_plan *out, struct vg_error *err)
{
    const json_t *list = json_object_get(doc, "fleet");
    size_t n = json_array_size(list);
    if (list == NULL) {
        return VG_OK;
    }
    out->fleet = calloc(n + 1, sizeof *out->fleet);
    if (out->fleet == NULL) {
        return vg_no_memory(err);
    }
    bool is_ok = n > 0 && n <= VG_PLAN_FLEET_MAX;
    for (size_t k = 0; k < n && is_ok; k++) {
        const json_t *row = json_array_get(list, k);
        struct vg_plan_drone *x = &out->fleet[k];
        is_ok = json_array_size(row) == 3 && read_name(row, 0, x->id, sizeof x->id) &&
                read_name(row, 1, x->type, sizeof x->type) &&
                read_name(row, 2, x->base, sizeof x->base);
        for (size_t j = 0; j < k && is_ok; j++) {
            is_ok = strcmp(out->fleet[j].id, x->id) != 0;
        }
    }
    out->n_fleet = is_ok ? (int)n : 0;
    return is_ok ? VG_OK
                 : vg_fail(err, VG_E_FORMAT,
                           "\"fleet\" must be 1 to %d drones, each [id, type, base], no id twice",
                           (int)VG_PLAN_FLEET_MAX);
}

void vg_plan_put_fleet(const struct vg_plan *plan, struct vg_buf *out)
{
    for (int d = 0; d < plan->n_fleet; d++) {
        vg_buf_puts(out, d > 0 ? ",[" : ",\n\"fleet\":[[");
        vg_buf_json(out, plan->fleet[d].id);
        vg_buf_puts(out, ",");
        vg_buf_json(out, plan->fleet[d].type);
        vg_buf_puts(out, ",");
        vg_buf_json(out, plan->fleet[d].base);
        vg_buf_puts(out, d == plan->n_fleet - 1 ? "]]" : "]");
    }
}
