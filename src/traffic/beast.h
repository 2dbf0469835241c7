/* Mode S frames out of a receiver's stream: Beast binary, and AVR text.
 *
 *   Beast: 1A, kind ('1' Mode A/C, '2' short, '3' long, '4' status), then, with every 1A doubled,
 *          time (6), signal level (1), frame (2, 7, 14, 14)
 *   AVR:   *8D4840D6202CC371C32CE0576098;   with @ the frame has 6 bytes of time before it,
 *          with < 6 of time and one of signal level, with % 6 of something the receiver says
 *
 * Both find the next message again after noise or a cut; what fits nothing is skipped and counted.
 * Splitting the stream anywhere gives the same frames.
 *
 * Source: Mode-S Beast, "Data output formats" (wiki.jetvision.de); dump1090's net_io.c for what
 * receivers send. Threads: one parser a stream. Allocations: none.
 */
#ifndef VG_TRAFFIC_BEAST_H
#define VG_TRAFFIC_BEAST_H

#include "base/bytes.h"

/* n: 7 or 14. Borrowed until return. */
typedef void (*vg_modes_frame_fn)(void *ctx, const uint8_t *frame, int n);

enum {
    VG_BEAST_BODY_MAX = 21, /* time, level and a long frame */
    VG_AVR_DIGITS_MAX = 42
};

struct vg_beast {
    uint8_t body[VG_BEAST_BODY_MAX];
    int n;
    int want; /* bytes of the body; 0: looking for the next message */
    bool is_escape; /* the last byte was 1A */
    bool is_status;
    uint64_t n_frames; /* Mode S */
    uint64_t n_others; /* Mode A/C, status */
    uint64_t n_cut; /* messages that another began within */
    uint64_t n_skipped; /* bytes of no message */
};

struct vg_avr {
    char digits[VG_AVR_DIGITS_MAX];
    int n;
    int lead; /* digits before the frame; -1: looking for the next message */
    uint64_t n_frames;
    uint64_t n_bad; /* begun but no frame */
    uint64_t n_skipped; /* bytes of no message */
};

/* Zero is the beginning of a Beast stream; AVR needs this. */
void vg_avr_init(struct vg_avr *self);
void vg_beast_feed(struct vg_beast *self, struct vg_bytes bytes, vg_modes_frame_fn fn, void *ctx);
void vg_avr_feed(struct vg_avr *self, struct vg_bytes bytes, vg_modes_frame_fn fn, void *ctx);

#endif
