package away

import (
	"context"
	"os"
	"syscall"

	"github.com/godbus/dbus/v5"
)

// systemd-logind's names, from org.freedesktop.login1(5).
const (
	logind     = "org.freedesktop.login1"
	manager    = logind + ".Manager"
	session    = logind + ".Session"
	properties = "org.freedesktop.DBus.Properties"
	root       = dbus.ObjectPath("/org/freedesktop/login1")
)

// desk listens to logind on the system bus.
type desk struct {
	conn    *dbus.Conn
	session dbus.ObjectPath
	delay   int // file descriptor that makes sleep and shutdown wait for the lock, -1 for none
}

// watchLogind calls leave until ctx is done. Where there is no logind it returns at once.
func watchLogind(ctx context.Context, leave func()) {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return
	}
	defer conn.Close()
	d := &desk{conn: conn, delay: -1}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	if d.listen(ctx) != nil {
		return
	}
	d.hold(ctx)
	defer d.release()
	for {
		select {
		case s, ok := <-signals:
			if !ok {
				return
			}
			d.heard(ctx, s, leave)
		case <-ctx.Done():
			return
		}
	}
}

func (d *desk) listen(ctx context.Context) error {
	for _, member := range []string{"PrepareForSleep", "PrepareForShutdown"} {
		if err := d.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(logind), dbus.WithMatchObjectPath(root),
			dbus.WithMatchInterface(manager), dbus.WithMatchMember(member)); err != nil {
			return err
		}
	}
	// A program started outside a session (a service, a test) has none to be locked.
	pid := uint32(os.Getpid()) // #nosec G115 -- a process ID is positive
	if d.conn.Object(logind, root).CallWithContext(ctx, manager+".GetSessionByPID", 0, pid).Store(&d.session) != nil {
		return nil
	}
	if err := d.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(logind), dbus.WithMatchObjectPath(d.session),
		dbus.WithMatchInterface(session), dbus.WithMatchMember("Lock")); err != nil {
		return err
	}
	return d.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(logind), dbus.WithMatchObjectPath(d.session),
		dbus.WithMatchInterface(properties), dbus.WithMatchMember("PropertiesChanged"))
}

// heard sorts one signal. A desktop that locks itself tells by LockedHint, one that is asked to by Lock.
func (d *desk) heard(ctx context.Context, s *dbus.Signal, leave func()) {
	switch s.Name {
	case manager + ".PrepareForSleep", manager + ".PrepareForShutdown":
		var begins bool
		if dbus.Store(s.Body, &begins) != nil {
			return
		}
		if !begins {
			d.hold(ctx)
			return
		}
		leave()
		d.release()
	case session + ".Lock":
		leave()
	case properties + ".PropertiesChanged":
		var about string
		var changed map[string]dbus.Variant
		var gone []string
		if dbus.Store(s.Body, &about, &changed, &gone) != nil || about != session {
			return
		}
		if locked, _ := changed["LockedHint"].Value().(bool); locked {
			leave()
		}
	}
}

// hold asks logind to wait with sleep and shutdown until release: its delay is five seconds by default,
// enough for drafts to be saved and keys wiped.
func (d *desk) hold(ctx context.Context) {
	d.release()
	var fd dbus.UnixFD
	if d.conn.Object(logind, root).CallWithContext(ctx, manager+".Inhibit", 0,
		"sleep:shutdown", "Alcove", "saves and locks the records", "delay").Store(&fd) == nil {
		d.delay = int(fd)
	}
}

func (d *desk) release() {
	if d.delay >= 0 {
		_ = syscall.Close(d.delay)
		d.delay = -1
	}
}
