package app

import (
	"context"
	"slices"
	"strings"

	"alcove/app/safety"
)

// Directory is whom to call where: what is shipped, with the practice's own entries over it. It
// never blocks. While the vault is locked the practice's own are sealed with it.
func (p *Practice) Directory() *safety.Directory {
	p.mu.Lock()
	own := p.profile.Numbers
	p.mu.Unlock()
	if p.deps.Numbers == nil {
		return new(safety.Directory).With(own)
	}
	return p.deps.Numbers.With(own)
}

// SetNumbers puts the practice's own numbers in place of what is shipped for a place, dated now:
// *FieldError.
func (p *Practice) SetNumbers(ctx context.Context, e safety.Entry) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	e.Place = p.Directory().Place(e.Place.Country, e.Place.Region)
	if e, err = checkNumbers(e); err != nil {
		return err
	}
	e.Checked, e.Ours = now(), true
	return p.changeNumbers(ctx, r, e.Place, func(all []safety.Entry) []safety.Entry { return append(all, e) })
}

// ForgetNumbers goes back to what is shipped for a place.
func (p *Practice) ForgetNumbers(ctx context.Context, at safety.Place) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	return p.changeNumbers(ctx, r, p.Directory().Place(at.Country, at.Region), func(all []safety.Entry) []safety.Entry { return all })
}

// changeNumbers takes away what the practice has for a place, and lets do add to the rest.
func (p *Practice) changeNumbers(ctx context.Context, r *Records, at safety.Place, do func([]safety.Entry) []safety.Entry) error {
	err := p.changeProfile(ctx, r, func(pr Profile) Profile {
		pr.Numbers = do(slices.DeleteFunc(slices.Clone(pr.Numbers), func(e safety.Entry) bool { return e.Place == at }))
		return pr
	})
	if err != nil {
		return err
	}
	return p.audit(ctx, AuditEntry{Act: ActNumbers, About: strings.TrimSuffix(at.Country+"-"+at.Region, "-")})
}

func checkNumbers(e safety.Entry) (safety.Entry, error) {
	if e.Place.Country == "" {
		return e, &FieldError{"Country", "Please say for which country these numbers are."}
	}
	e.Note = strings.TrimSpace(e.Note)
	var err error
	if e.Emergency, err = checkEach("Emergency", "Emergency", e.Emergency); err != nil {
		return e, err
	}
	if e.Lines, err = checkEach("Lines", "Crisis line", e.Lines); err != nil {
		return e, err
	}
	switch {
	case e.Place.Region == "" && len(e.Emergency) == 0:
		return e, &FieldError{"Emergency", "Please give the emergency number: a country without one cannot be kept."}
	case len(e.Emergency)+len(e.Lines) == 0:
		return e, &FieldError{"Lines", "Please give at least one number."}
	}
	return e, nil
}

// checkEach tidies numbers as they were typed, and leaves out rows that are empty.
func checkEach(field, name string, typed []safety.Number) ([]safety.Number, error) {
	var all []safety.Number
	for _, n := range typed {
		for _, s := range []*string{&n.Name, &n.Call, &n.Text, &n.Hours, &n.Note, &n.Source} {
			*s = strings.TrimSpace(strings.ToValidUTF8(*s, ""))
		}
		switch {
		case n.Call == "" && n.Text == "" && n.Name == "":
			continue
		case n.Call == "" && (n.Text == "" || field == "Emergency"):
			return nil, &FieldError{field, "“" + n.Name + "” has no number."}
		case !safety.Dialled(n.Call) || !safety.Dialled(n.Text):
			return nil, &FieldError{field, "A number has digits, spaces and dashes; one of these cannot be dialled."}
		}
		if n.Name == "" {
			n.Name = name
		}
		all = append(all, n)
	}
	return all, nil
}
