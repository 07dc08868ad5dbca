package rtc

import (
	"errors"
	"io"
	"net"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"alcove/rtc/wire"
)

// pionAnswerer is the guest's side over pion.
type pionAnswerer struct {
	pc  *webrtc.PeerConnection
	mux interface{ Close() error } // nil without a socket of its own
	mu  sync.Mutex
	dc  *webrtc.DataChannel // mu
}

func joinByPion(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
	return joinBySocket(nil)(g, a, e)
}

// joinBySocket answers over one UDP socket, or as ICE likes it.
func joinBySocket(socket func() (net.PacketConn, error)) func(*guest, wire.Admit, connectionEvents) (answerer, error) {
	return func(_ *guest, a wire.Admit, e connectionEvents) (answerer, error) {
		p := &pionAnswerer{}
		var s webrtc.SettingEngine
		s.SetSCTPRTOMax(sctpPatience)
		s.SetICEMaxBindingRequests(iceTries)
		s.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
		s.SetIncludeLoopbackCandidate(true)
		if socket != nil {
			conn, err := socket()
			if err != nil {
				return nil, err
			}
			mux := webrtc.NewICEUDPMux(nil, conn)
			p.mux = mux
			s.SetICEUDPMux(mux)
		}
		engine := &webrtc.MediaEngine{}
		err := errors.Join(
			engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio),
			engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: vp8, PayloadType: 96}, webrtc.RTPCodecTypeVideo))
		if err != nil {
			return nil, err
		}
		registry := &interceptor.Registry{}
		if err := webrtc.RegisterDefaultInterceptors(engine, registry); err != nil {
			return nil, err
		}
		c := webrtc.Configuration{}
		if a.TURN != nil {
			c.ICEServers = []webrtc.ICEServer{{URLs: a.TURN.URLs, Username: a.TURN.Username, Credential: a.TURN.Credential}}
			if a.Relay {
				c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
			}
		}
		if p.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry)).NewPeerConnection(c); err != nil {
			return nil, err
		}
		p.pc.OnDataChannel(func(dc *webrtc.DataChannel) {
			p.mu.Lock()
			p.dc = dc
			p.mu.Unlock()
			dc.OnOpen(e.opened)
			dc.OnMessage(func(m webrtc.DataChannelMessage) { e.message(m.Data) })
		})
		p.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c == nil {
				e.candidate(wire.Candidate{Mid: "0"})
				return
			}
			e.candidate(wire.Candidate{Candidate: c.ToJSON().Candidate, Mid: "0"})
		})
		return p, nil
	}
}

func (p *pionAnswerer) Offered(sdp string) (string, error) {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		return "", err
	}
	a, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	if err := p.pc.SetLocalDescription(a); err != nil {
		return "", err
	}
	return p.pc.LocalDescription().SDP, nil
}

func (p *pionAnswerer) Candidate(c wire.Candidate) {
	_ = p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c.Candidate})
}

func (p *pionAnswerer) Fingerprints() (host, guest [32]byte, err error) {
	if host, err = fingerprint(p.pc.CurrentRemoteDescription().SDP); err != nil {
		return host, guest, err
	}
	guest, err = fingerprint(p.pc.CurrentLocalDescription().SDP)
	return host, guest, err
}

func (p *pionAnswerer) Send(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dc.Send(b)
}

func (p *pionAnswerer) Close() {
	_ = p.pc.Close()
	_ = closeMux(p.mux)
}
