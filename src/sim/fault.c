#include "sim/fault.h"

#include "base/text.h"
#include "config/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS_MAX = 7,
    WORD_SIZE = 48,
    LINE_MAX = 400
};

/* `wants`: a letter for each value after AT (WANTS); those after '?' may be left out. The first 'd'
 * is how long it lasts; a kind without lasts for ever or happens once. */
static const struct kind {
    const char *word;
    const char *wants;
} KINDS[VG_SIMFAULT_KIND_COUNT] = {
    [VG_SIMFAULT_SILENT] = {"silent", "d"},
    [VG_SIMFAULT_DEAF] = {"deaf", "d"},
    [VG_SIMFAULT_MUTE] = {"mute", "d"},
    [VG_SIMFAULT_LOSS] = {"loss", "ds"},
    [VG_SIMFAULT_DUPLICATE] = {"duplicate", "ds"},
    [VG_SIMFAULT_REORDER] = {"reorder", "ds"},
    [VG_SIMFAULT_DELAY] = {"delay", "dt?t"},
    [VG_SIMFAULT_CORRUPT] = {"corrupt", "ds"},
    [VG_SIMFAULT_TRUNCATE] = {"truncate", "ds"},
    [VG_SIMFAULT_RATE] = {"rate", "dr"},
    [VG_SIMFAULT_NO_POSITION] = {"no-position", "d"},
    [VG_SIMFAULT_JUMP] = {"gps-jump", "dla"},
    [VG_SIMFAULT_BATTERY] = {"battery", "s"},
    [VG_SIMFAULT_CELL] = {"cell", ""},
    [VG_SIMFAULT_CRASH] = {"crash", ""},
    [VG_SIMFAULT_REBOOT] = {"reboot", "d"},
    [VG_SIMFAULT_STUCK_UPLOAD] = {"stuck-upload", "d"},
    [VG_SIMFAULT_SAYS_LANDED] = {"says-landed", "d"},
    [VG_SIMFAULT_WRONG_ITEM] = {"wrong-item", "d"},
    [VG_SIMFAULT_ACTS_NOT] = {"acts-not", "d"},
    [VG_SIMFAULT_FROZEN] = {"frozen", "d"},
    [VG_SIMFAULT_WIND] = {"wind", "va"},
};

static const struct want {
    char letter;
    const char *name; /* in the usage */
    enum vg_quantity quantity;
} WANTS[] = {
    {'d', "FOR", VG_Q_DURATION},   {'t', "TIME", VG_Q_DURATION}, {'s', "SHARE%", VG_Q_SHARE},
    {'l', "LENGTH", VG_Q_LENGTH},  {'a', "ANGLE", VG_Q_ANGLE},   {'v', "SPEED", VG_Q_SPEED},
    {'r', "BYTES/s", VG_Q_LENGTH},
};

struct words {
    int n;
    char text[WORDS_MAX][WORD_SIZE];
    int column[WORDS_MAX]; /* from 1 */
    int end_column;
};

struct where {
    const char *place;
    int line;
};

static const struct want *find_want(char letter)
{
    for (size_t i = 0; i < sizeof WANTS / sizeof WANTS[0]; i++) {
        if (WANTS[i].letter == letter) {
            return &WANTS[i];
        }
    }
    return NULL;
}

/* "DRONE gps-jump AT FOR LENGTH ANGLE" */
static void write_usage(enum vg_simfault_kind kind, char *buf, size_t size_bytes)
{
    const char *who = kind == VG_SIMFAULT_WIND ? "" : "DRONE ";
    size_t n = vg_format(buf, size_bytes, "%s%s AT", who, KINDS[kind].word);
    bool is_optional = false;
    for (const char *p = KINDS[kind].wants; *p != '\0'; p++) {
        if (*p == '?') {
            is_optional = true;
            continue;
        }
        n += vg_format(buf + n, size_bytes - n, is_optional ? " [%s]" : " %s", find_want(*p)->name);
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static enum vg_status split(const char *text, struct where at, struct words *out,
                            struct vg_error *err)
{
    *out = (struct words){.n = 0};
    const char *p = text;
    for (;;) {
        while (is_space(*p)) {
            p++;
        }
        out->end_column = (int)(p - text) + 1;
        if (*p == '\0') {
            return VG_OK;
        }
        size_t n = 0;
        while (p[n] != '\0' && !is_space(p[n])) {
            if ((unsigned char)p[n] < 32) {
                return vg_fail_at(err, at.place, at.line, (int)(p + n - text) + 1,
                                  "a control character, where a fault was expected");
            }
            n++;
        }
        if (n >= WORD_SIZE || out->n == WORDS_MAX) {
            return vg_fail_at(err, at.place, at.line, out->end_column,
                              "a fault is DRONE KIND AT and at most %d values, each without spaces",
                              WORDS_MAX - 3);
        }
        memcpy(out->text[out->n], p, n);
        out->column[out->n++] = out->end_column;
        p += n;
    }
}

/* "1200B/s", "9.6kB/s": no kind of quantity elsewhere is one of these. */
static bool parse_rate(const char *text, double *out)
{
    char *end;
    double x = strtod(text, &end);
    double factor = strcmp(end, "kB/s") == 0 ? 1000 : strcmp(end, "B/s") == 0 ? 1 : 0;
    *out = x * factor;
    return end != text && isfinite(*out) && *out > 0;
}

static enum vg_status parse_value(const char *text, char letter, struct where at, int column,
                                  double *out, struct vg_error *err)
{
    if (letter == 'r') {
        return parse_rate(text, out)
                   ? VG_OK
                   : vg_fail_at(err, at.place, at.line, column,
                                "\"%s\" is not a rate like 1200B/s or 9.6kB/s", text);
    }
    struct vg_error inner = {.lang = err != NULL ? err->lang : VG_LANG_EN};
    enum vg_status status = vg_quantity_parse(find_want(letter)->quantity, text, out, &inner);
    if (status != VG_OK) {
        return vg_fail_at(err, at.place, at.line, column, "%s", inner.message);
    }
    if (letter == 's' && *out > 1) {
        return vg_fail_at(err, at.place, at.line, column, "a share is at most 100%%, not \"%s\"",
                          text);
    }
    return VG_OK;
}

static enum vg_status wrong_count(enum vg_simfault_kind kind, struct where at, int column,
                                  struct vg_error *err)
{
    char usage[120];
    write_usage(kind, usage, sizeof usage);
    return vg_fail_at(err, at.place, at.line, column, "expected %s", usage);
}

/* AT and what follows, from word `first` on. */
static enum vg_status parse_values(const struct words *w, int first, struct where at,
                                   struct vg_simfault *out, struct vg_error *err)
{
    double *const slots[] = {&out->amount, &out->more};
    int n_slots = 0;
    bool is_optional = false;
    int k = first;
    if (k == w->n) {
        return wrong_count(out->kind, at, w->end_column, err);
    }
    enum vg_status status = parse_value(w->text[k], 'd', at, w->column[k], &out->at_s, err);
    k++;
    out->for_s = HUGE_VAL;
    for (const char *p = KINDS[out->kind].wants; *p != '\0' && status == VG_OK; p++) {
        if (*p == '?') {
            is_optional = true;
            continue;
        }
        if (k == w->n && is_optional) {
            break;
        }
        if (k == w->n) {
            return wrong_count(out->kind, at, w->end_column, err);
        }
        double *to = *p == 'd' ? &out->for_s : slots[n_slots++];
        status = parse_value(w->text[k], *p, at, w->column[k], to, err);
        k++;
    }
    return status == VG_OK && k < w->n ? wrong_count(out->kind, at, w->column[k], err) : status;
}

static enum vg_status find_kind(const struct words *w, struct where at, enum vg_simfault_kind *out,
                                struct vg_error *err)
{
    char all[400] = "";
    size_t n = 0;
    for (int k = 0; k < VG_SIMFAULT_WIND; k++) {
        if (strcmp(w->text[1], KINDS[k].word) == 0) {
            *out = (enum vg_simfault_kind)k;
            return VG_OK;
        }
        n += vg_format(all + n, sizeof all - n, k > 0 ? ", %s" : "%s", KINDS[k].word);
    }
    return vg_fail_at(err, at.place, at.line, w->column[1],
                      "fault kind \"%s\" is not one of %s; or wind AT SPEED ANGLE", w->text[1],
                      all);
}

enum vg_status vg_simfault_parse(const char *text, const char *place, int line,
                                 const struct vg_watchfile *watch, struct vg_simfault *out,
                                 struct vg_error *err)
{
    struct words w;
    const struct where at = {place, line};
    struct vg_simfault f = {.drone_i = VG_SIMFAULT_ALL, .kind = VG_SIMFAULT_WIND};
    enum vg_status status = split(text, at, &w, err);
    bool is_wind = status == VG_OK && w.n > 0 && strcmp(w.text[0], KINDS[f.kind].word) == 0;
    if (status == VG_OK && !is_wind) {
        if (w.n < 2) {
            return vg_fail_at(err, place, line, w.end_column,
                              "expected DRONE KIND AT and its values, as in \"V3 silent 600s "
                              "300s\", or wind AT SPEED ANGLE, as in \"wind 600s 9m/s 60deg\"");
        }
        bool is_all = strcmp(w.text[0], "all") == 0;
        f.drone_i = is_all ? VG_SIMFAULT_ALL : vg_watchfile_find_drone(watch, w.text[0]);
        if (!is_all && f.drone_i < 0) {
            return vg_fail_at(err, place, line, w.column[0],
                              "there is no drone \"%s\" in the watch; \"all\" means every one",
                              w.text[0]);
        }
        status = find_kind(&w, at, &f.kind, err);
    }
    if (status == VG_OK) {
        status = parse_values(&w, is_wind ? 1 : 2, at, &f, err);
    }
    if (status == VG_OK) {
        *out = f;
    }
    return status;
}

static enum vg_status parse_line(const char *text, size_t n, const char *place, int line,
                                 const struct vg_watchfile *watch, struct vg_simscenario *out,
                                 struct vg_error *err)
{
    char buf[LINE_MAX];
    const char *hash = memchr(text, '#', n);
    n = hash != NULL ? (size_t)(hash - text) : n;
    size_t n_space = 0;
    while (n_space < n && is_space(text[n_space])) {
        n_space++;
    }
    if (n_space == n) {
        return VG_OK;
    }
    const char *zero = memchr(text, '\0', n);
    if (zero != NULL || n >= sizeof buf) {
        return vg_fail_at(err, place, line, zero != NULL ? (int)(zero - text) + 1 : LINE_MAX,
                          "a fault was expected, one line of text of at most %d characters",
                          LINE_MAX - 1);
    }
    if (out->n_faults == VG_SIMFAULTS_MAX) {
        return vg_fail_at(err, place, line, 1, "more than %d faults", (int)VG_SIMFAULTS_MAX);
    }
    memcpy(buf, text, n);
    buf[n] = '\0';
    enum vg_status status =
        vg_simfault_parse(buf, place, line, watch, &out->faults[out->n_faults], err);
    out->n_faults += status == VG_OK;
    return status;
}

enum vg_status vg_simscenario_parse(const char *text, size_t n, const char *place,
                                    const struct vg_watchfile *watch, struct vg_simscenario *out,
                                    struct vg_error *err)
{
    enum vg_status status = VG_OK;
    out->n_faults = 0;
    for (int line = 1; n > 0 && status == VG_OK; line++) {
        const char *end = memchr(text, '\n', n);
        size_t n_line = end != NULL ? (size_t)(end - text) : n;
        status = parse_line(text, n_line, place, line, watch, out, err);
        size_t n_used = end != NULL ? n_line + 1 : n_line;
        text += n_used;
        n -= n_used;
    }
    return status;
}

bool vg_simfault_is_on(const struct vg_simfault *self, double t_s)
{
    return t_s >= self->at_s && t_s < self->at_s + self->for_s;
}

bool vg_simfault_is_wire(enum vg_simfault_kind kind)
{
    return kind >= VG_SIMFAULT_LOSS && kind <= VG_SIMFAULT_RATE;
}
