/* One line of an SBS-1 (BaseStation) feed: comma-separated text, what most receivers' port 30003
 * sends.
 *
 *   MSG,3,1,1,4CA2D6,1,2026/11/28,12:00:00.000,2026/11/28,12:00:00.000,,37000,,,51.45,-1.02,,,,,,0
 *
 * Fields from 11 on: call sign, altitude (ft, 1013.25 hPa), ground speed (kt), track, latitude,
 * longitude, climb (ft/min), squawk, alert, emergency, ident, on ground. Empty: not told. Flags are
 * 0, and 1 or -1.
 *
 * Source: woodair.net/sbs/article/barebones42_socket_data.htm. Threads: pure.
 */
#ifndef VG_TRAFFIC_SBS_H
#define VG_TRAFFIC_SBS_H

#include "traffic/sighting.h"

/* text: NUL-terminated, is cut into its fields. false: not a MSG line with an address and something
 * told. */
bool vg_sbs_parse(char *text, struct vg_sighting *out);

#endif
