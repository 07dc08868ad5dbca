package ui

import (
	"context"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"alcove/app"
	"alcove/assets"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// Options are what main knows and the screens need.
type Options struct {
	// Profile is the folder of all records here, as the problem screen names it.
	Profile string
	// Chime rings when somebody knocks; nil is silent. It must return at once.
	Chime func()
	// Home is where files are suggested to go.
	Home string
	// Problem is a start-up error: the window then says what is the matter, and does nothing else.
	Problem error
	// Theme is used before a vault is open: "", "light" or "dark".
	Theme string
}

// UI is the one window. All of it belongs to the Loop.
type UI struct {
	app    fyne.App
	win    fyne.Window
	p      *app.Practice // nil while nobody was chosen
	people *app.People
	person app.PersonView
	again  bool // another person is to come in when the window is closed
	opt    Options
	loop   Loop
	follow *follower
	life   *scope // of the window
	open   *scope // of the unlocked vault: ends at a lock

	screen screen
	theme  string

	holder  *fyne.Container // the screen
	door    *fyne.Container // who knocks, over every screen
	busy    *fyne.Container // what goes on
	corner  *fyne.Container // where that is shown
	toast   *widget.Toast
	unsay   func()
	dialog  *widget.Dialog
	wide    bool       // a note fills the whole screen, see wide.go
	card    *emergency // the open emergency card
	wording *wording   // the question that is being answered with words
	// clearing: everything goes from the screen, so a dialog gives nothing back when it closes.
	clearing bool
	knocks   *knocks
	// closing is closed when the draft that was last left is saved and closed.
	closing <-chan struct{}
	// underway counts work whose result has not come back: until it is 0 a picture of the screen
	// may lack what is still being read.
	underway int
}

// screen is what fills the window.
type screen interface {
	Name() string // for tests: "unlock", "caseload" …
	Object() fyne.CanvasObject
	// Changed re-reads what an event touches.
	Changed(e app.Event)
	// Leave ends what the screen began; nothing of it may be shown afterwards.
	Leave()
}

// What a screen may do besides.
type (
	escaper   interface{ Escape() } // Esc
	creator   interface{ New() }    // Ctrl+N
	submitter interface{ Submit() } // Ctrl+Enter
	focuser   interface{ Focus() }  // called when it was shown
)

// Run opens the window and returns when it is closed. With no practice it asks whose is to be opened; again: it is to be asked
// by a new process.
func Run(a fyne.App, people *app.People, p *app.Practice, o Options) (again bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	u := newUI(ctx, a, people, p, o, fyneLoop{})
	u.start()
	u.win.ShowAndRun()
	return u.again
}

const title = "Alcove"

func newUI(ctx context.Context, a fyne.App, people *app.People, p *app.Practice, o Options, l Loop) *UI {
	u := &UI{app: a, people: people, p: p, opt: o, loop: l, follow: newFollower(ctx, l), life: newScope(ctx), theme: o.Theme}
	u.open = newScope(ctx)
	done := make(chan struct{})
	close(done)
	u.closing = done
	u.win = a.NewWindow(title)
	u.win.SetIcon(fyne.NewStaticResource("icon.png", assets.AppIcon()))
	a.Settings().SetTheme(look.New(o.Theme))
	u.holder, u.door, u.busy, u.toast = container.NewStack(), container.NewStack(), widget.Col(look.S2), widget.NewToast()
	u.unsay = u.toast.Hide
	u.corner = widget.BottomRight(320, u.busy)
	u.knocks = newKnocks(u)
	u.win.SetPadded(false)
	// No ground of ours: the window is cleared to look.Background, and a second coat costs software OpenGL as much as a call's picture.
	u.win.SetContent(container.NewStack(u.holder, u.corner, u.door, u.toast))
	u.win.Resize(fyne.NewSize(1280, 800))
	u.win.SetCloseIntercept(u.quit)
	u.keys()
	u.forgetFolder()
	return u
}

// start shows the first screen and follows the practice.
func (u *UI) start() {
	u.automate()
	switch {
	case u.opt.Problem != nil:
		u.show(newProblem(u, u.opt.Problem))
	case u.p == nil:
		u.show(newChooser(u))
	default:
		u.begin()
	}
}

// begin follows the practice, and shows its first screen.
func (u *UI) begin() {
	widget.Host.Worked = u.p.Touch
	u.follow.events(u.p.Next, u.changed)
	u.follow.every(time.Second, u.knocks.tick)
	u.enter()
}

// enter asks where the app stands and shows the screen that belongs there.
func (u *UI) enter() {
	type standing struct {
		phase  app.VaultPhase
		person app.PersonView
	}
	read(u, u.life, func(ctx context.Context) (s standing, err error) {
		if s.phase, err = u.p.Phase(ctx); err == nil {
			s.person, err = u.p.Person(ctx)
		}
		return s, err
	}, func(s standing, err error) {
		u.person = s.person
		switch {
		case err != nil:
			u.show(newProblem(u, err))
		case s.phase == app.PhaseAbsent:
			u.showOnce("setup", func() screen { return newSetup(u) })
		case s.phase == app.PhaseShut:
			u.locked()
		default:
			u.unlocked()
		}
	})
}

// showOnce shows a screen unless it is there already, or set-up still has its kit to show.
func (u *UI) showOnce(name string, make func() screen) {
	if u.screen == nil || u.screen.Name() != name {
		u.show(make())
	}
}

// locked clears every screen; a running call stays, without the record behind it.
func (u *UI) locked() {
	u.open.end()
	u.clearDialogs()
	u.closeMenus()
	u.unsay()
	u.knocks.clear()
	if s := u.p.Running(); s != nil {
		u.showOnce("room-locked", func() screen { return newLockedRoom(u, s) })
		return
	}
	u.showOnce("unlock", func() screen { return newUnlock(u) })
}

func (u *UI) unlocked() {
	if s, ok := u.screen.(*setup); ok && s.busyWithKit() {
		return
	}
	if _, ok := u.screen.(*shell); ok {
		return
	}
	u.open = newScope(u.life.ctx)
	u.show(newShell(u))
	u.applyProfile()
	u.knocks.refresh()
	if u.p.Running() != nil {
		u.shell().room()
	}
}

func (u *UI) applyProfile() {
	read(u, u.open, u.p.Profile, func(pr app.Profile, err error) {
		if err == nil && pr.Theme != u.theme {
			u.theme = pr.Theme
			u.app.Settings().SetTheme(look.New(pr.Theme))
		}
	})
}

func (u *UI) show(s screen) {
	if u.screen != nil {
		u.screen.Leave()
	}
	u.clearDialogs()
	u.screen = s
	u.win.Canvas().Unfocus()
	u.holder.Objects = []fyne.CanvasObject{s.Object()}
	u.holder.Refresh()
	if f, ok := s.(focuser); ok {
		f.Focus()
	}
}

// changed hands events on. A lock comes first: whatever else changed is then nobody's business.
func (u *UI) changed(batch []app.Event) {
	for _, e := range batch {
		switch e.Kind {
		case app.VaultChanged:
			u.enter()
		case app.KnockChanged:
			u.knocks.refresh()
		case app.ProfileChanged:
			u.applyProfile()
		}
	}
	for _, e := range batch {
		if u.screen != nil {
			u.screen.Changed(e)
		}
		if u.card != nil {
			u.card.changed(e)
		}
		if u.wording != nil {
			u.wording.typing.changed(e)
		}
	}
}

// shell is the unlocked screen, nil while there is none.
func (u *UI) shell() *shell {
	s, _ := u.screen.(*shell)
	return s
}

// keys are the window's: they reach it from every widget that has no use for them.
func (u *UI) keys() {
	c := u.win.Canvas()
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		widget.Host.Worked()
		switch k.Name {
		case fyne.KeyEscape:
			u.escape()
		case fyne.KeyF11:
			u.toggleWide()
		case emergencyKey:
			u.emergencyFor()
		}
	})
	for _, key := range []fyne.KeyName{fyne.KeyK, fyne.KeyL, fyne.KeyN, fyne.KeyReturn, fyne.KeyEnter, fyne.Key1, fyne.Key2, fyne.Key3} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}, u.shortcut)
	}
	widget.Host.Shortcut = u.shortcut
	widget.Host.Refused = u.refuse
}

// shortcut is Ctrl with a key, wherever the focus is. In a dialog only the lock works.
func (u *UI) shortcut(s fyne.Shortcut) {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || c.Modifier != fyne.KeyModifierControl {
		return
	}
	widget.Host.Worked()
	switch {
	case c.KeyName == fyne.KeyL:
		u.inShell((*shell).lock)
	case u.dialog != nil:
	case c.KeyName == fyne.KeyK:
		u.inShell((*shell).search)
	case c.KeyName == fyne.KeyN:
		u.inShell((*shell).create)
	case c.KeyName == fyne.KeyReturn, c.KeyName == fyne.KeyEnter:
		u.submit()
	case c.KeyName == fyne.Key1, c.KeyName == fyne.Key2, c.KeyName == fyne.Key3:
		if r := u.theRoom(); r != nil && r.side != nil {
			r.side.number(int(c.KeyName[0] - '0'))
		}
	}
}

func (u *UI) inShell(do func(*shell)) {
	if s := u.shell(); s != nil {
		do(s)
	}
}

func (u *UI) escape() {
	if u.dialog != nil {
		u.closeDialog()
		return
	}
	if u.wide {
		u.leaveWide()
		return
	}
	if e, ok := u.screen.(escaper); ok {
		e.Escape()
	}
}

func (u *UI) submit() {
	if s, ok := u.screen.(submitter); ok {
		s.Submit()
	}
}

// home is a file in the person's own folder, as a suggestion.
func (u *UI) home(name string) string { return filepath.Join(u.opt.Home, name) }

func (u *UI) copy(text, said string) {
	u.app.Clipboard().SetContent(text)
	u.say(said)
}

// reflow lays everything out again after a part grew or went: Fyne refreshes downwards only.
func (u *UI) reflow() {
	u.holder.Refresh()
	if u.dialog != nil {
		u.dialog.Refresh()
	}
}
