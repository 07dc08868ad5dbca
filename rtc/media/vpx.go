package media

/*
// Static on Linux, so that the package runs where libvpx was never installed.
#cgo linux LDFLAGS: -l:libvpx.a -lm -lpthread
#cgo !linux pkg-config: vpx
#include "vpx.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"time"
	"unsafe"
)

// ErrCodec: the codec library refused; the text names its error number.
var ErrCodec = errors.New("codec failed")

// ErrTooLarge: a frame claims a picture larger than maxPixels.
var ErrTooLarge = errors.New("picture is too large")

// EncodedFrame is one compressed picture.
type EncodedFrame struct {
	Data     []byte // the caller's to keep
	Key      bool
	At       time.Duration // since the first frame
	Duration time.Duration // since the frame before, for the RTP timestamp
}

// Encoder compresses pictures with VP8. Not for use by two goroutines at once.
type Encoder struct {
	c       *C.alcove_enc
	w, h    int
	bitrate int
	key     bool // make the next one a key frame
	started bool
	last    time.Duration // of the frame before, for the rate control
	sent    time.Duration // of the frame before that was not dropped
}

// NewEncoder makes an encoder for a bitrate in bit/s; sizes come with the frames.
func NewEncoder(bitrate int) *Encoder { return &Encoder{bitrate: bitrate} }

// nominal is assumed of the first frame, which has none before it.
const nominal = time.Second / 30

// Encode compresses one picture taken at the given time since some start. Data is nil if the
// rate control dropped the frame. Another size than before starts the encoder afresh, with a
// key frame.
func (e *Encoder) Encode(f *I420, at time.Duration) (EncodedFrame, error) {
	if !f.fits() {
		return EncodedFrame{}, fmt.Errorf("%w: bad picture", ErrCodec)
	}
	if e.c == nil || f.W != e.w || f.H != e.h {
		if err := e.restart(f.W, f.H); err != nil {
			return EncodedFrame{}, err
		}
	}
	duration, since := nominal, nominal
	if e.started {
		// libvpx wants each time stamp above the one before.
		at = max(at, e.last+time.Microsecond)
		duration, since = at-e.last, at-e.sent
	}
	var out C.alcove_packet
	key := C.int(0)
	if e.key {
		key = 1
	}
	code := C.alcove_enc_frame(e.c, ptr(f.Y), C.int(f.YStride), ptr(f.U), ptr(f.V), C.int(f.CStride),
		C.int64_t(at.Microseconds()), C.ulong(max(duration.Microseconds(), 1)), key, &out)
	if code != 0 {
		return EncodedFrame{}, fmt.Errorf("%w: vp8 encode %d", ErrCodec, int(code))
	}
	e.last = at
	if !e.started {
		e.sent, e.started = at, true
	}
	if out.data == nil {
		return EncodedFrame{}, nil
	}
	e.key, e.sent = false, at
	return EncodedFrame{
		Data: C.GoBytes(unsafe.Pointer(out.data), C.int(out.size)),
		Key:  out.key != 0, At: at, Duration: since,
	}, nil
}

func (e *Encoder) restart(w, h int) error {
	e.Close()
	c := C.alcove_enc_new(C.int(w), C.int(h), C.int(kilobits(e.bitrate)))
	if c == nil {
		return fmt.Errorf("%w: vp8 encoder for %dx%d", ErrCodec, w, h)
	}
	e.c, e.w, e.h, e.key = c, w, h, true
	return nil
}

// SetBitrate changes the rate in bit/s from the next frame on.
func (e *Encoder) SetBitrate(bps int) error {
	if kilobits(bps) == kilobits(e.bitrate) {
		return nil
	}
	e.bitrate = bps
	if e.c == nil {
		return nil
	}
	if code := C.alcove_enc_bitrate(e.c, C.int(kilobits(bps))); code != 0 {
		return fmt.Errorf("%w: vp8 bitrate %d", ErrCodec, int(code))
	}
	return nil
}

func kilobits(bps int) int { return max(bps/1000, 30) }

// ForceKeyFrame makes the next frame a key frame.
func (e *Encoder) ForceKeyFrame() { e.key = true }

// Close frees the encoder. A later Encode starts afresh.
func (e *Encoder) Close() {
	if e.c != nil {
		C.alcove_enc_free(e.c)
		e.c = nil
	}
}

// Decoder turns VP8 frames into pictures. Not for use by two goroutines at once.
type Decoder struct{ c *C.vpx_codec_ctx_t }

// NewDecoder makes a decoder on one thread.
func NewDecoder() (*Decoder, error) {
	c := C.alcove_dec_new()
	if c == nil {
		return nil, fmt.Errorf("%w: vp8 decoder", ErrCodec)
	}
	return &Decoder{c: c}, nil
}

// maxPixels bounds what a key frame can make us allocate: 28 bits of size in ten bytes would
// otherwise ask for more than a gigabyte.
const maxPixels = 1920 * 1200

// Decode returns the picture, nil if the frame is not to be shown. The size may change at every
// key frame. The picture lies in the decoder and is valid until its next call.
func (d *Decoder) Decode(data []byte) (*I420, error) {
	if d.c == nil {
		return nil, ErrClosed
	}
	// Empty data means "frame lost" to libvpx, which would then show a guess.
	if len(data) < 3 {
		return nil, fmt.Errorf("%w: vp8 frame of %d bytes", ErrCodec, len(data))
	}
	if w, h, key := keySize(data); key && w*h > maxPixels {
		return nil, fmt.Errorf("%w: %dx%d", ErrTooLarge, w, h)
	}
	var img *C.vpx_image_t
	if code := C.alcove_dec_frame(d.c, ptr(data), C.uint(len(data)), &img); code != 0 {
		return nil, fmt.Errorf("%w: vp8 decode %d", ErrCodec, int(code))
	}
	if img == nil {
		return nil, nil
	}
	return view(img), nil
}

// Close frees the decoder.
func (d *Decoder) Close() {
	if d.c != nil {
		C.alcove_dec_free(d.c)
		d.c = nil
	}
}

// view shows the codec's own planes without a copy.
func view(img *C.vpx_image_t) *I420 {
	w, h := int(img.d_w), int(img.d_h)
	cw, ch := (w+1)/2, (h+1)/2
	f := &I420{W: w, H: h, YStride: int(img.stride[0]), CStride: int(img.stride[1])}
	f.Y = unsafe.Slice((*byte)(img.planes[0]), f.YStride*(h-1)+w)
	f.U = unsafe.Slice((*byte)(img.planes[1]), f.CStride*(ch-1)+cw)
	f.V = unsafe.Slice((*byte)(img.planes[2]), f.CStride*(ch-1)+cw)
	return f
}

// isKey says whether a VP8 frame is a key frame (RFC 6386, section 9.1).
func isKey(data []byte) bool { return len(data) > 0 && data[0]&1 == 0 }

// keySize reads the size out of a key frame's header (RFC 6386, section 9.1).
func keySize(data []byte) (w, h int, key bool) {
	if !isKey(data) {
		return 0, 0, false
	}
	if len(data) < 10 {
		return 0, 0, true
	}
	w = (int(data[6]) | int(data[7])<<8) & maxSide
	h = (int(data[8]) | int(data[9])<<8) & maxSide
	return w, h, true
}
