/* Serial ports: a device with its rate, raw, without flow control, opened again when it comes back.
 */
#include "io/port_priv.h"

#include "io/sendq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define GONE "the device is gone"

enum {
    READ_BYTES = 4096
};

struct serial {
    struct vg_port *port;
    uv_poll_t poll;
    uv_timer_t retry;
    bool is_ended;
    int fd;
    speed_t speed;
    int n_handles;
    uint64_t wait_ms;
    char why[96]; /* it could not be opened, as last told */
    struct vg_sendq queue;
};

static const struct {
    int baud;
    speed_t speed;
} SPEEDS[] = {
    {1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},
    {19200, B19200},     {38400, B38400},     {57600, B57600},     {115200, B115200},
    {230400, B230400},   {460800, B460800},   {500000, B500000},   {576000, B576000},
    {921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
    {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000},
    {4000000, B4000000},
};

static enum vg_status find_speed(int baud, speed_t *out, struct vg_error *err)
{
    for (size_t i = 0; i < sizeof SPEEDS / sizeof SPEEDS[0]; i++) {
        if (SPEEDS[i].baud == baud) {
            *out = SPEEDS[i].speed;
            return VG_OK;
        }
    }
    return vg_fail(err, VG_E_UNSUPPORTED,
                   "%d baud is no rate of serial devices: 57600, 115200 and 921600 are usual",
                   baud);
}

/* Raw 8N1, no flow control, one program only; the control lines keep their state when we go. */
static int set_up(int fd, speed_t speed)
{
    struct termios t;
    if (tcgetattr(fd, &t) != 0) {
        return errno;
    }
    cfmakeraw(&t);
    t.c_cflag |= CREAD | CLOCAL;
    t.c_cflag &= ~(tcflag_t)(CRTSCTS | HUPCL | CSTOPB);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    if (cfsetispeed(&t, speed) != 0 || cfsetospeed(&t, speed) != 0 ||
        tcsetattr(fd, TCSANOW, &t) != 0 || ioctl(fd, TIOCEXCL) != 0) {
        return errno;
    }
    (void)tcflush(fd, TCIOFLUSH); /* what lies there is from before us */
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct serial *s = handle->data;
    if (--s->n_handles == 0) {
        free(s->port);
        free(s);
    }
}

/* ---- coming and going ---- */

static void try_open(struct serial *s);

static void on_retry(uv_timer_t *timer)
{
    try_open(timer->data);
}

static void try_later(struct serial *s)
{
    if (!s->is_ended) {
        (void)uv_timer_start(&s->retry, on_retry, vg_port_back_off(&s->wait_ms), 0);
    }
}

/* Only when the loop has let go of the handle may it be used for the device again. */
static void on_poll_closed(uv_handle_t *handle)
{
    struct serial *s = handle->data;
    if (!s->is_ended) {
        s->n_handles--;
        try_later(s);
        return;
    }
    on_closed(handle);
}

static void lose(struct serial *s, const char *why)
{
    if (s->fd < 0) {
        return;
    }
    (void)uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, on_poll_closed);
    close(s->fd);
    s->fd = -1;
    s->queue = (struct vg_sendq){0};
    const struct vg_port_peer peer = {0};
    vg_port_tell_state(s->port, &peer, false, why);
}

static void watch(struct serial *s);

static void read_all(struct serial *s)
{
    uint8_t buf[READ_BYTES];
    const struct vg_port_peer peer = {0};
    for (int turn = 0; turn < 8 && s->fd >= 0; turn++) {
        ssize_t n = read(s->fd, buf, sizeof buf);
        if (n > 0) {
            s->wait_ms = VG_PORT_RETRY_MS;
            vg_port_tell_bytes(s->port, &peer, buf, (size_t)n);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            lose(s, n == 0 ? GONE : strerror(errno));
            return;
        } else {
            return;
        }
    }
}

static void write_all(struct serial *s)
{
    size_t n;
    const uint8_t *piece = vg_sendq_peek(&s->queue, &n);
    while (n > 0) {
        ssize_t done = write(s->fd, piece, n);
        if (done < 0 && errno != EAGAIN && errno != EINTR) {
            lose(s, strerror(errno));
            return;
        }
        if (done <= 0) {
            return;
        }
        vg_sendq_take(&s->queue, (size_t)done);
        piece = vg_sendq_peek(&s->queue, &n);
    }
}

static void on_ready(uv_poll_t *poll, int rc, int events)
{
    struct serial *s = poll->data;
    if (rc != 0) {
        lose(s, GONE);
        return;
    }
    if ((events & UV_WRITABLE) != 0) {
        write_all(s);
    }
    if ((events & (UV_READABLE | UV_DISCONNECT)) != 0 && s->fd >= 0) {
        read_all(s);
    }
    if (s->fd >= 0) {
        watch(s);
    }
}

static void watch(struct serial *s)
{
    int events = UV_READABLE | UV_DISCONNECT | (s->queue.n > 0 ? UV_WRITABLE : 0);
    (void)uv_poll_start(&s->poll, events, on_ready);
}

static void tell_why_not(struct serial *s, int rc)
{
    const struct vg_port_peer peer = {0};
    const char *why = uv_strerror(-rc);
    if (strcmp(why, s->why) != 0) { /* once, not at each try */
        size_t n = strlen(why) < sizeof s->why - 1 ? strlen(why) : sizeof s->why - 1;
        memcpy(s->why, why, n);
        s->why[n] = '\0';
        vg_port_tell_state(s->port, &peer, false, s->why);
    }
}

static void try_open(struct serial *s)
{
    int fd = open(s->port->uri.device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    int rc = fd < 0 ? errno : set_up(fd, s->speed);
    if (rc == 0) {
        rc = -uv_poll_init(s->port->loop, &s->poll, fd);
    }
    if (rc != 0) {
        if (fd >= 0) {
            close(fd);
        }
        tell_why_not(s, rc);
        try_later(s);
        return;
    }
    const struct vg_port_peer peer = {0};
    s->fd = fd;
    s->n_handles++;
    s->poll.data = s;
    s->why[0] = '\0';
    watch(s);
    vg_port_tell_state(s->port, &peer, true, "");
}

/* ---- the port ---- */

static bool send_serial(struct vg_port *port, const struct vg_port_peer *to, const void *frame,
                        size_t n)
{
    (void)to;
    struct serial *s = port->kind;
    if (s->fd < 0 || !vg_sendq_put(&s->queue, frame, n)) {
        return false;
    }
    write_all(s);
    if (s->fd >= 0) {
        watch(s);
    }
    return true;
}

static bool is_serial_open(const struct vg_port *port)
{
    const struct serial *s = port->kind;
    return s->fd >= 0;
}

static void close_serial(struct vg_port *port)
{
    struct serial *s = port->kind;
    s->is_ended = true;
    lose(s, "");
    uv_close((uv_handle_t *)&s->retry, on_closed);
}

enum vg_status vg_port_open_serial(struct vg_port *self, struct vg_error *err)
{
    speed_t speed = B0;
    enum vg_status st = find_speed(self->uri.baud, &speed, err);
    struct serial *s = st == VG_OK ? calloc(1, sizeof *s) : NULL;
    if (s == NULL) {
        return st != VG_OK ? st : vg_no_memory(err);
    }
    (void)uv_timer_init(self->loop, &s->retry); /* cannot fail */
    s->port = self;
    s->retry.data = s;
    s->n_handles = 1;
    s->fd = -1;
    s->speed = speed;
    s->wait_ms = VG_PORT_RETRY_MS;
    self->kind = s;
    self->send = send_serial;
    self->is_open = is_serial_open;
    self->close = close_serial;
    try_open(s);
    return VG_OK;
}
