package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A bus is this relay's NATS: one in this process, without a listener, or an external one. Past openBus nothing knows which.
type bus struct {
	own  *server.Server // nil where NATS is external
	conn *nats.Conn
	js   jetstream.JetStream
}

// openBus starts or joins NATS. slow is called for a subscription that lost messages because this process did not keep up.
func openBus(ctx context.Context, c Config, slow func(subject string)) (*bus, error) {
	b := &bus{}
	opts := []nats.Option{
		nats.Name("alcove-relay"),
		nats.MaxReconnects(-1), // an external NATS that comes back is used again, however long it took
		nats.ReconnectWait(time.Second),
		// What waits while NATS is away would arrive too late to be of use; a gap ends a sealed session cleanly.
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if sub != nil && errors.Is(err, nats.ErrSlowConsumer) {
				slow(sub.Subject)
			}
		}),
	}
	url := c.NATSURL
	if url == "" {
		own, err := startNATS(c)
		if err != nil {
			return nil, err
		}
		b.own = own
		opts = append(opts, nats.InProcessServer(own))
	} else {
		opts = append(opts,
			nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { logAway(c.Log, err) }),
			nats.ReconnectHandler(func(*nats.Conn) { c.Log.Info("NATS is back") }))
		if c.NATSCreds != "" {
			opts = append(opts, nats.UserCredentials(c.NATSCreds))
		}
	}
	var err error
	if b.conn, err = nats.Connect(url, opts...); err != nil {
		b.close()
		return nil, fmt.Errorf("%w: NATS: %w", ErrState, withoutURL(err))
	}
	if b.js, err = jetstream.New(b.conn); err != nil {
		b.close()
		return nil, fmt.Errorf("%w: JetStream: %w", ErrState, err)
	}
	return b, ctx.Err()
}

func logAway(log *slog.Logger, err error) {
	if err != nil { // nil: closed by ourselves
		log.Warn("NATS is away", "err", withoutURL(err))
	}
}

// withoutURL keeps only what kind of failure it was: the client's own texts may name the server with its password.
func withoutURL(err error) error {
	for _, known := range []error{nats.ErrNoServers, nats.ErrAuthorization, nats.ErrTimeout, nats.ErrStaleConnection} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errors.New("connection failed")
}

func startNATS(c Config) (*server.Server, error) {
	own, err := server.NewServer(&server.Options{
		ServerName:         "alcove",
		DontListen:         true, // only this process can reach it
		JetStream:          true,
		StoreDir:           filepath.Join(c.StateDir, "jetstream"),
		JetStreamMaxStore:  c.MaxStore + 16<<20, // the streams' own limits refuse first, with an error that says so
		JetStreamMaxMemory: 1 << 20,
		SyncAlways:         true, // an acknowledged PUT is a promise; the default would sync every two minutes
		NoSigs:             true,
		NoLog:              true, // its log knows subjects, and those hold link IDs
		MaxPayload:         1 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	own.Start()
	if !own.ReadyForConnections(20*time.Second) || !own.JetStreamEnabled() {
		own.Shutdown()
		return nil, fmt.Errorf("%w: JetStream did not start", ErrState)
	}
	return own, nil
}

// ready reports whether slots can be read and written now.
func (b *bus) ready(ctx context.Context) bool {
	_, err := b.js.AccountInfo(ctx)
	return err == nil
}

func (b *bus) close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.own != nil {
		b.own.Shutdown()
		b.own.WaitForShutdown()
	}
}
