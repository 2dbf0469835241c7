#include "link/missionpace.h"

#include <math.h>

enum {
    SHORT_MAX = 8, /* one may be the answer to an earlier question */
    OVERDUE_MAX = 3, /* may be chance */
    LOSSY_REPEATS = 8, /* at an even pace where much is lost */
    QUESTIONS_MAX = 200 /* that the share lost is taken over; older ones count less and less */
};
static const int64_t RETRY_US = 500000;
static const int64_t RETRY_MAX_US = 3000000;
static const int64_t LIMIT_US = 60000000;
static const int64_t GAP_US = 10000;
static const int64_t UNMEASURED_US = 1500000; /* mavlink.io/en/services/mission.html */
static const int64_t GUESS_MAX_US = 3000000;
static const int64_t WAIT_MIN_US = 200000;
static const int64_t WAIT_MAX_US = 10000000;
static const int64_t CATCH_UP_US = 200000; /* unused gaps made up for at most */
static const int64_t GAP_MAX_US = 500000;
static const int64_t QUEUE_US =
    300000; /* a round trip longer by this, and twice as long, waits in a queue */
static const double LOSSY = 0.01;
static const double ALL_LOST = 0.0001; /* of a message and all its copies */

static struct vg_us or_default(struct vg_us t, int64_t us)
{
    return t.us > 0 ? t : vg_us(us);
}

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t at_least(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void vg_missionpace_begin(struct vg_missionpace *self, const struct vg_mission_patience *patience,
                          struct vg_us now)
{
    self->retry = or_default(patience->retry, RETRY_US);
    self->limit = or_default(patience->limit, LIMIT_US);
    self->gap_least = or_default(patience->gap, GAP_US);
    self->gap = vg_us(at_least(self->gap.us, self->gap_least.us));
    self->next = now;
}

void vg_missionpace_note(struct vg_missionpace *self, bool is_answered)
{
    if (self->n_answered + self->n_lost >= QUESTIONS_MAX) {
        self->n_answered /= 2;
        self->n_lost /= 2;
    }
    self->n_answered += is_answered;
    self->n_lost += !is_answered;
}

static void mind_queue(struct vg_missionpace *self, struct vg_us trip)
{
    bool is_queued = trip.us > 2 * self->rtt_min.us + QUEUE_US;
    int64_t gap_us = is_queued ? self->gap.us * 5 / 4 : self->gap.us * 15 / 16;
    self->gap = vg_us(at_most(at_least(gap_us, self->gap_least.us), GAP_MAX_US));
}

void vg_missionpace_measured(struct vg_missionpace *self, struct vg_us trip)
{
    trip.us = at_least(trip.us, 1);
    bool is_short = !self->is_guess && trip.us < self->rtt_min.us / 2;
    if (is_short && ++self->n_short < SHORT_MAX) {
        return;
    }
    self->n_short = 0;
    self->n_overdue = 0;
    if (self->rtt.us == 0 || self->is_guess) {
        self->is_guess = false;
        self->rtt = self->rtt_min = trip;
        self->rtt_deviation = vg_us(trip.us / 8); /* one trip may have been a long one */
        return;
    }
    int64_t off_us = trip.us - self->rtt.us;
    self->rtt_deviation.us += ((off_us < 0 ? -off_us : off_us) - self->rtt_deviation.us) / 4;
    self->rtt.us += off_us / 8;
    /* The shortest is forgotten slowly: it may have been a mistake, or the way has changed. */
    self->rtt_min.us += (self->rtt.us - self->rtt_min.us) / 64;
    self->rtt_min.us = at_most(self->rtt_min.us, trip.us);
    mind_queue(self, trip);
}

void vg_missionpace_guess(struct vg_missionpace *self, struct vg_us trip)
{
    if (self->rtt.us == 0) {
        vg_missionpace_measured(self, vg_us(at_most(trip.us, GUESS_MAX_US)));
        self->is_guess = true;
    }
}

void vg_missionpace_progressed(struct vg_missionpace *self)
{
    self->n_overdue = 0;
    self->gap.us = at_least(self->gap.us * 15 / 16, self->gap_least.us);
}

void vg_missionpace_back_off(struct vg_missionpace *self)
{
    ++self->n_overdue;
    if (self->n_overdue > 1) { /* twice in a row: perhaps we send too fast */
        self->gap.us = at_most(self->gap.us * 3 / 2, GAP_MAX_US);
    }
    if (self->rtt.us > 0 && self->n_overdue > OVERDUE_MAX) {
        self->rtt_deviation.us = self->rtt_deviation.us * 5 / 4 + self->rtt.us / 64;
    }
}

struct vg_us vg_missionpace_wait(const struct vg_missionpace *self)
{
    if (self->rtt.us == 0) {
        return vg_us(UNMEASURED_US);
    }
    int64_t us = self->rtt.us + 4 * self->rtt_deviation.us;
    return vg_us(at_most(at_least(us, WAIT_MIN_US), WAIT_MAX_US));
}

struct vg_us vg_missionpace_retry(const struct vg_missionpace *self, int n)
{
    int64_t us = self->rtt.us == 0 ? self->retry.us : vg_missionpace_wait(self).us;
    if (vg_missionpace_loss(self) > LOSSY) {
        us /= 3; /* better one too many than a wait for nothing */
        n -= LOSSY_REPEATS;
    }
    for (int i = 0; i < n && us < RETRY_MAX_US; i++) {
        us += us / 4;
    }
    return vg_us(at_most(us, at_least(RETRY_MAX_US, self->retry.us)));
}

/* Lost on one of the two ways: what comes through both is the square of what comes through one. */
double vg_missionpace_loss(const struct vg_missionpace *self)
{
    int n = self->n_answered + self->n_lost;
    return n < 8 ? 0 : 1 - sqrt((double)self->n_answered / n);
}

int vg_missionpace_copies(const struct vg_missionpace *self)
{
    double loss = vg_missionpace_loss(self);
    if (loss < LOSSY) {
        return 1;
    }
    double copies = ceil(log(ALL_LOST) / log(fmin(loss, 0.5)));
    return (int)fmin(copies, VG_MISSION_COPIES_MAX);
}

int vg_missionpace_window(const struct vg_missionpace *self, int copies)
{
    int64_t trip_us = self->rtt.us == 0 ? 0 : self->rtt_min.us;
    return (int)(trip_us * 3 / 2 / (self->gap.us * copies)) + 4;
}

bool vg_missionpace_take_slot(struct vg_missionpace *self, struct vg_us now)
{
    if (now.us < self->next.us) {
        return false;
    }
    self->next.us = at_least(self->next.us, now.us - CATCH_UP_US) + self->gap.us;
    return true;
}
