package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"alcove/app"
	"alcove/app/measure"
	"alcove/app/safety"
	"alcove/assets"
	"alcove/rtc"
	"alcove/storage"
	"alcove/storage/keychain"
	"alcove/ui/away"
)

// house is where people have their records, and the rooms around the one that is open in this process.
type house struct {
	root      *storage.Root
	people    *app.People
	measures  measure.Shelf
	numbers   *safety.Directory
	synthetic bool

	mu       sync.Mutex // held while somebody is let in, which the window may not wait for
	practice *app.Practice
	shut     func() error
}

// newHouse opens nothing yet.
func newHouse(dir string, shared, synthetic bool) (h *house, err error) {
	h = &house{synthetic: synthetic}
	if h.numbers, err = safety.Read(assets.Crisis()); err != nil {
		slog.Error("the crisis numbers are not readable", "err", err) // a file of ours, and tested: notes and sessions go on
	}
	if h.root, err = storage.NewRoot(dir, keychain.OS{}); err != nil {
		return h, err
	}
	h.people = app.NewPeople(h.root, shared, h.enter)
	h.measures, err = measure.Load(assets.Measures())
	return h, err
}

// openTheOnly lets in who is alone here, without asking.
func (h *house) openTheOnly(ctx context.Context) error {
	id, err := h.people.Alone(ctx)
	if err == nil && id != "" {
		_, err = h.people.Enter(ctx, id)
	}
	return err
}

// enter takes somebody's place, or a new one, and introduces the rooms to each other there.
func (h *house) enter(ctx context.Context, id app.PersonID, label string) (_ *app.Practice, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.practice != nil { // a process is one person's
		return nil, app.ErrProfileInUse
	}
	var vault *storage.Vault
	if id == "" {
		id, vault, err = h.root.Add(ctx, label)
	} else {
		vault, err = h.root.Open(id)
	}
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // it lives as long as the process
	home, line, err := rtc.OpenHome(ctx, filepath.Join(h.root.Folder(id), "relay"), assets.Guest(), slog.Default())
	if err != nil {
		slog.Error("the relay inside the app does not run", "err", err) // notes can be written all the same
	}
	line.Synthetic = h.synthetic
	host, err := rtc.NewHost(line)
	if err != nil {
		return nil, errors.Join(err, home.Close(ctx), vault.Close())
	}
	tellVoice(host)
	p := app.New(app.Deps{
		Vault: vault, Line: host, Devices: host, Relay: home, Numbers: h.numbers, Files: storage.Outside{}, Measures: h.measures,
		Restorer: vault, People: h.people, Person: id,
	})
	go away.Watch(ctx, p.Lock)
	go away.End(ctx, p.Lock)
	h.practice, h.shut = p, func() error {
		p.Lock() // saves what is being written, and wipes the keys
		host.Close()
		ending, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return errors.Join(home.Close(ending), vault.Close())
	}
	return p, nil
}

// leave closes what is open, and gives the place free.
func (h *house) leave() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shut == nil {
		return nil
	}
	return h.shut()
}
