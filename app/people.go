package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"alcove/app/datafile"
)

// PersonID names one of several people who each have a record of their own on one machine.
type PersonID string

// Person is what the first screen says of somebody, while every vault is shut: whoever sits down at the machine reads it, and
// so does a thief. So it is what they typed for that purpose, or a number, and never the name in their profile.
type Person struct {
	ID    PersonID
	Label string
}

// Name is what to call them.
func (p Person) Name() string {
	if p.Label == "" {
		return "Person " + string(p.ID)
	}
	return p.Label
}

// Register knows who has a record on this machine. storage.Root implements it.
type Register interface {
	// People are those who have a record, in the order in which they came.
	People(ctx context.Context) ([]Person, error)
	// Folder is where somebody's record lies.
	Folder(id PersonID) string
	// ClaimLabel holds a label for this process until free is called, or the process is gone. ErrLabelTaken.
	ClaimLabel(ctx context.Context, label string) (free func(), err error)
	// KeepLabel keeps, in plain text, what somebody who has a record is called; "" for a number.
	KeepLabel(ctx context.Context, id PersonID, label string) error
}

// People is the door to every record of this machine. One process opens one of them: whoever switches starts the program
// anew, so that nothing of the one is in the memory in which the other is opened.
type People struct {
	register Register
	shared   bool
	free     func() // the label that this process was given for a new person
	open     func(ctx context.Context, id PersonID, label string) (*Practice, error)
}

// NewPeople takes open, which takes somebody's place for this process; for "" it makes a new one, of that label. shared: the
// place is the machine's, and anybody may begin a record there; else it was named for somebody.
func NewPeople(r Register, shared bool, open func(ctx context.Context, id PersonID, label string) (*Practice, error)) *People {
	return &People{register: r, shared: shared, free: func() {}, open: open}
}

// Alone is the one person whose record a start opens without asking; "" if there are several.
func (p *People) Alone(ctx context.Context) (PersonID, error) {
	all, err := p.List(ctx)
	switch {
	case err != nil:
		return "", err
	case len(all) == 0:
		return FirstPerson, nil
	case len(all) == 1:
		return all[0].ID, nil
	}
	return "", nil
}

// FirstPerson is whose record lies where the only one of a machine does.
const FirstPerson PersonID = "1"

// List are those who have a record here.
func (p *People) List(ctx context.Context) ([]Person, error) {
	all, err := p.register.People(ctx)
	for i := range all { // the file is plain, and may hold anything
		if label, advice := tidyLabel(all[i].Label); advice == "" {
			all[i].Label = label
		} else {
			all[i].Label = ""
		}
	}
	return all, err
}

// Enter takes the place of somebody in the list. ErrProfileInUse.
func (p *People) Enter(ctx context.Context, id PersonID) (*Practice, error) {
	return p.open(ctx, id, "")
}

// Add begins the place of a further person, who is then to set it up: *FieldError.
func (p *People) Add(ctx context.Context, label string) (*Practice, error) {
	label, free, err := p.claim(ctx, "", label)
	if err != nil {
		return nil, err
	}
	if label == "" {
		free()
		return nil, &FieldError{"Label", "Choose something to be known by in the list: initials will do."}
	}
	added, err := p.open(ctx, "", label)
	if err != nil {
		free()
		return nil, err
	}
	p.free = free // only once there is a record is the label in the list
	return added, nil
}

const labelMost = 40 // letters: what fits a line

func tidyLabel(label string) (tidy, advice string) {
	label = strings.Join(strings.Fields(label), " ")
	// One label could be made to look like another.
	if !utf8.ValidString(label) || strings.ContainsFunc(label, datafile.Unseen) {
		return "", "There is a letter in it that cannot be shown. Type it anew."
	}
	if utf8.RuneCountInString(label) > labelMost {
		return "", fmt.Sprintf("At most %d letters, please: initials will do.", labelMost)
	}
	return label, ""
}

// ErrLabelTaken: somebody else is being given that label just now.
var ErrLabelTaken = errors.New("people: the label is taken")

// claim tidies what id wants to be called, and holds it until free is called: nobody else may be called the same. It is held before
// the list is looked at, so that of two who want it at once only one finds it free.
func (p *People) claim(ctx context.Context, id PersonID, label string) (tidy string, free func(), err error) {
	label, advice := tidyLabel(label)
	if advice != "" {
		return "", nil, &FieldError{"Label", advice}
	}
	name := Person{id, label}.Name() // who wants to be a number is called by it
	taken := &FieldError{"Label", "Somebody else here is called that already. Add a letter, so that nobody takes the wrong one."}
	if free, err = p.register.ClaimLabel(ctx, strings.ToLower(name)); errors.Is(err, ErrLabelTaken) {
		err = taken
	}
	if err != nil {
		return "", nil, err
	}
	all, err := p.List(ctx)
	if slices.ContainsFunc(all, func(other Person) bool { return other.ID != id && strings.EqualFold(other.Name(), name) }) {
		err = taken
	}
	if err != nil {
		free()
		return "", nil, err
	}
	return label, free, nil
}

// PersonView is whose record this is, among those on this machine.
type PersonView struct {
	Name      string // "" if there is nobody to tell them from
	Label     string
	Folder    string
	CanSwitch bool // to somebody else, or to a new person
}

// Person tells whose record this is. It needs no open vault.
func (p *Practice) Person(ctx context.Context) (v PersonView, err error) {
	if p.deps.People == nil {
		return v, nil
	}
	v.Folder = p.deps.People.register.Folder(p.deps.Person)
	all, err := p.deps.People.List(ctx)
	for _, one := range all {
		if one.ID == p.deps.Person {
			v.Label, v.CanSwitch = one.Label, p.deps.People.shared
			v.Name = one.Label
			if len(all) > 1 {
				v.Name = one.Name()
			}
			continue
		}
		v.CanSwitch = true
	}
	return v, err
}

// SaveLabel keeps what this person is called in the list: *FieldError.
func (p *Practice) SaveLabel(ctx context.Context, label string) error {
	if _, err := p.open(); err != nil {
		return err
	}
	p.deps.People.free() // it is in the list since there is a record, or given up now
	label, free, err := p.deps.People.claim(ctx, p.deps.Person, label)
	if err != nil {
		return err
	}
	defer free()
	if err := p.deps.People.register.KeepLabel(ctx, p.deps.Person, label); err != nil {
		return err
	}
	_ = p.audit(ctx, AuditEntry{Act: ActSettings}) // owed if it fails: the label is kept
	p.changed(ProfileChanged, "")
	return nil
}
