package wire

// Order is what a host asks of its relay, on the socket of text frames.
type Order struct {
	Op    string // listen, unlisten, drop or turn
	Link  LinkID
	Token []byte // listen
	Conn  ConnID // drop
}

// Bytes is the order's JSON.
func (o Order) Bytes() []byte {
	m := map[string]string{"op": o.Op, "link": o.Link.String()}
	switch o.Op {
	case "listen":
		m["token"] = Encode(o.Token)
	case "drop":
		m["conn"] = o.Conn.String()
	}
	return encode(m)
}

// Notice is one of the types below: what a relay tells a host.
type Notice interface{ notice() }

type (
	// Listening answers listen.
	Listening struct{ Link LinkID }
	// Refused answers listen, or ends it. Why is "token", "unknown" or "busy".
	Refused struct {
		Link LinkID
		Why  string
	}
	// GuestCame is a guest's socket on a link that we listen to.
	GuestCame struct{ Route }
	// GuestGone is its end.
	GuestGone struct{ Route }
	// TURNRefused answers turn. Why is "unknown": the link is not ours there, or "busy": whoever
	// comes from our network has had its share for now.
	TURNRefused struct {
		Link LinkID
		Why  string
	}
	// TURNGiven answers turn; no URLs means that the relay offers none.
	TURNGiven struct {
		Link LinkID
		TURN TURN
	}
)

func (Listening) notice()   {}
func (Refused) notice()     {}
func (GuestCame) notice()   {}
func (GuestGone) notice()   {}
func (TURNGiven) notice()   {}
func (TURNRefused) notice() {}

func (o *object) link() LinkID {
	var l LinkID
	copy(l[:], o.bytes("link", LinkIDSize))
	return l
}

func (o *object) route() Route {
	r := Route{Link: o.link()}
	var err error
	if r.Conn, err = ParseConnID(o.text("conn", 2*ConnIDSize)); err != nil {
		o.fail("bad conn")
	}
	return r
}

// ParseNotice reads a text frame from the relay.
func ParseNotice(b []byte) (Notice, error) {
	o := parseObject(b)
	var n Notice
	switch o.text("op", 16) {
	case "listening":
		n = Listening{o.link()}
	case "refused":
		if o.choice("of", "listen", "turn") == "turn" {
			n = TURNRefused{o.link(), o.text("why", 16)}
		} else {
			n = Refused{o.link(), o.text("why", 16)}
		}
	case "guest":
		n = GuestCame{o.route()}
	case "gone":
		n = GuestGone{o.route()}
	case "turn":
		t := TURNGiven{Link: o.link()}
		t.TURN = TURN{URLs: o.texts("urls", 8), Username: o.text("username", 400), Credential: o.text("credential", 400)}
		o.number("ttl", maxTime)
		n = t
	default:
		o.fail("bad op")
	}
	return n, o.done()
}

// ParsePresence reads the one text frame that a guest gets: whether the host is there.
func ParsePresence(b []byte) (here bool, err error) {
	o := parseObject(b)
	o.choice("op", "host")
	here = o.flag("here")
	return here, o.done()
}

// Blob is what the relay keeps for a link, both parts sealed.
type Blob struct{ Bundle, Card []byte }

// PutBytes is the body of a PUT; expires in Unix seconds.
func (b Blob) PutBytes(expires int64) []byte {
	return encode(struct {
		Bundle  string `json:"bundle"`
		Card    string `json:"card"`
		Expires int64  `json:"expires"`
	}{Encode(b.Bundle), Encode(b.Card), expires})
}

// ParseBlob reads the answer to a GET.
func ParseBlob(b []byte) (Blob, error) {
	o := parseObject(b)
	blob := Blob{Bundle: o.sized("bundle"), Card: o.sized("card")}
	return blob, o.done()
}

// sized is base64url of any length that a frame may have.
func (o *object) sized(name string) []byte {
	s := o.text(name, 2*MaxFrame)
	if len(s)%4 == 1 {
		o.fail("bad " + name)
		return nil
	}
	b, err := Decode(s, len(s)*3/4)
	if err != nil {
		o.fail("bad " + name)
	}
	return b
}
