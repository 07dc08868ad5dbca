#ifndef ALCOVE_VPX_H
#define ALCOVE_VPX_H

#include <stdint.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

typedef struct {
	vpx_codec_ctx_t ctx;
	vpx_codec_enc_cfg_t cfg;
} alcove_enc;

// What came out of one encode: data is null if the encoder dropped the frame.
typedef struct {
	const uint8_t *data;
	size_t size;
	int key;
} alcove_packet;

alcove_enc *alcove_enc_new(int w, int h, int kbps);
void alcove_enc_free(alcove_enc *e);
int alcove_enc_bitrate(alcove_enc *e, int kbps);
// pts and duration in microseconds.
int alcove_enc_frame(alcove_enc *e, const uint8_t *y, int ystride, const uint8_t *u,
                     const uint8_t *v, int cstride, int64_t pts, unsigned long duration, int key,
                     alcove_packet *out);

vpx_codec_ctx_t *alcove_dec_new(void);
void alcove_dec_free(vpx_codec_ctx_t *d);
// *out is null if the frame is not to be shown; it stays valid until the next call.
int alcove_dec_frame(vpx_codec_ctx_t *d, const uint8_t *data, unsigned int size, vpx_image_t **out);

#endif
