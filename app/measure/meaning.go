package measure

import (
	"fmt"
	"slices"
)

// meaning reads what totals and answers say. The items have been read, so it can be held against
// them.
func (r *reader) meaning(f fields, i *Instrument) {
	low, high := i.Range()
	r.bands(f.by["bands"], i, low, high)
	if f.has("prorate") {
		scored := 0
		for _, it := range i.Items {
			if it.Scored {
				scored++
			}
		}
		i.Prorate = r.number(f.by["prorate"], "How many answers may be missing", 0, scored-1)
	}
	if f.has("reliable") {
		i.Reliable = r.number(f.by["reliable"], "A reliable change", 1, max(1, high-low))
	}
	if f.has("cutoffs") {
		for _, n := range r.list(f.by["cutoffs"], "The cut-offs", 20) {
			g := r.fields(n, "A cut-off", []string{"at", "label"})
			i.Cutoffs = append(i.Cutoffs, Cutoff{r.number(g.by["at"], "A cut-off", low, high), r.str(g.by["label"], "The label of a cut-off")})
		}
	}
	if f.has("risks") {
		r.risks(f.by["risks"], i)
	}
}

// bands must cover every total once: a total without a word, or with two, is a fault of the file.
func (r *reader) bands(n node, i *Instrument, low, high int) {
	next := low // the first total that has no band yet
	all := r.list(n, "The bands", 20)
	for _, m := range all {
		f := r.fields(m, "A band", []string{"from", "to", "label"})
		b := Band{
			r.number(f.by["from"], "Where a band begins", 0, valueMost*valueMost),
			r.number(f.by["to"], "Where a band ends", 0, valueMost*valueMost), r.str(f.by["label"], "The label of a band"),
		}
		switch {
		case b.To < b.From:
			r.fail(m.line, "The band %q ends before it begins.", clip(b.Label))
		case b.From < low || b.To > high:
			r.fail(m.line, "The band %q leaves the range of totals, which is %d to %d.", clip(b.Label), low, high)
		case b.From < next:
			r.fail(m.line, "The band %q overlaps the one before it, or stands out of order.", clip(b.Label))
		case b.From > next:
			r.fail(m.line, "A band is missing before %q: %s no band.", clip(b.Label), have(next, b.From-1))
		case slices.ContainsFunc(i.Bands, func(o Band) bool { return o.Label == b.Label }):
			r.fail(m.line, "Two bands are called %q.", clip(b.Label))
		}
		next = b.To + 1
		i.Bands = append(i.Bands, b)
	}
	if len(all) > 0 && next <= high {
		r.fail(all[len(all)-1].line, "A band is missing after the last one: %s no band.", have(next, high))
	}
}

func have(from, to int) string {
	if from == to {
		return fmt.Sprintf("the total %d has", from)
	}
	return fmt.Sprintf("the totals %d to %d have", from, to)
}

func (r *reader) risks(n node, i *Instrument) {
	for _, m := range r.list(n, "The risk answers", itemsMost) {
		f := r.fields(m, "A risk answer", []string{"item", "above"})
		k := Risk{r.number(f.by["item"], "The item of a risk answer", 1, 999), r.number(f.by["above"], "What a risk answer is above", 0, valueMost)}
		it, ok := i.Item(k.Item)
		switch {
		case !ok:
			r.fail(f.by["item"].line, "There is no item %d.", k.Item)
		case k.Above >= slices.Max(it.values()):
			r.fail(f.by["above"].line, "No answer to item %d is above %d, so it would never raise an alert.", k.Item, k.Above)
		}
		i.Risks = append(i.Risks, k)
	}
}
