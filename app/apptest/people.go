package apptest

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"alcove/app"
)

// Register is a list of people that is only remembered.
type Register struct {
	mu      sync.Mutex
	list    []app.Person
	claimed []string
}

// NewRegister has a person for each label, in that order.
func NewRegister(labels ...string) *Register {
	r := new(Register)
	for i, label := range labels {
		r.list = append(r.list, app.Person{ID: app.PersonID(strconv.Itoa(i + 1)), Label: label})
	}
	return r
}

// People lists them.
func (r *Register) People(context.Context) ([]app.Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list), nil
}

// Folder is a made-up one.
func (r *Register) Folder(id app.PersonID) string {
	const root = "/home/maren/.config/alcove"
	if id == app.FirstPerson {
		return root
	}
	return root + "/people/" + string(id)
}

// ClaimLabel holds it.
func (r *Register) ClaimLabel(_ context.Context, label string) (free func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.claimed, label) {
		return nil, app.ErrLabelTaken
	}
	r.claimed = append(r.claimed, label)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.claimed = slices.DeleteFunc(r.claimed, func(l string) bool { return l == label })
	}, nil
}

// KeepLabel changes the list.
func (r *Register) KeepLabel(_ context.Context, id app.PersonID, label string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.list {
		if r.list[i].ID == id {
			r.list[i].Label = label
		}
	}
	return nil
}

var _ app.Register = (*Register)(nil)
