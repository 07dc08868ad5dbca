package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
)

func TestChoosingAPerson(t *testing.T) {
	r := newRig(t, hall("", "M. H.", "Zoë")(t), "")
	r.sees("M. H.")
	r.press("Zoë") // whose record another window has
	r.sees(app.Explain(app.ErrProfileInUse))
	r.press("Close")
	r.sees("Person 1")
	r.key(fyne.KeyTab)
	r.win.Canvas().FocusNext()
	r.press("M. H.")
	r.at("unlock")
	r.sees("M. H.")
	r.typed("Passphrase", "another’s words entirely")
	r.press("Unlock")
	r.sees(app.Explain(app.ErrWrongPassphrase))
	r.typed("Passphrase", apptest.Passphrase)
	r.press("Unlock")
	r.until("the record", func() bool { return r.shell() != nil })
	r.p.Lock()
	r.at("unlock")
}

func TestANewPersonSetsUp(t *testing.T) {
	r := newRig(t, hall("M. H.")(t), "")
	r.press("Someone else on this computer")
	r.sees("Name in the list")
	r.escape()
	r.sees("M. H.")
	r.press("Someone else on this computer")
	r.press("Continue")
	r.sees("Choose something to be known by in the list: initials will do.")
	r.typed("Name in the list", "Z. K.")
	r.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.at("setup")
	r.press("Someone else on this computer") // back to the list, by a new process
	r.until("the window's end", func() bool { return r.closed })
	if !r.UI.again {
		t.Error("nobody else is let in")
	}
}

// Switching ends the process: what would be lost with it is asked about first, and nothing of it is said in a name.
func TestSwitchingAsksAboutWhatIsNotSaved(t *testing.T) {
	s := apptest.Practice(t)
	r := newRig(t, s, "")
	r.at("today")
	d, err := s.NewDraft(t.Context(), s.Ana, app.FormatFree)
	if err != nil {
		t.Fatal(err)
	}
	s.Vault.Memory.Fail(app.ErrDiskFull)
	d.Edit("text", "not on the disk")
	time.Sleep(10 * time.Millisecond)
	s.Lock()
	r.at("unlock")
	r.press("Someone else on this computer")
	r.sees("Switch and lose it")
	r.press("Unlock first")
	if r.closed || r.UI.again {
		t.Fatal("it switched")
	}
	s.Vault.Memory.Fail(nil)
	r.press("Someone else on this computer")
	r.press("Switch and lose it")
	r.until("the window's end", func() bool { return r.closed && r.UI.again })
}

func TestOnesNameInTheList(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.at("today")
	r.press("Settings")
	r.typed("Name in the list of people", "M. H.")
	r.press("Save name")
	r.sees("Saved")
	r.p.Lock()
	r.at("unlock")
	r.sees("M. H.")
}

// The toolkit would write the folder that was last looked into where everybody on this computer reads it.
func TestNoFolderIsRemembered(t *testing.T) {
	r := newRig(t, locked(t), "")
	kept := func() string { return r.app.Preferences().String(lastFolder) }
	r.at("unlock")
	r.rest()
	r.press("Restore a backup")
	r.press("Choose the file…")
	if kept() == "" {
		t.Fatal("the toolkit keeps nothing under that name: this test proves nothing")
	}
	r.press("Cancel")
	if kept() != "" {
		t.Errorf("%q is kept", kept())
	}
	if err := r.p.Unlock(t.Context(), apptest.Pass()); err != nil {
		t.Fatal(err)
	}
	r.at("today")
	r.press("Settings")
	r.press("Open measures")
	r.press("Choose the file…")
	if kept() == "" {
		t.Fatal("nothing is kept while the window is open")
	}
	r.p.Lock()
	r.at("unlock")
	if kept() != "" {
		t.Errorf("%q is kept after a lock", kept())
	}
}
