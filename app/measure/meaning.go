package measure

import (
	"fmt"
	"slices"

	"alcove/app/datafile"
)

// readMeaning reads what totals and answers say. The items have been read, so it can be held
// against them.
func (i *Instrument) readMeaning(root *datafile.Value) {
	low, high := i.Range()
	i.readBands(root.Field("bands"), low, high)
	if root.Has("prorate") {
		scored := 0
		for _, it := range i.Items {
			if it.Scored {
				scored++
			}
		}
		i.Prorate = root.Field("prorate").AsInt(0, scored-1)
	}
	if root.Has("reliable") {
		i.Reliable = root.Field("reliable").AsInt(1, max(1, high-low))
	}
	if root.Has("cutoffs") {
		for _, v := range list(root.Field("cutoffs"), 20) {
			v.Only("at", "label")
			i.Cutoffs = append(i.Cutoffs, Cutoff{v.Field("at").AsInt(low, high), v.Need("label")})
		}
	}
	if root.Has("risks") {
		i.readRisks(root.Field("risks"))
	}
}

// readBands: they must cover every total once. A total without a word, or with two, is a fault of
// the file.
func (i *Instrument) readBands(bands *datafile.Value, low, high int) {
	next := low // the first total that has no band yet
	all := list(bands, 20)
	for _, v := range all {
		v.Only("from", "to", "label")
		b := Band{v.Field("from").AsInt(0, valueMost*valueMost), v.Field("to").AsInt(0, valueMost*valueMost), v.Need("label")}
		switch {
		case b.To < b.From:
			v.Fail("The band %q ends before it begins.", b.Label)
		case b.From < low || b.To > high:
			v.Fail("The band %q leaves the range of totals, which is %d to %d.", b.Label, low, high)
		case b.From < next:
			v.Fail("The band %q overlaps the one before it, or stands out of order.", b.Label)
		case b.From > next:
			v.Fail("A band is missing before %q: %s no band.", b.Label, have(next, b.From-1))
		case slices.ContainsFunc(i.Bands, func(o Band) bool { return o.Label == b.Label }):
			v.Fail("Two bands are called %q.", b.Label)
		}
		next = b.To + 1
		i.Bands = append(i.Bands, b)
	}
	if len(all) > 0 && next <= high {
		all[len(all)-1].Fail("A band is missing after the last one: %s no band.", have(next, high))
	}
}

func have(from, to int) string {
	if from == to {
		return fmt.Sprintf("the total %d has", from)
	}
	return fmt.Sprintf("the totals %d to %d have", from, to)
}

func (i *Instrument) readRisks(risks *datafile.Value) {
	for _, v := range list(risks, itemsMost) {
		v.Only("item", "above")
		item, above := v.Field("item"), v.Field("above")
		k := Risk{item.AsInt(1, 999), above.AsInt(0, valueMost)}
		it, ok := i.Item(k.Item)
		switch {
		case !ok:
			item.Fail("There is no item %d.", k.Item)
		case k.Above >= slices.Max(it.values()):
			above.Fail("No answer to item %d is above %d, so it would never raise an alert.", k.Item, k.Above)
		}
		i.Risks = append(i.Risks, k)
	}
}
