#include "config/yaml.h"

#include "base/text.h"

#include <libfyaml.h>
#include <stdbool.h>
#include <string.h>

struct builder {
    const char *place;
    struct vg_arena *arena;
    struct vg_error *err;
    struct vg_yaml *stack[VG_YAML_MAX_DEPTH];
    int depth;
    struct vg_yaml *root;
    struct vg_yaml *pending_key; /* of the map on top of the stack; its value comes next */
};

/* libfyaml writes to stderr unless it is given somewhere else to write. */
static void discard(struct fy_diag *diag, void *user, const char *buf, size_t n)
{
    (void)diag;
    (void)user;
    (void)buf;
    (void)n;
}

static struct fy_diag *create_quiet_diag(void)
{
    struct fy_diag_cfg cfg;
    fy_diag_cfg_default(&cfg);
    cfg.fp = NULL;
    cfg.output_fn = discard;
    cfg.colorize = false;
    struct fy_diag *diag = fy_diag_create(&cfg);
    if (diag != NULL) {
        fy_diag_set_collect_errors(diag, true);
    }
    return diag;
}

static enum vg_status fail_syntax(struct builder *self, struct fy_diag *diag)
{
    void *iter = NULL;
    struct fy_diag_error *first = fy_diag_errors_iterate(diag, &iter);
    if (first == NULL || first->msg == NULL) {
        return vg_fail_at(self->err, self->place, 0, 0, "not YAML");
    }
    return vg_fail_at(self->err, self->place, first->line, first->column, "not YAML: %s",
                      first->msg);
}

static enum vg_status fail_memory(struct builder *self)
{
    return vg_fail(self->err, VG_E_NO_MEMORY, "out of memory");
}

/* Names and paths hold no control characters; a folded text holds line feeds at most. */
static bool has_control(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static struct vg_yaml *add_node(struct builder *self, enum vg_yaml_kind kind,
                                const struct fy_mark *mark)
{
    struct vg_yaml *node = vg_arena_calloc(self->arena, 1, sizeof *node);
    if (node == NULL) {
        return NULL;
    }
    node->kind = kind;
    node->text = "";
    node->line = mark != NULL ? mark->line + 1 : 0;
    node->column = mark != NULL ? mark->column + 1 : 0;
    node->at_bytes = mark != NULL ? mark->input_pos : 0;
    return node;
}

/* Piece by piece: fy_token_get_text of libfyaml 0.7 leaks its list of pieces when a text has many
 * (quotes, folded lines). */
static void read_pieces(struct fy_token *token, struct vg_buf *out)
{
    struct fy_token_iter *iter = fy_token_iter_create(token);
    if (iter == NULL) {
        out->is_failed = true;
        return;
    }
    int failed = 0;
    const struct fy_iter_chunk *piece = NULL;
    while ((piece = fy_token_iter_chunk_next(iter, piece, &failed)) != NULL) {
        vg_buf_add(out, piece->str, piece->len);
    }
    out->is_failed = out->is_failed || failed != 0;
    fy_token_iter_destroy(iter);
}

static enum vg_status keep_text(struct builder *self, const struct vg_buf *text,
                                struct vg_yaml *node)
{
    if (has_control(vg_buf_text(text), text->n)) {
        return vg_fail_at(self->err, self->place, node->line, node->column,
                          "control characters are not allowed in a text");
    }
    char *copy = text->is_failed ? NULL : vg_arena_alloc(self->arena, text->n + 1);
    if (copy == NULL) {
        return fail_memory(self);
    }
    memcpy(copy, vg_buf_text(text), text->n + 1);
    node->text = copy;
    return VG_OK;
}

static enum vg_status take_text(struct builder *self, struct fy_event *event, struct vg_yaml *node)
{
    if (event->scalar.value == NULL) {
        return VG_OK;
    }
    struct vg_buf text = {0};
    read_pieces(event->scalar.value, &text);
    enum vg_status status = keep_text(self, &text, node);
    vg_buf_finish(&text);
    return status;
}

static enum vg_status take_key(struct builder *self, struct vg_yaml *map, struct vg_yaml *node)
{
    if (node->kind != VG_YAML_TEXT) {
        return vg_fail_at(self->err, self->place, node->line, node->column,
                          "a key must be a plain text");
    }
    for (const struct vg_yaml *c = map->first; c != NULL; c = c->next) {
        if (strcmp(c->key, node->text) == 0) {
            return vg_fail_at(self->err, self->place, node->line, node->column,
                              "key \"%s\" is given twice (first in line %d)", node->text,
                              c->key_line);
        }
    }
    if (map->n == VG_YAML_MAX_KEYS) {
        return vg_fail_at(self->err, self->place, node->line, node->column,
                          "more than %d keys in one map", VG_YAML_MAX_KEYS);
    }
    self->pending_key = node;
    return VG_OK;
}

/* Hang the node under the map or list on top of the stack. A map takes key and value in turns. */
static enum vg_status attach(struct builder *self, struct vg_yaml *node)
{
    if (self->depth == 0) {
        self->root = node;
        return VG_OK;
    }
    struct vg_yaml *parent = self->stack[self->depth - 1];
    if (parent->kind == VG_YAML_MAP && self->pending_key == NULL) {
        return take_key(self, parent, node);
    }
    if (parent->kind == VG_YAML_MAP) {
        node->key = self->pending_key->text;
        node->key_line = self->pending_key->line;
        node->key_column = self->pending_key->column;
        if (node->line == 0) { /* an absent value stands nowhere: show its key */
            node->line = node->key_line;
            node->column = node->key_column;
        }
        self->pending_key = NULL;
    }
    if (parent->last != NULL) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
    parent->n++;
    return VG_OK;
}

static enum vg_status take_node(struct builder *self, struct fy_event *event,
                                enum vg_yaml_kind kind, const struct fy_token *anchor,
                                const struct fy_token *tag)
{
    struct vg_yaml *node = add_node(self, kind, fy_event_start_mark(event));
    if (node == NULL) {
        return fail_memory(self);
    }
    if (anchor != NULL || tag != NULL) {
        return vg_fail_at(self->err, self->place, node->line, node->column,
                          "anchors (&), aliases (*) and tags (!) are not used in this file");
    }
    enum vg_status status = VG_OK;
    if (kind == VG_YAML_TEXT) {
        enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
        bool is_quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
        node->column -= is_quoted && node->column > 1; /* the mark stands behind the quote */
        status = take_text(self, event, node);
    }
    if (status == VG_OK) {
        status = attach(self, node);
    }
    if (status != VG_OK || kind == VG_YAML_TEXT) {
        return status;
    }
    if (self->depth == VG_YAML_MAX_DEPTH) {
        return vg_fail_at(self->err, self->place, node->line, node->column,
                          "nested deeper than %d levels", VG_YAML_MAX_DEPTH);
    }
    self->stack[self->depth++] = node;
    return VG_OK;
}

static enum vg_status take_event(struct builder *self, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (self->root != NULL) {
            return vg_fail_at(self->err, self->place, mark != NULL ? mark->line + 1 : 0, 1,
                              "only one document is allowed in the file");
        }
        return VG_OK;
    case FYET_ALIAS:
        return vg_fail_at(self->err, self->place, mark != NULL ? mark->line + 1 : 0,
                          mark != NULL ? mark->column + 1 : 0,
                          "anchors (&), aliases (*) and tags (!) are not used in this file");
    case FYET_SCALAR:
        return take_node(self, event, VG_YAML_TEXT, event->scalar.anchor, event->scalar.tag);
    case FYET_SEQUENCE_START:
        return take_node(self, event, VG_YAML_LIST, event->sequence_start.anchor,
                         event->sequence_start.tag);
    case FYET_MAPPING_START:
        return take_node(self, event, VG_YAML_MAP, event->mapping_start.anchor,
                         event->mapping_start.tag);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        self->depth--;
        return VG_OK;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END:
        break;
    }
    return VG_OK;
}

static enum vg_status read_events(struct builder *self, struct fy_parser *parser,
                                  struct fy_diag *diag)
{
    enum vg_status status = VG_OK;
    while (status == VG_OK) {
        struct fy_event *event = fy_parser_parse(parser);
        if (event == NULL) {
            break;
        }
        status = take_event(self, event);
        fy_parser_event_free(parser, event);
    }
    if (status == VG_OK && (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag))) {
        status = fail_syntax(self, diag);
    }
    if (status == VG_OK && self->root == NULL) {
        status = vg_fail_at(self->err, self->place, 1, 1, "the file is empty");
    }
    return status;
}

/* The length of the UTF-8 character at p (RFC 3629: no overlong forms, no surrogates), 0 if it is
 * none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = p[0] < 0x80       ? 1
                 : p[0] >> 5 == 6  ? 2
                 : p[0] >> 4 == 14 ? 3
                 : p[0] >> 3 == 30 ? 4
                                   : 0;
    if (len <= 1 || len > n) {
        return len <= n ? len : 0;
    }
    uint32_t code = p[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (p[i] >> 6 != 2) {
            return 0;
        }
        code = code << 6 | (p[i] & 0x3fu);
    }
    bool is_good = code >= LEAST[len] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return is_good ? len : 0;
}

/* libfyaml stops silently at bytes that are not UTF-8, so they are refused before it sees them. */
static enum vg_status check_characters(struct builder *self, const char *text, size_t n)
{
    int line = 1;
    int column = 1;
    for (size_t i = 0; i < n;) {
        size_t len = utf8_length((const unsigned char *)text + i, n - i);
        if (len == 0) {
            return vg_fail_at(self->err, self->place, line, column,
                              "these bytes are not UTF-8 text");
        }
        if (text[i] == '\0') {
            return vg_fail_at(self->err, self->place, line, column,
                              "control characters are not allowed in a text");
        }
        bool is_end = text[i] == '\n';
        line += is_end;
        column = is_end ? 1 : column + 1;
        i += len;
    }
    return VG_OK;
}

enum vg_status vg_yaml_parse(const char *text, size_t n, const char *place, struct vg_arena *arena,
                             struct vg_yaml **out, struct vg_error *err)
{
    struct builder self = {.place = place, .arena = arena, .err = err};
    if (n > VG_YAML_MAX_BYTES) {
        return vg_fail_at(err, place, 0, 0, "larger than %d bytes", VG_YAML_MAX_BYTES);
    }
    enum vg_status status = check_characters(&self, text, n);
    if (status != VG_OK) {
        return status;
    }
    struct fy_diag *diag = create_quiet_diag();
    struct fy_parse_cfg cfg = {.flags = FYPCF_COLLECT_DIAG, .diag = diag};
    struct fy_parser *parser = diag != NULL ? fy_parser_create(&cfg) : NULL;
    if (parser == NULL || fy_parser_set_string(parser, text, n) != 0) {
        status = fail_memory(&self);
    } else {
        status = read_events(&self, parser, diag);
    }
    if (parser != NULL) {
        fy_parser_destroy(parser);
    }
    if (diag != NULL) {
        fy_diag_destroy(diag);
    }
    if (status == VG_OK) {
        *out = self.root;
    }
    return status;
}

const struct vg_yaml *vg_yaml_find(const struct vg_yaml *map, const char *key)
{
    if (map == NULL || map->kind != VG_YAML_MAP) {
        return NULL;
    }
    for (const struct vg_yaml *c = map->first; c != NULL; c = c->next) {
        if (strcmp(c->key, key) == 0) {
            return c;
        }
    }
    return NULL;
}
