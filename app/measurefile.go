package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"alcove/app/datafile"
	"alcove/app/measure"
)

// OwnMeasure is an instrument of the practice's own: its data file as it was taken in. It is never
// changed, because responses are read by it.
type OwnMeasure struct {
	Measure measure.ID
	Version string
	File    []byte
	Added   time.Time
	Retired bool // kept for the responses, and no longer offered
	Used    bool // a response was filled in with it
}

// MeasureStore keeps the practice's own instruments.
type MeasureStore interface {
	OwnMeasures(ctx context.Context) ([]OwnMeasure, error) // by Measure and Version
	AddMeasure(ctx context.Context, m OwnMeasure) error    // Used is for the store to say
	// RetireMeasure keeps a file and offers it no longer, or again. ErrNotFound.
	RetireMeasure(ctx context.Context, id measure.ID, version string, retired bool) error
	RemoveMeasure(ctx context.Context, id measure.ID, version string) error // ErrNotFound, ErrMeasureUsed
}

var (
	// ErrMeasureUsed: responses are read by it.
	ErrMeasureUsed = errors.New("measure: responses refer to it")
	// ErrMeasureAsked: answers to it may come, and a risk answer among them.
	ErrMeasureAsked = errors.New("measure: on a client's page")
)

// MeasureFile is an instrument as it is listed.
type MeasureFile struct {
	Measure    measure.ID
	Version    string
	Instrument *measure.Instrument // nil: Problem says why
	Problem    string
	Added      time.Time // zero: it comes with Alcove
	Retired    bool
	Superseded bool // a newer version is offered
	CanRemove  bool // no response refers to it
	CanRetire  bool
	CanOffer   bool // again
}

// shelves are the instruments of the open vault: what can be read, and what is offered.
type shelves struct{ all, offered measure.Shelf }

// shelf is what there is just now. While the vault is locked the practice's own are sealed in it.
func (p *Practice) shelf() shelves {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil {
		return shelves{p.deps.Measures, p.deps.Measures}
	}
	return p.measures
}

// Measures are the instruments on offer, by name.
func (p *Practice) Measures() []*measure.Instrument { return p.shelf().offered.Offered() }

// readShelves reads the practice's own instruments. A file that an older version took and this one
// does not is left out: its responses are kept, and the list says why.
func (p *Practice) readShelves(ctx context.Context, r *Records) (shelves, error) {
	s := shelves{p.deps.Measures, p.deps.Measures}
	own, err := r.Measures.OwnMeasures(ctx)
	for _, m := range own {
		i, err := measure.Parse(m.name(), m.File, nil)
		if err != nil {
			continue
		}
		s.all = s.all.With(i)
		// Alcove may come with one of that name since: its risk rule must not be lost behind a file of a later date.
		if !m.Retired && p.deps.Measures.Newest(i.ID) == nil {
			s.offered = s.offered.With(i)
		}
	}
	return s, err
}

func (m OwnMeasure) name() string { return string(m.Measure) + ".json" }

// MeasureFiles are the practice's own instruments, and those that come with Alcove.
func (p *Practice) MeasureFiles(ctx context.Context) (own, shipped []MeasureFile, err error) {
	r, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	all, err := r.Measures.OwnMeasures(ctx)
	if err != nil {
		return nil, nil, err
	}
	offered := p.shelf().offered
	for _, m := range all {
		f := MeasureFile{Measure: m.Measure, Version: m.Version, Added: m.Added, Retired: m.Retired, CanRemove: !m.Used, CanRetire: !m.Retired, CanOffer: m.Retired}
		f.Instrument, err = measure.Parse(m.name(), m.File, nil)
		f.Problem = Explain(err)
		newest := offered.Newest(m.Measure)
		f.Superseded = !m.Retired && newest != nil && newest.Version != m.Version
		own = append(own, f)
	}
	for _, i := range p.deps.Measures.Offered() {
		shipped = append(shipped, MeasureFile{Measure: i.ID, Version: i.Version, Instrument: i})
	}
	return own, shipped, nil
}

// ImportMeasure takes in the data file at path, if nothing is wrong with it: *datafile.Fault, ErrNoFolder, ErrNoAccess.
func (p *Practice) ImportMeasure(ctx context.Context, path string) (*measure.Instrument, error) {
	path = strings.TrimSpace(path)
	file, err := p.deps.Files.ReadFile(ctx, path, datafile.FileMost)
	if err != nil {
		return nil, err
	}
	var taken *measure.Instrument
	err = p.changeMeasures(ctx, ActMeasureFile, func(r *Records) (string, error) {
		there, err := p.readShelves(ctx, r)
		if err != nil {
			return "", err
		}
		taken, err = measure.Parse(filepath.Base(path), file, func(root *datafile.Value, i *measure.Instrument) {
			before := there.all.Newest(i.ID)
			switch {
			case p.deps.Measures.Newest(i.ID) != nil:
				root.Field("measure").Fail("%s comes with Alcove; give yours another name, as %s-own.", string(i.ID), string(i.ID))
			case p.deps.Measures.Called(i.Short) != nil:
				root.Field("short").Fail("%s comes with Alcove, and yours may not be taken for it; give it another short name.", i.Short)
			case there.all.Version(i.ID, i.Version) != nil:
				root.Field("version").Fail("%s of that date is here already, and responses may be read by it. A changed file has a later date.", i.Short)
			case before != nil && !i.Comparable(before):
				low, high := before.Range()
				better := map[bool]string{true: "higher", false: "lower"}[before.HigherIsBetter]
				root.Field("measure").Fail("In the file that is here %s goes from %d to %d, and %s is better. One that cannot be compared with it over time needs another name.", string(i.ID), low, high, better)
			}
		})
		if err != nil {
			return "", err
		}
		return about(taken.ID, taken.Version), r.Measures.AddMeasure(ctx, OwnMeasure{Measure: taken.ID, Version: taken.Version, File: file, Added: now()})
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func about(id measure.ID, version string) string { return string(id) + " " + version }

// RetireMeasure offers an instrument of the practice's own no longer, or again. What was filled in
// with it stays as it is.
func (p *Practice) RetireMeasure(ctx context.Context, id measure.ID, version string, retired bool) error {
	act := ActMeasureOffer
	if retired {
		act = ActMeasureRetire
	}
	return p.changeMeasures(ctx, act, func(r *Records) (string, error) {
		return about(id, version), r.Measures.RetireMeasure(ctx, id, version, retired)
	})
}

// RemoveMeasure takes an instrument of the practice's own away: ErrMeasureUsed, ErrMeasureAsked.
func (p *Practice) RemoveMeasure(ctx context.Context, id measure.ID, version string) error {
	return p.changeMeasures(ctx, ActMeasureGone, func(r *Records) (string, error) {
		if p.onAPage(id, version) {
			return "", ErrMeasureAsked
		}
		return about(id, version), r.Measures.RemoveMeasure(ctx, id, version)
	})
}

// onAPage tells whether a client may still send answers to an instrument, or some wait to be written.
func (p *Practice) onAPage(id measure.ID, version string) bool {
	p.mu.Lock()
	sessions := p.unwritten()
	var asked []AskedMeasure
	for _, k := range p.knocks {
		asked = append(asked, k.asked...)
	}
	p.mu.Unlock()
	for _, s := range sessions {
		asked = append(asked, s.View().Asked...)
	}
	return slices.ContainsFunc(asked, func(a AskedMeasure) bool {
		return a.Measure == id && a.Version == version && (a.State == AskSent || a.State == AskCame || a.State == AskKept)
	})
}

// changeMeasures lets do change what the store has, and works by it from then on.
func (p *Practice) changeMeasures(ctx context.Context, act string, do func(r *Records) (about string, err error)) error {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	r, err := p.open()
	if err != nil {
		return err
	}
	about, err := do(r)
	if err != nil {
		return err
	}
	s, err := p.readShelves(ctx, r)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.measures = s
	p.mu.Unlock()
	p.changed(MeasuresChanged, "")
	return p.audit(ctx, AuditEntry{Act: act, About: about})
}
