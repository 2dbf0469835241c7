/* What proves a least number of drones, for the plan's certificate: cuts
 *
 *     share * (sum of price_b n_b over the bases) >= what the duals on the sites add up to
 *
 * that hold for any numbers n_b of drones at the bases, however many, if no sortie of the bound's
 * class collects more than its priced cost (whole.h; docs/planning.md, "Whole drones"). The least
 * sum of whole n_b that keeps them all is the number. `"least"` in the certificate:
 * docs/formats.md.
 *
 * Threads: pure. Memory: the text's.
 */
#ifndef VG_PLAN_LEAST_PROOF_H
#define VG_PLAN_LEAST_PROOF_H

#include "plan/rates.h"
#include "plan/whole.h"

/* {"type", "share", "drones", "unit_s", "cuts"} of the cuts of `whole` that are not 0. Its costs
 * are of sites. */
enum vg_status vg_least_prove(const struct vg_whole *whole, double share, int drones,
                              struct vg_buf *out, struct vg_error *err) VG_MUST_USE;
/* The same of the one cut that rates of a fleet free to be anywhere prove, whatever is wanted how
 * often. */
void vg_least_prove_rates(const struct vg_rates *rates, double share, int drones,
                          struct vg_buf *out);
/* Into a certificate, an object's text; malloc. VG_E_NO_MEMORY: it stays as it was. */
enum vg_status vg_least_put(const struct vg_buf *proof, char **io_certificate,
                            struct vg_error *err) VG_MUST_USE;

#endif
