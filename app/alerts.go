package app

import "context"

// AlertView is an alert as a screen shows it.
type AlertView struct {
	AlertRow
	Measure   string  // the instrument's short name
	Asked     []Asked // the questions whose answers raised it
	CanAnswer bool
}

// OpenAlerts are those of all clients that nobody answered yet, oldest first.
func (p *Practice) OpenAlerts(ctx context.Context) ([]AlertView, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	rows, err := r.Alerts.OpenAlerts(ctx)
	return p.viewAlerts(rows), err
}

// ClientAlerts are all of a client, newest first.
func (p *Practice) ClientAlerts(ctx context.Context, c ClientID) ([]AlertView, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	rows, err := r.Alerts.ClientAlerts(ctx, c)
	return p.viewAlerts(rows), err
}

func (p *Practice) viewAlerts(rows []AlertRow) []AlertView {
	var out []AlertView
	for _, row := range rows {
		row.ClientName = p.shown(row.ClientName)
		v := AlertView{AlertRow: row, Measure: string(row.Filled.Measure), CanAnswer: row.Open()}
		filled := p.viewResponse(row.Filled)
		if filled.Instrument != nil {
			v.Measure = filled.Instrument.Short
		}
		for _, a := range filled.Asked() {
			if a.Risk {
				v.Asked = append(v.Asked, a)
			}
		}
		out = append(out, v)
	}
	return out
}

// AnswerAlert records what was done about an alert, which closes it: *FieldError, ErrNotFound,
// ErrAlertClosed.
func (p *Practice) AnswerAlert(ctx context.Context, c ClientID, id AlertID, done string) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if done, err = reason(done, "Please write what was done: whom you spoke to, what was agreed."); err != nil {
		return err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	a := AlertAnswer{Done: done, By: pr.signer(), At: now()}
	entry, err := a.entry(c, id)
	if err != nil {
		return err
	}
	of := WritingOf(AnswerWriting, id)
	if err := p.instead(ctx, of, func() error { return r.Alerts.AnswerAlert(ctx, id, a, entry, of) }); err != nil {
		return err
	}
	p.changed(AlertChanged, string(c))
	return nil
}
