/* When to send the next message of a list, and when to think one lost: what the link itself shows.
 *
 * The round trip is smoothed as TCP does it (RFC 6298): a repeat waits for its mean and four mean
 * deviations. The share lost one way is taken from questions that got no answer, both ways being
 * alike. It decides how many copies of a message are sent where only order counts: as many as
 * bring the chance that all are lost under one in ten thousand. Round trips that grow far beyond
 * the shortest show a queue on the way: then messages go out more slowly.
 *
 * Threads: one at a time. Allocations: none.
 */
#ifndef VG_LINK_MISSIONPACE_H
#define VG_LINK_MISSIONPACE_H

#include "link/missionitem.h"

enum {
    VG_MISSION_COPIES_MAX = 10
};

struct vg_missionpace {
    struct vg_us retry;
    struct vg_us limit;
    struct vg_us gap_least;
    struct vg_us gap; /* as the link bears it */
    struct vg_us next; /* no message before this */
    struct vg_us rtt; /* smoothed; 0: not measured */
    struct vg_us rtt_deviation;
    struct vg_us rtt_min;
    bool is_guess; /* the round trip: the question had been repeated */
    int n_short; /* trips in a row that were too short to be true */
    int n_overdue; /* since the drone went on */
    int n_answered;
    int n_lost;
};

/* The patience in, defaults filled; what was measured stays. */
void vg_missionpace_begin(struct vg_missionpace *self, const struct vg_mission_patience *patience,
                          struct vg_us now);
/* One question more that was answered before it was repeated, or was not although it was time. */
void vg_missionpace_note(struct vg_missionpace *self, bool is_answered);
/* A question that was sent once was answered after `trip`. */
void vg_missionpace_measured(struct vg_missionpace *self, struct vg_us trip);
/* The first answer, to a question that may have been repeated: it took at most so long. */
void vg_missionpace_guess(struct vg_missionpace *self, struct vg_us trip);
/* The drone has gone on. */
void vg_missionpace_progressed(struct vg_missionpace *self);
/* An answer is overdue: if that goes on, wait longer until a round trip is measured again. */
void vg_missionpace_back_off(struct vg_missionpace *self);
/* After how long a question counts as lost. */
struct vg_us vg_missionpace_wait(const struct vg_missionpace *self);
/* The n-th repeat (from 0) of a question that never got an answer waits so long. */
struct vg_us vg_missionpace_retry(const struct vg_missionpace *self, int n);
/* Share of messages lost one way, 0..1. */
double vg_missionpace_loss(const struct vg_missionpace *self);
/* How many times each message is best sent, from 1 where little is lost. */
int vg_missionpace_copies(const struct vg_missionpace *self);
/* How many messages may be unanswered: what fits into a round trip, and a few. */
int vg_missionpace_window(const struct vg_missionpace *self, int copies);
/* May a message leave now? If so the next has to wait its gap; gaps unused since the last step are
 * made up for. */
bool vg_missionpace_take_slot(struct vg_missionpace *self, struct vg_us now);

#endif
