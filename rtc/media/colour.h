#ifndef ALCOVE_COLOUR_H
#define ALCOVE_COLOUR_H

#include <stdint.h>

// Limited-range BT.601 planes to RGBA, alpha 255.
void alcove_i420_to_rgba(const uint8_t *y, int ystride, const uint8_t *u, const uint8_t *v,
                         int cstride, uint8_t *rgba, int stride, int w, int h, int mirror);

// RGBA to limited-range BT.601 planes, chroma averaged over 2x2.
void alcove_rgba_to_i420(const uint8_t *rgba, int stride, uint8_t *y, int ystride, uint8_t *u,
                         uint8_t *v, int cstride, int w, int h);

// One plane, bilinear, from a window (in 1/65536 of a sample) to a whole plane of dw x dh. map
// translates each value, or is null. sw and sh are the size of the whole source plane.
void alcove_scale_plane(const uint8_t *src, int sstride, int sw, int sh, int64_t left, int64_t top,
                        int64_t width, int64_t height, uint8_t *dst, int dstride, int dw, int dh,
                        const uint8_t *map);

#endif
