package wire

import "fmt"

// SignalKind is the byte that a signal frame shows to the relay.
type SignalKind byte

// The kinds of protocol.md, "Signal".
const (
	SignalOffer     SignalKind = 1
	SignalAnswer    SignalKind = 2
	SignalCandidate SignalKind = 3
	SignalBye       SignalKind = 4
	SignalRestart   SignalKind = 5
)

// Signal is one of the messages that make a connection.
type Signal interface {
	Kind() SignalKind
	body() []byte
}

type (
	// Offer is the host's. Restart is for new ICE credentials; without it a connection begins, at first or anew.
	Offer struct {
		SDP     string
		Restart bool
	}
	// Answer is the guest's.
	Answer struct{ SDP string }
	// Candidate is a way to be reached; an empty one ends the gathering.
	Candidate struct {
		Candidate string
		Mid       string
		Line      int
	}
	// Bye ends the session.
	Bye struct{ Why ByeWhy }
	// Restart asks the host to try the line again.
	Restart struct{}
)

// ByeWhy is why a session ends.
type ByeWhy string

// The reasons that a bye may give.
const (
	ByeEnded     ByeWhy = "ended"
	ByeLeft      ByeWhy = "left"
	ByeTampered  ByeWhy = "tampered"
	ByeHandshake ByeWhy = "handshake"
)

// maxSDP is what fits the largest padding, in characters.
const maxSDP = 60000

// Kind is SignalOffer.
func (Offer) Kind() SignalKind { return SignalOffer }

// Kind is SignalAnswer.
func (Answer) Kind() SignalKind { return SignalAnswer }

// Kind is SignalCandidate.
func (Candidate) Kind() SignalKind { return SignalCandidate }

// Kind is SignalBye.
func (Bye) Kind() SignalKind { return SignalBye }

// Kind is SignalRestart.
func (Restart) Kind() SignalKind { return SignalRestart }

func (m Offer) body() []byte {
	return encode(struct {
		SDP     string `json:"sdp"`
		Restart bool   `json:"restart"`
	}{m.SDP, m.Restart})
}

func (m Answer) body() []byte {
	return encode(struct {
		SDP string `json:"sdp"`
	}{m.SDP})
}

func (m Candidate) body() []byte {
	return encode(struct {
		Candidate string `json:"candidate"`
		Mid       string `json:"mid"`
		Line      int    `json:"line"`
	}{m.Candidate, m.Mid, m.Line})
}

func (m Bye) body() []byte {
	return encode(struct {
		Why ByeWhy `json:"why"`
	}{m.Why})
}

func (Restart) body() []byte { return []byte(`{}`) }

// SignalBytes is the JSON of m.
func SignalBytes(m Signal) []byte { return m.body() }

// ParseSignal reads a body of the kind that its frame showed.
func ParseSignal(kind SignalKind, b []byte) (Signal, error) {
	o := parseObject(b)
	var m Signal
	switch kind {
	case SignalOffer:
		m = Offer{o.text("sdp", maxSDP), o.flag("restart")}
	case SignalAnswer:
		m = Answer{o.text("sdp", maxSDP)}
	case SignalCandidate:
		m = Candidate{o.text("candidate", 1000), o.text("mid", 16), int(o.number("line", 100))}
	case SignalBye:
		m = Bye{ByeWhy(o.choice("why", string(ByeEnded), string(ByeLeft), string(ByeTampered), string(ByeHandshake)))}
	case SignalRestart:
		m = Restart{}
	default:
		return nil, fmt.Errorf("%w: signal of kind %d", ErrRefused, kind)
	}
	return m, o.done()
}
