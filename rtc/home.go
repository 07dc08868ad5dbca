package rtc

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"alcove/app"
	"alcove/rtc/relay"
)

// choiceFile says which relay to take. It is plain, since the relay is reached while the vault is
// still shut, and no secret: everybody who is given a link reads the same in it. A token is one,
// and comes from the open vault (token.go).
const choiceFile = "choice.json"

// Home is the line's place on this machine: which relay is taken, and the one inside the app
// where that is it. It implements app.RelayChoice.
type Home struct {
	dir   string
	relay *relay.Relay // nil where one elsewhere was chosen, or where ours did not start
}

// OpenHome starts the embedded relay, its state in dir, unless another was chosen, and says how
// a Host reaches the one or the other. page is what clients are served. An error leaves a usable Home and
// Options: notes can be written without a line, and the Host goes on looking for its relay.
func OpenHome(ctx context.Context, dir string, page fs.FS, log *slog.Logger) (*Home, Options, error) {
	h := &Home{dir: dir}
	choice, err := h.choice()
	if err == nil && choice.URL != "" {
		return h, Options{Relay: choice.URL, Page: page, Log: log}, nil
	}
	away := Options{Relay: "http://127.0.0.1:9", Log: log} // the port that nothing answers on
	if err != nil {
		return h, away, err
	}
	if h.relay, err = relay.Embedded(ctx, relay.Config{StateDir: filepath.Join(dir, "state"), Guest: page, Log: log}, choice.LAN); err != nil {
		return h, away, err
	}
	return h, Options{Relay: h.relay.URL(), Client: h.relay.Client(), Log: log}, nil
}

func (h *Home) choice() (app.RelaySettings, error) {
	var s app.RelaySettings
	text, err := os.ReadFile(filepath.Join(h.dir, choiceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	return s, errors.Join(err, json.Unmarshal(text, &s))
}

// KeepRelay keeps the choice for the next start.
func (h *Home) KeepRelay(s app.RelaySettings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(h.dir, choiceFile)
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// Close stops the embedded relay.
func (h *Home) Close(ctx context.Context) error {
	if h.relay == nil {
		return nil
	}
	return h.relay.Close(ctx)
}
