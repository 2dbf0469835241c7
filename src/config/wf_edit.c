#include "config/wf_edit.h"

#include "config/yaml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Degrees are written with five decimals: so near is the same place. */
static const double SAME_DEG = 6e-6;

/* text[at, at + n) gives way to pool[from, from + n_new). */
struct change {
    size_t at;
    size_t n;
    size_t from;
    size_t n_new;
    int order;
};

struct editor {
    const char *text;
    size_t n;
    const struct vg_watchfile *before;
    const struct vg_watchfile *wanted;
    struct change *changes;
    int n_changes;
    int cap;
    struct vg_buf pool;
    struct vg_error *err;
};

static enum vg_status cannot(struct editor *ed, const struct vg_yaml *node)
{
    return vg_fail(ed->err, VG_E_UNSUPPORTED,
                   "line %d of the watch file is written in a way that only a person can change",
                   node != NULL ? node->line : 1);
}

/* What was put into the pool since `from` takes the place of n bytes at `at`. */
static enum vg_status replace(struct editor *ed, size_t at, size_t n, size_t from)
{
    if (ed->n_changes == ed->cap) {
        int cap = ed->cap > 0 ? 2 * ed->cap : 32;
        struct change *more = realloc(ed->changes, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return vg_fail(ed->err, VG_E_NO_MEMORY, "out of memory");
        }
        ed->changes = more;
        ed->cap = cap;
    }
    ed->changes[ed->n_changes] = (struct change){at, n, from, ed->pool.n - from, ed->n_changes};
    ed->n_changes++;
    return VG_OK;
}

/* A scalar that stands in the text just as it was read. */
static enum vg_status replace_text(struct editor *ed, const struct vg_yaml *node, size_t from)
{
    size_t n = node != NULL ? strlen(node->text) : 0;
    if (node == NULL || node->kind != VG_YAML_TEXT || n == 0 || node->at_bytes + n > ed->n ||
        memcmp(ed->text + node->at_bytes, node->text, n) != 0) {
        return cannot(ed, node);
    }
    return replace(ed, node->at_bytes, n, from);
}

/* A name as it stands plain in a flow of YAML, else between quotes. */
static void put_name(struct vg_buf *out, const char *name)
{
    bool is_plain = name[0] != '\0';
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++) {
        bool is_letter = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c >= 0x80;
        bool is_inner = (*c >= '0' && *c <= '9') || *c == '_' || *c == '-' ||
                        (*c == ' ' && c[1] != '\0' && c[1] != ' ');
        is_plain = is_plain && (is_letter || (is_inner && c != (const unsigned char *)name));
    }
    if (is_plain) {
        vg_buf_puts(out, name);
    } else {
        vg_buf_json(out, name);
    }
}

/* As the watch file takes it: whole minutes as hours and minutes, else seconds. */
static void put_duration(struct vg_buf *out, double s)
{
    int64_t seconds = (int64_t)round(s);
    int64_t hours = seconds / 3600;
    int64_t minutes = seconds % 3600 / 60;
    if (seconds % 60 != 0) {
        vg_buf_printf(out, "%llds", (long long)seconds);
        return;
    }
    if (hours > 0) {
        vg_buf_printf(out, minutes > 0 ? "%lldh " : "%lldh", (long long)hours);
    }
    if (minutes > 0) {
        vg_buf_printf(out, "%lldmin", (long long)minutes);
    }
}

/* ---- entries of a list ---- */

/* The lines of one entry, and where its dash's line begins. */
struct span {
    size_t from;
    size_t to; /* behind its last line's end */
    size_t brace; /* of a flow entry: its closing brace; else 0 */
};

/* The brace that closes the one at `at`; n: none does. */
static size_t closing(const char *text, size_t n, size_t at)
{
    int depth = 0;
    char quote = '\0';
    for (size_t k = at; k < n; k++) {
        char c = text[k];
        if (quote != '\0') {
            k += quote == '"' && c == '\\';
            quote = c == quote ? '\0' : quote;
        } else if (c == '#' && k > 0 && (text[k - 1] == ' ' || text[k - 1] == '\n')) {
            while (k + 1 < n && text[k + 1] != '\n') {
                k++;
            }
        } else if ((c == '"' || c == '\'') && strchr(" [{,:", text[k - 1]) != NULL) {
            quote = c;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return k;
        }
    }
    return n;
}

static size_t next_line(const struct editor *ed, size_t at)
{
    const char *end = memchr(ed->text + at, '\n', ed->n - at);
    return end != NULL ? (size_t)(end - ed->text) + 1 : ed->n;
}

/* The first line behind `at` that is blank or indented no deeper than the dash. */
static size_t end_of_block(const struct editor *ed, size_t at, size_t dash)
{
    size_t line = next_line(ed, at);
    while (line < ed->n) {
        size_t k = line;
        while (k < ed->n && ed->text[k] == ' ') {
            k++;
        }
        if (k == ed->n || ed->text[k] == '\n' || k - line <= dash) {
            break;
        }
        line = next_line(ed, line);
    }
    return line;
}

/* Only an entry that begins with a dash on a line of its own has lines of its own. */
static bool find_span(const struct editor *ed, const struct vg_yaml *entry, struct span *out)
{
    size_t line = entry->at_bytes;
    while (line > 0 && ed->text[line - 1] != '\n') {
        line--;
    }
    size_t dash = line;
    while (dash < entry->at_bytes && ed->text[dash] == ' ') {
        dash++;
    }
    if (ed->text[dash] != '-') {
        return false;
    }
    for (size_t k = dash + 1; k < entry->at_bytes; k++) {
        if (ed->text[k] != ' ') {
            return false;
        }
    }
    *out = (struct span){.from = line};
    if (ed->text[entry->at_bytes] == '{') {
        out->brace = closing(ed->text, ed->n, entry->at_bytes);
        out->to = out->brace < ed->n ? next_line(ed, out->brace) : ed->n;
        return out->brace < ed->n;
    }
    out->to = end_of_block(ed, entry->at_bytes, dash - line);
    return true;
}

static enum vg_status remove_entry(struct editor *ed, const struct vg_yaml *entry)
{
    struct span s;
    return find_span(ed, entry, &s) ? replace(ed, s.from, s.to - s.from, ed->pool.n)
                                    : cannot(ed, entry);
}

/* "  - " as the last entry has it; where new entries come to stand. */
static enum vg_status begin_entry(struct editor *ed, const struct vg_yaml *last, size_t *out_at)
{
    struct span s;
    if (last == NULL || !find_span(ed, last, &s)) {
        return cannot(ed, last);
    }
    vg_buf_puts(&ed->pool, s.to == ed->n && ed->n > 0 && ed->text[ed->n - 1] != '\n' ? "\n" : "");
    vg_buf_add(&ed->pool, ed->text + s.from, last->at_bytes - s.from);
    *out_at = s.to;
    return VG_OK;
}

/* ---- promise and bases ---- */

static enum vg_status edit_promise(struct editor *ed, const struct vg_yaml *root)
{
    const struct vg_yaml *line = vg_yaml_find(root, "line");
    size_t from = ed->pool.n;
    if (fabs(ed->wanted->revisit_s - ed->before->revisit_s) < 0.5) {
        return VG_OK;
    }
    line = line != NULL && line->kind == VG_YAML_LIST ? line->first : line;
    put_duration(&ed->pool, ed->wanted->revisit_s);
    return replace_text(ed, vg_yaml_find(line, "revisit"), from);
}

static bool is_same_place(const struct vg_wf_base *a, const struct vg_wf_base *b)
{
    return fabs(a->lat_deg - b->lat_deg) < SAME_DEG && fabs(a->lon_deg - b->lon_deg) < SAME_DEG;
}

static enum vg_status move_base(struct editor *ed, const struct vg_yaml *entry,
                                const struct vg_wf_base *to)
{
    const struct vg_yaml *at = vg_yaml_find(entry, "at");
    size_t from = ed->pool.n;
    if (at == NULL || at->kind != VG_YAML_LIST || at->n != 2) {
        return cannot(ed, entry);
    }
    vg_buf_printf(&ed->pool, "%.5f", to->lat_deg);
    enum vg_status st = replace_text(ed, at->first, from);
    from = ed->pool.n;
    vg_buf_printf(&ed->pool, "%.5f", to->lon_deg);
    return st == VG_OK ? replace_text(ed, at->last, from) : st;
}

static enum vg_status edit_bases(struct editor *ed, const struct vg_yaml *list)
{
    enum vg_status st = VG_OK;
    int k = 0;
    for (const struct vg_yaml *e = list->first; e != NULL && st == VG_OK; e = e->next, k++) {
        const struct vg_wf_base *own = &ed->before->bases[k];
        int to = vg_watchfile_find_base(ed->wanted, own->name);
        if (to < 0) {
            st = remove_entry(ed, e);
        } else if (!is_same_place(own, &ed->wanted->bases[to])) {
            st = move_base(ed, e, &ed->wanted->bases[to]);
        }
    }
    for (int b = 0; b < ed->wanted->n_bases && st == VG_OK; b++) {
        const struct vg_wf_base *x = &ed->wanted->bases[b];
        size_t from = ed->pool.n;
        size_t at = 0;
        if (vg_watchfile_find_base(ed->before, x->name) >= 0) {
            continue;
        }
        st = begin_entry(ed, list->last, &at);
        vg_buf_puts(&ed->pool, "{name: ");
        put_name(&ed->pool, x->name);
        vg_buf_printf(&ed->pool, ", at: [%.5f, %.5f], pads: %d}\n", x->lat_deg, x->lon_deg,
                      x->pads);
        st = st == VG_OK ? replace(ed, at, 0, from) : st;
    }
    return st;
}

/* ---- drones ---- */

/* Where a drone is to be: a base of the wanted watch, -1 without one, -2 not at all. */
static int wanted_base(const struct editor *ed, const char *id)
{
    int d = vg_watchfile_find_drone(ed->wanted, id);
    return d >= 0 ? ed->wanted->drones[d].base : -2;
}

static const char *base_name(const struct vg_watchfile *w, int base)
{
    return base >= 0 ? w->bases[base].name : "";
}

static void put_drone(struct editor *ed, const char *id, int type, const char *base)
{
    vg_buf_puts(&ed->pool, "{id: ");
    put_name(&ed->pool, id);
    vg_buf_puts(&ed->pool, ", type: ");
    put_name(&ed->pool, ed->before->types[type].name);
    if (base[0] != '\0') {
        vg_buf_puts(&ed->pool, ", base: ");
        put_name(&ed->pool, base);
    }
    vg_buf_puts(&ed->pool, "}\n");
}

/* All drones of an entry go to one other base. */
static enum vg_status set_base(struct editor *ed, const struct vg_yaml *entry, const char *base)
{
    const struct vg_yaml *own = vg_yaml_find(entry, "base");
    struct span s;
    size_t from = ed->pool.n;
    if (base[0] == '\0') {
        return cannot(ed, entry);
    }
    if (own == NULL && (!find_span(ed, entry, &s) || s.brace == 0)) {
        return cannot(ed, entry);
    }
    vg_buf_puts(&ed->pool, own == NULL ? ", base: " : "");
    put_name(&ed->pool, base);
    return own == NULL ? replace(ed, s.brace, 0, from) : replace_text(ed, own, from);
}

/* An entry with "count" whose drones part: a line for each that stays. */
static enum vg_status part_entry(struct editor *ed, const struct vg_yaml *entry, int first, int n)
{
    struct span s;
    size_t from = ed->pool.n;
    for (const struct vg_yaml *x = entry->first; x != NULL; x = x->next) {
        if (strcmp(x->key, "id") != 0 && strcmp(x->key, "type") != 0 &&
            strcmp(x->key, "base") != 0 && strcmp(x->key, "count") != 0) {
            return cannot(ed, entry);
        }
    }
    if (!find_span(ed, entry, &s)) {
        return cannot(ed, entry);
    }
    for (int k = first; k < first + n; k++) {
        const struct vg_wf_drone *d = &ed->before->drones[k];
        int to = wanted_base(ed, d->id);
        if (to > -2) {
            vg_buf_add(&ed->pool, ed->text + s.from, entry->at_bytes - s.from);
            put_drone(ed, d->id, d->type, base_name(ed->wanted, to));
        }
    }
    return replace(ed, s.from, s.to - s.from, from);
}

static enum vg_status edit_entry(struct editor *ed, const struct vg_yaml *entry, int first, int n)
{
    int to = wanted_base(ed, ed->before->drones[first].id);
    bool is_one = true;
    for (int k = first; k < first + n; k++) {
        is_one = is_one && wanted_base(ed, ed->before->drones[k].id) == to;
    }
    const char *own = base_name(ed->before, ed->before->drones[first].base);
    if (!is_one) {
        return part_entry(ed, entry, first, n);
    }
    if (to == -2) {
        return remove_entry(ed, entry);
    }
    return strcmp(own, base_name(ed->wanted, to)) == 0
               ? VG_OK
               : set_base(ed, entry, base_name(ed->wanted, to));
}

/* Drones that the text does not know: N1, N2, ... */
static enum vg_status add_drones(struct editor *ed, const struct vg_yaml *last)
{
    enum vg_status st = VG_OK;
    int number = 0;
    for (int d = 0; d < ed->wanted->n_drones && st == VG_OK; d++) {
        const struct vg_wf_drone *x = &ed->wanted->drones[d];
        size_t from = ed->pool.n;
        size_t at = 0;
        char id[16];
        if (vg_watchfile_find_drone(ed->before, x->id) >= 0) {
            continue;
        }
        do {
            vg_format(id, sizeof id, "N%d", ++number);
        } while (vg_watchfile_find_drone(ed->before, id) >= 0);
        st = begin_entry(ed, last, &at);
        put_drone(ed, id, x->type, base_name(ed->wanted, x->base));
        st = st == VG_OK ? replace(ed, at, 0, from) : st;
    }
    return st;
}

static enum vg_status edit_drones(struct editor *ed, const struct vg_yaml *list)
{
    enum vg_status st = VG_OK;
    int first = 0;
    for (const struct vg_yaml *e = list->first; e != NULL && st == VG_OK; e = e->next) {
        const struct vg_yaml *count = vg_yaml_find(e, "count");
        int n = count != NULL ? (int)strtol(count->text, NULL, 10) : 1;
        if (n < 1 || first + n > ed->before->n_drones) {
            return cannot(ed, e);
        }
        st = edit_entry(ed, e, first, n);
        first += n;
    }
    return st == VG_OK ? add_drones(ed, list->last) : st;
}

/* ---- the whole ---- */

static int by_place(const void *a, const void *b)
{
    const struct change *x = a;
    const struct change *y = b;
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->order - y->order;
}

static void put_all(struct editor *ed, struct vg_buf *out)
{
    size_t at = 0;
    if (ed->n_changes > 0) {
        qsort(ed->changes, (size_t)ed->n_changes, sizeof *ed->changes, by_place);
    }
    for (int k = 0; k < ed->n_changes; k++) {
        const struct change *c = &ed->changes[k];
        vg_buf_add(out, ed->text + at, c->at - at);
        if (c->n_new > 0) {
            vg_buf_add(out, ed->pool.data + c->from, c->n_new);
        }
        at = c->at + c->n;
    }
    vg_buf_add(out, ed->text + at, ed->n - at);
    out->is_failed = out->is_failed || ed->pool.is_failed;
}

static int count_at(const struct vg_watchfile *w, int type, const char *base)
{
    int n = 0;
    for (int d = 0; d < w->n_drones; d++) {
        n += w->drones[d].type == type && strcmp(base_name(w, w->drones[d].base), base) == 0;
    }
    return n;
}

static bool says(const struct vg_watchfile *text, const struct vg_watchfile *wanted)
{
    bool is_same = fabs(text->revisit_s - wanted->revisit_s) < 0.5 &&
                   text->n_bases == wanted->n_bases && text->n_drones == wanted->n_drones &&
                   text->n_types == wanted->n_types;
    for (int b = 0; is_same && b < wanted->n_bases; b++) {
        int own = vg_watchfile_find_base(text, wanted->bases[b].name);
        is_same = own >= 0 && is_same_place(&text->bases[own], &wanted->bases[b]);
        for (int t = 0; is_same && t < wanted->n_types; t++) {
            is_same = count_at(text, t, wanted->bases[b].name) ==
                      count_at(wanted, t, wanted->bases[b].name);
        }
    }
    return is_same;
}

static enum vg_status hold_against(struct editor *ed, const struct vg_buf *text, const char *path,
                                   vg_read_fn read)
{
    struct vg_watchfile after = {0};
    enum vg_status st = vg_watchfile_parse(vg_buf_text(text), text->n, path, read, &after, ed->err);
    if (st == VG_OK && !says(&after, ed->wanted)) {
        st = cannot(ed, NULL);
    }
    vg_watchfile_finish(&after);
    return st;
}

static enum vg_status edit(struct editor *ed, const char *path, struct vg_arena *arena)
{
    struct vg_yaml *root;
    enum vg_status st = vg_yaml_parse(ed->text, ed->n, path, arena, &root, ed->err);
    if (st == VG_OK) {
        st = edit_promise(ed, root);
    }
    if (st == VG_OK) {
        st = edit_bases(ed, vg_yaml_find(root, "bases"));
    }
    return st == VG_OK ? edit_drones(ed, vg_yaml_find(root, "drones")) : st;
}

enum vg_status vg_watchfile_edit(const char *yaml, size_t n, const char *path, vg_read_fn read,
                                 const struct vg_watchfile *wanted, struct vg_buf *out,
                                 struct vg_error *err)
{
    struct vg_watchfile before = {0};
    struct vg_arena arena = {0};
    struct vg_buf text = {0};
    struct editor ed = {.text = yaml, .n = n, .before = &before, .wanted = wanted, .err = err};
    enum vg_status st = vg_watchfile_parse(yaml, n, path, read, &before, err);
    if (st == VG_OK) {
        st = edit(&ed, path, &arena);
    }
    if (st == VG_OK) {
        put_all(&ed, &text);
        st = text.is_failed ? vg_no_memory(err) : hold_against(&ed, &text, path, read);
    }
    if (st == VG_OK) {
        vg_buf_add(out, text.data, text.n);
    }
    free(ed.changes);
    vg_buf_finish(&ed.pool);
    vg_buf_finish(&text);
    vg_arena_finish(&arena);
    vg_watchfile_finish(&before);
    return st;
}
