/* Shared by the writers of export.h; nobody else includes it. */
#ifndef VG_FLY_EXPORT_PRIV_H
#define VG_FLY_EXPORT_PRIV_H

#include "fly/export.h"

/* Names of zone kinds, as the watch's files have them. */
extern const char *const VG_EXPORT_KINDS[4];

/* The i-th point of the way, above the sea; false for an item without a place. */
bool vg_export_point(const struct vg_export_sortie *sortie, int i, double *out_lat_deg,
                     double *out_lon_deg, double *out_alt_msl_m);
/* An XML element that holds a text. */
void vg_export_element(struct vg_buf *out, const char *tag, const char *text);

#endif
