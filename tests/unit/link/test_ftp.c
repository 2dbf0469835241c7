/* MAVFTP: whole files over bad radios, left-over sessions, lying sizes, hostile packets. What was
 * read is compared with the file itself; packets by hand follow mavlink.io/en/services/ftp.html. */
#include "base/rng.h"
#include "channel.h"
#include "link/allow.h"
#include "link/ftp.h"
#include "link/ftpsrv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    FILE_MAX = 40000,
    TICK_MS = 50
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

struct got {
    uint8_t data[FILE_MAX];
    uint8_t has[FILE_MAX];
    int n_entries;
    char entries[40][100];
};

static struct got got;

static void sink(void *ctx, uint32_t offset, struct vg_bytes data)
{
    (void)ctx;
    assert_true(offset + data.n <= FILE_MAX);
    memcpy(got.data + offset, data.data, data.n);
    memset(got.has + offset, 1, data.n);
}

static void entry(void *ctx, const char *name, bool is_folder, uint64_t size_bytes)
{
    (void)ctx;
    assert_true(got.n_entries < 40);
    snprintf(got.entries[got.n_entries++], 100, "%c%s %llu", is_folder ? 'D' : 'F', name,
             (unsigned long long)size_bytes);
}

static const struct vg_ftp_options options = {
    .sink = sink, .entry = entry, .limit_bytes = FILE_MAX, .wants_crc = true};

static uint8_t content[FILE_MAX];

static void fill_content(uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed);
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)vg_rng_next(&rng);
    }
    memset(&got, 0, sizeof got);
}

static struct vg_us at_ms(int64_t ms)
{
    return vg_us(ms * 1000);
}

/* Run both ends until the client is done; every message of ours must pass the allow-list. Returns
 * simulated milliseconds. */
static int64_t run(struct vg_ftp *ftp, struct vg_ftpsrv *srv, struct channel *up,
                   struct channel *down, int64_t from_ms, int64_t max_ms)
{
    int64_t ms = from_ms;
    for (; vg_ftp_is_busy(ftp) && ms < from_ms + max_ms; ms += TICK_MS) {
        struct vg_mav_msg m;
        int tick = (int)(ms / TICK_MS);
        while (vg_ftp_next_out(ftp, &m)) {
            assert_true(vg_allow_message(&m, NULL));
            channel_send(up, &m, tick);
        }
        while (channel_take(up, &m, tick)) {
            vg_ftpsrv_feed(srv, &m, at_ms(ms));
        }
        vg_ftpsrv_step(srv, at_ms(ms));
        while (vg_ftpsrv_next_out(srv, &m)) {
            channel_send(down, &m, tick);
        }
        while (channel_take(down, &m, tick)) {
            vg_ftp_feed(ftp, &m, at_ms(ms));
        }
        vg_ftp_step(ftp, at_ms(ms));
    }
    return ms;
}

static void assert_whole(const struct vg_ftp *ftp, size_t n)
{
    assert_int_equal(ftp->state, VG_FTP_DONE);
    assert_int_equal(ftp->size_bytes, n);
    assert_int_equal(ftp->missing_bytes, 0);
    assert_null(memchr(got.has, 0, n));
    assert_memory_equal(got.data, content, n);
}

static void files_of_all_sizes_come_whole_over_bad_radios(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 238, 239, 240, 478, 5000, 14000, 40000};
    for (uint64_t seed = 1; seed <= 120; seed++) {
        size_t n = sizes[seed % 9];
        fill_content(seed);
        const struct vg_ftpsrv_file file = {
            "/APM/LOGS/1.BIN", {content, n}, (uint32_t)(seed % 3) * 7000};
        static struct vg_ftpsrv srv;
        static struct channel up;
        static struct channel down;
        static struct vg_ftp ftp;
        srv = (struct vg_ftpsrv){.sysid = DRONE,
                                 .compid = 1,
                                 .files = &file,
                                 .n_files = 1,
                                 .has_one_session = seed % 2 == 0,
                                 .piece_bytes = seed % 5 == 0 ? 48 : 0,
                                 .burst_pieces = seed % 4 == 0 ? 10 : 0};
        channel_open_both(&up, &down, seed,
                          (struct channel){.loss = 0.3, .repeat = 0.2, .delay_max = 20});
        ftp = (struct vg_ftp){0};
        assert_int_equal(vg_ftp_read(&ftp, pair, "/APM/LOGS/1.BIN", &options, at_ms(0), NULL),
                         VG_OK);
        run(&ftp, &srv, &up, &down, 0, 3600000);
        assert_whole(&ftp, n);
        if (ftp.has_crc) {
            assert_int_equal(ftp.crc32, vg_ftp_crc32(0, content, n));
        }
    }
}

/* Without loss, delay or overtaking. */
static void run_straight(struct vg_ftp *ftp, struct vg_ftpsrv *srv)
{
    struct vg_mav_msg m;
    for (int i = 0; i < 1000 && vg_ftp_is_busy(ftp); i++) {
        while (vg_ftp_next_out(ftp, &m)) {
            vg_ftpsrv_feed(srv, &m, at_ms(i * TICK_MS));
        }
        vg_ftpsrv_step(srv, at_ms(i * TICK_MS));
        while (vg_ftpsrv_next_out(srv, &m)) {
            vg_ftp_feed(ftp, &m, at_ms(i * TICK_MS));
        }
        vg_ftp_step(ftp, at_ms(i * TICK_MS));
    }
}

static void a_good_radio_wastes_nothing(void **state)
{
    (void)state;
    fill_content(5);
    const struct vg_ftpsrv_file file = {"@PARAM/param.pck", {content, 14000}, 9000};
    static struct vg_ftpsrv srv;
    static struct vg_ftp ftp;
    srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1, .files = &file, .n_files = 1};
    ftp = (struct vg_ftp){0};
    assert_int_equal(vg_ftp_read(&ftp, pair, "@PARAM/param.pck", &options, at_ms(0), NULL), VG_OK);
    run_straight(&ftp, &srv);
    assert_whole(&ftp, 14000);
    assert_int_equal(ftp.announced_bytes, 9000);
    assert_true(ftp.has_crc);
    assert_int_equal(ftp.seq, 8192 + 5); /* open, burst, probe, close, checksum */
    assert_false(srv.sessions[0].is_open);
}

static void a_session_left_over_is_waited_for_or_reset(void **state)
{
    (void)state;
    for (int is_px4 = 0; is_px4 < 2; is_px4++) {
        fill_content(6);
        const struct vg_ftpsrv_file file = {"a", {content, 1000}, 0};
        static struct vg_ftpsrv srv;
        static struct channel up;
        static struct channel down;
        static struct vg_ftp ftp;
        srv = (struct vg_ftpsrv){.sysid = DRONE,
                                 .compid = 1,
                                 .files = &file,
                                 .n_files = 1,
                                 .has_one_session = is_px4 == 1};
        for (int i = 0; i < VG_FTPSRV_SESSIONS; i++) {
            srv.sessions[i] = (struct vg_ftpsrv_session){
                .is_open = true, .id = (uint8_t)(40 + i), .client_sysid = 9, .used = at_ms(0)};
        }
        ftp = (struct vg_ftp){0};
        channel_open_both(&up, &down, 1, (struct channel){0});
        assert_int_equal(vg_ftp_read(&ftp, pair, "a", &options, at_ms(100), NULL), VG_OK);
        int64_t ms = run(&ftp, &srv, &up, &down, 100, 60000);
        assert_whole(&ftp, 1000);
        assert_true(ms > 3000); /* the other station was given its 3 s */
        assert_int_equal(ftp.n_refused, is_px4 ? 2 : 1);
    }
}

static void a_server_without_bursts_is_read_piece_by_piece(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 2000; n += 239 * 2 + 3) {
        fill_content(n);
        const struct vg_ftpsrv_file file = {"a", {content, n}, 0};
        static struct vg_ftpsrv srv;
        static struct vg_ftp ftp;
        struct vg_mav_msg m;
        srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1, .files = &file, .n_files = 1};
        ftp = (struct vg_ftp){0};
        assert_int_equal(vg_ftp_read(&ftp, pair, "a", &options, at_ms(0), NULL), VG_OK);
        for (int i = 0; i < 400 && vg_ftp_is_busy(&ftp); i++) {
            while (vg_ftp_next_out(&ftp, &m)) {
                struct vg_ftp_packet p;
                assert_true(vg_ftp_packet_unpack(&m, &p));
                if (p.opcode == VG_FTP_BURST) {
                    p = (struct vg_ftp_packet){.seq = (uint16_t)(p.seq + 1),
                                               .session = p.session,
                                               .opcode = VG_FTP_NAK,
                                               .size = 1,
                                               .req_opcode = VG_FTP_BURST,
                                               .data = {7}};
                    vg_ftp_packet_pack(&p, (struct vg_mav_pair){DRONE, 1, GCS, 190}, &m);
                    vg_ftp_feed(&ftp, &m, at_ms(i * 50));
                } else {
                    vg_ftpsrv_feed(&srv, &m, at_ms(i * 50));
                }
            }
            while (vg_ftpsrv_next_out(&srv, &m)) {
                vg_ftp_feed(&ftp, &m, at_ms(i * 50));
            }
            vg_ftp_step(&ftp, at_ms(i * 50));
        }
        assert_whole(&ftp, n);
    }
}

static void folders_are_listed_over_a_bad_radio(void **state)
{
    (void)state;
    static char names[30][40];
    struct vg_ftpsrv_file files[31];
    for (int i = 0; i < 30; i++) {
        snprintf(names[i], sizeof names[i], "/APM/LOGS/%08d.BIN", i + 1);
        files[i] = (struct vg_ftpsrv_file){names[i], {content, (size_t)(i * 1000)}, 0};
    }
    files[30] = (struct vg_ftpsrv_file){"/APM/STRG.BAK", {content, 5}, 0};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        static struct vg_ftpsrv srv;
        static struct channel up;
        static struct channel down;
        static struct vg_ftp ftp;
        memset(&got, 0, sizeof got);
        srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1, .files = files, .n_files = 31};
        channel_open_both(&up, &down, seed,
                          (struct channel){.loss = 0.3, .repeat = 0.3, .delay_max = 10});
        ftp = (struct vg_ftp){0};
        assert_int_equal(vg_ftp_list(&ftp, pair, "/APM/LOGS", &options, at_ms(0), NULL), VG_OK);
        run(&ftp, &srv, &up, &down, 0, 600000);
        assert_int_equal(ftp.state, VG_FTP_DONE);
        assert_int_equal(got.n_entries, 30);
        assert_string_equal(got.entries[0], "F00000001.BIN 0");
        assert_string_equal(got.entries[29], "F00000030.BIN 29000");
        memset(&got, 0, sizeof got);
        assert_int_equal(vg_ftp_list(&ftp, pair, "/APM", &options, at_ms(600000), NULL), VG_OK);
        run(&ftp, &srv, &up, &down, 600000, 600000);
        assert_int_equal(got.n_entries, 2);
        assert_string_equal(got.entries[0], "DLOGS 0");
        assert_string_equal(got.entries[1], "FSTRG.BAK 5");
    }
}

/* As ArduPilot up to 4.6 writes it: two NULs after each entry; "S": a thing that is neither. */
static void a_listing_by_hand(void **state)
{
    (void)state;
    static struct vg_ftp ftp;
    struct vg_mav_msg m;
    memset(&got, 0, sizeof got);
    ftp = (struct vg_ftp){0};
    assert_int_equal(vg_ftp_list(&ftp, pair, "/", &options, at_ms(0), NULL), VG_OK);
    assert_true(vg_ftp_next_out(&ftp, &m));
    struct vg_ftp_packet p;
    vg_ftp_packet_unpack(&m, &p);
    assert_int_equal(p.opcode, 3);
    assert_int_equal(p.size, 1);
    assert_int_equal(p.data[0], '/');
    static const char text[] = "Fa.txt\t12\0\0S\0\0Db\0";
    p = (struct vg_ftp_packet){
        .seq = (uint16_t)(p.seq + 1), .opcode = 128, .req_opcode = 3, .size = sizeof text};
    memcpy(p.data, text, sizeof text);
    vg_ftp_packet_pack(&p, (struct vg_mav_pair){DRONE, 1, GCS, 190}, &m);
    vg_ftp_feed(&ftp, &m, at_ms(10));
    assert_int_equal(got.n_entries, 2);
    assert_string_equal(got.entries[0], "Fa.txt 12");
    assert_string_equal(got.entries[1], "Db 0");
    assert_true(vg_ftp_next_out(&ftp, &m));
    vg_ftp_packet_unpack(&m, &p);
    assert_int_equal(p.offset, 3); /* the one not shown was counted */
}

static void silence_and_refusals_end_in_words(void **state)
{
    (void)state;
    static struct vg_ftp ftp;
    static struct vg_ftpsrv srv;
    static struct channel up;
    static struct channel down;
    srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1};
    channel_open_both(&up, &down, 1, (struct channel){0});
    ftp = (struct vg_ftp){.err = {.lang = VG_LANG_FR}};
    assert_int_equal(vg_ftp_read(&ftp, pair, "x", &options, at_ms(0), NULL), VG_OK);
    run(&ftp, &srv, &up, &down, 0, 60000);
    assert_int_equal(ftp.state, VG_FTP_FAILED);
    assert_int_equal(ftp.nak, 10);
    assert_string_equal(ftp.err.message, "« x » sur le drone : ce fichier n'existe pas");
    up.loss = 1;
    assert_int_equal(vg_ftp_read(&ftp, pair, "x", &options, at_ms(0), NULL), VG_OK);
    run(&ftp, &srv, &up, &down, 0, 600000);
    assert_int_equal(ftp.state, VG_FTP_FAILED);
    assert_int_equal(ftp.nak, 0);
    char path[202];
    memset(path, 'a', sizeof path);
    path[201] = '\0';
    assert_int_equal(vg_ftp_read(&ftp, pair, path, &options, at_ms(0), NULL), VG_E_INVALID);
    assert_int_equal(vg_ftp_read(&ftp, pair, "", &options, at_ms(0), NULL), VG_E_INVALID);
}

static void too_long_a_file_is_given_up(void **state)
{
    (void)state;
    fill_content(8);
    const struct vg_ftpsrv_file file = {"a", {content, 20000}, 0};
    static struct vg_ftp ftp;
    static struct vg_ftpsrv srv;
    static struct channel up;
    static struct channel down;
    struct vg_ftp_options small = options;
    small.limit_bytes = 19999;
    srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1, .files = &file, .n_files = 1};
    channel_open_both(&up, &down, 1, (struct channel){0});
    ftp = (struct vg_ftp){0};
    assert_int_equal(vg_ftp_read(&ftp, pair, "a", &small, at_ms(0), NULL), VG_OK);
    run(&ftp, &srv, &up, &down, 0, 600000);
    assert_int_equal(ftp.state, VG_FTP_FAILED);
    assert_string_equal(ftp.err.message, "\"a\" on the drone is longer than 19999 bytes");
}

/* CRC-32 without start value and final inversion of "123456789" (the reflected polynomial
 * 0xEDB88320 of the usual CRC-32): 0x2DFD2D88, by the catalogue of parametrised CRC algorithms'
 * rules for init 0 and xorout 0. */
static void the_checksum_is_the_autopilots(void **state)
{
    (void)state;
    assert_int_equal(vg_ftp_crc32(0, (const uint8_t *)"123456789", 9), 0x2dfd2d88);
}

static void the_drone_refuses_to_write(void **state)
{
    (void)state;
    static struct vg_ftpsrv srv;
    srv = (struct vg_ftpsrv){.sysid = DRONE, .compid = 1};
    for (int op = 6; op <= 13; op++) {
        struct vg_ftp_packet p = {
            .seq = (uint16_t)(op * 3), .opcode = (uint8_t)op, .size = 1, .data = "a"};
        struct vg_mav_msg m;
        vg_ftp_packet_pack(&p, pair, &m);
        assert_false(vg_allow_message(&m, NULL));
        vg_ftpsrv_feed(&srv, &m, at_ms(0));
        assert_true(vg_ftpsrv_next_out(&srv, &m));
        assert_true(vg_ftp_packet_unpack(&m, &p));
        assert_int_equal(p.opcode, 129);
        assert_int_equal(p.data[0], 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_all_sizes_come_whole_over_bad_radios),
        cmocka_unit_test(a_good_radio_wastes_nothing),
        cmocka_unit_test(a_session_left_over_is_waited_for_or_reset),
        cmocka_unit_test(a_server_without_bursts_is_read_piece_by_piece),
        cmocka_unit_test(folders_are_listed_over_a_bad_radio),
        cmocka_unit_test(a_listing_by_hand),
        cmocka_unit_test(silence_and_refusals_end_in_words),
        cmocka_unit_test(too_long_a_file_is_given_up),
        cmocka_unit_test(the_checksum_is_the_autopilots),
        cmocka_unit_test(the_drone_refuses_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
