package rtc

import (
	"encoding/hex"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/webrtc/v4"

	"alcove/app"
	"alcove/rtc/media"
	"alcove/rtc/wire"
)

// peer is one RTCPeerConnection, the host's. It implements connection.
type peer struct {
	pc   *webrtc.PeerConnection
	dc   *webrtc.DataChannel
	log  *slog.Logger
	hide bool                       // relay-only: our address stays ours
	mux  interface{ Close() error } // nil unless Options.Socket
	from *candidates                // of the newest answer
}

const (
	// sctpPatience bounds how long a message waits for its next try after a break; a minute,
	// the RFC's, would outlast the break itself.
	sctpPatience = 2 * time.Second
	// nackEvery asks again for what was lost; the library's 100 ms cost a picture each.
	nackEvery = 30 * time.Millisecond
	minRate   = 100_000
	// iceTries go out at five a second: a pair is not given up while the line is away, so that
	// it works the moment the line is back. The library's seven are gone in two seconds.
	iceTries = 150
)

func newPeer(h *Host, p policy, t *tracks, e connectionEvents) (connection, error) {
	from := newCandidates(waysOf(p))
	settings, mux, err := iceSettings(h.options, p, from)
	if err != nil {
		return nil, err
	}
	out := &peer{log: h.options.Log, hide: p.relayOnly(), mux: mux, from: from}
	engine, registry, estimates, err := mediaEngine()
	if err != nil {
		return nil, err
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry))
	config := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	if p.relayOnly() {
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if p.turn != nil {
		config.ICEServers = []webrtc.ICEServer{{URLs: p.turn.URLs, Username: p.turn.Username, Credential: p.turn.Credential}}
	}
	if out.pc, err = api.NewPeerConnection(config); err != nil {
		return nil, errors.Join(err, closeMux(mux))
	}
	if err := out.prepare(p, t, e); err != nil {
		return nil, errors.Join(err, out.pc.Close(), closeMux(mux))
	}
	select {
	case estimate := <-estimates:
		estimate.OnTargetBitrateChange(t.setBitrate)
	default:
	}
	return out, nil
}

func (p *peer) prepare(pol policy, t *tracks, e connectionEvents) error {
	if pol.modality != app.ModalityText {
		if err := t.attach(p.pc); err != nil {
			return err
		}
	}
	ordered := true
	dc, err := p.pc.CreateDataChannel("alcove", &webrtc.DataChannelInit{Ordered: &ordered})
	if err != nil {
		return err
	}
	p.dc = dc
	dc.OnOpen(e.opened)
	dc.OnMessage(func(m webrtc.DataChannelMessage) { e.message(m.Data) })
	p.pc.OnDataChannel(func(*webrtc.DataChannel) { e.stray() })
	p.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			e.candidate(wire.Candidate{Mid: "0"})
			return
		}
		j := c.ToJSON()
		e.candidate(wire.Candidate{Candidate: p.hidden(j.Candidate), Mid: "0"}) // one transport: everything is bundled
	})
	return nil
}

func closeMux(m interface{ Close() error }) error {
	if m == nil {
		return nil
	}
	return m.Close()
}

var feedback = []webrtc.RTCPFeedback{{Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}}

var (
	vp8  = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}
	opus = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: media.SampleRate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
)

// mediaEngine knows VP8 and Opus, and no retransmission stream: the library's loss detector
// does not see what came by it and asks twice. The estimator of the one peer made from it
// comes through the channel.
func mediaEngine() (*webrtc.MediaEngine, *interceptor.Registry, <-chan cc.BandwidthEstimator, error) {
	e, r := &webrtc.MediaEngine{}, &interceptor.Registry{}
	estimates := make(chan cc.BandwidthEstimator, 1)
	congestion, err := cc.NewInterceptor(func() (cc.BandwidthEstimator, error) {
		// The encoder keeps the rate; a pacer would make voice wait behind pictures.
		return gcc.NewSendSideBWE(gcc.SendSideBWEInitialBitrate(media.StartBitrate), gcc.SendSideBWEMinBitrate(minRate),
			gcc.SendSideBWEMaxBitrate(media.MaxBitrate), gcc.SendSideBWEPacer(gcc.NewNoOpPacer()))
	})
	if err != nil {
		return nil, nil, nil, err
	}
	congestion.OnNewPeerConnection(func(_ string, b cc.BandwidthEstimator) { estimates <- b })
	generator, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(nackEvery))
	if err != nil {
		return nil, nil, nil, err
	}
	responder, err := nack.NewResponderInterceptor()
	if err != nil {
		return nil, nil, nil, err
	}
	r.Add(congestion)
	r.Add(responder)
	r.Add(generator)
	return e, r, estimates, errors.Join(
		e.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio),
		e.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: vp8, PayloadType: 96}, webrtc.RTPCodecTypeVideo),
		webrtc.ConfigureRTCPReports(r),
		webrtc.ConfigureTWCCHeaderExtensionSender(e, r),
		webrtc.ConfigureTWCCSender(e, r),
	)
}

// Offer makes an offer and begins to gather.
func (p *peer) Offer(restart bool) (string, error) {
	o, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return "", err
	}
	if err := p.pc.SetLocalDescription(o); err != nil {
		return "", err
	}
	return p.hidden(p.pc.LocalDescription().SDP), nil
}

// related is where a relay candidate tells from which address of ours it was made.
var related = regexp.MustCompile(`raddr \S+ rport \d+`)

// hidden takes our address out of what names it beside the relay's (RFC 8839, section 5.1).
func (p *peer) hidden(s string) string {
	if !p.hide {
		return s
	}
	return related.ReplaceAllString(s, "raddr 0.0.0.0 rport 0")
}

// Answer takes the guest's, and begins to count its candidates anew.
func (p *peer) Answer(sdp string) error {
	rest, found, err := withoutCandidates(sdp)
	if err != nil {
		return err
	}
	p.from.renew()
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: rest}); err != nil {
		return err
	}
	for _, c := range found {
		p.Candidate(c)
	}
	return nil
}

// Candidate is a way to reach the guest; one that a call may not use is forgotten.
func (p *peer) Candidate(c wire.Candidate) {
	if !p.from.take(c.Candidate) {
		return
	}
	if err := p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c.Candidate}); err != nil {
		p.log.Info("a candidate is of no use", told(err))
	}
}

// Fingerprints are those of the descriptions in force.
func (p *peer) Fingerprints() (host, guest [32]byte, err error) {
	local, remote := p.pc.CurrentLocalDescription(), p.pc.CurrentRemoteDescription()
	if local == nil || remote == nil {
		return host, guest, errSDP
	}
	if host, err = fingerprint(local.SDP); err != nil {
		return host, guest, err
	}
	guest, err = fingerprint(remote.SDP)
	return host, guest, err
}

var errSDP = errors.New("rtc: description without one fingerprint")

// fingerprint is the SHA-256 fingerprint of a description: one certificate for all of it.
func fingerprint(sdp string) (f [32]byte, err error) {
	found := false
	for line := range strings.Lines(sdp) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "a=fingerprint:")
		if !ok {
			continue
		}
		digits, ok := strings.CutPrefix(strings.ToLower(value), "sha-256 ")
		if !ok {
			return f, errSDP
		}
		b, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
		if err != nil || len(b) != len(f) || found && f != [32]byte(b) {
			return f, errSDP
		}
		f, found = [32]byte(b), true
	}
	if !found {
		return f, errSDP
	}
	return f, nil
}

// Reached says whether ICE has found a way.
func (p *peer) Reached() bool {
	s := p.pc.ICEConnectionState()
	return s == webrtc.ICEConnectionStateConnected || s == webrtc.ICEConnectionStateCompleted
}

// Send queues a message: errFlood if too many wait already.
func (p *peer) Send(b []byte) error {
	if p.dc.BufferedAmount()+uint64(len(b)) > maxUnheard {
		return errFlood
	}
	return p.dc.Send(b)
}

// Close ends the connection.
func (p *peer) Close() {
	if err := errors.Join(p.pc.Close(), closeMux(p.mux)); err != nil {
		p.log.Info("a connection does not close well", told(err))
	}
}
