// Plain loops that the compiler vectorises at -O3. Sums are in 16 bits with 5 fractional bits:
// the widest, 1.164*239 + 2.017*128 + rounding, is 536*32 = 17163 and stays in an int16_t. Factors
// are multiplied as the high half of a 16x16 product, one machine instruction a vector.

#include "colour.h"

enum { BLOCK = 512 };

static inline int16_t high(int16_t a, int16_t b) { return (int16_t)(((int32_t)a * b) >> 16); }

static inline uint8_t clamp(int16_t x) {
	x = x < 0 ? 0 : x;
	return (uint8_t)(x > 255 ? 255 : x);
}

// What chroma adds to red, green and blue, for two neighbours at once. Factors are those of
// ITU-R BT.601 scaled by 224 steps of chroma, times 2^13: 1.596027, 0.391762, 0.812968, 2.017232.
static void chroma_terms(const uint8_t *restrict u, const uint8_t *restrict v, int n,
                         int16_t *restrict r, int16_t *restrict g, int16_t *restrict b) {
	for (int i = 0; i < n; i++) {
		int16_t du = (int16_t)((u[i] - 128) * 256), dv = (int16_t)((v[i] - 128) * 256);
		int16_t rt = high(dv, 13075);
		int16_t gt = (int16_t)(-high(du, 3209) - high(dv, 6660));
		int16_t bt = high(du, 16525);
		r[2 * i] = r[2 * i + 1] = rt;
		g[2 * i] = g[2 * i + 1] = gt;
		b[2 * i] = b[2 * i + 1] = bt;
	}
}

static void luma_row(const uint8_t *restrict y, int n, const int16_t *restrict r,
                     const int16_t *restrict g, const int16_t *restrict b, uint32_t *restrict out) {
	for (int i = 0; i < n; i++) {
		// (Y-16)*128 * 1.164383*2^14/2^16 = (Y-16)*1.164383*32, and a half for rounding.
		int16_t l = (int16_t)(high((int16_t)((y[i] - 16) * 128), 19077) + 16);
		uint32_t cr = clamp((int16_t)((int16_t)(l + r[i]) >> 5));
		uint32_t cg = clamp((int16_t)((int16_t)(l + g[i]) >> 5));
		uint32_t cb = clamp((int16_t)((int16_t)(l + b[i]) >> 5));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		out[i] = cr << 24 | cg << 16 | cb << 8 | 0xffu;
#else
		out[i] = cr | cg << 8 | cb << 16 | 0xff000000u;
#endif
	}
}

static void flip(uint32_t *row, int n) {
	for (int i = 0, j = n - 1; i < j; i++, j--) {
		uint32_t t = row[i];
		row[i] = row[j];
		row[j] = t;
	}
}

void alcove_i420_to_rgba(const uint8_t *y, int ystride, const uint8_t *u, const uint8_t *v,
                         int cstride, uint8_t *rgba, int stride, int w, int h, int mirror) {
	int16_t r[BLOCK], g[BLOCK], b[BLOCK];
	for (int row = 0; row < h; row += 2) {
		int rows = row + 1 < h ? 2 : 1;
		for (int x = 0; x < w; x += BLOCK) {
			int n = w - x < BLOCK ? w - x : BLOCK;
			int64_t c = (int64_t)(row / 2) * cstride + x / 2;
			chroma_terms(u + c, v + c, (n + 1) / 2, r, g, b);
			for (int k = 0; k < rows; k++) {
				luma_row(y + (int64_t)(row + k) * ystride + x, n, r, g, b,
				         (uint32_t *)(rgba + (int64_t)(row + k) * stride) + x);
			}
		}
		for (int k = 0; mirror && k < rows; k++) {
			flip((uint32_t *)(rgba + (int64_t)(row + k) * stride), w);
		}
	}
}

void alcove_rgba_to_i420(const uint8_t *rgba, int stride, uint8_t *y, int ystride, uint8_t *u,
                         uint8_t *v, int cstride, int w, int h) {
	for (int row = 0; row < h; row++) {
		const uint8_t *p = rgba + (int64_t)row * stride;
		uint8_t *out = y + (int64_t)row * ystride;
		for (int x = 0; x < w; x++) {
			out[x] = (uint8_t)((16829 * p[4 * x] + 33039 * p[4 * x + 1] + 6416 * p[4 * x + 2] +
			                    (16 << 16) + 32768) >> 16);
		}
	}
	for (int row = 0; row < h; row += 2) {
		const uint8_t *p = rgba + (int64_t)row * stride;
		const uint8_t *q = row + 1 < h ? p + stride : p;
		int64_t c = (int64_t)(row / 2) * cstride;
		for (int x = 0; x < w; x += 2) {
			int a = 4 * x, d = x + 1 < w ? a + 4 : a;
			int r = p[a] + p[d] + q[a] + q[d];
			int g = p[a + 1] + p[d + 1] + q[a + 1] + q[d + 1];
			int b = p[a + 2] + p[d + 2] + q[a + 2] + q[d + 2];
			int half = (128 << 18) + (1 << 17);
			u[c + x / 2] = (uint8_t)((-9714 * r - 19071 * g + 28785 * b + half) >> 18);
			v[c + x / 2] = (uint8_t)((28785 * r - 24103 * g - 4682 * b + half) >> 18);
		}
	}
}

// The commonest step, 720p to 360p, is a plain mean of four.
static void halve_row(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out,
                      int n) {
	for (int i = 0; i < n; i++) {
		out[i] = (uint8_t)((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
	}
}

static inline int64_t within(int64_t x, int64_t max) { return x < 0 ? 0 : x > max ? max : x; }

void alcove_scale_plane(const uint8_t *src, int sstride, int sw, int sh, int64_t left, int64_t top,
                        int64_t width, int64_t height, uint8_t *dst, int dstride, int dw, int dh,
                        const uint8_t *map) {
	int64_t dx = width / dw, dy = height / dh;
	if (!map && sw == 2 * dw && sh == 2 * dh && width == (int64_t)sw << 16 &&
	    height == (int64_t)sh << 16) {
		for (int j = 0; j < dh; j++) {
			const uint8_t *a = src + (int64_t)2 * j * sstride;
			halve_row(a, a + sstride, dst + (int64_t)j * dstride, dw);
		}
		return;
	}
	int64_t maxx = ((int64_t)sw - 1) << 16, maxy = ((int64_t)sh - 1) << 16;
	for (int j = 0; j < dh; j++) {
		// Sample centres: half a target sample less half a source sample.
		int64_t fy = within(top + dy * j + dy / 2 - 32768, maxy);
		int y0 = (int)(fy >> 16), wy = (int)(fy >> 8 & 255);
		const uint8_t *a = src + (int64_t)y0 * sstride;
		const uint8_t *b = y0 + 1 < sh ? a + sstride : a;
		uint8_t *out = dst + (int64_t)j * dstride;
		for (int i = 0; i < dw; i++) {
			int64_t fx = within(left + dx * i + dx / 2 - 32768, maxx);
			int x0 = (int)(fx >> 16), wx = (int)(fx >> 8 & 255);
			int x1 = x0 + 1 < sw ? x0 + 1 : x0;
			int p = a[x0] * (256 - wx) + a[x1] * wx;
			int q = b[x0] * (256 - wx) + b[x1] * wx;
			int s = (p * (256 - wy) + q * wy + 32768) >> 16;
			out[i] = map ? map[s] : (uint8_t)s;
		}
	}
}
