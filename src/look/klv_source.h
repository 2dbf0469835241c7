/* Where KLV bytes come from: a raw file or pipe, or the metadata streams of a container (MPEG-TS
 * and all else that FFmpeg reads), from disk, standard input or the network.
 *
 * Both carriages of ST 1402 are read: asynchronous (stream type 0x06 with the registration "KLVA")
 * and synchronous (0x15, each access unit behind a header of five bytes, which is taken off).
 *
 * Not pure: reads, and waits for bytes. One thread at a time. */
#ifndef VG_LOOK_KLV_SOURCE_H
#define VG_LOOK_KLV_SOURCE_H

#include "look/klv.h"

#include <stdbool.h>

struct vg_klv_source;

/* Bytes of one metadata stream, valid until the next call. */
struct vg_klv_piece {
    struct vg_bytes bytes;
    uint64_t offset; /* of the first byte in what was opened; UINT64_MAX: unknown */
    int stream; /* index in the container, -1: raw */
    double pts_s; /* presentation time; NaN: none */
    bool is_end; /* nothing follows */
};

/* `from`: a path, "-" for standard input, or a URL that FFmpeg opens (udp://, rtp://, rtsp://,
 * tcp://, srt://). Waits for the first bytes. VG_E_IO when it cannot be opened, VG_E_FORMAT when it
 * is neither raw KLV nor a container. */
enum vg_status vg_klv_source_open(const char *from, struct vg_klv_source **out,
                                  struct vg_error *err) VG_MUST_USE;
void vg_klv_source_close(struct vg_klv_source *self);

/* The next piece; at the end is_end and no bytes. VG_E_IO when reading fails. */
enum vg_status vg_klv_source_next(struct vg_klv_source *self, struct vg_klv_piece *out,
                                  struct vg_error *err) VG_MUST_USE;

/* A piece of a synchronous stream (ISO/IEC 13818-1 section 2.12.4) without the access unit header
 * before its first packet, where FFmpeg left it. */
struct vg_bytes vg_klv_without_header(struct vg_bytes piece);

/* What the container holds ("h264, klv"), into buf; "" for raw KLV. Returns buf. */
const char *vg_klv_source_streams(const struct vg_klv_source *self, char *buf, size_t size_bytes);

#endif
