package ui

import (
	"context"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/chain"
	"alcove/ui/tree"
	"alcove/ui/widget"
)

// written is every letter that is drawn, hidden parts too. It draws each list anew, and the one in the window stays empty from
// then on: what comes after it is no picture.
func (r *rig) written() string {
	var b strings.Builder
	c := r.win.Canvas()
	for _, root := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		for _, o := range test.LaidOutObjects(root) {
			switch o := o.(type) {
			case *canvas.Text:
				b.WriteString(o.Text + "\n")
			case *widget.Entry:
				b.WriteString(o.Text + "\n")
			}
		}
	}
	return b.String()
}

// TestSetUp goes from nothing to the caseload, with a wrong group on the way.
func TestSetUp(t *testing.T) {
	s := bareStage(t)
	r := newRig(t, s, "")
	r.at("setup")
	r.toKit()
	groups := r.screen.(*setup).groups
	if len(groups) != 9 || !strings.Contains(r.written(), groups[4]) {
		t.Fatalf("the kit is not shown: %q", r.written())
	}
	r.press("I have it on paper")
	r.typed("Group 3", "WRNG")
	r.press("Finish")
	r.until("an objection", func() bool { return strings.Contains(r.written(), "Not the same as on the kit") })
	r.find("Group 3").(*widget.Entry).SetText("")
	r.typed("Group 3", strings.ToLower(groups[2]))
	r.typed("Group 8", " "+groups[7])
	r.press("Finish")
	r.at("today")
	p, err := s.Profile(context.Background())
	if err != nil || !p.KitConfirmed || p.Therapist != "Dr. Maren Holt" {
		t.Fatalf("%+v, %v", p, err)
	}
	if strings.Contains(r.written(), groups[4]) {
		t.Error("the kit is still on the screen")
	}
	s.Lock()
}

// TestLockClears: nothing of any record stays on the screen, wherever it was locked.
func TestLockClears(t *testing.T) {
	secrets := []string{"Ana", "Velasco", "Jonas", "Sertraline", "sleep", "diary", "555 0100", "relay.example", "Holt", "EMDR phases", "Weekly check-in", "Countertransference"}
	telling := []string{"today", "client-overview", "client-notes", "note-draft", "room", "settings"}
	for _, s := range shots {
		shut := slices.ContainsFunc([]string{"people", "setup", "recover", "restore", "problem", "unlock"}, func(front string) bool { return strings.HasPrefix(s.name, front) })
		if s.fat() || shut || strings.Contains(s.name, "room-locked") {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			r := newRig(t, s.stage(t), "")
			s.play(r)
			r.rest()
			before := r.written()
			if slices.Contains(telling, s.name) && !slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(before, s) }) {
				t.Errorf("there is nothing to clear: %q", before)
			}
			r.stage.Lock()
			want := "unlock"
			if strings.HasPrefix(s.name, "room") {
				want = "room-locked"
			}
			r.at(want)
			r.rest()
			for _, secret := range secrets {
				if strings.Contains(r.written(), secret) {
					t.Errorf("%q is still on the screen: %q", secret, r.written())
				}
			}
			if r.app.Clipboard().Content() != "" {
				t.Error("something went to the clipboard by itself")
			}
		})
	}
}

// TestDraftReachesTheStore: what is typed is kept, also when the note is left at once and opened
// again at once.
func TestDraftReachesTheStore(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabNotes)
	r.begin(app.FormatSOAP)
	r.at("draft")
	id := r.side().id
	r.typed("Subjective", "Slept — better.")
	for i := range 5 {
		r.shell().openNote(r.stage.Ana, id)
		r.at("draft")
		r.until("the text", func() bool { return strings.Contains(r.written(), "Slept — better.") })
		r.typed("Plan", fmt.Sprint(i))
	}
	r.press("Back to client")
	r.at("client-notes")
	r.until("the store", func() bool {
		v, err := r.stage.Note(context.Background(), id)
		return err == nil && v.Sections[0].Text == "Slept — better." && len(v.Sections[3].Text) == 5
	})
}

func (r *rig) side() *note { return r.shell().section.(*caseload).side.(*note) }

// TestHistoryShowsWhatChanged, and the draft goes on where it was.
func TestHistoryShowsWhatChanged(t *testing.T) {
	r := newRig(t, full(t), "")
	withHistory(r)
	r.typed("Note", "!")
	r.press("History")
	r.until("the last change", func() bool { return strings.Contains(r.written(), "What changed since") })
	r.key(fyne.KeyEscape)
	r.at("draft")
	r.sees("Note")
	r.key(fyne.KeyEscape)
	r.at("client-notes")
}

// TestADeletedDraftComesBack from where the question before said it would be.
func TestADeletedDraftComesBack(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(false)
	r.at("draft")
	r.press("Delete draft")
	r.at("draft")
	r.find("Delete draft").(fyne.Tappable).Tapped(nil)
	r.at("client-notes")
	r.press("Deleted drafts")
	r.press("Bring back Phone call with the GP")
	r.until("it", func() bool { return strings.Contains(r.written(), "3 notes") })
}

// TestADeletedDraftIsFoundFromTheSearch: by who does not remember whose it was.
func TestADeletedDraftIsFoundFromTheSearch(t *testing.T) {
	r := newRig(t, full(t), "")
	toBin(r, "Session 4: work")
	r.at("today")
	r.press("Notes")
	r.press("Deleted drafts")
	r.reads("Session 4: work")
	r.reads("Ana María Velasco")
	r.press("Bring back Session 4: work")
	r.reads("Nothing here")
	r.typed("Search notes", "diary")
	r.press("Back to the search")
	r.reads("Choose a note")
	if got := r.field("Search notes").Text; got != "diary" {
		t.Errorf("what was searched: %q", got)
	}
	r.until("it", func() bool { return strings.Contains(r.written(), "Session 4: work") })
}

// TestPsychotherapyNotesLeaveTheScreen when they are locked, and the rest stays.
func TestPsychotherapyNotesLeaveTheScreen(t *testing.T) {
	r := newRig(t, full(t), "")
	withApart(r, 1)
	openApart(r)
	r.typed("Psychotherapy note", "x")
	r.until("the text", func() bool { return strings.Contains(r.written(), "Countertransference") })
	r.press("Lock psychotherapy notes")
	r.at("client-private")
	r.sees("Unlock psychotherapy notes")
	if strings.Contains(r.written(), "Countertransference") {
		t.Error("its text is still on the screen")
	}
	r.typed("Passphrase of psychotherapy notes", apartPass)
	r.press("Unlock psychotherapy notes")
	r.until("the list", func() bool { return strings.Contains(r.written(), "1 psychotherapy note") })
}

// TestAHugePasteIsRefusedInWords, whole: nothing of it is in the note, and what was there is.
func TestAHugePasteIsRefusedInWords(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(false)
	r.at("draft")
	id := r.shell().section.(*caseload).side.(*note).id
	r.app.Clipboard().SetContent(strings.Repeat("five megabytes. ", 5_000_000/16))
	r.find("Note").(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.app.Clipboard()})
	r.until("the reason", func() bool { return strings.Contains(r.written(), "a section holds 100 KB") })
	r.press("Close")
	r.app.Clipboard().SetContent(strings.Repeat("Ninety kilobytes of a report.\n", 3000))
	r.find("Note").(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.app.Clipboard()})
	r.press("Back to client")
	r.at("client-notes")
	r.until("the store", func() bool {
		v, err := r.stage.Note(context.Background(), id)
		return err == nil && strings.HasPrefix(v.Sections[0].Text, strings.Repeat("Ninety kilobytes of a report.\n", 3000)) && strings.HasSuffix(v.Sections[0].Text, "in four weeks.")
	})
}

// TestSavedIsTold: first that it is being written, then when it was saved; and when it was not.
func TestSavedIsTold(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabNotes)
	r.begin(app.FormatFree)
	r.at("draft")
	r.sees("Nothing written yet")
	r.typed("Note", "x")
	r.sees("Writing…")
	r.until("Saved", func() bool { return strings.Contains(r.written(), "Saved "+time.Now().Format("15:")) })
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.typed("Note", "y")
	r.sees("Not saved")
	r.until("the reason", func() bool { return strings.Contains(r.written(), "The disk is full") })
	r.stage.Vault.Memory.Fail(nil)
}

func TestSignAndAddendum(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(false)
	r.at("draft")
	r.press("Sign note")
	r.press("Sign and lock")
	r.at("note")
	r.until("the signature", func() bool { return strings.Contains(r.written(), "unchanged since") })
	r.press("Add addendum")
	r.typed("Addendum", "Called back on Friday.")
	r.press("Sign addendum")
	r.until("the addendum", func() bool { return strings.Contains(r.written(), "Called back on Friday.") && r.dialog == nil })
}

// TestAnAddendumIsNotLost: not by a paste that is too long, nor a full disk, nor a question that is closed; and a long one is taken.
func TestAnAddendumIsNotLost(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(true)
	r.at("note")
	r.press("Add addendum")
	r.typed("Addendum", "Typed first. ")
	paste := func(text string) {
		r.app.Clipboard().SetContent(text)
		r.find("Addendum").(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.app.Clipboard()})
	}
	holds := func(text string) bool {
		e, ok := r.find("Addendum").(*widget.Entry)
		return ok && strings.HasPrefix(e.Text, text)
	}
	paste(strings.Repeat("five megabytes. ", 5_000_000/16))
	r.until("the reason", func() bool { return strings.Contains(r.written(), "a section holds 100 KB") })
	r.press("Close")
	r.until("the text is back", func() bool { return holds("Typed first. ") })
	report := strings.Repeat("Fifty kilobytes of a report.\n", 1700)
	paste(report)
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.press("Sign addendum")
	r.until("the reason", func() bool { return strings.Contains(r.written(), "The disk is full") })
	r.press("Close")
	r.until("the text is back", func() bool { return holds("Typed first. Fifty") })
	r.stage.Vault.Memory.Fail(nil)
	r.key(fyne.KeyEscape)
	r.until("closed", func() bool { return r.dialog == nil })
	r.press("Go on writing")
	r.until("what was typed", func() bool { return holds("Typed first. Fifty") })
	r.press("Sign addendum")
	id := r.shell().section.(*caseload).side.(*note).id
	r.until("the store", func() bool {
		v, err := r.stage.Note(context.Background(), id)
		n := len(v.Addenda)
		return err == nil && n > 0 && v.Addenda[n-1].Text == strings.TrimSpace("Typed first. "+report)
	})
	r.until("closed", func() bool { return r.dialog == nil })
	r.press("Add addendum")
	r.holds("Addendum", "")
}

// TestAnAddendumIsThereAgain: over a lock and a closed question, until it is thrown away by name.
func TestAnAddendumIsThereAgain(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(true)
	r.press("Add addendum")
	r.typed("Addendum", "Half a sen")
	r.stage.Lock()
	r.at("unlock")
	if strings.Contains(r.written(), "Half a sen") {
		t.Error("it is on the locked screen")
	}
	r.typed("Passphrase", apptest.Passphrase)
	r.press("Unlock")
	r.at("today")
	r.openNote(true)
	r.reads("An addendum is being written.")
	r.press("Go on writing")
	r.holds("Addendum", "Half a sen")
	r.typed("Addendum", "tence")
	r.press("Close")
	r.press("Go on writing")
	r.holds("Addendum", "Half a sentence")
	r.press("Discard: Addendum")
	r.press("Cancel")
	r.holds("Addendum", "Half a sentence")
	r.press("Discard: Addendum")
	r.press("Discard")
	r.press("Add addendum")
	r.holds("Addendum", "")
}

func TestErrorsAreWords(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabOverview)
	r.press("Edit client")
	r.field("Email").SetText("nobody")
	r.press("Save")
	r.until("advice", func() bool { return strings.Contains(r.written(), "An email address looks like") })
	r.find("Email").(*widget.Entry).SetText("")
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.press("Save")
	r.sees("That did not work")
	r.until("words", func() bool { return strings.Contains(r.written(), "The disk is full") })
	r.stage.Vault.Memory.Fail(nil)
}

// TestTenThousand: the list asks for what is seen, and keeps its place when something changes.
func TestTenThousand(t *testing.T) {
	s := apptest.Empty(t)
	for i := range 10_000 {
		if _, err := s.SaveClient(context.Background(), app.Client{Name: fmt.Sprintf("Client %05d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, s, "")
	r.at("today")
	r.press("Caseload")
	r.sees("Client 00000")
	c := r.shell().caseload()
	if len(c.rows) > 2*pageRows {
		t.Errorf("%d rows were read for one screen", len(c.rows))
	}
	c.list.ScrollTo(7000)
	r.sees("Client 06999")
	r.changed([]app.Event{{Kind: app.NoteChanged, ID: "N"}})
	r.sees("Client 06999")
	r.typed("Search clients", "09876")
	r.until("one", func() bool { return c.count == 1 && r.find("Client 09876") != nil })
}

// TestPersonLineHeight: reload finds the page in sight by it.
func TestPersonLineHeight(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	if h := widget.NewPersonLine().MinSize().Height + r.app.Settings().Theme().Size("padding"); h != widget.PersonLineHeight {
		t.Fatalf("a person's line takes %v", h)
	}
}

func TestKnock(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(false)
	r.at("draft")
	area := r.find("Note").(fyne.Focusable)
	r.win.Canvas().Focus(area)
	d := r.knock(r.stage.Standing, kim)
	r.sees("Admit")
	if r.win.Canvas().Focused() != area {
		t.Error("a knock took the focus from the note")
	}
	if r.chime != 1 || r.win.Title() != "(1) Alcove" {
		t.Errorf("rang %d times; title %q", r.chime, r.win.Title())
	}
	test.AssertNotificationSent(t, fyne.NewNotification("Alcove", "Somebody is at the door."), func() {
		r.knock(r.stage.Single, app.Knock{Name: "x", PIN: r.stage.Single.PIN})
		r.until("a second ring", func() bool { return r.chime == 2 })
		r.rest()
	})
	r.press("Deny")
	r.sees("Not now")
	r.press("Send and deny")
	r.until("the answer", func() bool { return d.Answer() == "deny "+kindSentences[0] })
	r.press("Admit")
	r.at("room")
	r.until("an empty door", func() bool { return r.win.Title() == "Alcove" })
}

func TestRoom(t *testing.T) {
	r := newRig(t, full(t), "")
	d := r.live(kim)
	call := d.Call()
	r.sees("Spoken code")
	for _, digit := range "111111" {
		r.find("Spoken code").(fyne.Focusable).TypedRune(digit)
	}
	r.until("an objection", func() bool { return strings.Contains(r.written(), "That is not the code (1 wrong try)") })
	if got := r.find("Spoken code").(*widget.Code).Digits(); got != "" {
		t.Errorf("the wrong code stands there still: %q", got)
	}
	for _, digit := range apptest.CallCode {
		r.find("Spoken code").(fyne.Focusable).TypedRune(digit)
	}
	r.until("the end of the bar", func() bool { return r.find("Spoken code") == nil })
	r.sees("Code verified")

	r.until("a picture", func() bool { _, c := r.shell().section.(*room).remote.Shows(); return c != color.RGBA{} })
	r.typed("Message", "Hello")
	r.key(fyne.KeyReturn)
	r.until("the line", func() bool { return strings.Join(call.Said(), "") == "Hello" })
	call.Hear(app.CallChat{ID: "1", Text: "I hear you 🙂"})
	r.sees("I hear you 🙂")
	r.press("Mute")
	r.sees("Unmute")
	call.Hear(app.CallLost{})
	r.sees("The line is lost")
	call.Hear(app.CallConnected{})
	r.until("the line", func() bool { return r.find("The line is lost") == nil })

	r.stage.Lock()
	r.at("room-locked")
	r.typed("Passphrase", apptest.Passphrase)
	r.press("Unlock")
	r.at("room")
	r.sees("I hear you 🙂")
	r.press("End")
	r.press("File the chat into the note")
	r.press("End session")
	r.at("draft")
	r.until("the filed chat", func() bool { return strings.Contains(r.written(), "I hear you") })
}

func TestGoOnUnverified(t *testing.T) {
	r := newRig(t, full(t), "")
	r.live(kim)
	r.press("Go on unverified")
	r.sees("Go on unverified?")
	if r.stage.Running().View().Trust != app.TrustNone {
		t.Fatal("gone on without being asked")
	}
	r.press("Go on unverified")
	r.sees("Unverified, accepted")
	r.until("no bar", func() bool { return r.find("Spoken code") == nil })
	r.press("Type the code")
	for _, digit := range apptest.CallCode {
		r.find("Spoken code").(fyne.Focusable).TypedRune(digit)
	}
	r.sees("Code verified")
}

// TestTextOnly: no picture, no microphone, a full session none the less.
func TestTextOnly(t *testing.T) {
	r := newRig(t, full(t), "")
	r.live(app.Knock{Name: "Ana", Wants: app.ModalityText})
	for _, label := range []string{"Mute", "Camera off", "Devices", "Voice only"} {
		if r.find(label) != nil {
			t.Errorf("a text session offers %q", label)
		}
	}
	r.sees("Message")
	r.until("how to ask", func() bool { return strings.Contains(r.written(), "by phone or in person") })
}

// The record goes into the file that was named, and what cannot be written is said at the field.
func TestExportRecord(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabOverview)
	r.press("Export record")
	r.find("File").(interface{ SetText(string) }).SetText("/out/record.json")
	r.stage.Files.Fail(app.ErrDiskFull)
	r.press("Export")
	r.until("the reason", func() bool { return strings.Contains(r.written(), "disk is full") })
	r.stage.Files.Fail(nil)
	r.press("Export")
	r.until("it is said", func() bool { return strings.Contains(r.written(), "Record exported") })
	text, _ := r.stage.Files.Read("/out/record.json")
	record, err := chain.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r.press("Settings")
	r.press("Security")
	r.press("Copy the key’s fingerprint")
	if v := chain.Verify(record, r.app.Clipboard().Content()); !v.Stands() || len(v.Rows) == 0 {
		t.Errorf("%q: %s", r.app.Clipboard().Content(), v.Sum())
	}
}

func TestInvites(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabInvites)
	r.press("Standing link")
	r.press("Create link")
	r.until("the reason", func() bool { return strings.Contains(r.written(), "has a standing link already") })
	r.press("Single-use link")
	r.press("Ask for a PIN")
	r.press("Create link")
	r.until("three", func() bool {
		all, err := r.stage.Invites(context.Background(), r.stage.Ana)
		return err == nil && len(all) == 3
	})
	r.press("Copy link")
	if !strings.HasPrefix(r.app.Clipboard().Content(), "https://relay.example/j#1") {
		t.Errorf("copied %q", r.app.Clipboard().Content())
	}
	r.press("Revoke invite")
	r.press("Revoke link")
	r.until("revoked", func() bool { return strings.Contains(r.written(), "Revoked") })
}

// TestForgetDevices: a device that was known is new again, and only after it was asked for twice.
func TestForgetDevices(t *testing.T) {
	r := newRig(t, full(t), "")
	known := app.Knock{Name: "Ana", Wants: app.ModalityText, GuestKey: apptest.GuestKey()}
	r.verified(known)
	r.press("End")
	r.press("End session")
	r.at("draft")
	r.knock(r.stage.Standing, known)
	r.sees("Known device")
	r.press("Deny")
	r.press("Send and deny")

	r.shell().caseload().openTab(r.stage.Ana, tabInvites)
	r.press("Forget this client’s devices")
	r.until("what is lost", func() bool { return strings.Contains(r.written(), "spoken code is asked for again") })
	r.press("Cancel")
	r.press("Forget this client’s devices")
	r.press("Forget devices")
	r.until("the word", func() bool { return strings.Contains(r.written(), "Devices forgotten") })
	r.knock(r.stage.Standing, known)
	r.sees("New device")
	if r.find("Known device") != nil {
		t.Error("the device is known still")
	}
}

// TestSearchMarks: the words that were found are marked where they stand.
func TestSearchMarks(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	r.shortcut(fyne.KeyK)
	r.typed("Search notes", "ruminat")
	r.until("a marked hit", func() bool {
		marks := 0
		tree.Walk(r.win.Canvas().Content(), r.win.Canvas().Size(), func(n tree.Node) {
			if p, ok := n.Object.(*widget.Para); ok && n.Shown() && len(p.Marks()) > 0 {
				marks++
				for _, m := range p.Marks() {
					if !strings.HasPrefix(strings.ToLower(p.Text()[m[0]:m[1]]), "rumin") {
						t.Errorf("marked %q", p.Text()[m[0]:m[1]])
					}
				}
			}
		})
		return marks == 1
	})
	r.key(fyne.KeyReturn)
	r.at("note")
}

// TestEmergencyCardOfAFoundNote: it is its client's.
func TestEmergencyCardOfAFoundNote(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	r.shortcut(fyne.KeyK)
	r.typed("Search notes", "ruminat")
	r.rest()
	r.key(emergencyKey)
	r.until("whose", func() bool { return strings.Contains(r.written(), "Open a client first") })
	r.key(fyne.KeyReturn)
	r.at("note")
	r.rest()
	r.key(emergencyKey)
	r.until("the card", func() bool { return r.card != nil && r.card.client == r.stage.Ana })
}

func TestIdleIsToldOfWork(t *testing.T) {
	touched := 0
	r := newRig(t, full(t), "")
	widget.Host.Worked = func() { touched++ }
	r.at("today")
	r.press("Caseload")
	r.typed("Search clients", "a")
	if touched < 2 {
		t.Errorf("told %d times", touched)
	}
}

// BenchmarkKeystroke is one key at the end of a section, as the screen shows it: 20 KB in one
// section, the same 20 KB as a SOAP note of four, and 50 KB.
func BenchmarkKeystroke(b *testing.B) {
	for _, x := range []struct {
		name         string
		bytes, parts int
	}{{"20KB-in-one", 20_000, 1}, {"20KB-in-four", 20_000, 4}, {"50KB-in-one", 50_000, 1}, {"50KB-in-four", 50_000, 4}} {
		b.Run(x.name, func(b *testing.B) {
			a := test.NewTempApp(b)
			text := strings.Repeat(strings.Repeat("Walked every morning and slept a little better. ", 10)+"\n", x.bytes/481/x.parts)
			col := widget.Col(8)
			var area *widget.LongArea
			for range x.parts {
				area = widget.NewLongArea("Section", "", text, 5)
				col.Add(area)
			}
			area.OnChanged = func(string) {}
			w := a.NewWindow("")
			w.SetContent(widget.NewVScroll(col))
			w.Resize(fyne.NewSize(860, 800))
			w.Canvas().Focus(area.Last())
			last := area.Last().(*widget.Entry)
			last.CursorRow = 1 << 20
			last.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
			for b.Loop() {
				last.TypedRune('x')
			}
		})
	}
}

// TestReviewsDueOnToday: a treatment plan that is to be reviewed leads to it, and Today drops it once a newer one is signed.
func TestReviewsDueOnToday(t *testing.T) {
	r := newRig(t, dueReviews(1)(t), "")
	r.at("today")
	r.press("Other 0")
	r.at("note")
	due, err := r.stage.ReviewsDue(context.Background(), 0)
	if err != nil || len(due) != 1 {
		t.Fatalf("%v %v", due, err)
	}
	d, err := r.stage.NewDraft(context.Background(), due[0].Client, app.FormatPlan)
	if err != nil {
		t.Fatal(err)
	}
	d.Edit("goals", "To sleep through")
	d.Edit(app.SectionReview, time.Now().AddDate(0, 3, 0).Format(time.DateOnly))
	r.press("Today")
	r.sees("Treatment plans to review")
	if err := d.Sign(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.until("it is gone", func() bool { return r.find("Treatment plans to review") == nil })
}

// TestWhatARestoreFoundStaysUntilItIsRead: on Today and with the backups, and the log has that it was read.
func TestWhatARestoreFoundStaysUntilItIsRead(t *testing.T) {
	r := newRig(t, restoredBadly(t), "")
	r.toBackups()
	r.sees("I have read this")
	r.press("Today")
	r.sees("I have read this")
	r.press("I have read this")
	r.until("it is gone", func() bool { return r.find("I have read this") == nil })
	if acts := r.stage.Vault.Memory.Acts(); acts[len(acts)-1] != app.ActFindingsRead {
		t.Error(acts)
	}
}

// TestPuttingBackOpensTheEarlierRecord: a wrong passphrase is said beside its field; the right one ends in the earlier record.
func TestPuttingBackOpensTheEarlierRecord(t *testing.T) {
	r := newRig(t, restoredBadly(t), "")
	r.toBackups()
	r.press("Put it back")
	r.stage.Vault.Memory.Disk.Fail(app.ErrWrongPassphrase)
	r.typed("Passphrase of the earlier record", "not it")
	r.press("Lock and put it back")
	r.sees("That passphrase does not open the vault. Look whether Caps Lock is on and which keyboard is chosen; if the passphrase is lost, the recovery kit opens it.")
	r.stage.Vault.Memory.Disk.Fail(nil)
	r.typed("Passphrase of the earlier record", apptest.Passphrase)
	r.key(fyne.KeyReturn)
	r.sees("The earlier record is back. The other one is kept aside.")
	r.at("today")
}

// TestRestoreForgetsItsSecrets: called off at the last question, passphrase and kit stay nowhere in memory.
func TestRestoreForgetsItsSecrets(t *testing.T) {
	r := newRig(t, locked(t), "")
	r.askRestore()
	order := r.stage.Vault.Order()
	zero := func() bool {
		return !slices.ContainsFunc(append(slices.Clone(order.Pass.Bytes()), order.Kit.Bytes()...), func(b byte) bool { return b != 0 })
	}
	if len(order.Pass.Bytes()) == 0 || len(order.Kit.Bytes()) == 0 || zero() {
		t.Fatal("there is nothing to forget: this proves nothing")
	}
	r.press("Cancel")
	r.until("wiped", zero)
	r.press("Restore")
	r.press("Go back to the older one")
	r.until("restored", func() bool {
		p, err := r.stage.Phase(context.Background())
		return err == nil && p == app.PhaseUnlocked
	})
	order = r.stage.Vault.Order()
	r.until("wiped", zero)
}
