package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// today is the first page of the day: who waits at the door, the running session, what is still
// to be signed.
type today struct {
	u      *UI
	life   *scope
	reads  [3]*scope // of notices, drafts and plans: many records that change at once must not be read as often
	root   fyne.CanvasObject
	hello  *widget.Text
	date   *widget.Text
	notice *fyne.Container
	door   *fyne.Container
	drafts *fyne.Container
	line   *fyne.Container
	alerts *alertStrip
	plans  *fyne.Container // only while one is due
}

func newToday(u *UI) *today {
	t := &today{
		u: u, life: newScope(u.open.ctx), hello: widget.NewText("Today", widget.Huge).Cut(),
		date: widget.NewText("", widget.Soft), notice: widget.Col(look.S3),
		door: container.NewStack(), drafts: container.NewStack(), line: container.NewStack(), plans: container.NewStack(),
	}
	for i := range t.reads {
		t.reads[i] = newScope(t.life.ctx)
	}
	t.plans.Hide()
	t.date.Set(u.follow.now().Local().Format("Monday, 2 January 2006"))
	t.alerts = newAlertStrip(u, t.life, "", func() {
		if t.root != nil {
			t.root.Refresh()
		}
	})
	add := widget.NewButton("New client", "person-add", widget.Secondary, func() { u.shell().caseload().New() })
	head := widget.Row(look.S3, widget.Grow(widget.Col(2, t.hello, t.date)), add)
	t.root = widget.NewVScroll(widget.Pad(look.S8, look.S8, look.S8, look.S8, widget.Measure(1040, widget.Col(look.S5,
		head, t.alerts.box, t.notice,
		widget.RowTop(look.S5, widget.Share(3, widget.Col(look.S5, t.drafts, t.plans)), widget.Share(2, widget.Col(look.S5, t.door, t.line)))))))
	t.refresh()
	return t
}

func (t *today) Name() string              { return "today" }
func (t *today) Object() fyne.CanvasObject { return t.root }
func (t *today) Leave()                    { t.life.end() }

// Changed reads again what the event touches.
func (t *today) Changed(e app.Event) {
	t.alerts.changed(e)
	switch e.Kind {
	case app.NoteChanged, app.ClientChanged:
		t.readDrafts()
		t.readPlans()
		t.readNotices()
	case app.PlanChanged:
		t.readPlans()
	case app.KnockChanged, app.SessionChanged:
		t.showDoor()
	case app.LineChanged:
		t.showLine()
	case app.ProfileChanged:
		t.refresh()
	case app.KeepingChanged:
		t.readNotices()
	}
}

func (t *today) refresh() {
	t.readDrafts()
	t.readPlans()
	t.showDoor()
	t.showLine()
	t.readNotices()
}

type noticesRead struct {
	profile app.Profile
	keeping app.KeepingView
	clients int
	cut     []app.CutSession
}

// readNotices says what must not be forgotten.
func (t *today) readNotices() {
	read(t.u, t.reads[0].renew(), func(ctx context.Context) (n noticesRead, err error) {
		if n.profile, err = t.u.p.Profile(ctx); err != nil {
			return n, err
		}
		page, err := t.u.p.Clients(ctx, app.ClientQuery{Limit: 1})
		if err != nil {
			return n, err
		}
		n.clients = page.Total
		if n.cut, err = t.u.p.CutSessions(ctx); err != nil {
			return n, err
		}
		n.keeping, err = t.u.p.KeepingDue(ctx)
		return n, err
	}, func(n noticesRead, err error) {
		if err != nil {
			return
		}
		t.hello.Set("Welcome, " + n.profile.Therapist)
		t.notice.Objects = nil
		if !n.profile.KitConfirmed {
			t.notice.Add(widget.NewBanner("Your recovery kit has not been checked. Without it, a lost passphrase or a broken computer means that every record is lost.",
				widget.Caution, widget.NewButton("Make a new kit", "", widget.Secondary, func() { t.u.shell().settings(tabSecurity) }).Low()))
		}
		for _, o := range t.cutNotices(n.cut) {
			t.notice.Add(o)
		}
		for _, o := range keepingNotices(t.u, t.life, n.keeping, n.clients > 0) {
			t.notice.Add(o)
		}
		t.root.Refresh()
	})
}

const cutShown = 3

// cutNotices lead to the notes of sessions in which the app was closed, until those are signed.
func (t *today) cutNotices(all []app.CutSession) (notices []fyne.CanvasObject) {
	for _, c := range all[:min(len(all), cutShown)] {
		when := dayTime(c.Started, t.u.follow.now())
		text := dots("A session was cut off: "+c.ClientName, when) + ". Put into its draft note when it ended, and sign it."
		if n := len(all) - cutShown; n > 0 && len(notices) == cutShown-1 {
			text += fmt.Sprintf(" %d more are among the notes to sign.", n)
		}
		notices = append(notices, widget.NewBanner(text, widget.Caution, widget.NewButton("Open the note", "", widget.Secondary, func() {
			t.u.shell().openNote(c.Client, c.Note)
		}).Low().Named("Open the note of "+c.ClientName+", "+when)))
	}
	return notices
}

const draftsShown = 8

type todayRead struct {
	hits    []app.NoteHit
	clients int
}

func (t *today) readDrafts() {
	read(t.u, t.reads[1].renew(), func(ctx context.Context) (todayRead, error) {
		hits, err := t.u.p.UnsignedNotes(ctx, draftsShown+1)
		if err != nil {
			return todayRead{}, err
		}
		page, err := t.u.p.Clients(ctx, app.ClientQuery{Limit: 1})
		return todayRead{hits, page.Total}, err
	}, func(r todayRead, err error) {
		switch {
		case err != nil:
			t.put(t.drafts, widget.NewBanner(app.Explain(err), widget.Caution))
		case r.clients == 0:
			t.showFirstSteps()
		default:
			t.showDrafts(r.hits)
		}
	})
}

// showFirstSteps is what stands where the work will be.
func (t *today) showFirstSteps() {
	step := func(n, head, text string) fyne.CanvasObject {
		mark := widget.Sized(28, 28, widget.Stack(widget.NewBox(look.AccentSoft, "", 14), widget.NewText(n, widget.Strong.In(look.Accent)).Centre()))
		return widget.RowTop(look.S3, mark, widget.Grow(widget.Col(2, widget.NewText(head, widget.Strong), widget.NewPara(text, widget.Soft))))
	}
	t.put(t.drafts, widget.Card(widget.CardHead("Your first session"), widget.Pad(look.S1, 0, look.S2, 0, widget.Col(look.S4,
		step("1", "Add a client", "A pseudonym is enough. Everything stays sealed on this computer."),
		step("2", "Make an invite", "A link that you send the way you usually write to each other."),
		step("3", "Admit them when they knock", "They open the link in a browser, with nothing to install. You see who it is before they come in."),
		step("4", "Write the note", "A draft with start, end and length opens by itself when the session ends."))),
		widget.ColStart(0, widget.NewButton("Add the first client", "person-add", widget.Primary, func() { t.u.shell().caseload().New() }))))
}

func (t *today) showDrafts(hits []app.NoteHit) {
	head := "Notes to sign"
	if len(hits) == 0 {
		t.put(t.drafts, widget.Card(widget.CardHead(head), widget.Pad(look.S6, 0, look.S6, 0,
			widget.Empty("sign", "Nothing waits for your signature", "Notes you begin stay here until they are signed."))))
		return
	}
	var rows []fyne.CanvasObject
	for _, h := range hits[:min(len(hits), draftsShown)] {
		l := widget.NewNoteLine()
		l.Icon.Set("edit", look.Warn)
		l.Title.Set(h.ClientName)
		l.When.Set(dayTime(h.Changed, t.u.follow.now()))
		l.Sub.Set(dots(titleOf(h.Title), h.Excerpt))
		l.SetPill("", widget.Neutral)
		rows = append(rows, widget.NewRowButton(l, func() { t.u.shell().openNote(h.Client, h.ID) }))
	}
	all := []fyne.CanvasObject{widget.CardHead(head), widget.Rows(rows...)}
	if len(hits) > draftsShown {
		all = append(all, widget.NewPara(fmt.Sprintf("The %d oldest are shown.", draftsShown), widget.Fine))
	}
	t.put(t.drafts, widget.Card(all...))
}

func (t *today) showDoor() {
	if s := t.u.p.Running(); s != nil {
		v := s.View()
		t.put(t.door, widget.Card(widget.CardHead("Session", widget.NewPill(phaseWord(v))),
			widget.Row(look.S3, widget.NewAvatar(v.ClientName, 42), widget.Grow(widget.Col(2, widget.NewText(v.ClientName, widget.Strong).Cut(),
				widget.NewText(dots(modalityWord(v.Modality), timer(v.Elapsed)), widget.Soft)))),
			widget.NewButton("Go to the session", "camera", widget.Primary, func() { t.u.shell().room() })))
		return
	}
	knocks := t.u.p.Knocks()
	if len(knocks) == 0 {
		t.put(t.door, widget.Card(widget.CardHead("At the door"), widget.Pad(look.S3, 0, look.S3, 0,
			widget.Empty("door", "Nobody is waiting", "A client who opens an invite and knocks appears here, and over whatever you are doing."))))
		return
	}
	all := []fyne.CanvasObject{widget.CardHead("At the door", widget.NewPill(count(len(knocks), "knock"), widget.Caution))}
	for _, k := range knocks {
		all = append(all, widget.Row(look.S3, widget.NewAvatar(k.ClientName, 36),
			widget.Grow(widget.Col(2, widget.NewText(k.ClientName, widget.Strong).Cut(), widget.NewText("Answer above, at the right", widget.Soft).Cut()))))
	}
	t.put(t.door, widget.Card(all...))
}

// plansShown of each are listed; reviewsMost are counted.
const plansShown, reviewsMost = 5, 1000

type plansRead struct {
	safety    []app.PlanDue
	treatment []app.ReviewDue
}

// readPlans lists the safety plans and the treatment plans that should be gone over again.
func (t *today) readPlans() {
	read(t.u, t.reads[2].renew(), func(ctx context.Context) (r plansRead, err error) {
		if r.safety, err = t.u.p.PlansDue(ctx); err == nil {
			r.treatment, err = t.u.p.ReviewsDue(ctx, reviewsMost)
		}
		return r, err
	}, func(r plansRead, err error) {
		var cards []fyne.CanvasObject
		if err != nil {
			cards = append(cards, widget.NewBanner(app.Explain(err), widget.Caution))
		}
		var rows []fyne.CanvasObject
		for _, d := range r.safety {
			rows = append(rows, t.dueRow("lifebuoy", d.ClientName, d.Review, fmt.Sprintf("Version %d", d.Version), func() { t.u.shell().caseload().openTab(d.Client, tabPlan) }))
		}
		cards = append(cards, dueCard("Safety plans to go over", rows)...)
		rows = nil
		for _, d := range r.treatment {
			rows = append(rows, t.dueRow("note", d.ClientName, localDay(d.Review), titleOf(d.Title), func() { t.u.shell().openNote(d.Client, d.ID) }))
		}
		cards = append(cards, dueCard("Treatment plans to review", rows)...)
		if len(cards) == 0 && !t.plans.Visible() {
			return // the page need not be laid out anew for nothing
		}
		setShown(t.plans, len(cards) > 0)
		t.put(t.plans, widget.Col(look.S5, cards...))
	})
}

func (t *today) dueRow(icon, name string, due time.Time, sub string, open func()) fyne.CanvasObject {
	l := widget.NewNoteLine()
	l.Icon.Set(icon, look.Warn)
	l.Title.Set(name)
	when, _ := dayInside(due, t.u.follow.now())
	l.When.Set("Due " + when)
	l.Sub.Set(sub)
	l.SetPill("", widget.Neutral)
	return widget.NewRowButton(l, open)
}

// dueCard is none where nothing is due.
func dueCard(head string, rows []fyne.CanvasObject) []fyne.CanvasObject {
	if len(rows) == 0 {
		return nil
	}
	all := []fyne.CanvasObject{widget.CardHead(head, widget.NewPill(fmt.Sprint(len(rows)), widget.Caution)), widget.Rows(rows[:min(len(rows), plansShown)]...)}
	if len(rows) > plansShown {
		all = append(all, widget.NewPara(fmt.Sprintf("The %d longest due are shown.", plansShown), widget.Fine))
	}
	return []fyne.CanvasObject{widget.Card(all...)}
}

func (t *today) showLine() {
	l := t.u.p.LineStatus()
	pill := widget.NewPill("Ready", widget.Positive)
	text := "Clients reach you at " + l.Origin
	switch {
	case !l.Reached:
		pill, text = widget.NewPill("Not reachable", widget.Negative), l.Problem
	case l.Problem != "":
		pill, text = widget.NewPill("Look here", widget.Caution), l.Problem
	}
	if text == "" {
		text = "The relay is not reached yet. Notes and caseload work without it."
	}
	t.put(t.line, widget.Card(widget.CardHead("The line", pill), widget.NewPara(text, widget.Soft)))
}

func (t *today) put(c *fyne.Container, o fyne.CanvasObject) {
	c.Objects = []fyne.CanvasObject{o}
	t.root.Refresh()
}
