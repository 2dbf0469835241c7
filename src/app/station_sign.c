/* Signing keys, and signing times that never go back, whatever the clock does between two starts.
 *
 * "<record>.sign" holds for each drone with a key a time that ours stays below: it is written a
 * minute ahead, and again before that minute is used up, so that after a crash the next start goes
 * on from a time that was never used. Going down writes the exact time. */
#include "app/station.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_MAX_BYTES = 4096,
    TIMES_MAX_BYTES = 1 << 20
};

#define AHEAD_10US UINT64_C(6000000) /* a minute */

/* 32 bytes, or their 64 hexadecimal digits. */
static bool parse_key(const struct vg_buf *text, uint8_t out[VG_MAVSIGN_KEY_SIZE])
{
    if (text->n == VG_MAVSIGN_KEY_SIZE) {
        memcpy(out, text->data, VG_MAVSIGN_KEY_SIZE);
        return true;
    }
    char digits[2 * VG_MAVSIGN_KEY_SIZE + 1];
    size_t n = strcspn(vg_buf_text(text), "\r\n");
    if (n != sizeof digits - 1) {
        return false;
    }
    memcpy(digits, text->data, n);
    digits[n] = '\0';
    return vg_unhex(digits, out, VG_MAVSIGN_KEY_SIZE) == 0;
}

static enum vg_status load_key(struct vg_station *self, int i, struct vg_error *err)
{
    const struct vg_wf_drone *wd = &self->watchfile.drones[i];
    if (wd->key[0] == '\0') {
        return VG_OK;
    }
    char path[1300];
    struct vg_buf text = {0};
    uint8_t key[VG_MAVSIGN_KEY_SIZE];
    vg_path_beside(self->watchfile.path, wd->key, path, sizeof path);
    enum vg_status st = vg_file_read(path, KEY_MAX_BYTES, &text, err);
    if (st == VG_OK && !parse_key(&text, key)) {
        st = vg_fail(err, VG_E_FORMAT, "%s: a key is 32 bytes or 64 hexadecimal digits", path);
    }
    if (st == VG_OK) {
        self->drones[i].sign = calloc(1, sizeof *self->drones[i].sign);
        st = self->drones[i].sign != NULL ? VG_OK : vg_no_memory(err);
    }
    if (st == VG_OK) {
        vg_mavsign_init(self->drones[i].sign, key, 0, self->now);
    }
    memset(key, 0, sizeof key);
    vg_buf_finish(&text);
    return st;
}

static void times_path(const struct vg_station *self, char *out, size_t size_bytes)
{
    vg_format(out, size_bytes, "%s.sign", self->record_path);
}

/* Lines "V1 34567890123456": time in units of 10 us since 2015, as signatures have it. */
static void take_times(struct vg_station *self, const char *text)
{
    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n");
        const char *space = memchr(text, ' ', (size_t)(end - text));
        for (int i = 0; space != NULL && i < self->watchfile.n_drones; i++) {
            const char *id = self->watchfile.drones[i].id;
            struct vg_station_drone *d = &self->drones[i];
            size_t n = (size_t)(space - text);
            if (d->sign != NULL && strlen(id) == n && memcmp(id, text, n) == 0) {
                uint64_t t = strtoull(space + 1, NULL, 10);
                d->sign->timestamp_10us = t > d->sign->timestamp_10us ? t : d->sign->timestamp_10us;
            }
        }
        text = *end == '\n' ? end + 1 : end;
    }
}

enum vg_status vg_station_load_keys(struct vg_station *self, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    bool has_any = false;
    for (int i = 0; i < self->watchfile.n_drones && st == VG_OK; i++) {
        st = load_key(self, i, err);
        has_any |= self->drones[i].sign != NULL;
    }
    char path[1200];
    struct vg_buf text = {0};
    times_path(self, path, sizeof path);
    if (st == VG_OK && has_any && vg_file_read(path, TIMES_MAX_BYTES, &text, NULL) == VG_OK) {
        take_times(self, vg_buf_text(&text));
    }
    vg_buf_finish(&text);
    return st;
}

static void write_times(struct vg_station *self, uint64_t ahead_10us)
{
    struct vg_buf b = {0};
    char path[1200];
    times_path(self, path, sizeof path);
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        const struct vg_station_drone *d = &self->drones[i];
        if (d->sign != NULL) {
            vg_buf_printf(&b, "%s %llu\n", self->watchfile.drones[i].id,
                          (unsigned long long)(d->sign->timestamp_10us + ahead_10us));
        }
    }
    if (b.n > 0 && !b.is_failed && vg_file_write(path, b.data, b.n, NULL) == VG_OK) {
        for (int i = 0; i < self->watchfile.n_drones; i++) {
            struct vg_station_drone *d = &self->drones[i];
            d->saved_10us = d->sign != NULL ? d->sign->timestamp_10us + ahead_10us : 0;
        }
    }
    vg_buf_finish(&b);
}

void vg_station_save_sign_times(struct vg_station *self, bool is_last)
{
    bool is_due = is_last;
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        const struct vg_station_drone *d = &self->drones[i];
        if (d->sign != NULL) {
            vg_mavsign_set_time(d->sign, self->now);
            is_due |= d->sign->timestamp_10us + AHEAD_10US / 2 > d->saved_10us;
        }
    }
    if (is_due) {
        write_times(self, is_last ? 1 : AHEAD_10US);
    }
}

/* A stamp so little behind the newest is of a frame that another path brought first. */
static bool is_overtaken(const struct vg_mavsign *sign, const struct vg_mav_msg *msg)
{
    return sign->timestamp_10us - msg->sign_timestamp_10us < AHEAD_10US / 20;
}

bool vg_station_check_signature(struct vg_station *self, int drone, const struct vg_mav_msg *msg,
                                struct vg_bytes frame, bool *out_is_replay)
{
    struct vg_station_drone *d = &self->drones[drone];
    *out_is_replay = false;
    if (d->sign == NULL || (msg->id == VG_MAV_ID_RADIO_STATUS && !msg->is_signed)) {
        return true;
    }
    enum vg_mavsign_verdict verdict =
        msg->is_signed ? vg_mavsign_check(d->sign, frame) : VG_MAVSIGN_MISSING;
    if (verdict == VG_MAVSIGN_GOOD) {
        d->must_tell |= d->refused.us > d->signed_well.us || d->signed_well.us == 0;
        d->signed_well = self->now;
        return true;
    }
    *out_is_replay = verdict == VG_MAVSIGN_REPLAYED && is_overtaken(d->sign, msg);
    if (!*out_is_replay) {
        d->must_tell |= d->refused.us == 0;
        d->refused = self->now;
    }
    return false;
}

const char *vg_station_signed_word(const struct vg_station *self, int drone)
{
    const struct vg_station_drone *d = &self->drones[drone];
    if (d->sign == NULL) {
        return "unsigned";
    }
    if (d->refused.us > d->signed_well.us) {
        return "refused";
    }
    return d->signed_well.us != 0 ? "signed" : "";
}
