package app

import (
	"context"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no zone files, and a bare Linux may lack them
)

const idleMost = 240 // minutes: longer is no lock at all

// Profile is the practice's own settings.
func (p *Practice) Profile(ctx context.Context) (Profile, error) {
	r, err := p.open()
	if err != nil {
		return Profile{}, err
	}
	return r.Profile.Profile(ctx)
}

// SaveProfile keeps the settings: *FieldError. KitConfirmed is ConfirmKit's alone, Numbers are SetNumbers', Backup is SaveBackups'. Open invites
// are published anew if clients would read something else; another relay is taken at the next
// start, and is therefore also kept where a shut vault does not hide it, but for its token.
func (p *Practice) SaveProfile(ctx context.Context, pr Profile) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := pr.check(); err != nil {
		return err
	}
	err = p.changeProfile(ctx, r, func(old Profile) Profile {
		pr.KitConfirmed, pr.Numbers, pr.Backup = old.KitConfirmed, old.Numbers, old.Backup
		return pr
	})
	if err != nil {
		return err
	}
	_ = p.audit(ctx, AuditEntry{Act: ActSettings}) // owed if it fails: the settings are saved
	p.holdToken()
	p.listenAll(ctx)
	if p.deps.Relay != nil {
		return p.deps.Relay.KeepRelay(pr.Relay)
	}
	return nil
}

// changeProfile saves what do makes of the profile, and works by it from now on.
func (p *Practice) changeProfile(ctx context.Context, r *Records, do func(Profile) Profile) error {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	pr = do(pr)
	if err := r.Profile.SaveProfile(ctx, pr); err != nil {
		return err
	}
	p.mu.Lock()
	if p.records == r {
		p.profile = pr
		p.windLocked()
	}
	p.mu.Unlock()
	p.changed(ProfileChanged, "")
	return nil
}

// check tells which field needs another look, and tidies what was typed.
func (pr *Profile) check() error {
	pr.Therapist = strings.TrimSpace(pr.Therapist)
	pr.Credentials = strings.TrimSpace(pr.Credentials)
	pr.PracticeName = strings.TrimSpace(pr.PracticeName)
	if pr.Therapist == "" {
		return &FieldError{"Therapist", "Please fill in your name: clients read it before they knock."}
	}
	if _, err := time.LoadLocation(pr.TimeZone); err != nil {
		return &FieldError{"TimeZone", "This time zone is not known; one looks like Europe/Dublin."}
	}
	if pr.IdleMinutes < 0 || pr.IdleMinutes > idleMost {
		return &FieldError{"IdleMinutes", "Between 1 and 240 minutes; 10 is usual."}
	}
	if pr.ApartMinutes < 0 || pr.ApartMinutes > idleMost {
		return &FieldError{"ApartMinutes", "Between 1 and 240 minutes; 5 is usual."}
	}
	return pr.checkRelay()
}

// card is what clients read before they knock. The licence stands by the practice: the page
// says the therapist's name in the middle of sentences.
func (pr Profile) card() Card {
	practice := []string{pr.Credentials, pr.PracticeName}
	practice = slices.DeleteFunc(practice, func(s string) bool { return s == "" })
	return Card{Therapist: pr.Therapist, Practice: strings.Join(practice, " · "), Welcome: pr.Welcome}
}

// signer is who signs notes: the licence belongs to the name.
func (pr Profile) signer() string {
	if pr.Credentials == "" {
		return pr.Therapist
	}
	return pr.Therapist + ", " + pr.Credentials
}

// location is the practice's time zone, the machine's if none is set.
func (pr Profile) location() *time.Location {
	if pr.TimeZone == "" {
		return time.Local
	}
	loc, err := time.LoadLocation(pr.TimeZone)
	if err != nil {
		return time.Local
	}
	return loc
}

// DeviceList is what is plugged in.
func (p *Practice) DeviceList(ctx context.Context) (DeviceList, error) {
	return p.deps.Devices.Devices(ctx)
}

// LineStatus is how the relay is reached just now.
func (p *Practice) LineStatus() LineStatus { return p.deps.Line.Status() }
