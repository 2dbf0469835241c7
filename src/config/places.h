/* Names of places: CSV (RFC 4180) with a header line naming name, lat, lon and perhaps population.
 */
#ifndef VG_CONFIG_PLACES_H
#define VG_CONFIG_PLACES_H

#include "config/watchfile.h"

/* VG_E_FORMAT names line and column; the array is malloced, the caller's. */
enum vg_status vg_wf_parse_places(const char *text, size_t n, const char *place,
                                  struct vg_wf_place **out, int *out_n,
                                  struct vg_error *err) VG_MUST_USE;

#endif
