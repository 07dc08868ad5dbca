package hostile

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Side says whose socket a message passes.
type Side int

// The two kinds of socket.
const (
	Guest Side = iota
	Host
)

// Message is one WebSocket message on its way.
type Message struct {
	Side Side
	Up   bool // towards the relay
	Text bool
	Link string // a guest's socket: the linkID of its URL
	Data []byte
}

// Meddler returns what goes on in place of m, in that order, on the same socket. One with Up
// turned goes back to where m came from. It may wait; it is called from one goroutine for each
// way of each socket.
type Meddler func(m Message) []Message

// Proxy is the relay that everybody believes to talk to.
type Proxy struct {
	// URL is its base, "http://127.0.0.1:…".
	URL string

	upstream *url.URL
	server   *http.Server
	forward  *httputil.ReverseProxy

	mu      sync.Mutex
	meddle  Meddler                                                 // mu
	fetched func(link string, bundle, card []byte) ([]byte, []byte) // mu
	refuse  [2]bool                                                 // mu
	open    map[*pipe]struct{}                                      // mu
}

// pipe is one socket, on both its ends.
type pipe struct {
	side     Side
	link     string
	near     *websocket.Conn // the page's or the host's end
	far      *websocket.Conn // the relay's
	toRelay  sync.Mutex
	toClient sync.Mutex
}

// Start puts a proxy in front of the relay at this base URL ("http://…"), honest at first.
func Start(ctx context.Context, relay string) (*Proxy, error) {
	u, err := url.Parse(relay)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{URL: "http://" + l.Addr().String(), upstream: u, open: map[*pipe]struct{}{}}
	p.forward = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(u)
		r.Out.Host = r.In.Host
		r.Out.Header.Del("Accept-Encoding")
	}, ModifyResponse: p.rewrite}
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(l) }()
	return p, nil
}

// Close ends the proxy and every socket through it.
func (p *Proxy) Close() {
	p.Cut(Guest)
	p.Cut(Host)
	_ = p.server.Close()
}

// Meddle sets what is done to messages from now on; nil is honest.
func (p *Proxy) Meddle(m Meddler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meddle = m
}

// Fetched sets what is done to the sealed blob of a link when a page fetches it; nil is honest.
func (p *Proxy) Fetched(f func(link string, bundle, card []byte) (b, c []byte)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fetched = f
}

// Refuse lets no new socket of this side through, or does again.
func (p *Proxy) Refuse(s Side, yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse[s] = yes
}

// Cut breaks every open socket of this side, without a goodbye.
func (p *Proxy) Cut(s Side) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k := range p.open {
		if k.side == s {
			go func() { _ = k.near.CloseNow() }()
			go func() { _ = k.far.CloseNow() }()
		}
	}
}

// Inject sends m on every open socket of m.Side, as if it had come the usual way.
func (p *Proxy) Inject(ctx context.Context, m Message) {
	p.mu.Lock()
	var list []*pipe
	for k := range p.open {
		if k.side == m.Side {
			list = append(list, k)
		}
	}
	p.mu.Unlock()
	for _, k := range list {
		_ = k.send(ctx, m)
	}
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/guest/"):
		p.pipe(w, r, Guest)
	case r.URL.Path == "/v1/host":
		p.pipe(w, r, Host)
	default:
		p.forward.ServeHTTP(w, r)
	}
}

// rewrite changes what a page fetches for a link.
func (p *Proxy) rewrite(r *http.Response) error {
	p.mu.Lock()
	f := p.fetched
	p.mu.Unlock()
	link, ok := strings.CutPrefix(r.Request.URL.Path, "/v1/links/")
	if f == nil || !ok || r.Request.Method != http.MethodGet || r.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_ = r.Body.Close()
	var blob struct {
		Bundle string `json:"bundle"`
		Card   string `json:"card"`
	}
	if err := json.Unmarshal(body, &blob); err != nil {
		return err
	}
	b64 := base64.RawURLEncoding
	bundle, _ := b64.DecodeString(blob.Bundle)
	card, _ := b64.DecodeString(blob.Card)
	bundle, card = f(link, bundle, card)
	blob.Bundle, blob.Card = b64.EncodeToString(bundle), b64.EncodeToString(card)
	if body, err = json.Marshal(blob); err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))
	r.Header.Del("Content-Length")
	return nil
}

// maxMessage is more than any honest message, so that it is the ends that refuse.
const maxMessage = 1 << 20

func (p *Proxy) pipe(w http.ResponseWriter, r *http.Request, side Side) {
	p.mu.Lock()
	refused := p.refuse[side]
	p.mu.Unlock()
	if refused {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	header := http.Header{}
	if o := r.Header.Get("Origin"); o != "" {
		header.Set("Origin", o)
	}
	far, resp, err := websocket.Dial(r.Context(), "ws"+strings.TrimPrefix(p.upstream.String(), "http")+r.URL.Path, &websocket.DialOptions{HTTPHeader: header, Host: r.Host})
	if err != nil {
		status := http.StatusBadGateway
		if resp != nil {
			status = resp.StatusCode
		}
		http.Error(w, "the relay refuses", status)
		return
	}
	near, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		_ = far.CloseNow()
		return
	}
	near.SetReadLimit(maxMessage)
	far.SetReadLimit(maxMessage)
	k := &pipe{side: side, near: near, far: far}
	if side == Guest {
		k.link = strings.TrimPrefix(r.URL.Path, "/v1/guest/")
	}
	p.mu.Lock()
	p.open[k] = struct{}{}
	p.mu.Unlock()
	ended := make(chan struct{}, 2)
	go p.carry(k, near, true, ended) // #nosec G118 -- ends with the two sockets
	go p.carry(k, far, false, ended) // #nosec G118 -- ends with the two sockets
	<-ended
	_ = near.CloseNow()
	_ = far.CloseNow()
	<-ended
	p.mu.Lock()
	delete(p.open, k)
	p.mu.Unlock()
}

// carry takes messages off one end until it closes, and closes the other the same way.
func (p *Proxy) carry(k *pipe, from *websocket.Conn, up bool, ended chan<- struct{}) {
	defer func() { ended <- struct{}{} }()
	ctx := context.Background()
	for {
		kind, b, err := from.Read(ctx)
		if err != nil {
			to := k.near
			if up {
				to = k.far
			}
			if code := websocket.CloseStatus(err); code > 0 {
				_ = to.Close(code, "")
			}
			return
		}
		m := Message{Side: k.side, Up: up, Text: kind == websocket.MessageText, Link: k.link, Data: b}
		p.mu.Lock()
		meddle := p.meddle
		p.mu.Unlock()
		list := []Message{m}
		if meddle != nil {
			list = meddle(m)
		}
		for _, m := range list {
			if k.send(ctx, m) != nil {
				return
			}
		}
	}
}

func (k *pipe) send(ctx context.Context, m Message) error {
	to, mu := k.near, &k.toClient
	if m.Up {
		to, mu = k.far, &k.toRelay
	}
	mu.Lock()
	defer mu.Unlock()
	kind := websocket.MessageBinary
	if m.Text {
		kind = websocket.MessageText
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return to.Write(ctx, kind, m.Data)
}
