/* Any sequence of EVENT messages and answers: what is given out ascends, the hole stays bounded in
 * tries, what leaves is allowed. kind(1): 0 event, 1 newest, 2 error, 3 time passes; number(2) a
 * second number(2) flags(1) */
#include "base/bytes.h"
#include "link/allow.h"
#include "link/mavevent.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void make(const uint8_t *p, struct vg_mav_msg *msg)
{
    uint16_t a = vg_le16(p + 1);
    uint16_t b = vg_le16(p + 3);
    if ((p[0] & 3) == 0) {
        vg_mav_event_pack(&(struct vg_mav_event){.sequence = a,
                                                 .event_time_boot_ms = b * 100u,
                                                 .id = b,
                                                 .log_levels = p[5],
                                                 .destination_system = p[5] & 1 ? 255 : 0},
                          7, 1, msg);
    } else if ((p[0] & 3) == 1) {
        vg_mav_current_event_sequence_pack(
            &(struct vg_mav_current_event_sequence){.sequence = a, .flags = p[5]}, 7, 1, msg);
    } else {
        vg_mav_response_event_error_pack(
            &(struct vg_mav_response_event_error){
                .target_system = 255, .sequence = a, .sequence_oldest_available = b},
            7, 1, msg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vg_mavevents events;
    struct vg_mavevent e;
    struct vg_mav_msg msg;
    int64_t ms = 1000;
    vg_mavevents_init(&events, (struct vg_mav_pair){255, 190, 7, 1});
    for (size_t i = 0; i + 6 <= size; i += 6) {
        uint16_t expected = events.expected;
        if ((data[i] & 3) == 3) {
            ms += data[i + 5] * 20;
            vg_mavevents_step(&events, vg_us(ms * 1000));
        } else {
            make(data + i, &msg);
            vg_mavevents_feed(&events, &msg, vg_us(ms * 1000));
        }
        must(events.n_queued <= VG_MAVEVENT_QUEUE && events.tries <= 21);
        uint16_t before = 0;
        for (int n = 0; vg_mavevents_take(&events, &e); n++) {
            must(n == 0 || (uint16_t)(e.sequence - before) == 1 ||
                 (int16_t)(uint16_t)(e.sequence - before) > 0 || expected != events.expected);
            before = e.sequence;
            must(e.severity <= 15);
        }
        while (vg_mavevents_next_out(&events, &msg)) {
            must(vg_allow_message(&msg, NULL));
        }
    }
    for (int i = 0; i < 100; i++) {
        ms += 1100;
        vg_mavevents_step(&events, vg_us(ms * 1000));
    }
    return 0;
}
