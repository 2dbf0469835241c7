/* "link" of a drone, "router" and "measurements" at the top: where MAVLink comes from, who may
 * listen in, where sensors report what they saw. */
#include "config/watchfile_priv.h"

#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct vg_field LINK_FIELDS[] = {
    {"to", VG_F_OTHER, 0, 0, NULL, NULL, NULL},
    {"cost", VG_F_DURATION, offsetof(struct vg_wf_link, cost_s), 0, "0 s", "1h", "0 s"},
    {"budget", VG_F_RATE, offsetof(struct vg_wf_link, budget_Bps), 0, "10 B/s", "100000 kB/s", ""},
    {"satellite", VG_F_OTHER, 0, 0, NULL, NULL, ""},
};

static const struct vg_field ROUTER_FIELDS[] = {
    {"to", VG_F_OTHER, 0, 0, NULL, NULL, NULL},
    {"commands", VG_F_OTHER, 0, 0, NULL, NULL, ""},
};

static bool is_port(const char *text)
{
    double port = 0;
    return vg_fields_decimal(text, &port) && port >= 1 && port <= 65535 && strlen(text) <= 5 &&
           strspn(text, "0123456789") == strlen(text);
}

/* What follows "scheme:", NULL if the text is of another scheme. */
static const char *after(const char *text, const char *scheme)
{
    size_t n = strlen(scheme);
    return strncmp(text, scheme, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

static bool is_host_port(const char *rest)
{
    const char *colon = rest != NULL ? strrchr(rest, ':') : NULL;
    return colon != NULL && colon > rest && is_port(colon + 1);
}

/* "/dev/NAME" or "/dev/NAME:BAUD" */
static bool is_device(const char *rest)
{
    const char *colon = rest != NULL ? strchr(rest, ':') : NULL;
    double baud = 57600;
    if (rest == NULL || rest[0] != '/' || rest[1] == '\0') {
        return false;
    }
    return colon == NULL || (vg_fields_decimal(colon + 1, &baud) && baud >= 1200 &&
                             baud <= 4000000 && baud == (double)(int)baud);
}

static bool is_link(const char *text)
{
    const char *udp = after(text, "udp");
    const char *listen = after(text, "tcp-listen");
    return (udp != NULL && is_port(udp)) || (listen != NULL && is_port(listen)) ||
           is_host_port(after(text, "udpin")) || is_host_port(after(text, "udpout")) ||
           is_host_port(after(text, "tcp")) || is_host_port(listen) ||
           is_device(after(text, "serial"));
}

static bool is_router(const char *text)
{
    const char *listen = after(text, "tcp-listen");
    return is_host_port(after(text, "udp")) || is_host_port(listen) ||
           (listen != NULL && is_port(listen));
}

static enum vg_status read_yes_no(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                  const char *key, bool *out)
{
    static const char NAMES[][6] = {"no", "false", "yes", "true"};
    const struct vg_yaml *node = vg_yaml_find(map, key);
    int choice = 0;
    *out = false;
    if (node == NULL) {
        return VG_OK;
    }
    enum vg_status status = vg_fields_expect(&self->r, node, VG_YAML_TEXT);
    for (; status == VG_OK && choice < COUNT(NAMES); choice++) {
        if (strcmp(node->text, NAMES[choice]) == 0) {
            *out = choice >= 2;
            return VG_OK;
        }
    }
    return status != VG_OK ? status
                           : vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                                        "\"%s\" must be yes or no, not \"%s\"", key, node->text);
}

static enum vg_status read_to(const struct vg_wf_reader *self, const struct vg_yaml *node,
                              bool is_for_router, char out[VG_WF_LINK_SIZE])
{
    enum vg_status status = vg_fields_text(&self->r, node, out, VG_WF_LINK_SIZE);
    if (status != VG_OK || (is_for_router ? is_router(out) : is_link(out))) {
        return status;
    }
    if (is_for_router) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "expected \"udp:HOST:PORT\", \"tcp-listen:PORT\" or "
                          "\"tcp-listen:HOST:PORT\", got \"%s\"",
                          out);
    }
    return vg_fail_at(
        self->r.err, self->r.place, node->line, node->column,
        "expected \"udp:PORT\", \"udpin:HOST:PORT\", \"udpout:HOST:PORT\", "
        "\"tcp:HOST:PORT\", \"tcp-listen:HOST:PORT\" or \"serial:/dev/NAME:BAUD\", got "
        "\"%s\"",
        out);
}

static enum vg_status read_link(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_wf_link *out)
{
    struct vg_yaml item = *node;
    item.key = "link";
    if (node->kind != VG_YAML_MAP) {
        return read_to(self, &item, false, out->to);
    }
    enum vg_status status = vg_fields_read(&self->r, &item, LINK_FIELDS, COUNT(LINK_FIELDS), out);
    if (status == VG_OK) {
        status = read_to(self, vg_yaml_find(node, "to"), false, out->to);
    }
    if (status == VG_OK) {
        status = read_yes_no(self, node, "satellite", &out->is_satellite);
    }
    return status;
}

/* A list's items, or the one thing that stands for a list of one. */
static const struct vg_yaml *first_of(const struct vg_yaml *node, int *out_n)
{
    *out_n = node->kind == VG_YAML_LIST ? node->n : 1;
    return node->kind == VG_YAML_LIST ? node->first : node;
}

static enum vg_status expect_count(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                   int n, int max)
{
    return n >= 1 && n <= max
               ? VG_OK
               : vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                            "\"%s\" takes 1 to %d entries, not %d", vg_fields_name(node), max, n);
}

enum vg_status vg_wf_read_links(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_wf_drone *io)
{
    int n;
    const struct vg_yaml *item = first_of(node, &n);
    enum vg_status status = expect_count(self, node, n, VG_WF_DRONE_LINKS);
    for (; item != NULL && io->n_links < n && status == VG_OK; item = item->next) {
        struct vg_wf_link *link = &io->links[io->n_links++];
        status = read_link(self, item, link);
        for (int k = 0; k < io->n_links - 1 && status == VG_OK; k++) {
            if (strcmp(io->links[k].to, link->to) == 0) {
                status = vg_fail_at(self->r.err, self->r.place, item->line, item->column,
                                    "link \"%s\" is given twice", link->to);
            }
        }
    }
    for (int k = 0; k < io->n_links && status == VG_OK && io->link[0] == '\0'; k++) {
        if (strncmp(io->links[k].to, "udp", 3) == 0) {
            vg_format(io->link, sizeof io->link, "%s", io->links[k].to);
        }
    }
    return status;
}

static enum vg_status read_router(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                  struct vg_wf_router *out)
{
    struct vg_yaml item = *node;
    item.key = "router";
    if (node->kind != VG_YAML_MAP) {
        return read_to(self, &item, true, out->to);
    }
    enum vg_status status =
        vg_fields_read(&self->r, &item, ROUTER_FIELDS, COUNT(ROUTER_FIELDS), out);
    if (status == VG_OK) {
        status = read_to(self, vg_yaml_find(node, "to"), true, out->to);
    }
    if (status == VG_OK) {
        status = read_yes_no(self, node, "commands", &out->has_commands);
    }
    return status;
}

enum vg_status vg_wf_read_routers(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                  struct vg_watchfile *wf)
{
    int n;
    const struct vg_yaml *item = first_of(node, &n);
    enum vg_status status = expect_count(self, node, n, VG_WF_ROUTERS);
    for (; item != NULL && wf->n_routers < n && status == VG_OK; item = item->next) {
        status = read_router(self, item, &wf->routers[wf->n_routers++]);
    }
    return status;
}

enum vg_status vg_wf_read_measurements(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                       struct vg_watchfile *wf)
{
    int n;
    const struct vg_yaml *item = first_of(node, &n);
    enum vg_status status = expect_count(self, node, n, VG_WF_MEASUREMENTS);
    for (; item != NULL && wf->n_measurements < n && status == VG_OK; item = item->next) {
        struct vg_wf_measurements *m = &wf->measurements[wf->n_measurements++];
        struct vg_yaml one = *item;
        one.key = "measurements";
        m->line = item->line;
        m->column = item->column;
        status = read_to(self, &one, false, m->to);
    }
    return status;
}
