//go:build automation

package ui

import (
	"context"
	"net"
)

// serve answers connections until the window closes. Only tests listen, see automation.go.
func (f *follower) serve(l net.Listener, each func(net.Conn)) {
	context.AfterFunc(f.ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				each(c)
			}()
		}
	}()
}
