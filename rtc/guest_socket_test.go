package rtc

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// openLink does what the page does on opening: it fetches, and sends nothing.
func openLink(ctx context.Context, link string) (*guest, error) {
	base, l, err := wire.ParseLink(link)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/links/"+seal.LinkID(l).String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%d: %s", resp.StatusCode, strings.TrimSpace(string(body)))
	}
	blob, err := wire.ParseBlob(body)
	if err != nil {
		return nil, err
	}
	return newGuest(base, l, blob)
}

func newGuest(base string, l [32]byte, blob wire.Blob) (*guest, error) {
	g := &guest{
		base: base, times: defaultTiming, mail: newMailbox[func()](), events: make(chan guestEvent, 4096),
		closed: make(chan struct{}), out: newOutbox(), join: joinByPion, redial: dialGuest,
	}
	var err error
	if g.link, err = seal.OpenBundle(l, blob.Bundle); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	if g.card, _, err = g.link.OpenCard(blob.Card); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	if g.key, err = seal.NewSigningKey(); err != nil {
		return nil, err
	}
	return g, nil
}

// guestSocket is a WebSocket.
type guestSocket struct {
	ws  *websocket.Conn
	out *mailbox[[]byte]
}

func (s *guestSocket) send(frame []byte) { s.out.put(frame) }
func (s *guestSocket) close()            { _ = s.ws.CloseNow() }

func dialGuest(ctx context.Context, g *guest) (guestLine, error) {
	url := "ws" + strings.TrimPrefix(g.base, "http") + "/v1/guest/" + g.link.LinkID().String()
	ws, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(wire.MaxFrame)
	s := &guestSocket{ws: ws, out: newMailbox[[]byte]()}
	g.adopt(s)
	done, stop := context.WithCancel(context.Background())
	go func() {
		for {
			select {
			case <-done.Done():
				return
			case <-s.out.ready:
			}
			for _, b := range s.out.take() {
				if ws.Write(done, websocket.MessageBinary, b) != nil {
					return
				}
			}
		}
	}()
	go func() {
		defer stop()
		for {
			kind, b, err := ws.Read(done)
			if err != nil {
				g.mail.put(func() { g.dropped(s) })
				return
			}
			g.mail.put(func() { g.received(s, kind == websocket.MessageText, b) })
		}
	}()
	return s, nil
}
