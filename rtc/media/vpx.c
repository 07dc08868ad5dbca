#include "vpx.h"

#include <stdlib.h>

static int setup(alcove_enc *e, int w, int h, int kbps) {
	int err = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &e->cfg, 0);
	if (err) return err;
	e->cfg.g_w = w;
	e->cfg.g_h = h;
	// One thread: two cost five times as much, in locks and waiting.
	e->cfg.g_threads = 1;
	e->cfg.g_timebase.num = 1;
	e->cfg.g_timebase.den = 1000000;
	// A frame after a lost one is never decoded here, so each may lean on the one before.
	e->cfg.g_error_resilient = 0;
	e->cfg.g_lag_in_frames = 0;
	e->cfg.g_pass = VPX_RC_ONE_PASS;
	e->cfg.rc_end_usage = VPX_CBR;
	e->cfg.rc_target_bitrate = kbps;
	e->cfg.rc_min_quantizer = 2;
	e->cfg.rc_max_quantizer = 56;
	e->cfg.rc_undershoot_pct = 100;
	e->cfg.rc_overshoot_pct = 15;
	e->cfg.rc_buf_initial_sz = 500;
	e->cfg.rc_buf_optimal_sz = 600;
	e->cfg.rc_buf_sz = 1000;
	// Below 30 % of the buffer a frame is dropped rather than the line overfilled.
	e->cfg.rc_dropframe_thresh = 30;
	e->cfg.kf_mode = VPX_KF_AUTO;
	e->cfg.kf_max_dist = 3000;
	err = vpx_codec_enc_init(&e->ctx, vpx_codec_vp8_cx(), &e->cfg, 0);
	if (err) return err;
	// A negative number fixes the speed; a positive one would let it drift with the machine's load.
	vpx_codec_control(&e->ctx, VP8E_SET_CPUUSED, -6);
	vpx_codec_control(&e->ctx, VP8E_SET_STATIC_THRESHOLD, 1);
	vpx_codec_control(&e->ctx, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION);
	// A key frame takes at most the room of nine: a larger one arrives late as a whole.
	vpx_codec_control(&e->ctx, VP8E_SET_MAX_INTRA_BITRATE_PCT, 900);
	return 0;
}

alcove_enc *alcove_enc_new(int w, int h, int kbps) {
	alcove_enc *e = calloc(1, sizeof *e);
	if (e && setup(e, w, h, kbps)) {
		free(e);
		return NULL;
	}
	return e;
}

void alcove_enc_free(alcove_enc *e) {
	vpx_codec_destroy(&e->ctx);
	free(e);
}

int alcove_enc_bitrate(alcove_enc *e, int kbps) {
	e->cfg.rc_target_bitrate = kbps;
	return vpx_codec_enc_config_set(&e->ctx, &e->cfg);
}

int alcove_enc_frame(alcove_enc *e, const uint8_t *y, int ystride, const uint8_t *u,
                     const uint8_t *v, int cstride, int64_t pts, unsigned long duration, int key,
                     alcove_packet *out) {
	vpx_image_t img;
	out->data = NULL;
	if (!vpx_img_wrap(&img, VPX_IMG_FMT_I420, e->cfg.g_w, e->cfg.g_h, 1, (unsigned char *)y))
		return VPX_CODEC_INVALID_PARAM;
	img.planes[VPX_PLANE_Y] = (unsigned char *)y;
	img.planes[VPX_PLANE_U] = (unsigned char *)u;
	img.planes[VPX_PLANE_V] = (unsigned char *)v;
	img.stride[VPX_PLANE_Y] = ystride;
	img.stride[VPX_PLANE_U] = img.stride[VPX_PLANE_V] = cstride;
	int err = vpx_codec_encode(&e->ctx, &img, pts, duration, key ? VPX_EFLAG_FORCE_KF : 0,
	                           VPX_DL_REALTIME);
	if (err) return err;
	vpx_codec_iter_t it = NULL;
	const vpx_codec_cx_pkt_t *p;
	while ((p = vpx_codec_get_cx_data(&e->ctx, &it))) {
		if (p->kind != VPX_CODEC_CX_FRAME_PKT) continue;
		out->data = p->data.frame.buf;
		out->size = p->data.frame.sz;
		out->key = (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
	}
	return 0;
}

vpx_codec_ctx_t *alcove_dec_new(void) {
	vpx_codec_ctx_t *d = calloc(1, sizeof *d);
	vpx_codec_dec_cfg_t cfg = {1, 0, 0};
	if (d && vpx_codec_dec_init(d, vpx_codec_vp8_dx(), &cfg, 0)) {
		free(d);
		return NULL;
	}
	return d;
}

void alcove_dec_free(vpx_codec_ctx_t *d) {
	vpx_codec_destroy(d);
	free(d);
}

int alcove_dec_frame(vpx_codec_ctx_t *d, const uint8_t *data, unsigned int size, vpx_image_t **out) {
	*out = NULL;
	int err = vpx_codec_decode(d, data, size, NULL, 0);
	if (err) return err;
	vpx_codec_iter_t it = NULL;
	vpx_image_t *img;
	while ((img = vpx_codec_get_frame(d, &it))) *out = img;
	return 0;
}
