//go:build automation

package main

import (
	"fmt"
	"net"
	"os"

	"alcove/rtc"
	"alcove/ui/automation"
)

// tellVoice answers, on a socket beside the window's, how much of what a client says is a tone of
// the frequency asked for: how a test hears. Not in what is shipped.
func tellVoice(h *rtc.Host) {
	path := os.Getenv(automation.Env)
	if path == "" {
		return
	}
	path += ".voice"
	_ = os.Remove(path) // of a run that was killed
	l, err := net.Listen("unix", path)
	if err != nil {
		panic(err) // a test that cannot hear must not go on
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var hz float64
			if _, err := fmt.Fscan(conn, &hz); err == nil {
				fmt.Fprintln(conn, h.HeardPower(hz))
			}
			_ = conn.Close()
		}
	}()
}
