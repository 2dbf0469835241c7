#include "plan/making.h"

enum {
    MOST_FINER = 1500, /* nodes, where a second look is quick */
    LOOK_MOVES = 200000, /* of a thread: what comes of them says which nodes to search on */
    APART_TRIES = 4
};

enum effort {
    LOOK, /* a short search, where there are few nodes */
    WHOLE,
    FINER /* whole, on nodes that are closer */
};

/* Is a look before the search worth while? */
static bool wants_look(const struct vg_watchfile *watch, const struct vg_planner_options *o)
{
    return o != NULL && o->moves > LOOK_MOVES && !o->is_quick && !(o->site_step_m > 0) &&
           !o->is_clocked && !o->wants_wider && !vg_clock_is_wanted(watch);
}

static enum vg_status solve_once(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                 const struct vg_planner_options *options, enum effort effort,
                                 struct vg_making *mk, struct vg_error *err)
{
    struct vg_planner_options look;
    *mk = (struct vg_making){.options = options};
    enum vg_status st = vg_problem_init_parts(
        &mk->problem, watch, terrain, options != NULL ? options->site_step_m : 0,
        options != NULL ? options->sweeps : NULL, options != NULL ? options->parts : NULL,
        options != NULL ? options->n_parts : 0, err);
    if (st == VG_OK && effort == FINER) {
        struct vg_grade grade = vg_problem_grade(&mk->problem);
        grade.is_of_each = true;
        mk->is_finer = true;
        st = vg_problem_refine(&mk->problem, &grade, err);
    }
    mk->n_nodes = st == VG_OK ? vg_problem_n_nodes(&mk->problem) : 0;
    if (effort == LOOK && mk->n_nodes <= MOST_FINER && wants_look(watch, options)) {
        look = *options;
        look.moves = LOOK_MOVES;
        mk->options = &look;
        mk->is_look = true;
    }
    if (st == VG_OK) {
        st = vg_making_tell(mk, 0.2, err);
    }
    if (st == VG_OK) {
        st = vg_making_make(mk, err);
    }
    mk->options = options;
    vg_making_finish(mk);
    if (st != VG_OK) {
        vg_plan_finish(&mk->plan);
    }
    return st;
}

/* A plan far from its bound may want for nodes: bound and plan once more with finer ones, while
 * there is time. */
static bool is_far(const struct vg_making *mk)
{
    static const double FAR = 1.5;
    const struct vg_planner_options *o = mk->options;
    return o != NULL && o->moves > 0 && !o->is_quick && !(o->site_step_m > 0) &&
           mk->n_nodes <= MOST_FINER && mk->home_ratio > FAR;
}

static bool has_time(const struct vg_making *mk)
{
    return mk->options->go_on == NULL || mk->options->go_on(mk->options->ctx);
}

static bool is_better(const struct vg_making *a, const struct vg_making *b)
{
    return a->plan.worst_gap_s < b->plan.worst_gap_s ||
           (a->plan.worst_gap_s <= b->plan.worst_gap_s && a->plan.bound_s >= b->plan.bound_s);
}

/* The other's plan in place of this one, if it is better; what goes is kept if it alone can be
 * flown. */
static void choose(struct vg_making *io, struct vg_making *other, bool is_taken)
{
    struct vg_plan goes = is_taken ? io->plan : other->plan;
    int goes_near = is_taken ? io->n_near : other->n_near;
    if (is_taken) {
        io->plan = other->plan;
        io->n_near = other->n_near;
        io->home_ratio = other->home_ratio;
        io->is_finer = other->is_finer;
    }
    if (goes_near == 0 && io->n_near > 0 && !io->has_spare) {
        io->spare = goes;
        io->has_spare = true;
    } else {
        vg_plan_finish(&goes);
    }
}

/* Another effort; what fails changes nothing. */
static void try_effort(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                       enum effort effort, struct vg_making *io)
{
    struct vg_making other;
    if (solve_once(watch, terrain, io->options, effort, &other, NULL) == VG_OK) {
        choose(io, &other, is_better(&other, io));
    }
}

/* A plan whose drones come too near is refused: others in its place, of short searches and at last
 * of the tours, though the time be over. */
static void try_apart(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                      struct vg_making *io)
{
    for (int k = 1; k <= APART_TRIES && io->n_near > 0; k++) {
        struct vg_making other;
        struct vg_planner_options o = *io->options;
        bool is_last = k == APART_TRIES;
        o.seed += (uint64_t)k;
        o.go_on = NULL;
        o.moves = is_last ? 0 : o.moves < LOOK_MOVES ? o.moves : LOOK_MOVES;
        if ((is_last && io->has_spare) ||
            solve_once(watch, terrain, &o, io->is_finer ? FINER : WHOLE, &other, NULL) != VG_OK) {
            continue;
        }
        choose(io, &other, other.n_near < io->n_near);
    }
    if (io->has_spare) {
        vg_plan_finish(io->n_near > 0 ? &io->plan : &io->spare);
        io->plan = io->n_near > 0 ? io->spare : io->plan;
    }
}

enum vg_status vg_planner_solve(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_planner_options *options, struct vg_plan *out,
                                struct vg_error *err)
{
    struct vg_making mk;
    if (options != NULL && options->wants_wider && watch->has_wind_hours) {
        return vg_fail(
            err, VG_E_INVALID,
            "wider classes of flights are bounded in one steady wind only: give \"wind\" "
            "with \"from\" and \"speed\" in place of a file, or leave out --wider");
    }
    enum vg_status st = solve_once(watch, terrain, options, LOOK, &mk, err);
    bool is_done = st != VG_OK || !mk.is_look;
    if (st == VG_OK && is_far(&mk) && has_time(&mk)) {
        try_effort(watch, terrain, FINER, &mk);
        is_done = is_done || !is_far(&mk);
    }
    if (!is_done && has_time(&mk)) {
        try_effort(watch, terrain, WHOLE, &mk);
    }
    if (st == VG_OK && options != NULL && options->moves > 0 && !options->is_quick) {
        try_apart(watch, terrain, &mk);
    }
    if (st == VG_OK) {
        *out = mk.plan;
    }
    return st;
}
