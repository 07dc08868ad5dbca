package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app/safety"
	"alcove/ui/widget"
)

// countryOffers are the countries whose names begin as what is being typed, to be taken by one press.
type countryOffers struct {
	u   *UI
	row *fyne.Container
	// pick takes a country.
	pick func(safety.Country)
}

func newCountryOffers(u *UI, pick func(safety.Country)) *countryOffers {
	o := &countryOffers{u: u, row: widget.Row(6), pick: pick}
	o.row.Hide()
	return o
}

// show offers nothing once a name is whole.
func (o *countryOffers) show(text string) {
	o.row.Objects = nil
	if d := o.u.p.Directory(); !d.Knows(text) {
		for _, c := range d.Suggest(text, 3) {
			o.row.Add(widget.NewChip(c.Name, func() { o.clear(); o.pick(c) }).Named("Country: " + c.Name))
		}
	}
	setShown(o.row, len(o.row.Objects) > 0)
}

func (o *countryOffers) clear() {
	o.row.Objects = nil
	o.row.Hide()
}
