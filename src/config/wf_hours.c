/* What goes by the clock in the watch file: hours when bases are closed, maintenance. */
#include "base/text.h"
#include "config/watchfile_priv.h"

#include <string.h>

/* A base that opens for less in a day lets no flight out and back in. */
static const double LEAST_OPEN_S = 600;

static enum vg_status read_span(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_hours *io)
{
    struct vg_hours_span span;
    struct vg_error local = {.lang = self->r.err != NULL ? self->r.err->lang : VG_LANG_EN};
    enum vg_status status = vg_fields_expect(&self->r, node, VG_YAML_TEXT);
    if (status == VG_OK && vg_hours_parse_span(node->text, &span, &local) != VG_OK) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column, "%s",
                          local.message);
    }
    if (status == VG_OK && !vg_hours_add(io, span)) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "more than %d spans of hours in a day", VG_HOURS_MAX);
    }
    return status;
}

enum vg_status vg_wf_read_closed(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 struct vg_wf_base *io)
{
    const struct vg_yaml *node = vg_yaml_find(map, "closed");
    enum vg_status status = VG_OK;
    if (node == NULL) {
        return VG_OK;
    }
    if (node->kind != VG_YAML_LIST) {
        status = read_span(self, node, &io->closed);
    }
    for (const struct vg_yaml *m = node->first;
         node->kind == VG_YAML_LIST && m != NULL && status == VG_OK; m = m->next) {
        struct vg_yaml span = *m;
        span.key = "closed";
        status = read_span(self, &span, &io->closed);
    }
    if (status == VG_OK && vg_hours_left_s(&io->closed) < LEAST_OPEN_S) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "base %s is closed all day: no drone could take off or land there; leave "
                          "out the base, or some of its closed hours",
                          io->name);
    }
    return status;
}

/* "4h every 50h": the work, and the flight between. */
static bool split_every(const char *text, struct vg_wf_type *out)
{
    static const char WORD[] = " every ";
    char work[64];
    const char *at = strstr(text, WORD);
    size_t n = at != NULL ? (size_t)(at - text) : 0;
    if (n == 0 || n >= sizeof work) {
        return false;
    }
    memcpy(work, text, n);
    work[n] = '\0';
    return vg_quantity_duration(work, &out->maintenance_s, NULL) == VG_OK &&
           vg_quantity_duration(at + strlen(WORD), &out->maintenance_every_s, NULL) == VG_OK;
}

enum vg_status vg_wf_read_maintenance(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                      struct vg_wf_type *io)
{
    static const double LEAST_S = 60;
    static const double MOST_S = 12 * VG_HOUR_S; /* of a day: a longer absence is not daily work */
    const struct vg_yaml *node = vg_yaml_find(map, "maintenance");
    if (node == NULL) {
        return VG_OK;
    }
    enum vg_status status = vg_fields_expect(&self->r, node, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    if (!split_every(node->text, io)) {
        return vg_fail_at(
            self->r.err, self->r.place, node->line, node->column,
            "\"%s\" is no maintenance; write it as \"4h every 50h\", the work and the "
            "hours of flight between",
            node->text);
    }
    if (!(io->maintenance_s >= LEAST_S && io->maintenance_s <= MOST_S)) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "maintenance takes from 1 minute to 12 hours: give a drone that is away "
                          "for longer as one drone less");
    }
    if (io->maintenance_every_s < io->endurance_s * (1 - io->reserve)) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "maintenance every %s comes before the end of one flight: it can be "
                          "planned from %.1f h of flight on",
                          strstr(node->text, "every ") + strlen("every "),
                          io->endurance_s * (1 - io->reserve) / VG_HOUR_S);
    }
    return VG_OK;
}
