/* How the rows of klv_0601.c and its like are written down: one macro a kind of coding. Private. */
#ifndef VG_LOOK_KLV_ROWS_H
#define VG_LOOK_KLV_ROWS_H

#include "look/klv.h"

#define PLAIN(t, c, n, k, label, u)                                                                \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_##c, .length = (n), .key = k, .name = label, .unit = u        \
    }
#define ULIN(t, n, k, label, u, from, to)                                                          \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_ULIN, .length = (n), .key = k, .name = label, .unit = u,      \
        .lo = (from), .hi = (to)                                                                   \
    }
#define SLIN(t, n, k, label, u, to, least)                                                         \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_SLIN, .length = (n), .key = k, .name = label, .unit = u,      \
        .lo = -(to), .hi = (to), .special = least                                                  \
    }
#define IMAP(t, n, k, label, u, from, to)                                                          \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_IMAP, .length = (n), .key = k, .name = label, .unit = u,      \
        .lo = (from), .hi = (to)                                                                   \
    }
#define WORDS(t, c, k, label, list)                                                                \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_##c, .length = 1, .key = k, .name = label, .unit = "",        \
        .words = list                                                                              \
    }
#define SETS(t, c, k, label, inner)                                                                \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_##c, .key = k, .name = label, .unit = "", .set = inner        \
    }
#define PACK(t, k, label, u, kind)                                                                 \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_PACK, .pack = VG_KLV_PACK_##kind, .key = k, .name = label,    \
        .unit = u                                                                                  \
    }
#define UNIVERSAL(t, c, n, k, label, u, high, low)                                                 \
    {                                                                                              \
        .tag = (t), .coding = VG_KLV_##c, .length = (n), .key = k, .name = label, .unit = u,       \
        .ul = {                                                                                    \
            high,                                                                                  \
            low                                                                                    \
        }                                                                                          \
    }

/* Sets that only occur inside others. */
const struct vg_klv_set *vg_klv_st0806(void);
const struct vg_klv_set *vg_klv_st1002(void);
const struct vg_klv_set *vg_klv_st1206(void);
const struct vg_klv_set *vg_klv_st1601(void);
const struct vg_klv_set *vg_klv_st1602(void);
const struct vg_klv_set *vg_klv_unnamed(void);
const struct vg_klv_set *vg_klv_algorithm(void);
const struct vg_klv_set *vg_klv_ontology(void);
const struct vg_klv_set *vg_klv_vmask(void);
const struct vg_klv_set *vg_klv_vobject(void);
const struct vg_klv_set *vg_klv_vfeature(void);
const struct vg_klv_set *vg_klv_vtracker(void);
const struct vg_klv_set *vg_klv_vchip(void);

/* How countries are written (ST 0102): also in ST 0601's tag 122. */
const struct vg_klv_word *vg_klv_country_codings(void);

#endif
