/* Bounds for wider classes of flights than the plan's own bound covers (docs/planning.md, "Wider
 * classes"): sorties that turn back once on the line, that land at another base than they left, or
 * both.
 *
 * For a given T (worst gap / wanted revisit) a program asks for the least share of the fleet's
 * time:
 *
 *     min share   subject to   sum over s of m_is(T) x_s >= 1             for every site i
 *                              sum over s of group g of C_s x_s <= share n_g   for every group g
 *                              take-offs = landings                       at every base, by type
 *
 * m_is(T): how long site i counts as seen through one sortie s, the union of [visit, visit + T w_i]
 * over its visits: T w_i, and min(g, T w_i) more where s comes back to i after g. Gaps of at most T
 * w_i mean that these unions cover all time, and a union is no longer than the sum of its parts; so
 * a share above 1 proves that the worst gap is above T. The shares fall as T grows: the greatest T
 * that is refuted is the bound.
 *
 * A group is a crew; where flights land elsewhere drones wander, so it is all crews of a type.
 * Solved by column generation; duals are taken half way to the best ones first (P. Wentges, Int.
 * Trans. Oper. Res. 4, 1997); what they prove is divided by 1 + the worst excess over all sorties.
 *
 * Threads: pure. Memory: malloc, freed before return. Errors: VG_E_NO_MEMORY.
 */
#ifndef VG_PLAN_WIDER_H
#define VG_PLAN_WIDER_H

#include "plan/rates.h"

enum vg_wider_kind {
    VG_WIDER_TURN = 0, /* may turn back once; lands at home */
    VG_WIDER_RELAY, /* one pass; lands at any base */
    VG_WIDER_BOTH,
    VG_WIDER_KINDS
};

/* Bound of one class for a problem whose rates are solved. *out_share: proven worst gap / wanted
 * revisit, 0 where nothing was proven before go_on said stop. Its certificate is appended to `out`
 * as a JSON object. */
enum vg_status vg_wider_bound(const struct vg_rates *rates, enum vg_wider_kind kind,
                              bool (*go_on)(void *ctx), void *ctx, double *out_share,
                              struct vg_buf *out, struct vg_error *err) VG_MUST_USE;

/* All three, or that of landings anywhere alone, as the field "wider" of the certificate (JSON
 * text, malloc). *out_relay: what is proven for landings anywhere, as above. */
enum vg_status vg_wider_add(const struct vg_rates *rates, bool is_relay_only,
                            bool (*go_on)(void *ctx), void *ctx, double *out_relay,
                            char **io_certificate, struct vg_error *err) VG_MUST_USE;

#endif
