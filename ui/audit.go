package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// audit is the audit log: newest first, searched while one types.
type audit struct {
	*paged[app.AuditRow]
	life  *scope
	root  fyne.CanvasObject
	entry *widget.Entry
	total *widget.Text
	chain *widget.Banner
	only  *fyne.Container // the one client that is shown, if it is one
	dates *auditDates

	group  app.ActGroup
	client app.ClientID
}

func newAudit(u *UI) *audit {
	a := &audit{
		life: newScope(u.open.ctx), entry: widget.NewSearch("Search the audit log", "What was done, or whose name"),
		total: widget.NewText("", widget.Soft), chain: widget.NewBanner("", widget.Positive),
		only: container.NewStack(),
	}
	a.paged = newPaged(u, a.life, "Audit log", widget.NewNoteLine, a.fill, a.look)
	a.ask, a.shown = a.asking, a.show
	a.chain.Hide()
	a.entry.OnChanged = func(string) { a.begin() }
	a.entry.OnKey = intoList(u, a.list, a.open)
	a.dates = newAuditDates(u, a.begin)
	groups := widget.NewChoice("", func(v string) { a.group = app.ActGroup(v); a.begin() }, "", "All",
		string(app.GroupViews), "Views", string(app.GroupChanges), "Changes", string(app.GroupDoor), "Door and sessions",
		string(app.GroupExports), "Exports", string(app.GroupVault), "Vault and backups")
	head := widget.Row(look.S2, widget.IconButton("Back to settings", "back", widget.Ghost, a.Escape),
		widget.NewText("Audit log", widget.TitleOf), a.total, widget.Gap(),
		widget.NewButton("Check the chain", "shield", widget.Secondary, a.verify), widget.NewButton("Export", "export", widget.Secondary, a.export).Named("Export the audit log"))
	filters := widget.Col(look.S3, widget.Row(look.S3, widget.Grow(a.entry), a.dates.pick), a.dates.between, widget.Row(look.S3, groups, widget.Gap(), a.only), a.chain)
	a.root = widget.Col(0, bar(head), widget.HLine(), widget.Grow(widget.Pad(look.S4, look.S6, look.S4, look.S6, widget.Measure(1000, widget.Col(look.S3, filters,
		widget.Grow(widget.Stack(widget.NewBox(look.Surface, look.Border, look.RadiusCard), widget.PadAll(6, a.list), a.none)))))))
	a.begin()
	return a
}

func (a *audit) Name() string              { return "audit" }
func (a *audit) Object() fyne.CanvasObject { return a.root }
func (a *audit) Focus()                    { a.u.win.Canvas().Focus(a.entry) }
func (a *audit) Changed(app.Event)         {} // a log that moves while it is read cannot be read

// Escape takes back what was typed, then goes back to the settings.
func (a *audit) Escape() {
	if a.entry.Text != "" {
		a.entry.SetText("")
		return
	}
	a.u.shell().settings(tabSecurity)
}

// Leave lets go of every name.
func (a *audit) Leave() {
	a.life.end()
	a.entry.OnChanged = nil
	a.entry.SetText("")
	a.forget()
	a.only.Objects = nil
}

// shows is what the screen shows just now.
func (a *audit) shows() app.AuditQuery {
	q := app.AuditQuery{Text: a.entry.Text, Group: a.group, Client: a.client, Limit: pageRows}
	q.From, q.To = a.dates.span()
	return q
}

func (a *audit) asking(offset int) func(context.Context) (pageOf[app.AuditRow], error) {
	q := a.shows()
	q.Offset = offset
	return func(ctx context.Context) (pageOf[app.AuditRow], error) {
		p, err := a.u.p.AuditPage(ctx, q)
		return pageOf[app.AuditRow]{p.Rows, p.Total}, err
	}
}

func (a *audit) show() {
	a.total.Set(entries(a.count))
	if a.count == 0 {
		a.empty(widget.Empty("search", "No such entry", "Nothing in the log fits. Try fewer words, another kind, or a longer time.",
			widget.NewButton("Show everything", "", widget.Secondary, func() { a.u.shell().audit() })))
	}
	a.root.Refresh()
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return thousands(n) + " entries"
}

func (a *audit) fill(r app.AuditRow, l *widget.Line) {
	l.Title.Set(r.Words)
	l.When.Set(dayTime(r.At, a.u.follow.now()))
	who := r.ClientName
	if who == "" && r.Client != "" {
		who = "A client who is no longer here"
	}
	l.Sub.Set(dots(who, "No. "+thousands(int(r.Seq))))
	icon, ink := actIcon(r.Act), look.Muted
	if r.Refused {
		ink = look.Warn
		l.SetPill("Refused", widget.Caution)
	} else {
		l.SetPill("", widget.Neutral)
	}
	l.Icon.Set(icon, ink)
}

// actIcon is a picture for the kind of thing that was done.
func actIcon(act string) string {
	kind, _, _ := strings.Cut(act, ".")
	switch kind {
	case "vault", "kit":
		return "lock"
	case "door", "invite":
		return "door"
	case "session":
		return "camera"
	case "client":
		return "person"
	case "backup":
		return "archive"
	case "practice":
		return "settings"
	case "audit":
		return "shield"
	}
	return "note"
}

// look shows an entry whole.
func (a *audit) look(r app.AuditRow) {
	facts := widget.Col(look.S3, fact("When", r.At.Local().Format("Monday, 2 January 2006, 15:04:05")), fact("Entry", thousands(int(r.Seq))), fact("Act", r.Act))
	if r.Client != "" {
		facts.Add(fact("Client", r.ClientName))
	}
	if r.About != "" {
		facts.Add(fact("About", r.About))
	}
	facts.Add(fact("Chain", chainStart(r.Chain)))
	done := widget.NewButton("Close", "", widget.Secondary, a.u.closeDialog)
	buttons := []fyne.CanvasObject{done}
	if r.ClientName != "" {
		buttons = []fyne.CanvasObject{widget.NewButton("Only this client", "person", widget.Secondary, func() {
			a.u.closeDialog()
			a.onlyClient(r.Client, r.ClientName)
		}), done}
	}
	a.u.ask(widget.DialogSpec{Icon: actIcon(r.Act), Tone: widget.Active, Title: r.Words, Body: facts, Buttons: buttons, Focus: done, Width: 520})
}

func chainStart(chain []byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range chain[:min(8, len(chain))] {
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String() + "…"
}

// onlyClient shows what concerns one client; "" shows everybody's again.
func (a *audit) onlyClient(id app.ClientID, name string) {
	a.client = id
	a.only.Objects = nil
	if id != "" {
		a.only.Objects = []fyne.CanvasObject{widget.NewButton("Only "+name, "close", widget.Secondary, func() { a.onlyClient("", "") }).Low().Named("Only " + name + ": show all clients again")}
	}
	a.root.Refresh()
	a.begin()
}

// verify says whether each entry follows the one before it.
func (a *audit) verify() {
	track(a.u, a.life, "Following the chain", a.u.p.VerifyAudit, func(p app.AuditProof, err error) {
		switch {
		case err != nil:
			a.u.complain(err)
			return
		case len(p.Broken) > 0:
			a.chain.Say("Entry "+thousands(int(p.Broken[0]))+" does not follow the one before it: the log was altered there. Keep the folder as it is, and compare it with a backup.", widget.Negative)
		default:
			a.chain.Say("All "+entries(int(p.Entries))+" follow each other; none was changed, taken out or put in between.", widget.Positive)
		}
		a.u.reflow()
		a.root.Refresh()
	})
}

// export asks where to, and in which form.
func (a *audit) export() {
	q := a.shows()
	name := "alcove-audit-" + a.u.follow.now().Local().Format("2006-01-02-150405")
	form := app.AuditCSV
	path := widget.NewField(widget.NewEntry("File", a.u.home(name+".csv")), "It is readable: keep it where only you can open it.")
	kind := widget.NewChoice(string(form), func(v string) {
		path.Entry.SetText(strings.TrimSuffix(path.Entry.Text, "."+string(form)) + "." + v)
		form = app.AuditFormat(v)
	}, string(app.AuditCSV), "Table (CSV)", string(app.AuditLines), "JSON lines")
	cancel := widget.NewButton("Cancel", "", widget.Secondary, a.u.closeDialog)
	what := "All entries"
	if q.Text != "" || q.Group != "" || q.Client != "" || !q.From.IsZero() || !q.To.IsZero() {
		what = "The " + entries(a.count) + " shown"
	}
	var save *widget.Button
	save = widget.NewButton("Export", "export", widget.Primary, func() {
		to, f := strings.TrimSpace(path.Entry.Text), form
		save.Disable()
		track(a.u, a.life, "Exporting the audit log", func(ctx context.Context, p app.Progress) (int, error) { return a.u.p.ExportAudit(ctx, to, f, q, p) },
			func(n int, err error) {
				save.Enable()
				if err != nil {
					path.Advise(app.Explain(err))
					a.u.reflow()
					return
				}
				a.u.closeDialog()
				a.u.say(entries(n) + " written")
				a.begin()
			})
	})
	a.u.ask(widget.DialogSpec{
		Icon: "export", Tone: widget.Active, Title: "Export the audit log", Width: 560, Focus: path.Entry,
		Text: what + " go into one file, with names as the screen shows them and with the chain, so that others can follow it. The log keeps that you did it.",
		Body: widget.Col(look.S4, widget.ColStart(0, kind), path), Buttons: []fyne.CanvasObject{cancel, save},
	})
}
