package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// What a kit opens.
const (
	kitOfVault = "the vault"
	kitOfApart = "psychotherapy notes"
)

// kitCard shows a recovery kit as it should stand on paper; opens is what it is for.
func kitCard(u *UI, groups []string, opens string) fyne.CanvasObject {
	const perRow = 3
	rows := widget.Col(look.S3)
	for i := 0; i < len(groups); i += perRow {
		var row []fyne.CanvasObject
		for j := i; j < min(i+perRow, len(groups)); j++ {
			row = append(row, widget.Share(1, kitGroup(j+1, groups[j])))
		}
		rows.Add(widget.Row(look.S3, row...))
	}
	text := kitText(u.person.Folder, groups, opens)
	copyIt := widget.NewButton("Copy to print it", "print", widget.Secondary, func() {
		u.copy(text, "Copied. Print it, then empty the clipboard.")
	}).Named("Copy recovery kit")
	return widget.Card(rows, widget.HLine(), widget.Row(look.S3,
		widget.Grow(widget.NewPara("Whoever has this paper can open "+opens+". A photograph or a cloud note is not a safe place for it.", widget.Fine)),
		copyIt))
}

func kitGroup(n int, group string) fyne.CanvasObject {
	return widget.Sized(0, 52, widget.Stack(widget.NewBox(look.Sunken, look.Border, look.RadiusControl),
		widget.Pad(6, 10, 6, 10, widget.Col(0, widget.NewText(fmt.Sprint(n), widget.Fine.At(look.Micro)),
			widget.NewText(group, widget.Mono)))))
}

// kitText is the kit for a printer.
func kitText(profile string, groups []string, opens string) string {
	var b strings.Builder
	b.WriteString("ALCOVE RECOVERY KIT\n\nOpens " + opens + " of this practice without the passphrase, on any computer.\nKeep it where you keep other valuables.\n\n")
	for i, g := range groups {
		fmt.Fprintf(&b, "%2d  %s\n", i+1, g)
	}
	b.WriteString("\nProfile: " + profile + "\n")
	return b.String()
}

// kitCheck asks for two groups of a kit.
type kitCheck struct {
	entries [2]*widget.Field
	at      [2]int
	groups  []string
	button  *widget.Button
	body    fyne.CanvasObject
	done    func(ok bool)
}

func newKitCheck(groups []string, done func(bool)) *kitCheck {
	k := &kitCheck{groups: groups, done: done, at: [2]int{2 % len(groups), (len(groups) - 2) % len(groups)}}
	k.button = widget.NewButton("Finish", "check", widget.Primary, k.submit).Tall()
	for i, g := range k.at {
		e := widget.NewEntry(fmt.Sprintf("Group %d", g+1), "")
		e.OnSubmitted = func(string) { k.submit() }
		k.entries[i] = widget.NewField(e, "")
	}
	k.body = pair(k.entries[0], k.entries[1])
	return k
}

// submit tells whether both are right, and which is not.
func (k *kitCheck) submit() {
	ok := true
	for i, f := range k.entries {
		advice := ""
		if !k.same(k.at[i], f.Entry.Text) {
			ok, advice = false, "Not the same as on the kit. Look again, or go back to see it."
		}
		f.Advise(advice)
	}
	k.done(ok)
}

// same puts what was typed in the place of a group and reads the whole: what forgives a slip
// and what does not is the kit's own affair.
func (k *kitCheck) same(i int, typed string) bool {
	groups := slices.Clone(k.groups)
	groups[i] = typed
	kit, err := app.ParseKit(strings.Join(groups, " "))
	if err != nil {
		return false
	}
	defer kit.Wipe()
	return slices.Equal(app.KitGroups(kit), k.groups)
}

// kitEntry is the field for a whole kit.
func kitEntry() *widget.Field {
	e := widget.NewArea("Recovery kit", "", 3)
	return widget.NewField(e, "All groups in order. Spaces, dashes and small letters do not matter.")
}
