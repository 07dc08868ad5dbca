// Package media is the camera, the microphone, the speaker and the codecs of a session: the only
// cgo in rtc. It knows nothing of peers, of sealing or of the practice; it gives and takes RTP
// packets and compressed frames.
//
// Laws:
//
//   - The picture path drops and never queues: a late picture is worth nothing.
//   - After a frame that was lost, no picture is shown until a key frame has come.
//   - Sound is held back as little as the line allows, and what is lost is invented, not waited for.
//   - A muted microphone sends digital silence, a paused camera sends nothing.
//   - Nothing synthetic is ever opened unless the caller asks for it by name.
//   - A device that is unplugged is an error that the caller hears (ErrUnplugged), never a hang;
//     another can be set while the call goes on.
//   - What the other side sends is bounded before it is believed: packets held, size of a picture.
//   - Each sender and receiver owns one goroutine and its device; Close ends both.
//
// The way of a picture, and the goroutine that carries it:
//
//	camera driver ─► I420 ─┐ camera's
//	Synthetic (by flag) ───┴► VideoSender: ladder ─► CropScale ─► Encoder ─► Send(EncodedFrame)
//	                             ▲    │                              ▲
//	             SetBitrate (estimate)└► Preview Slot ─► ui     RequestKeyFrame (PLI)
//
//	Push(RTP) ─► VideoReceiver: Assembler ─► Decoder ─► Slot ─► ui, on its own tick
//	                                │
//	                                └► wantKey (PLI): gap of 280 ms, or a frame that does not decode
//
// The way of 20 ms of sound:
//
//	malgo ─► AudioSender: EchoPath.Heard ─► level, mute ─► OpusEncoder ─► Send(packet)
//	                          ▲
//	                          │ what was played
//	Push(RTP) ─► Jitter ─► AudioReceiver: OpusDecoder (or Recover, Conceal, blend) ─► mute ─► malgo
//	                                         the speaker's clock pulls ◄──────────────────────┘
//
// Pictures are I420 of limited range, BT.601; sound is one channel of 48 kHz in 16 bits.
package media
