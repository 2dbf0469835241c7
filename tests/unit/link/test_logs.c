/* Flight logs by files and by the older messages, over bad radios, against what the drone holds. */
#include "base/rng.h"
#include "channel.h"
#include "link/allow.h"
#include "link/ftpsrv.h"
#include "link/logs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    TICK_MS = 50,
    SIZE_MAX_ = 60000,
    ARDUPILOT = 3,
    PX4 = 12,
    FTP_CAPABLE = 32
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

/* As ArduPilot answers the older messages (AP_Logger_MAVLinkLogTransfer.cpp): one request at a
 * time, a newer one takes its place; a piece short of 90 bytes at the log's end. */
struct drone {
    int n_logs;
    uint32_t sizes[200];
    int next_listed; /* n_logs: none */
    bool is_sending;
    uint16_t id;
    uint32_t at;
    uint32_t end;
    int n_ends;
};

static struct drone drone;
static struct vg_ftpsrv files;
static struct vg_logs logs;
static struct channel up;
static struct channel down;
static int64_t ms;
static uint8_t content[SIZE_MAX_];
static uint8_t got[SIZE_MAX_];
static uint8_t has[SIZE_MAX_];

static void sink(void *ctx, uint32_t offset, struct vg_bytes data)
{
    (void)ctx;
    assert_true(offset + data.n <= SIZE_MAX_);
    memcpy(got + offset, data.data, data.n);
    memset(has + offset, 1, data.n);
}

static const struct vg_ftp_options options = {.sink = sink, .limit_bytes = SIZE_MAX_};

static struct vg_us now(void)
{
    return vg_us((ms + 1000) * 1000);
}

static void send_down(const struct vg_mav_msg *m)
{
    channel_send(&down, m, (int)(ms / TICK_MS));
}

static void take(const struct vg_mav_msg *msg)
{
    struct vg_mav_log_request_data ask;
    switch (msg->id) {
    case VG_MAV_ID_LOG_REQUEST_LIST:
        drone.next_listed = 0;
        break;
    case VG_MAV_ID_LOG_REQUEST_DATA:
        vg_mav_log_request_data_unpack(msg, &ask);
        assert_in_range(ask.id, 1, drone.n_logs);
        drone.is_sending = true;
        drone.id = ask.id;
        drone.at = ask.ofs;
        drone.end = ask.ofs + ask.count;
        break;
    case VG_MAV_ID_LOG_REQUEST_END:
        drone.is_sending = false;
        drone.n_ends++;
        break;
    default:
        vg_ftpsrv_feed(&files, msg, now());
        break;
    }
}

static void speak(void)
{
    struct vg_mav_msg m;
    for (int i = 0; i < 5 && drone.next_listed < drone.n_logs; i++) {
        int k = drone.next_listed++;
        const struct vg_mav_log_entry e = {.id = (uint16_t)(k + 1),
                                           .num_logs = (uint16_t)drone.n_logs,
                                           .last_log_num = (uint16_t)drone.n_logs,
                                           .time_utc = 1700000000u + (uint32_t)k,
                                           .size = drone.sizes[k]};
        vg_mav_log_entry_pack(&e, DRONE, 1, &m);
        send_down(&m);
    }
    if (drone.n_logs == 0 && drone.next_listed == 0) {
        drone.next_listed = 1;
        vg_mav_log_entry_pack(&(struct vg_mav_log_entry){0}, DRONE, 1, &m);
        send_down(&m);
    }
    for (int i = 0; i < 10 && drone.is_sending; i++) {
        uint32_t size = drone.sizes[drone.id - 1];
        uint32_t n = drone.at < size ? size - drone.at : 0;
        n = n < VG_LOG_PIECE ? n : VG_LOG_PIECE;
        struct vg_mav_log_data d = {.id = drone.id, .ofs = drone.at, .count = (uint8_t)n};
        memcpy(d.data, content + drone.at, n);
        vg_mav_log_data_pack(&d, DRONE, 1, &m);
        send_down(&m);
        drone.at += n;
        drone.is_sending = n == VG_LOG_PIECE && drone.at < drone.end;
    }
}

static void tick(void)
{
    struct vg_mav_msg m;
    int t = (int)(ms / TICK_MS);
    vg_logs_step(&logs, now());
    while (vg_logs_next_out(&logs, &m)) {
        assert_true(vg_allow_message(&m, NULL));
        channel_send(&up, &m, t);
    }
    while (channel_take(&up, &m, t)) {
        take(&m);
    }
    speak();
    vg_ftpsrv_step(&files, now());
    while (vg_ftpsrv_next_out(&files, &m)) {
        send_down(&m);
    }
    while (channel_take(&down, &m, t)) {
        vg_logs_feed(&logs, &m, now());
    }
    ms += TICK_MS;
}

static void run(void)
{
    for (int64_t until = ms + 3600000; ms < until && vg_logs_is_busy(&logs);) {
        tick();
    }
    for (int i = 0; i < 12; i++) {
        tick(); /* the last word arrives */
    }
}

static void set_up(uint64_t seed, double loss)
{
    struct vg_rng rng = vg_rng_seed(seed);
    for (int i = 0; i < SIZE_MAX_; i++) {
        content[i] = (uint8_t)vg_rng_next(&rng);
    }
    memset(&drone, 0, sizeof drone);
    memset(&files, 0, sizeof files);
    memset(&logs, 0, sizeof logs);
    memset(has, 0, sizeof has);
    drone.next_listed = 200;
    files.sysid = DRONE;
    files.compid = 1;
    channel_open_both(&up, &down, seed,
                      (struct channel){.loss = loss, .repeat = loss, .delay_max = 10});
    ms = 0;
}

static void assert_whole(uint32_t n)
{
    assert_int_equal(logs.state, VG_LOGS_DONE);
    assert_int_equal(logs.read_bytes, n);
    assert_true(n == 0 || memchr(has, 0, n) == NULL);
    assert_memory_equal(got, content, n);
}

static void the_older_way_over_bad_radios(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 89, 90, 91, 23040, 23041, 50000};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        set_up(seed, 0.3);
        drone.n_logs = 8;
        memcpy(drone.sizes, sizes, sizeof sizes);
        vg_logs_list(&logs, pair, 0, PX4, now());
        run();
        assert_int_equal(logs.state, VG_LOGS_DONE);
        assert_int_equal(logs.n_entries, 8);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(logs.entries[i].id, i + 1);
            assert_int_equal(logs.entries[i].size_bytes, sizes[i]);
            assert_int_equal(logs.entries[i].utc_s, 1700000000 + i);
        }
        int i = (int)(seed % 8);
        memset(got, 0, sizeof got);
        assert_int_equal(vg_logs_read(&logs, i, &options, now(), NULL), VG_OK);
        run();
        assert_whole(sizes[i]);
    }
}

static void a_log_that_is_shorter_than_was_said(void **state)
{
    (void)state;
    set_up(1, 0);
    drone.n_logs = 1;
    drone.sizes[0] = 30000;
    vg_logs_list(&logs, pair, 0, PX4, now());
    run();
    drone.sizes[0] = 25000;
    assert_int_equal(vg_logs_read(&logs, 0, &options, now(), NULL), VG_OK);
    run();
    assert_whole(25000);
    assert_true(drone.n_ends >= 2); /* after the list, and after the log */
}

static void files_of_ardupilot(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct vg_ftpsrv_file list[] = {{"/APM/LOGS/00000001.BIN", {content, 100}, 0},
                                              {"/APM/LOGS/00000002.BIN", {content, 40000}, 0},
                                              {"/APM/LOGS/LASTLOG.TXT", {content, 3}, 0}};
        set_up(seed, 0.25);
        files.files = list;
        files.n_files = 3;
        vg_logs_list(&logs, pair, FTP_CAPABLE, ARDUPILOT, now());
        run();
        assert_int_equal(logs.state, VG_LOGS_DONE);
        assert_int_equal(logs.n_entries, 2); /* the text is no log */
        assert_string_equal(logs.entries[1].name, "00000002.BIN");
        assert_int_equal(logs.entries[1].size_bytes, 40000);
        assert_int_equal(vg_logs_read(&logs, 2, &options, now(), NULL), VG_E_INVALID);
        assert_int_equal(vg_logs_read(&logs, 1, &options, now(), NULL), VG_OK);
        run();
        assert_whole(40000);
    }
}

static void without_the_folder_the_older_way(void **state)
{
    (void)state;
    set_up(1, 0);
    drone.n_logs = 2;
    drone.sizes[0] = 500;
    drone.sizes[1] = 600;
    vg_logs_list(&logs, pair, FTP_CAPABLE, ARDUPILOT, now());
    run();
    assert_int_equal(logs.state, VG_LOGS_DONE);
    assert_int_equal(logs.n_entries, 2);
    assert_int_equal(vg_logs_read(&logs, 1, &options, now(), NULL), VG_OK);
    run();
    assert_whole(600);
}

static void none_and_silence(void **state)
{
    (void)state;
    set_up(1, 0);
    vg_logs_list(&logs, pair, 0, PX4, now());
    run();
    assert_int_equal(logs.state, VG_LOGS_DONE);
    assert_int_equal(logs.n_entries, 0);
    up.loss = 1;
    logs.err.lang = VG_LANG_FR;
    vg_logs_list(&logs, pair, 0, PX4, now());
    run();
    assert_int_equal(logs.state, VG_LOGS_FAILED);
    assert_string_equal(logs.err.message, "le drone a cessé de dire ses journaux");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_older_way_over_bad_radios),
        cmocka_unit_test(a_log_that_is_shorter_than_was_said),
        cmocka_unit_test(files_of_ardupilot),
        cmocka_unit_test(without_the_folder_the_older_way),
        cmocka_unit_test(none_and_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
