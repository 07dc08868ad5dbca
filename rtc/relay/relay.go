package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Relay is a running relay.
type Relay struct {
	config      Config
	log         *slog.Logger
	page        map[string]*pageFile
	unlock      func()
	bus         *bus
	slots       *slots
	switchboard *switchboard
	limits      *limiter
	turn        *turnService
	sockets     socketSet
	hsts        bool
	secure      bool
	listener    net.Listener
	servers     []*http.Server
	running     sync.WaitGroup
	stopped     chan struct{}
	closing     sync.Once
	closeErr    error
}

// Start runs a relay until Close. ctx bounds the start alone. When it returns, the page and the sockets are being served. Errors: ErrConfig,
// ErrState, ErrStateUse, ErrListen.
func Start(ctx context.Context, config Config) (*Relay, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	c := config.withDefaults()
	r := &Relay{config: c, log: c.Log, limits: newLimiter(c.Limits), stopped: make(chan struct{}), unlock: func() {}, sockets: socketSet{all: map[*socket]struct{}{}}}
	if err := r.open(ctx); err != nil {
		return nil, errors.Join(err, r.Close(context.WithoutCancel(ctx)))
	}
	return r, nil
}

func (r *Relay) open(ctx context.Context) (err error) {
	c := r.config
	if r.page, err = loadPage(c.Guest); err != nil {
		return err
	}
	if c.StateDir != "" {
		if r.unlock, err = openState(c.StateDir); err != nil {
			r.unlock = func() {}
			return err
		}
	}
	source, err := openTLS(c)
	if err != nil {
		return err
	}
	r.switchboard = newSwitchboard(c)
	if r.bus, err = openBus(ctx, c, r.switchboard.lost); err != nil {
		return err
	}
	if r.slots, err = openSlots(ctx, r.bus.js, c); err != nil {
		return err
	}
	if err = r.switchboard.run(r.bus); err != nil {
		return fmt.Errorf("%w: NATS: %w", ErrState, withoutURL(err))
	}
	if r.turn, err = openTURN(ctx, c); err != nil {
		return err
	}
	r.running.Go(func() { r.limits.forget(r.stopped) })
	return r.listen(ctx, source)
}

func (r *Relay) listen(ctx context.Context, source *tlsSource) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", r.config.Listen)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrListen, err)
	}
	r.listener = l
	limits := r.config.Limits // a page needs a few connections beside its socket
	if r.config.near != nil {
		l = &nearListener{l, r.config.near}
	}
	l = newCapped(l, 2*limits.TotalConns, 4*limits.PrefixConns, r.config.TrustedProxies)
	r.hsts = strings.HasPrefix(r.config.PublicURL, "https://")
	if source != nil {
		r.secure, r.hsts = true, source.trusted
		l = tls.NewListener(l, source.config)
	}
	r.serve(l, r.handler())
	if source != nil && source.challenge != nil {
		plain, err := lc.Listen(ctx, "tcp", r.config.TLS.ChallengeListen)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrListen, err)
		}
		r.serve(newCapped(plain, limits.TotalConns, limits.PrefixConns, nil), source.challenge)
	}
	return nil
}

func (r *Relay) serve(l net.Listener, h http.Handler) {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second, // of requests; a WebSocket takes the connection over and has its pings
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // each of its lines has a client's address
	}
	r.servers = append(r.servers, s)
	r.running.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.log.Error("the listener ended", "err", err)
		}
	})
}

// Addr is the TCP address that the relay listens on.
func (r *Relay) Addr() net.Addr { return r.listener.Addr() }

// URL is how a page is reached, without a slash at the end: Config.PublicURL, else scheme and address of the listener.
func (r *Relay) URL() string {
	switch {
	case r.config.PublicURL != "":
		return strings.TrimSuffix(r.config.PublicURL, "/")
	case len(r.config.TLS.Domains) > 0:
		return "https://" + r.config.TLS.Domains[0]
	case r.secure:
		return "https://" + r.Addr().String()
	}
	return "http://" + r.Addr().String()
}

// Close says goodbye to every socket, waits for requests under way, at most until ctx ends, and closes the store. It is safe to call twice.
func (r *Relay) Close(ctx context.Context) error {
	r.closing.Do(func() { r.closeErr = r.close(ctx) })
	return r.closeErr
}

func (r *Relay) close(ctx context.Context) error {
	var errs []error
	r.sockets.endAll()
	for _, s := range r.servers {
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, err, s.Close())
		}
	}
	r.sockets.wait(ctx)
	close(r.stopped)
	r.running.Wait()
	if r.turn != nil {
		errs = append(errs, r.turn.close())
	}
	if r.switchboard != nil && r.switchboard.nats != nil {
		r.switchboard.stop()
	}
	if r.bus != nil {
		r.bus.close()
	}
	r.unlock()
	return errors.Join(errs...)
}
