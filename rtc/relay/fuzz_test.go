package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// Each target checks more than that nothing panics: what was accepted must have one meaning, and say the same when written again.

func FuzzOrder(f *testing.F) {
	id, token := b64.EncodeToString(make([]byte, 16)), b64.EncodeToString(make([]byte, 32))
	for _, seed := range []string{
		fmt.Sprintf(`{"op":"listen","link":%q,"token":%q}`, id, token),
		fmt.Sprintf(`{"op":"unlisten","link":%q}`, id),
		fmt.Sprintf(`{"op":"drop","link":%q,"conn":"00000000000000ff"}`, id),
		fmt.Sprintf(`{"op":"turn","link":%q}`, id),
		fmt.Sprintf(`{"op":"turn","op":"drop","link":%q}`, id),
		fmt.Sprintf(`{"OP":"turn","link":%q}`, id),
		`{"op":"listen"}`, `{}`, `[]`, `{"op":1}`, "{\"op\":\"turn\",\"link\":\"\xff\"}", `{"a":{"b":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := parseOrder(data)
		if err != nil {
			return
		}
		m := map[string]string{"op": o.op, "link": o.link.text()}
		if o.op == "drop" {
			m["conn"] = o.conn.text()
		}
		var plain map[string]string
		if err := json.Unmarshal(data, &plain); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %q", data)
		}
		if o.op == "listen" {
			if again, ok := parseToken(plain["token"]); !ok || !again.is(o.token) {
				t.Fatalf("a token read in two ways: %q", data)
			}
			m["token"] = plain["token"]
		}
		if fmt.Sprint(m) != fmt.Sprint(plain) {
			t.Fatalf("%q was read as %v", data, m)
		}
	})
}

func FuzzPut(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	for _, seed := range []string{
		`{"bundle":"AAAA","card":"AAAA","expires":1800000001}`,
		`{"bundle":"AAAA","card":"","expires":1808640000}`,
		`{"bundle":"AAAA","card":"AAAA","expires":1.8e9}`,
		`{"bundle":"AAAA","card":"AAAA","expires":1800000001,"expires":1}`,
		`{"bundle":"AA\nAA","card":"AAAA","expires":1800000001}`,
		`{"bundle":"AAB","card":"AAAA","expires":99999999999999999999}`,
		`{"bundle":null,"card":[],"expires":{}}`,
		fmt.Sprintf(`{"bundle":%q,"card":%q,"expires":1800000001}`, bundleOf("b"), cardOf("c")),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stored, expires, err := parsePut(data, now)
		if err != nil {
			return
		}
		if expires <= now.Unix() || expires > now.Add(maxExpiry).Unix() {
			t.Fatalf("expires %d", expires)
		}
		var in, out blob
		if json.Unmarshal(data, &in) != nil || json.Unmarshal(stored, &out) != nil || in != out || out.Bundle == "" || out.Card == "" {
			t.Fatalf("%q was stored as %q", data, stored)
		}
	})
}

func FuzzHostFrame(f *testing.F) {
	f.Add(bytes.Repeat([]byte{1}, hostHeader))
	f.Add(bytes.Repeat([]byte{2}, hostHeader+1))
	f.Add(bytes.Repeat([]byte{3}, maxHost))
	f.Add(bytes.Repeat([]byte{4}, maxHost+1))
	f.Fuzz(func(t *testing.T, data []byte) {
		link, conn, payload, err := parseHostFrame(data)
		if err != nil {
			if len(data) > hostHeader && len(data) <= maxHost {
				t.Fatalf("refused %d bytes", len(data))
			}
			return
		}
		if again := hostFrame(link, conn, payload); !bytes.Equal(again.data, data) {
			t.Fatal("a frame changed on its way")
		}
	})
}

func FuzzBus(f *testing.F) {
	c := connID{1, 2, 3, 4, 5, 6, 7, 8}
	for _, m := range []busMessage{
		{kind: busHello, instance: c, conns: []connID{c}},
		{kind: busRoll, instance: c},
		{kind: busRoll, instance: c, conns: []connID{c, c, c}},
		{kind: busGone, conns: []connID{c}},
		{kind: busFrame, conns: []connID{c}, payload: []byte("x")},
		{kind: busAsk},
		{kind: busYield},
		{kind: busClaim, nonce: 7},
		{kind: busHere},
		{kind: busAway},
		{kind: busDrop, conns: []connID{c}},
	} {
		f.Add(m.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseBus(data)
		if err != nil {
			return
		}
		if !bytes.Equal(m.bytes(), data) {
			t.Fatalf("%x was read as %+v", data, m)
		}
		if one := m.kind == busHello || m.kind == busGone || m.kind == busFrame || m.kind == busDrop; one && len(m.conns) != 1 {
			t.Fatalf("%x: %d conns", data, len(m.conns))
		}
	})
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("203.0.113.9, 10.0.0.1", "127.0.0.1:1")
	f.Add("::1%lo,,;", "[::1]:1")
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	f.Fuzz(func(t *testing.T, forwarded, remote string) {
		req := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		direct := clientAddr(req, nil)
		if a := clientAddr(req, trusted); a != direct && !trusted[0].Contains(direct) {
			t.Fatalf("%q from %q was believed", forwarded, remote)
		}
		prefixes(direct)
	})
}
