#include "record/record_verify.h"

#include "base/sha256.h"

#include <inttypes.h>

static const char *const fault_names[VG_RECORD_FAULT_COUNT] = {
    [VG_RECORD_WHOLE] = "whole",         [VG_RECORD_EDITED] = "edited",
    [VG_RECORD_REMOVED] = "removed",     [VG_RECORD_MOVED] = "moved",
    [VG_RECORD_UNCHAINED] = "unchained", [VG_RECORD_TRUNCATED] = "truncated",
    [VG_RECORD_REWRITTEN] = "rewritten", [VG_RECORD_BAD_SIGNATURE] = "bad_signature",
    [VG_RECORD_WRONG_KEY] = "wrong_key", [VG_RECORD_UNSIGNED] = "unsigned",
    [VG_RECORD_BAD_META] = "bad_meta",   [VG_RECORD_DAMAGED] = "damaged",
};

const char *vg_record_fault_name(enum vg_record_fault fault)
{
    return fault < VG_RECORD_FAULT_COUNT ? fault_names[fault] : "";
}

void vg_record_report_fault(const struct vg_record_report *self, enum vg_lang lang,
                            struct vg_buf *out)
{
    long long seq = (long long)self->broken_seq;
    long long to = (long long)self->broken_to_seq;
    switch (self->fault) {
    case VG_RECORD_EDITED:
        vg_buf_printf(out, vg_tr(lang, "event %lld was edited after it was written"), seq);
        break;
    case VG_RECORD_REMOVED:
        vg_buf_printf(out, vg_tr(lang, "events %lld to %lld were removed"), seq, to);
        break;
    case VG_RECORD_MOVED:
        vg_buf_printf(out,
                      vg_tr(lang, "the order was changed: event %lld was written as number %lld"),
                      seq, (long long)self->moved_seq);
        break;
    case VG_RECORD_UNCHAINED:
        vg_buf_printf(out, vg_tr(lang, "event %lld does not follow from the one before it"), seq);
        break;
    case VG_RECORD_TRUNCATED:
        vg_buf_printf(out,
                      vg_tr(lang, "the end was cut off: events %lld to %lld are signed for and "
                                  "are missing"),
                      seq, to);
        break;
    case VG_RECORD_REWRITTEN:
        vg_buf_printf(out,
                      vg_tr(lang, "something in events %lld to %lld was rewritten after it was "
                                  "signed"),
                      seq, to);
        break;
    case VG_RECORD_BAD_SIGNATURE:
        vg_buf_printf(out, vg_tr(lang, "the signature at event %lld is not valid"), seq);
        break;
    case VG_RECORD_WRONG_KEY:
        vg_buf_printf(out, vg_tr(lang, "the signature at event %lld is by another key"), seq);
        break;
    case VG_RECORD_UNSIGNED:
        vg_buf_puts(out, vg_tr(lang, "nothing in the record is signed"));
        break;
    case VG_RECORD_BAD_META:
        vg_buf_puts(out,
                    vg_tr(lang, "the record's id or time of creation was changed, or its first "
                                "events were replaced"));
        break;
    case VG_RECORD_DAMAGED:
        vg_buf_printf(out, vg_tr(lang, "the file is damaged after event %lld: %s"),
                      (long long)self->last_seq, self->detail);
        break;
    case VG_RECORD_WHOLE:
    case VG_RECORD_FAULT_COUNT:
        break;
    }
}

static void put_extent(const struct vg_record_report *self, enum vg_lang lang, struct vg_buf *out)
{
    char from[VG_TIME_TEXT_SIZE];
    char to[VG_TIME_TEXT_SIZE];
    if (self->id[0] != '\0') {
        vg_buf_printf(out, vg_tr(lang, "Record %s\n"), self->id);
    }
    if (self->n_events > 0) {
        vg_buf_printf(out, vg_tr(lang, "Good events: %lld, from %s to %s\n"),
                      (long long)self->n_events, vg_time_format(self->first_t, from, sizeof from),
                      vg_time_format(self->last_t, to, sizeof to));
    } else {
        vg_buf_puts(out, vg_tr(lang, "Good events: none\n"));
    }
}

static void put_signing(const struct vg_record_report *self, enum vg_lang lang, struct vg_buf *out)
{
    char key[2 * VG_RECORD_KEY_SIZE + 1];
    if (self->n_heads == 0) {
        vg_buf_puts(out, vg_tr(lang, "Signatures: none\n"));
        return;
    }
    vg_buf_printf(out, vg_tr(lang, "Good signatures: %lld, up to event %lld, by the key %s\n"),
                  (long long)self->n_heads, (long long)self->signed_seq,
                  vg_hex(self->public_key, VG_RECORD_KEY_SIZE, key));
    if (self->fault == VG_RECORD_WHOLE && self->last_seq > self->signed_seq) {
        vg_buf_printf(out, vg_tr(lang, "The last %lld events are chained but not signed yet\n"),
                      (long long)(self->last_seq - self->signed_seq));
    }
    if (!self->is_key_given) {
        vg_buf_puts(out,
                    vg_tr(lang, "No key was given: the signatures were checked against the key "
                                "that the record itself names, which a forger could have "
                                "replaced\n"));
    }
}

void vg_record_report_text(const struct vg_record_report *self, enum vg_lang lang,
                           struct vg_buf *out)
{
    if (self->fault == VG_RECORD_WHOLE) {
        vg_buf_puts(out, vg_tr(lang, "WHOLE: every event is as it was written\n"));
    } else {
        vg_buf_puts(out, vg_tr(lang, "BROKEN: "));
        vg_record_report_fault(self, lang, out);
        vg_buf_puts(out, "\n");
    }
    put_extent(self, lang, out);
    put_signing(self, lang, out);
    if (self->fault == VG_RECORD_WHOLE) {
        vg_buf_puts(out,
                    vg_tr(lang, "What may have been cut off after the last signature cannot be "
                                "known\n"));
    }
}

static void put_time(struct vg_buf *out, const char *name, struct vg_us t, bool is_known)
{
    char text[VG_TIME_TEXT_SIZE];
    if (is_known) {
        vg_buf_printf(out, ",\"%s\":\"%s\"", name, vg_time_format(t, text, sizeof text));
    }
}

void vg_record_report_json(const struct vg_record_report *self, struct vg_buf *out)
{
    char key[2 * VG_RECORD_KEY_SIZE + 1];
    vg_buf_printf(out, "{\"format\":\"vigie-verify/1\",\"whole\":%s,\"fault\":\"%s\",\"id\":\"%s\"",
                  self->fault == VG_RECORD_WHOLE ? "true" : "false",
                  vg_record_fault_name(self->fault), self->id);
    vg_buf_printf(out,
                  ",\"events\":%" PRId64 ",\"heads\":%" PRId64 ",\"last_seq\":%" PRId64
                  ",\"signed_seq\":%" PRId64 ",\"key_given\":%s",
                  self->n_events, self->n_heads, self->last_seq, self->signed_seq,
                  self->is_key_given ? "true" : "false");
    if (self->is_key_given || self->n_heads > 0) {
        vg_buf_printf(out, ",\"public_key\":\"%s\"",
                      vg_hex(self->public_key, VG_RECORD_KEY_SIZE, key));
    }
    put_time(out, "first_t", self->first_t, self->n_events > 0);
    put_time(out, "last_t", self->last_t, self->n_events > 0);
    put_time(out, "signed_t", self->signed_t, self->n_heads > 0);
    if (self->fault != VG_RECORD_WHOLE) {
        vg_buf_printf(out, ",\"broken_seq\":%" PRId64 ",\"broken_to_seq\":%" PRId64,
                      self->broken_seq, self->broken_to_seq);
    }
    if (self->fault == VG_RECORD_MOVED) {
        vg_buf_printf(out, ",\"moved_seq\":%" PRId64, self->moved_seq);
    }
    if (self->detail[0] != '\0') {
        vg_buf_puts(out, ",\"detail\":");
        vg_buf_json(out, self->detail);
    }
    vg_buf_puts(out, "}");
}
