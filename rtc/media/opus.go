package media

/*
// libopus itself is linked by mediadevices' codec/opus, which brings it as a static library for
// every desktop system; what we call of it is declared here, because that package hands out
// neither the decoder nor its header.
#include <stdint.h>

typedef struct OpusEncoder OpusEncoder;
typedef struct OpusDecoder OpusDecoder;
OpusEncoder *opus_encoder_create(int32_t rate, int channels, int application, int *error);
int32_t opus_encode(OpusEncoder *e, const int16_t *pcm, int size, unsigned char *data, int32_t max);
int opus_encoder_ctl(OpusEncoder *e, int request, ...);
void opus_encoder_destroy(OpusEncoder *e);
OpusDecoder *opus_decoder_create(int32_t rate, int channels, int *error);
int opus_decode(OpusDecoder *d, const unsigned char *data, int32_t len, int16_t *pcm, int size, int fec);
void opus_decoder_destroy(OpusDecoder *d);
int opus_packet_get_nb_samples(const unsigned char *data, int32_t len, int32_t rate);

// Go cannot call a function with a variable number of arguments.
static int alcove_opus_set(OpusEncoder *e, int request, int32_t value) {
	return opus_encoder_ctl(e, request, value);
}
*/
import "C"

import (
	"fmt"
	"time"
	"unsafe"

	_ "github.com/pion/mediadevices/pkg/codec/opus" // links libopus
)

const (
	// SampleRate of all sound in this package, in Hz. One channel, 16 bits.
	SampleRate = 48000
	// FrameSamples are in one frame of sound.
	FrameSamples = SampleRate / 50
	// FrameTime is how long one frame of sound lasts.
	FrameTime = 20 * time.Millisecond

	// maxOpusSamples are 120 ms, the longest packet (RFC 6716, section 2.1.4).
	maxOpusSamples = SampleRate * 120 / 1000
	// maxOpusBytes is the longest packet that RFC 6716 section 3.2 lets one frame make, and
	// more than a voice ever needs.
	maxOpusBytes = 1275
)

// Names and numbers from opus_defines.h, which libopus keeps stable.
const (
	opusVoIP          = 2048
	opusSetBitrate    = 4002
	opusSetComplexity = 4010
	opusSetInbandFEC  = 4012
	opusSetLoss       = 4014
	opusSetSignal     = 4024
	opusSignalVoice   = 3001
)

// OpusEncoder compresses 20 ms frames of voice. Not for use by two goroutines at once.
type OpusEncoder struct {
	c   *C.OpusEncoder
	buf [maxOpusBytes]byte
}

// NewOpusEncoder makes an encoder for a bitrate in bit/s (32,000 is good for a voice). It adds
// forward error correction, so that a packet can stand in for the one before.
func NewOpusEncoder(bitrate int) (*OpusEncoder, error) {
	var code C.int
	c := C.opus_encoder_create(SampleRate, 1, opusVoIP, &code)
	if c == nil || code != 0 {
		return nil, fmt.Errorf("%w: opus encoder %d", ErrCodec, int(code))
	}
	e := &OpusEncoder{c: c}
	for _, set := range [][2]int{
		{opusSetBitrate, bitrate},
		{opusSetComplexity, 5}, // half the work of 9, and no ear hears it at this rate
		{opusSetSignal, opusSignalVoice},
		{opusSetInbandFEC, 1},
		{opusSetLoss, 10}, // per cent, without which no correction is added
	} {
		if code := C.alcove_opus_set(c, C.int(set[0]), C.int32_t(set[1])); code != 0 { // #nosec G115 -- small
			e.Close()
			return nil, fmt.Errorf("%w: opus setting %d: %d", ErrCodec, set[0], int(code))
		}
	}
	return e, nil
}

// Encode compresses one frame of FrameSamples. The packet is the caller's to keep.
func (e *OpusEncoder) Encode(frame []int16) ([]byte, error) {
	if e.c == nil {
		return nil, ErrClosed
	}
	if len(frame) != FrameSamples {
		return nil, fmt.Errorf("%w: %d samples of sound", ErrCodec, len(frame))
	}
	n := C.opus_encode(e.c, samples(frame), FrameSamples,
		(*C.uchar)(unsafe.Pointer(&e.buf[0])), maxOpusBytes)
	if n < 1 {
		return nil, fmt.Errorf("%w: opus encode %d", ErrCodec, int(n))
	}
	return append([]byte(nil), e.buf[:n]...), nil
}

// Close frees the encoder.
func (e *OpusEncoder) Close() {
	if e.c != nil {
		C.opus_encoder_destroy(e.c)
		e.c = nil
	}
}

// OpusDecoder turns packets into sound and invents what was lost. Not for use by two goroutines
// at once.
type OpusDecoder struct {
	c   *C.OpusDecoder
	pcm [maxOpusSamples]int16
}

// NewOpusDecoder makes a decoder.
func NewOpusDecoder() (*OpusDecoder, error) {
	var code C.int
	c := C.opus_decoder_create(SampleRate, 1, &code)
	if c == nil || code != 0 {
		return nil, fmt.Errorf("%w: opus decoder %d", ErrCodec, int(code))
	}
	return &OpusDecoder{c: c}, nil
}

// Decode returns the packet's sound, 2.5 to 120 ms, valid until the next call.
func (d *OpusDecoder) Decode(packet []byte) ([]int16, error) {
	if len(packet) == 0 {
		return nil, fmt.Errorf("%w: empty opus packet", ErrCodec)
	}
	return d.decode(packet, maxOpusSamples, 0)
}

// Recover returns a lost frame of FrameSamples out of what the packet after it repeats, or an
// invention if it repeats nothing.
func (d *OpusDecoder) Recover(after []byte) ([]int16, error) {
	if len(after) == 0 {
		return d.Conceal()
	}
	return d.decode(after, FrameSamples, 1)
}

// Conceal invents a frame of FrameSamples from what was heard before. Silence follows after a few.
func (d *OpusDecoder) Conceal() ([]int16, error) { return d.decode(nil, FrameSamples, 0) }

func (d *OpusDecoder) decode(packet []byte, size, fec int) ([]int16, error) {
	if d.c == nil {
		return nil, ErrClosed
	}
	n := C.opus_decode(d.c, (*C.uchar)(unsafe.Pointer(unsafe.SliceData(packet))), C.int32_t(len(packet)), // #nosec G115 -- an RTP payload
		samples(d.pcm[:]), C.int(size), C.int(fec))
	if n < 0 {
		return nil, fmt.Errorf("%w: opus decode %d", ErrCodec, int(n))
	}
	return d.pcm[:n], nil
}

// Close frees the decoder.
func (d *OpusDecoder) Close() {
	if d.c != nil {
		C.opus_decoder_destroy(d.c)
		d.c = nil
	}
}

func samples(pcm []int16) *C.int16_t { return (*C.int16_t)(unsafe.Pointer(unsafe.SliceData(pcm))) }

// opusSamples says how much sound a packet holds, 0 if it is no Opus packet.
func opusSamples(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	n := C.opus_packet_get_nb_samples((*C.uchar)(unsafe.Pointer(&packet[0])), C.int32_t(len(packet)), SampleRate) // #nosec G115 -- an RTP payload
	return max(int(n), 0)
}
