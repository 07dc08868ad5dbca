package relay

import "encoding/json"

const maxControl = 4096 // bytes of one text frame; the longest in use has about 120

// An order is one text frame of the host. Fields beyond op and link are set where the op has them.
type order struct {
	op    string // listen, unlisten, drop or turn
	link  linkID
	token owner  // listen
	conn  connID // drop
}

// parseOrder reads a text frame of the host's socket.
func parseOrder(data []byte) (o order, err error) {
	if len(data) > maxControl {
		return o, errMalformed
	}
	f, err := flatObject(data)
	if err != nil {
		return o, err
	}
	o.op, _ = f["op"].(string)
	ok := false
	switch o.op {
	case "listen":
		if ok = texts(f, "op", "link", "token"); ok {
			o.token, ok = parseToken(f["token"].(string))
		}
	case "drop":
		if ok = texts(f, "op", "link", "conn"); ok {
			o.conn, ok = parseConnID(f["conn"].(string))
		}
	case "unlisten", "turn":
		ok = texts(f, "op", "link")
	}
	if !ok {
		return order{}, errMalformed
	}
	if o.link, ok = parseLinkID(f["link"].(string)); !ok {
		return order{}, errMalformed
	}
	return o, nil
}

// A notice is one text frame to the host.
type notice struct {
	Op   string `json:"op"`           // listening, refused, guest or gone
	Of   string `json:"of,omitempty"` // refused: the order, listen or turn
	Link string `json:"link"`
	Conn string `json:"conn,omitempty"`
	Why  string `json:"why,omitempty"` // refused: token, unknown or busy
}

func (n notice) frame() item { return textItem(n) }

// refusal answers an order at once, or ends what a listen began.
func refusal(of string, link linkID, why string) item {
	return notice{Op: "refused", Of: of, Link: link.text(), Why: why}.frame()
}

// presence is the one text frame to a guest: whether the therapist's desktop listens to this link.
type presence struct {
	Op   string `json:"op"` // host
	Here bool   `json:"here"`
}

// turnNotice answers the order "turn". URLs is empty where there is no TURN server.
type turnNotice struct {
	Op         string   `json:"op"` // turn
	Link       string   `json:"link"`
	URLs       []string `json:"urls"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
	TTL        int      `json:"ttl"` // seconds
}

func textItem(v any) item {
	data, err := json.Marshal(v)
	if err != nil { // only a type that JSON has no form for fails, and none of ours is
		panic(err)
	}
	return item{text: true, data: data}
}
