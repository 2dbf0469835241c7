/* Values with parts: packs and lists of ST 0601, ST 0903, ST 1010 and ST 1204 as JSON. Each reads
 * its bytes through one cursor; what is missing or left over makes the whole value bad. */
#include "look/klv_rows.h"
#include "look/klv_show.h"

#include <math.h>

struct cur {
    struct vg_bytes b;
    size_t at;
    bool is_bad; /* sticky */
    struct vg_buf *out;
};

static size_t left(const struct cur *c)
{
    return c->is_bad ? 0 : c->b.n - c->at;
}

static const uint8_t *take(struct cur *c, size_t n)
{
    if (left(c) < n || c->is_bad) {
        c->is_bad = true;
        return NULL;
    }
    c->at += n;
    return c->b.data + c->at - n;
}

static uint64_t take_uint(struct cur *c, size_t n)
{
    const uint8_t *p = take(c, n);
    return p != NULL ? vg_klv_be(p, n) : 0;
}

static uint32_t take_oid(struct cur *c)
{
    uint32_t v = 0;
    if (c->is_bad || !vg_klv_oid(c->b, &c->at, &v)) {
        c->is_bad = true;
    }
    return v;
}

/* What follows its BER length, as a cursor of its own. */
static struct cur take_part(struct cur *c)
{
    size_t n = 0;
    if (c->is_bad || !vg_klv_ber(c->b, &c->at, &n)) {
        c->is_bad = true;
    }
    const uint8_t *p = take(c, n);
    return (struct cur){.b = {p, p != NULL ? n : 0}, .is_bad = p == NULL, .out = c->out};
}

static void end_part(struct cur *c, const struct cur *part)
{
    if (part->is_bad || part->at != part->b.n) {
        c->is_bad = true;
    }
}

static void key(struct cur *c, const char *text, bool is_first)
{
    vg_buf_printf(c->out, "%s\"%s\":", is_first ? "" : ",", text);
}

static void put_uint(struct cur *c, const char *name, uint64_t v, bool is_first)
{
    key(c, name, is_first);
    vg_klv_show_whole(v, c->out);
}

static void put_imap(struct cur *c, const char *name, size_t n, double lo, double hi)
{
    const uint8_t *p = n >= 1 && n <= 8 ? take(c, n) : NULL;
    if (p == NULL) {
        c->is_bad = true;
        return;
    }
    struct vg_klv_number v = vg_klv_imap(vg_klv_be(p, n), n, lo, hi);
    if (name != NULL) {
        key(c, name, false);
    }
    vg_buf_real(c->out, v.value, VG_KLV_DIGITS); /* null if special */
}

static void put_text(struct cur *c, const char *name, struct vg_bytes text)
{
    key(c, name, false);
    vg_klv_show_text(text, c->out);
}

/* ---- ST 0601 ---- */

static void horizon(struct cur *c)
{
    static const char *const places[] = {"start_lat", "start_lon", "end_lat", "end_lon"};
    vg_buf_puts(c->out, "{");
    put_uint(c, "start_x_percent", take_uint(c, 1), true);
    put_uint(c, "start_y_percent", take_uint(c, 1), false);
    put_uint(c, "end_x_percent", take_uint(c, 1), false);
    put_uint(c, "end_y_percent", take_uint(c, 1), false);
    for (int i = 0; i < 4 && left(c) > 0; i++) {
        int32_t v = (int32_t)take_uint(c, 4);
        key(c, places[i], false);
        if (v == INT32_MIN) {
            vg_buf_puts(c->out, "null");
        } else {
            vg_buf_real(c->out, (double)v / 0x7FFFFFFF * (i % 2 == 0 ? 90 : 180), VG_KLV_DIGITS);
        }
    }
    vg_buf_puts(c->out, "}");
}

static void command(struct cur *c)
{
    vg_buf_puts(c->out, "{");
    put_uint(c, "id", take_oid(c), true);
    struct cur text = take_part(c);
    put_text(c, "text", text.b);
    if (left(c) > 0) {
        put_uint(c, "t_us", take_uint(c, 8), false);
    }
    vg_buf_puts(c->out, "}");
}

static void oids(struct cur *c)
{
    const char *comma = "";
    vg_buf_puts(c->out, "[");
    while (left(c) > 0) {
        vg_buf_printf(c->out, "%s%u", comma, take_oid(c));
        comma = ",";
    }
    vg_buf_puts(c->out, "]");
}

/* Numbers of the bits that are set, the least of the last byte being 0. */
static void bit_list(struct cur *c)
{
    const char *comma = "";
    vg_buf_puts(c->out, "[");
    for (size_t i = 0; i < c->b.n * 8; i++) {
        if (c->b.data[c->b.n - 1 - i / 8] >> i % 8 & 1) {
            vg_buf_printf(c->out, "%s%zu", comma, i);
            comma = ",";
        }
    }
    c->at = c->b.n;
    vg_buf_puts(c->out, "]");
}

static void countries(struct cur *c)
{
    static const char *const names[] = {"overflight", "operator", "manufacture"};
    struct cur method = take_part(c);
    uint64_t v = take_uint(&method, method.b.n <= 8 ? method.b.n : 9);
    end_part(c, &method);
    vg_buf_puts(c->out, "{");
    put_uint(c, "coding", v, true);
    const char *word = vg_klv_word(vg_klv_country_codings(), v);
    if (word != NULL) {
        key(c, "meaning", false);
        vg_buf_json(c->out, word);
    }
    for (int i = 0; i < 3 && left(c) > 0; i++) {
        struct cur text = take_part(c);
        if (text.b.n > 0) {
            put_text(c, names[i], text.b);
        }
    }
    vg_buf_puts(c->out, "}");
}

static void rate(struct cur *c)
{
    uint32_t numerator = take_oid(c);
    uint32_t denominator = left(c) > 0 ? take_oid(c) : 1;
    if (denominator == 0) {
        c->is_bad = true;
        return;
    }
    vg_buf_real(c->out, (double)numerator / denominator, VG_KLV_DIGITS);
}

static void wavelength(struct cur *c)
{
    put_uint(c, "id", take_oid(c), true);
    put_imap(c, "min", 4, 0, 1e9);
    put_imap(c, "max", 4, 0, 1e9);
    size_t n = left(c);
    const uint8_t *p = take(c, n);
    put_text(c, "name", (struct vg_bytes){p, p != NULL ? n : 0});
}

static void payload(struct cur *c)
{
    static const struct vg_klv_word kinds[] = {
        {0, "Electro Optical MI Sensor"}, {1, "LIDAR"}, {2, "RADAR"}, {3, "SIGINT"}, {0, NULL}};
    put_uint(c, "id", take_oid(c), true);
    uint32_t kind = take_oid(c);
    put_uint(c, "type", kind, false);
    const char *word = vg_klv_word(kinds, kind);
    if (word != NULL) {
        key(c, "meaning", false);
        vg_buf_json(c->out, word);
    }
    struct cur name = take_part(c);
    put_text(c, "name", name.b);
}

/* Latitude, longitude and, if told, height above the ellipsoid. */
static void place(struct cur *c)
{
    vg_buf_puts(c->out, "\"lat\":");
    put_imap(c, NULL, 4, -90, 90);
    put_imap(c, "lon", 4, -180, 180);
    if (left(c) > 0) {
        put_imap(c, "alt_ell_m", 3, -900, 9000);
    }
}

static void waypoint(struct cur *c)
{
    put_uint(c, "id", take_oid(c), true);
    key(c, "order", false);
    vg_buf_printf(c->out, "%d", (int16_t)take_uint(c, 2));
    if (left(c) > 0) {
        uint64_t info = take_uint(c, 1);
        key(c, "automated", false);
        vg_buf_puts(c->out, info & 1 ? "false" : "true");
        key(c, "ad_hoc", false);
        vg_buf_puts(c->out, info & 2 ? "true" : "false");
    }
    if (left(c) > 0) {
        vg_buf_puts(c->out, ",");
        place(c);
    }
}

/* Parts after their lengths, each an object. */
static void list(struct cur *c, void (*one)(struct cur *))
{
    const char *comma = "";
    vg_buf_puts(c->out, "[");
    while (left(c) > 0) {
        struct cur part = take_part(c);
        vg_buf_printf(c->out, "%s{", comma);
        one(&part);
        vg_buf_puts(c->out, "}");
        end_part(c, &part);
        comma = ",";
    }
    vg_buf_puts(c->out, "]");
}

static void payloads(struct cur *c)
{
    take_oid(c); /* how many: the list says it itself */
    list(c, payload);
}

static void airbases(struct cur *c)
{
    static const char *const names[] = {"take_off", "recovery"};
    vg_buf_puts(c->out, "{");
    for (int i = 0; i < 2 && (i == 0 || left(c) > 0); i++) {
        struct cur part = take_part(c);
        key(c, names[i], i == 0);
        if (part.b.n == 0) {
            vg_buf_puts(c->out, "null");
        } else {
            vg_buf_puts(c->out, "{");
            place(&part);
            vg_buf_puts(c->out, "}");
        }
        end_part(c, &part);
    }
    vg_buf_puts(c->out, "}");
}

static void view(struct cur *c)
{
    static const struct {
        const char *name;
        double lo;
        double hi;
    } axes[] = {{"azimuth", 0, 360}, {"elevation", -180, 180}, {"roll", 0, 360}};
    bool is_first = true;
    vg_buf_puts(c->out, "{");
    for (size_t i = 0; i < 3 && left(c) > 0; i++) {
        struct cur part = take_part(c);
        if (part.b.n > 0) {
            key(c, axes[i].name, is_first);
            is_first = false;
            vg_buf_puts(c->out, "{\"start\":");
            put_imap(&part, NULL, part.b.n / 2, axes[i].lo, axes[i].hi);
            put_imap(&part, "range", part.b.n / 2, 0, 360);
            vg_buf_puts(c->out, "}");
        }
        end_part(c, &part);
    }
    vg_buf_puts(c->out, "}");
}

/* ---- ST 1204 ---- */

static void put_uuid(struct cur *c, const char *name)
{
    const uint8_t *p = take(c, 16);
    if (p == NULL) {
        return;
    }
    if (name != NULL) {
        key(c, name, false);
    }
    vg_buf_puts(c->out, "\"");
    for (int i = 0; i < 16; i++) {
        bool has_dash = i == 4 || i == 6 || i == 8 || i == 10;
        vg_buf_printf(c->out, "%s%02x", has_dash ? "-" : "", p[i]);
    }
    vg_buf_puts(c->out, "\"");
}

static void miis(struct cur *c)
{
    static const char *const kinds[] = {"none", "managed", "virtual", "physical"};
    vg_buf_puts(c->out, "{");
    put_uint(c, "version", take_uint(c, 1), true);
    unsigned usage = (unsigned)take_uint(c, 1);
    unsigned sensor = usage >> 5 & 3;
    unsigned platform = usage >> 3 & 3;
    vg_buf_printf(c->out, ",\"sensor_kind\":\"%s\",\"platform_kind\":\"%s\"", kinds[sensor],
                  kinds[platform]);
    if (sensor != 0) {
        put_uuid(c, "sensor");
    }
    if (platform != 0) {
        put_uuid(c, "platform");
    }
    if (usage & 4) {
        put_uuid(c, "window");
    }
    if (usage & 2) {
        put_uuid(c, "minor");
    }
    vg_buf_puts(c->out, "}");
}

/* ---- ST 1010 ---- */

struct sdcc {
    uint32_t n; /* size of the matrix */
    size_t sigma_bytes;
    size_t rho_bytes;
    bool is_rho_imap;
    bool is_sparse;
};

static bool read_sdcc_head(struct cur *c, struct sdcc *s)
{
    s->n = take_oid(c);
    size_t from = c->at;
    uint32_t control = take_oid(c);
    bool is_sigma_imap = false;
    s->is_rho_imap = true;
    if (c->at - from > 1) {
        s->sigma_bytes = control & 15;
        is_sigma_imap = control >> 4 & 1;
        s->rho_bytes = control >> 7 & 15;
        s->is_rho_imap = control >> 11 & 1;
        s->is_sparse = control >> 12 & 1;
    } else {
        s->rho_bytes = control & 7;
        s->is_sparse = control >> 3 & 1;
        s->sigma_bytes = control >> 4 & 7;
    }
    /* Sigmas as IMAP need ranges that stand in no packet. 64: no set of ST 0601 has more. */
    bool is_sigma = s->sigma_bytes == 0 || s->sigma_bytes == 4 || s->sigma_bytes == 8;
    bool is_rho = s->is_rho_imap ? s->rho_bytes <= 8
                                 : s->rho_bytes == 0 || s->rho_bytes == 4 || s->rho_bytes == 8;
    return !c->is_bad && s->n >= 1 && s->n <= 64 && !is_sigma_imap && is_sigma && is_rho;
}

static void put_float(struct cur *c, size_t n)
{
    static const struct vg_klv_row row = {.coding = VG_KLV_FLOAT};
    const uint8_t *p = take(c, n);
    struct vg_klv_item item = {.row = &row, .value = {p, n}};
    struct vg_klv_number v = {0};
    if (p == NULL || vg_klv_read(&item, &v) != VG_KLV_FINE || v.special != NULL) {
        vg_buf_puts(c->out, "null");
    } else {
        vg_buf_real(c->out, v.value, VG_KLV_DIGITS);
    }
}

/* Standard deviations and correlations of the items before it, row by row above the diagonal. */
static void sdcc(struct cur *c)
{
    struct sdcc s = {0};
    if (!read_sdcc_head(c, &s)) {
        c->is_bad = true;
        return;
    }
    uint32_t n_rho = s.n * (s.n - 1) / 2;
    const uint8_t *bits = s.is_sparse ? take(c, (n_rho + 7) / 8) : NULL;
    if (s.is_sparse && bits == NULL) {
        return;
    }
    vg_buf_puts(c->out, "{\"sigma\":[");
    for (uint32_t i = 0; i < s.n && s.sigma_bytes > 0; i++) {
        vg_buf_puts(c->out, i > 0 ? "," : "");
        put_float(c, s.sigma_bytes);
    }
    vg_buf_puts(c->out, "],\"rho\":[");
    for (uint32_t i = 0; i < n_rho && s.rho_bytes > 0; i++) {
        vg_buf_puts(c->out, i > 0 ? "," : "");
        if (bits != NULL && (bits[i / 8] >> (7 - i % 8) & 1) == 0) {
            vg_buf_puts(c->out, "0");
        } else if (s.is_rho_imap) {
            put_imap(c, NULL, s.rho_bytes, -1, 1);
        } else {
            put_float(c, s.rho_bytes);
        }
    }
    vg_buf_puts(c->out, "]}");
}

/* ---- ST 0903 ---- */

/* Standard deviations and correlations, east, north, up, where they follow. */
static void accuracy(struct cur *c)
{
    static const char *const names[] = {"sigma_east", "sigma_north", "sigma_up",
                                        "rho_en",     "rho_eu",      "rho_nu"};
    for (int i = 0; i < 6 && (left(c) > 0 || i % 3 != 0); i++) {
        put_imap(c, names[i], 2, i < 3 ? 0 : -1, i < 3 ? 650 : 1);
    }
}

static void location_parts(struct cur *c)
{
    vg_buf_puts(c->out, "\"lat\":");
    put_imap(c, NULL, 4, -90, 90);
    put_imap(c, "lon", 4, -180, 180);
    put_imap(c, "alt_ell_m", 2, -900, 19000);
    accuracy(c);
}

static void location(struct cur *c)
{
    vg_buf_puts(c->out, "{");
    location_parts(c);
    vg_buf_puts(c->out, "}");
}

static void locations(struct cur *c)
{
    list(c, location_parts);
}

static void velocity(struct cur *c)
{
    vg_buf_puts(c->out, "{\"east\":");
    put_imap(c, NULL, 2, -900, 900);
    put_imap(c, "north", 2, -900, 900);
    put_imap(c, "up", 2, -900, 900);
    accuracy(c);
    vg_buf_puts(c->out, "}");
}

static void uints(struct cur *c)
{
    const char *comma = "";
    vg_buf_puts(c->out, "[");
    while (left(c) > 0) {
        struct cur part = take_part(c);
        uint64_t v = take_uint(&part, part.b.n <= 8 ? part.b.n : 9);
        vg_buf_puts(c->out, comma);
        vg_klv_show_whole(v, c->out);
        end_part(c, &part);
        comma = ",";
    }
    vg_buf_puts(c->out, "]");
}

/* Runs of pixels: the first one's number after its length, then how many as a BER length. */
static void run(struct cur *c)
{
    struct cur from = take_part(c);
    put_uint(c, "from", take_uint(&from, from.b.n <= 8 ? from.b.n : 9), true);
    end_part(c, &from);
    size_t n = 0;
    if (c->is_bad || !vg_klv_ber(c->b, &c->at, &n)) {
        c->is_bad = true;
    }
    put_uint(c, "n", n, false);
}

static void runs(struct cur *c)
{
    list(c, run);
}

static void fpa(struct cur *c)
{
    vg_buf_puts(c->out, "{");
    put_uint(c, "row", take_uint(c, 1), true);
    put_uint(c, "column", take_uint(c, 1), false);
    vg_buf_puts(c->out, "}");
}

static void wavelengths(struct cur *c)
{
    list(c, wavelength);
}

static void waypoints(struct cur *c)
{
    list(c, waypoint);
}

static void uuid(struct cur *c)
{
    put_uuid(c, NULL);
}

bool vg_klv_show_pack(const struct vg_klv_row *row, struct vg_bytes value, struct vg_buf *out)
{
    static void (*const shows[])(struct cur *) = {[VG_KLV_PACK_HORIZON] = horizon,
                                                  [VG_KLV_PACK_COMMAND] = command,
                                                  [VG_KLV_PACK_OIDS] = oids,
                                                  [VG_KLV_PACK_BITLIST] = bit_list,
                                                  [VG_KLV_PACK_COUNTRIES] = countries,
                                                  [VG_KLV_PACK_RATE] = rate,
                                                  [VG_KLV_PACK_WAVELENGTHS] = wavelengths,
                                                  [VG_KLV_PACK_AIRBASES] = airbases,
                                                  [VG_KLV_PACK_PAYLOADS] = payloads,
                                                  [VG_KLV_PACK_WAYPOINTS] = waypoints,
                                                  [VG_KLV_PACK_VIEW] = view,
                                                  [VG_KLV_PACK_MIIS] = miis,
                                                  [VG_KLV_PACK_SDCC] = sdcc,
                                                  [VG_KLV_PACK_LOCATION] = location,
                                                  [VG_KLV_PACK_LOCATIONS] = locations,
                                                  [VG_KLV_PACK_VELOCITY] = velocity,
                                                  [VG_KLV_PACK_UUID] = uuid,
                                                  [VG_KLV_PACK_UINTS] = uints,
                                                  [VG_KLV_PACK_RUNS] = runs,
                                                  [VG_KLV_PACK_FPA] = fpa};
    struct cur c = {.b = value, .out = out};
    if (row->pack == VG_KLV_PACK_NONE || row->pack > VG_KLV_PACK_FPA) {
        return false;
    }
    shows[row->pack](&c);
    return !c.is_bad && c.at == c.b.n;
}
