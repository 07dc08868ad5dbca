package relay

import "encoding/binary"

const (
	maxPayload  = 1 << 16 // bytes of sealed payload in one frame
	hostHeader  = len(linkID{}) + len(connID{})
	maxHost     = hostHeader + maxPayload
	maxOnTheBus = 1 + len(connID{}) + maxPayload
)

// parseHostFrame splits a binary frame of the host's socket: link ‖ conn ‖ payload. payload is a part of data.
func parseHostFrame(data []byte) (link linkID, conn connID, payload []byte, err error) {
	if len(data) <= hostHeader || len(data) > maxHost {
		return link, conn, nil, errMalformed
	}
	return linkID(data[:16]), connID(data[16:24]), data[24:], nil
}

func hostFrame(link linkID, conn connID, payload []byte) item {
	data := make([]byte, 0, hostHeader+len(payload))
	data = append(data, link[:]...)
	data = append(data, conn[:]...)
	return item{data: append(data, payload...), from: conn}
}

// What relays say to each other about one link, over NATS. The first byte is the kind.
//
//	towards the relay that has the host      towards the relays that have guests
//	hello  instance ‖ conn                   here
//	roll   instance ‖ conn …                 away
//	gone   conn                              drop   conn
//	frame  conn ‖ payload                    frame  conn ‖ payload
//	ask
//	yield
//	claim  nonce
const (
	busHello byte = 1 + iota // a guest has come
	busRoll                  // every guest that this instance has: what was missed is mended
	busGone                  // a guest has left
	busFrame                 // a sealed payload
	busAsk                   // is anybody listening? (the reply is the answer)
	busYield                 // a newer desktop is about to listen: give up
	busClaim                 // I listen; of two at the same instant the greater nonce stays
	busHere                  // somebody has begun to listen
	busAway                  // nobody listens any more
	busDrop                  // the host hangs up on this guest
)

// A busMessage is one message between relays, or of a relay to itself: one process or ten, it is the same path.
type busMessage struct {
	kind     byte
	instance connID   // hello, roll
	conns    []connID // hello, gone, drop, frame: one; roll: any number
	nonce    uint64   // claim
	payload  []byte   // frame
}

func (m busMessage) bytes() []byte {
	out := make([]byte, 0, 1+8+8*len(m.conns)+len(m.payload))
	out = append(out, m.kind)
	switch m.kind {
	case busHello, busRoll:
		out = append(out, m.instance[:]...)
	case busClaim:
		out = binary.BigEndian.AppendUint64(out, m.nonce)
	}
	for _, c := range m.conns {
		out = append(out, c[:]...)
	}
	return append(out, m.payload...)
}

// parseBus reads what came over NATS. An external NATS may be shared, so this is read as strictly as what comes from strangers.
func parseBus(data []byte) (m busMessage, err error) {
	if len(data) == 0 || len(data) > maxOnTheBus {
		return m, errMalformed
	}
	m.kind, data = data[0], data[1:]
	low, high := 0, 0 // how many conns this kind has
	switch m.kind {
	case busHello, busRoll:
		if len(data) < 8 {
			return busMessage{}, errMalformed
		}
		m.instance, data = connID(data[:8]), data[8:]
		if low, high = 1, 1; m.kind == busRoll {
			low, high = 0, maxPayload/8
		}
	case busGone, busDrop:
		low, high = 1, 1
	case busFrame:
		if len(data) <= 8 {
			return busMessage{}, errMalformed
		}
		data, m.payload = data[:8], data[8:]
		low, high = 1, 1
	case busClaim:
		if len(data) != 8 {
			return busMessage{}, errMalformed
		}
		m.nonce, data = binary.BigEndian.Uint64(data), nil
	case busAsk, busYield, busHere, busAway:
	default:
		return busMessage{}, errMalformed
	}
	if len(data)%8 != 0 || len(data)/8 < low || len(data)/8 > high {
		return busMessage{}, errMalformed
	}
	for ; len(data) > 0; data = data[8:] {
		m.conns = append(m.conns, connID(data[:8]))
	}
	return m, nil
}
