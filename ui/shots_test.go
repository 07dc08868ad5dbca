package ui

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// shotsEnv names the folder in which the pictures are to stay.
const shotsEnv = "ALCOVE_SHOTS"

// TestShots draws every screen, light and dark, with no, some, many and overlong data, and
// looks for text that is cut off or lies on other text. With ALCOVE_SHOTS the pictures stay there.
func TestShots(t *testing.T) {
	dir := os.Getenv(shotsEnv)
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, theme := range []string{"light", "dark"} {
		for _, s := range shots {
			if theme == "dark" && os.Getenv(shotsEnv) == "" && !strings.HasPrefix(s.name, "today") {
				continue // colour moves nothing: without somebody to look, one theme is enough
			}
			t.Run(s.name+"-"+theme, func(t *testing.T) {
				stage := s.stage(t)
				r := newRig(t, stage, theme)
				s.play(r)
				r.rest()
				checkLayout(t, r)
				savePNG(t, r.win.Canvas().Capture(), filepath.Join(dir, s.name+"-"+theme+".png"))
			})
		}
	}
}

func savePNG(t *testing.T, img image.Image, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

type shot struct {
	name  string
	stage func(testing.TB) *apptest.Stage
	play  func(*rig)
}

// fat: a screen of which there is a plainer picture too.
func (s shot) fat() bool {
	return strings.Contains(s.name, "crowded") || strings.Contains(s.name, "long")
}

// menu: a menu is open, in which the arrows move and Tab does not.
func (s shot) menu() bool { return strings.HasSuffix(s.name, "menu") }

func bareStage(t testing.TB) *apptest.Stage {
	s := &apptest.Stage{Vault: apptest.NewVault(), Line: apptest.NewLine(), Files: apptest.NewFiles(), People: app.NewPeople(apptest.NewRegister(), true, nil)}
	s.Practice = app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Files: s.Files, Measures: apptest.Measures(t), Restorer: s.Vault, People: s.People, Person: app.FirstPerson})
	return s
}

const longName = "Maximiliana Alexandrina Konstantinopolitanska-Featherstonehaugh von und zu Hohenzollern-Sigmaringen"

// crowded has many clients, with names and notes longer than any field.
func crowded(t testing.TB) *apptest.Stage {
	s := apptest.Practice(t)
	ctx := context.Background()
	first := []string{"Amara", "Daniel", "Sofía", "Wei", "Noor", "Łucja", "Priya", "Elif", "Kwame", "Oisín"}
	last := []string{"Nwosu", "Bergström", "Marín", "Chen", "Haddad", "Zielińska", "Yıldız", "Mensah", "Novák", "Byrne"}
	for i := range 300 {
		c := app.Client{Name: first[i%10] + " " + last[i/10%10], Focus: "CBT for anxiety, weekly", Pronouns: "they/them"}
		if i == 0 {
			c.Name, c.Pronouns = "Aa "+longName, "she/her/hers/they/them"
			c.Focus = strings.Repeat("a very long focus that does not end ", 6)
			c.Email, c.Phone = strings.Repeat("long", 20)+"@"+strings.Repeat("example.", 8)+"org", strings.Repeat("+1 503 555 0100 ", 6)
			c.Tags = strings.Fields(strings.Repeat("tagsomething ", 1) + "one two three four five six seven eight nine ten eleven twelve")
		}
		if _, err := s.SaveClient(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	page, err := s.Clients(ctx, app.ClientQuery{Text: "Aa"})
	if err != nil || len(page.Rows) == 0 {
		t.Fatal(err)
	}
	s.Ana = page.Rows[0].ID
	for i := range 14 {
		d, err := s.NewDraft(ctx, s.Ana, app.FormatFree)
		if err != nil {
			t.Fatal(err)
		}
		d.SetTitle(fmt.Sprintf("Session %d: %s", i, strings.Repeat("a long title ", 12)))
		d.Edit("text", strings.Repeat("Walked every morning, slept a little better, and 🙂 said so. ", 30)+strings.Repeat("w", 300))
		if i%3 == 0 {
			err = d.Close(ctx)
		} else {
			err = d.Sign(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Standing, err = s.CreateInvite(ctx, app.InviteWish{Client: s.Ana, Kind: app.InviteStanding, PIN: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		v, err := s.CreateInvite(ctx, app.InviteWish{Client: s.Ana, Kind: app.InviteSingle})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeInvite(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func full(t testing.TB) *apptest.Stage  { return apptest.Practice(t) }
func empty(t testing.TB) *apptest.Stage { return apptest.Empty(t) }

func locked(t testing.TB) *apptest.Stage {
	s := apptest.Practice(t)
	s.Lock()
	return s
}

// face is a stand-in for a camera's picture: a calm gradient with a shape in it.
func face(w, h int, tint color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := float64(x-w/2)/float64(h), float64(y-h/2)/float64(h)
			shade := 0.35 + 0.25*float64(h-y)/float64(h)
			if dx*dx/0.03+(dy+0.05)*(dy+0.05)/0.05 < 1 {
				shade = 0.95
			} else if dx*dx/0.16+(dy-0.62)*(dy-0.62)/0.1 < 1 {
				shade = 0.7
			}
			img.SetRGBA(x, y, color.RGBA{uint8(float64(tint.R) * shade), uint8(float64(tint.G) * shade), uint8(float64(tint.B) * shade), 255})
		}
	}
	return img
}

var (
	warm = color.RGBA{196, 164, 140, 255}
	cool = color.RGBA{140, 170, 190, 255}
)

func (r *rig) openClient(tab string) {
	r.at("today")
	r.shell().caseload().openTab(r.stage.Ana, tab)
	r.rest()
}

func (r *rig) live(k app.Knock) *apptest.Door {
	r.at("today")
	d := r.admit(r.stage.Standing, k)
	d.Call().Pictures().ShowRemote(face(1280, 720, warm))
	d.Call().Pictures().ShowSelf(face(640, 360, cool))
	d.Call().Connect()
	d.Call().Hear(app.CallRemote{Microphone: true, Camera: true})
	r.rest()
	return d
}

func (r *rig) verified(k app.Knock) *apptest.Door {
	d := r.live(k)
	r.stage.Running().TypeCode(apptest.CallCode)
	d.Call().Hear(app.CallChat{ID: "a", Text: "Hi, I am here a bit early 🙂 is that all right?"})
	r.stage.Running().Say("Of course, good to see you. We can begin.")
	d.Call().Hear(app.CallChat{ID: "b", Text: "I filled in the sleep diary. مرحبا"})
	r.stage.Running().Say("Thank you. Let us look at the diary together, and then at what comes next: the step that we put off last week because of the holiday.")
	r.rest()
	return d
}

func (r *rig) openNote(signed bool) {
	r.at("today")
	r.shell().openNote(r.stage.Ana, r.noteOf(signed))
	r.rest()
}

// unkept lets the disk be full while something is typed.
func (r *rig) unkept(k app.WritingKind) {
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.until("it is told", func() bool { return r.stage.Waiting().Writing[k] > 0 })
	r.reads("The disk is full")
	r.rest()
}

// noteOf is a note of the client, signed or a draft.
func (r *rig) noteOf(signed bool) app.NoteID {
	rows, err := r.stage.Notes(context.Background(), r.stage.Ana)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, n := range rows {
		if (n.Status != app.NotePreliminary) == signed {
			return n.ID
		}
	}
	r.t.Fatal("no such note")
	return ""
}

var kim = app.Knock{Name: "Ana", Wants: app.ModalityVideo}

var shots = []shot{
	{"unlock-large", locked, func(r *rig) { r.large(); r.at("unlock") }},
	{"client-notes-large", full, func(r *rig) { r.large(); r.openClient(tabNotes) }},
	{"client-invites-large", full, func(r *rig) { r.large(); r.openClient(tabInvites) }},
	{"client-plan-large", planned, func(r *rig) { r.large(); r.openClient(tabPlan) }},
	{"note-draft-large", full, func(r *rig) { r.large(); r.openNote(false) }},
	{"note-history-large", full, func(r *rig) { r.large(); withHistory(r); r.press("History"); r.sees("Versions") }},
	{"apart-note-large", full, func(r *rig) { r.large(); withApart(r, 1); openApart(r) }},
	{"client-overview-measures-crowded-large", overloaded, func(r *rig) { r.large(); r.openClient(tabOverview) }},
	{"client-plan-edit-large", planned, func(r *rig) { r.large(); r.openClient(tabPlan); r.press("Write the next version") }},
	{"room-emergency-large", planned, func(r *rig) { r.large(); r.verified(kim); r.filled(); r.rest(); r.key(fyne.KeyF1) }},
	{"client-overview-measures-one", full, func(r *rig) { riskAnswer(r.t, r.stage, r.stage.Ana); r.openClient(tabOverview) }},
	{"room-large", full, func(r *rig) { r.large(); r.verified(kim) }},
	{"room-wrong-code-large", full, func(r *rig) { r.large(); r.live(kim); r.stage.Running().TypeCode("000000") }},
	{"room-alert-large", full, func(r *rig) { r.large(); r.verified(kim); riskAnswer(r.t, r.stage, r.stage.Ana) }},
	{"settings-large", full, func(r *rig) { r.large(); r.at("today"); r.press("Settings") }},
	{"setup-1-welcome", bareStage, func(r *rig) { r.at("setup") }},
	{"setup-2-you", bareStage, func(r *rig) { r.press("Set up a new practice") }},
	{"setup-2-you-missing", bareStage, func(r *rig) { r.press("Set up a new practice"); r.press("Continue") }},
	{"setup-3-passphrase", bareStage, func(r *rig) { r.toPassphrase(); r.typed("New passphrase", "password12") }},
	{"setup-4-kit", bareStage, func(r *rig) { r.toKit() }},
	{"setup-5-check", bareStage, func(r *rig) { r.toKit(); r.press("I have it on paper"); r.press("Finish") }},
	{"recover", bareStage, func(r *rig) { r.press("I have a recovery kit") }},
	{"unlock", locked, func(r *rig) { r.at("unlock") }},
	{"unlock-wrong", locked, func(r *rig) {
		r.typed("Passphrase", "not this one")
		r.press("Unlock")
		r.until("an answer", func() bool { return strings.Contains(strings.Join(r.labels(), "|"), "Caps Lock") })
	}},
	{"problem", bareStage, func(r *rig) { r.at("setup"); r.show(newProblem(r.UI, app.ErrProfileInUse)) }},
	{"today-empty", empty, func(r *rig) { r.at("today") }},
	{"today", full, func(r *rig) { r.at("today") }},
	{"today-crowded", crowded, func(r *rig) {
		r.at("today")
		r.stage.Line.SetStatus(app.LineStatus{Problem: "The relay cannot be reached. Alcove goes on trying; notes and caseload work without it."})
	}},
	{"caseload-empty", empty, func(r *rig) { r.at("today"); r.press("Caseload") }},
	{"caseload-crowded", crowded, func(r *rig) { r.openClient(tabOverview) }},
	{"caseload-nobody", full, func(r *rig) { r.openClient(tabOverview); r.typed("Search clients", "zzz") }},
	{"client-overview", full, func(r *rig) { r.openClient(tabOverview) }},
	{"client-overview-new", empty, func(r *rig) {
		id, err := r.stage.SaveClient(context.Background(), app.Client{Name: "Jo"})
		if err != nil {
			r.t.Fatal(err)
		}
		r.stage.Ana = id
		r.openClient(tabOverview)
	}},
	{"client-initials", full, func(r *rig) {
		r.initials()
		r.openClient(tabOverview)
	}},
	{"client-overview-measures", risky, func(r *rig) { r.openClient(tabOverview) }},
	{"client-overview-measures-crowded", overloaded, func(r *rig) { r.openClient(tabOverview) }},
	{"client-measures-none", full, func(r *rig) { r.openClient(tabMeasures) }},
	{"client-measures-one", once, func(r *rig) { r.openClient(tabMeasures) }},
	{"client-measures", measured, func(r *rig) { r.openClient(tabMeasures); r.readChart(4) }},
	{"client-measures-answered", answered, func(r *rig) { r.openClient(tabMeasures) }},
	{"client-measures-crowded", overloaded, func(r *rig) { r.openClient(tabMeasures) }},
	{"client-measures-large", risky, func(r *rig) { r.large(); r.openClient(tabMeasures) }},
	{"measure-fill-in", full, func(r *rig) { r.fillIn("PHQ-9"); r.runes("12") }},
	{"measure-fill-in-missing", full, func(r *rig) { r.fillIn("WHO-5"); r.runes("43"); r.press("Keep this response") }},
	{"measure-fill-in-long", full, func(r *rig) { r.fillIn("PCL-5"); r.runes("123401234") }},
	{"measure-fill-in-again", full, func(r *rig) { r.fillIn("PHQ-9"); r.runes("12"); r.press("Today"); r.fillIn("PHQ-9") }},
	{"measure-fill-in-large", full, func(r *rig) { r.large(); r.fillIn("WHO-5") }},
	{"measure-response", risky, func(r *rig) { r.openResponse() }},
	{"measure-void", measured, func(r *rig) { r.openResponse(); r.press("Void this response") }},
	{"measure-void-long", measured, func(r *rig) {
		r.openResponse()
		r.press("Void this response")
		r.typed("Why it does not count", strings.Repeat("Filled in together with somebody else’s sheet. ", 30))
	}},
	{"alert-answer", risky, func(r *rig) { r.at("today"); r.press("Record what was done for Ana María Velasco") }},
	{"alert-answer-unkept", risky, func(r *rig) {
		r.at("today")
		r.press("Record what was done for Ana María Velasco")
		r.typed("What was done", "Called her at noon.")
		r.unkept(app.AnswerWriting)
	}},
	{"alert-answer-large", risky, func(r *rig) {
		r.large()
		r.at("today")
		r.press("Record what was done for Ana María Velasco")
		r.press("Record")
		r.reads("Please write what was done")
	}},
	{"today-alert", risky, func(r *rig) { r.at("today") }},
	{"caseload-trends", risky, func(r *rig) { r.at("today"); r.press("Caseload") }},
	{"room-alert", full, func(r *rig) { r.verified(kim); riskAnswer(r.t, r.stage, r.stage.Ana) }},
	{"client-export", full, func(r *rig) { r.openClient(tabOverview); r.press("Export record") }},
	{"client-notes", full, func(r *rig) { r.openClient(tabNotes) }},
	{"client-notes-crowded", crowded, func(r *rig) { r.openClient(tabNotes) }},
	{"client-invites", full, func(r *rig) { r.openClient(tabInvites) }},
	{"client-invites-crowded", crowded, func(r *rig) { r.openClient(tabInvites) }},
	{"client-invites-qr", full, func(r *rig) { r.openClient(tabInvites); r.press("Show QR code") }},
	{"client-invites-forget", full, func(r *rig) { r.openClient(tabInvites); r.press("Forget this client’s devices") }},
	{"client-form", full, func(r *rig) { r.openClient(tabOverview); r.press("Edit client") }},
	{"client-form-wrong", full, func(r *rig) {
		r.openClient(tabOverview)
		r.shell().caseload().edit(app.Client{})
		r.press("Add client")
	}},
	{"client-form-again", full, func(r *rig) {
		r.openClient(tabOverview)
		r.press("Edit client")
		r.typed("Tags", "sleep, ")
		r.press("Today")
		r.openClient(tabOverview)
		r.press("Edit client")
	}},
	{"template-form-unkept", full, func(r *rig) { editTemplate(r, 2); r.typed("Heading 1", "What "); r.unkept(app.TemplateWriting) }},
	{"client-form-unkept", full, func(r *rig) {
		r.openClient(tabOverview)
		r.press("Edit client")
		r.typed("Tags", "sleep, ")
		r.unkept(app.ClientWriting)
	}},
	{"note-draft-long", full, func(r *rig) {
		d, err := r.stage.NewDraft(context.Background(), r.stage.Ana, app.FormatFree)
		if err != nil {
			r.t.Fatal(err)
		}
		d.Edit("text", strings.Repeat("Walked every morning, and slept a little better. ", 300))
		if err := d.Close(context.Background()); err != nil {
			r.t.Fatal(err)
		}
		r.at("today")
		r.shell().openNote(r.stage.Ana, d.ID())
	}},
	{"note-addendum-begun", full, func(r *rig) {
		r.openNote(true)
		r.press("Add addendum")
		r.typed("Addendum", "Called back on Friday.")
		r.press("Close")
		r.sees("Go on writing")
		r.rest()
	}},
	{"note-addendum-large", full, func(r *rig) {
		r.large()
		r.openNote(true)
		r.press("Add addendum")
		r.typed("Addendum", strings.Repeat("Called back on Friday. ", 20))
	}},
	{"note-addendum", full, func(r *rig) { r.openNote(true); r.press("Add addendum"); r.typed("Addendum", "Called back on Friday.") }},
	{"note-addendum-unkept", full, func(r *rig) {
		r.openNote(true)
		r.press("Add addendum")
		r.typed("Addendum", "Called back on Friday.")
		r.unkept(app.AddendumWriting)
	}},
	{"note-draft", full, func(r *rig) { r.openNote(false) }},
	{"note-draft-soap", full, func(r *rig) {
		r.openClient(tabNotes)
		r.begin(app.FormatSOAP)
		r.at("draft")
		r.typed("Subjective", "Slept better.")
	}},
	{"note-draft-plan", full, func(r *rig) {
		r.openClient(tabNotes)
		r.begin(app.FormatPlan)
		r.at("draft")
		r.typed("Goals", "To sleep through five nights of seven.")
		r.typed("Review date", "in spring")
		r.sees("Writing…")
		r.press("Sign note")
		r.press("Sign and lock")
		r.sees("Close")
		r.press("Close")
	}},
	{"note-draft-carried", full, carriedForward},
	{"note-draft-carried-sign", full, func(r *rig) { carriedForward(r); r.press("Sign note") }},
	{"note-new-menu", full, func(r *rig) {
		addTemplates(r, 1)
		r.openClient(tabNotes)
		r.press("New note as")
	}},
	{"templates-empty", full, func(r *rig) { r.at("today"); r.shell().templates() }},
	{"templates", full, func(r *rig) { addTemplates(r, 2); r.shell().templates() }},
	{"templates-crowded", full, func(r *rig) { addTemplates(r, 25); r.shell().templates() }},
	{"template-form", full, func(r *rig) { editTemplate(r, 0) }},
	{"template-form-long", full, func(r *rig) { editTemplate(r, 2) }},
	{"template-form-again", full, func(r *rig) {
		editTemplate(r, 0)
		r.typed("Heading 1", "What ")
		r.press("Today")
		r.shell().templates()
		r.press("Edit Weekly check-in")
	}},
	{"template-form-wrong", full, func(r *rig) {
		editTemplate(r, 0)
		r.press("Add section")
		r.typed("Heading 4", "week")
		r.press("Save template")
	}},
	{"note-history", full, func(r *rig) { withHistory(r); r.press("History"); r.sees("Versions") }},
	{"note-history-none", full, func(r *rig) { r.openNote(true); r.press("History"); r.sees("Versions") }},
	{"note-history-long", crowded, func(r *rig) { r.openNote(true); r.press("History"); r.sees("Versions") }},
	{"client-bin-empty", full, func(r *rig) { r.openClient(tabNotes); r.press("Deleted drafts"); r.sees("Back to notes") }},
	{"client-bin", full, func(r *rig) {
		toBin(r, "Session 4: work")
		r.openClient(tabNotes)
		r.press("Deleted drafts")
		r.sees("Back to notes")
	}},
	{"client-bin-long", full, func(r *rig) {
		for range 9 {
			toBin(r, strings.Repeat("a long title ", 20))
		}
		r.openClient(tabNotes)
		r.press("Deleted drafts")
		r.sees("Back to notes")
	}},
	{"client-apart-unset", full, func(r *rig) { r.openClient(tabApart); r.sees("Set up psychotherapy notes") }},
	{"client-apart-setup", full, func(r *rig) {
		r.openClient(tabApart)
		r.press("Set up psychotherapy notes")
		r.typed("New passphrase", apartPass)
	}},
	{"client-apart-kit", full, func(r *rig) {
		r.openClient(tabApart)
		r.press("Set up psychotherapy notes")
		r.typed("New passphrase", apartPass)
		r.typed("The same once more", apartPass)
		r.press("Set passphrase")
		r.sees("I have it on paper")
	}},
	{"client-apart-locked", full, func(r *rig) {
		withApart(r, 0)
		r.stage.LockApart()
		r.openClient(tabApart)
		r.typed("Passphrase of psychotherapy notes", "not this one")
		r.press("Unlock psychotherapy notes")
		r.reads("Caps Lock")
	}},
	{"client-apart-none", full, func(r *rig) { withApart(r, 0); r.openClient(tabApart); r.sees("New psychotherapy note") }},
	{"client-apart", full, func(r *rig) { withApart(r, 1); r.openClient(tabApart); r.sees("New psychotherapy note") }},
	{"client-apart-crowded", crowded, func(r *rig) { withApart(r, 30); r.openClient(tabApart); r.sees("New psychotherapy note") }},
	{"apart-note", full, func(r *rig) { withApart(r, 1); openApart(r) }},
	{"note-full-screen", full, func(r *rig) { r.openNote(false); r.key("F11") }},
	{"note-sign", full, func(r *rig) { r.openNote(false); r.press("Sign note") }},
	{"note-signed", full, func(r *rig) { r.openNote(true) }},
	{"note-signed-large", full, func(r *rig) { r.large(); r.openNote(true) }},
	{"note-signed-long", crowded, func(r *rig) { r.openNote(true) }},
	{"search-empty", full, func(r *rig) { r.at("today"); r.press("Notes") }},
	{"search", full, func(r *rig) { r.at("today"); r.press("Notes"); r.typed("Search notes", "sle") }},
	{"search-crowded", crowded, func(r *rig) { r.at("today"); r.press("Notes"); r.typed("Search notes", "walked") }},
	{"search-filtered", full, func(r *rig) {
		withApart(r, 1)
		r.openClient(tabNotes)
		r.press("Search this client’s notes")
		r.press("Unsigned")
		r.reads("Sertraline")
	}},
	{"search-apart", full, func(r *rig) {
		withApart(r, 1)
		r.press("Notes")
		r.press("Psychotherapy notes")
		r.typed("Search notes", "sister")
		r.reads("Countertransference")
	}},
	{"search-bin", full, func(r *rig) {
		toBin(r, "Session 4: work")
		r.press("Notes")
		r.press("Deleted drafts")
		r.sees("Back to the search")
	}},
	{"search-bin-large-long", full, func(r *rig) {
		r.large()
		for range 9 {
			toBin(r, strings.Repeat("a long title ", 20))
		}
		r.press("Notes")
		r.press("Deleted drafts")
		r.sees("Back to the search")
	}},
	{"knock", full, func(r *rig) { r.openClient(tabOverview); r.knock(r.stage.Standing, kim) }},
	{"knock-long", crowded, func(r *rig) {
		r.at("today")
		for range 3 {
			r.knock(r.stage.Standing, app.Knock{Name: strings.Repeat("Maximiliana ", 6), PIN: r.stage.Standing.PIN, Wants: app.ModalityVoice})
		}
	}},
	{"knock-deny", full, func(r *rig) { r.at("today"); r.knock(r.stage.Standing, kim); r.press("Deny") }},
	{"room-connecting", full, func(r *rig) { r.at("today"); r.admit(r.stage.Standing, kim) }},
	{"room-unverified", full, func(r *rig) { r.live(kim) }},
	{"room-wrong-code", full, func(r *rig) { r.live(kim); r.stage.Running().TypeCode("000000") }},
	{"room", full, func(r *rig) { r.verified(kim) }},
	{"room-no-camera", full, func(r *rig) {
		d := r.verified(kim)
		d.Call().Hear(app.CallRemote{}, app.CallDevice{Kind: "camera", Problem: "The camera was unplugged. Voice and chat go on."})
		r.stage.Running().SetMicrophone(false)
		r.stage.Running().SetCamera(false)
	}},
	{"room-chat-full", full, func(r *rig) { r.verified(kim); r.flood() }},
	{"room-text-chat-full", full, func(r *rig) { r.verified(app.Knock{Name: "Ana", Wants: app.ModalityText}); r.flood() }},
	{"room-lost", full, func(r *rig) { r.verified(kim).Call().Hear(app.CallLost{}) }},
	{"room-over", full, func(r *rig) { r.verified(kim).Call().Hear(app.CallEnded{Why: app.EndClient}) }},
	{"room-ask", full, func(r *rig) { r.verified(kim); r.press("Ask") }},
	{"room-end", full, func(r *rig) { r.verified(kim); r.press("End") }},
	{"room-devices", full, func(r *rig) { r.verified(kim); r.press("Devices") }},
	{"room-text", full, func(r *rig) { r.verified(app.Knock{Name: "Ana", Wants: app.ModalityText}) }},
	{"room-voice", full, func(r *rig) { r.verified(app.Knock{Name: "Ana", Wants: app.ModalityVoice}) }},
	{"today-plans", duePlans(3), func(r *rig) { r.at("today"); r.sees("Safety plans to go over") }},
	{"today-plans-crowded", duePlans(9), func(r *rig) { r.at("today"); r.sees("Safety plans to go over") }},
	{"settings-safety", full, func(r *rig) { r.at("today"); r.press("Settings"); r.press("Safety") }},
	{"settings-safety-found", full, func(r *rig) {
		r.at("today")
		r.ownNumbers()
		r.press("Settings")
		r.press("Safety")
		r.typed("Country", "usa")
		r.typed("State or region", "oregon")
	}},
	{"settings-safety-edit", full, func(r *rig) {
		r.at("today")
		r.press("Settings")
		r.press("Safety")
		r.typed("Country", "uk")
		r.press("Put in your own")
	}},
	{"room-chat-unread", full, func(r *rig) {
		d := r.verified(kim)
		r.press("Checklist")
		d.Call().Hear(app.CallChat{ID: "c", Text: "Are you still there?"})
	}},
	{"room-checklist", full, func(r *rig) { r.verified(kim); r.press("Checklist") }},
	{"room-checklist-filled", full, func(r *rig) { r.verified(kim); r.filled(); r.press("Checklist") }},
	{"room-checklist-again", full, func(r *rig) { r.again(); r.press("Checklist") }},
	{"room-checklist-typing", full, func(r *rig) { r.verified(kim); r.press("Checklist"); r.typed("Country", "u") }},
	{"room-checklist-long", full, func(r *rig) {
		r.verified(kim)
		s := r.stage.Running()
		s.SetPlace("Brobdingnag", "Lorbrulgrud")
		s.Answer(safety.Where, func(c *safety.Checklist) { c.Address = "12 " + strings.Repeat("Long", 7) + " Street" })
		r.press("Checklist")
	}},
	{"room-checklist-text", full, func(r *rig) {
		r.verified(app.Knock{Name: "Ana", Wants: app.ModalityText})
		r.filled()
		r.press("Checklist")
	}},
	{"room-plan-none", full, func(r *rig) { r.verified(kim); r.press("Plan") }},
	{"room-plan", planned, func(r *rig) { r.verified(kim); r.press("Plan") }},
	{"room-plan-edit", planned, func(r *rig) { r.verified(kim); r.press("Plan"); r.press("Write the next version") }},
	{"client-plan-none", full, func(r *rig) { r.openClient(tabPlan) }},
	{"client-plan", planned, func(r *rig) { r.openClient(tabPlan) }},
	{"client-plan-changed", planned, func(r *rig) { r.openClient(tabPlan); r.press("What changed") }},
	{"client-plan-edit", planned, func(r *rig) { r.openClient(tabPlan); r.press("Write the next version") }},
	{"room-plan-unkept", planned, func(r *rig) {
		r.verified(kim)
		r.press("Plan")
		r.press("Write the next version")
		r.typed("Warning signs", "No sleep. ")
		r.unkept(app.PlanWriting)
	}},
	{"client-plan-long", longPlan, func(r *rig) { r.openClient(tabPlan) }},
	{"client-plan-long-edit", longPlan, func(r *rig) {
		r.openClient(tabPlan)
		r.press("Write the next version")
		r.sees("Warning signs")
		f := r.field("Warning signs")
		r.win.Canvas().Focus(f)
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		r.typed("Warning signs", "\nWritten last")
	}},
	{"room-plan-long-edit", longPlan, func(r *rig) {
		r.verified(kim)
		r.press("Plan")
		r.press("Write the next version")
		r.sees("Warning signs")
	}},
	{"room-plan-long", longPlan, func(r *rig) { r.verified(kim); r.press("Plan") }},
	{"room-emergency", planned, func(r *rig) {
		r.verified(kim)
		r.filled()
		for _, deed := range []string{"Called 911 for the client’s place", "Dispatcher has the address; a car is on its way"} {
			if err := r.stage.Running().Deed(deed); err != nil {
				r.t.Fatal(err)
			}
		}
		r.press("Emergency card")
		r.sees("Pacing, and no sleep for two nights")
	}},
	{"room-emergency-nothing", full, func(r *rig) { r.verified(kim).Call().Hear(app.CallLost{}); r.rest(); r.key(fyne.KeyF1) }},
	{"emergency-client", planned, func(r *rig) { r.openClient(tabOverview); r.key(fyne.KeyF1); r.sees("Ask where the client is now") }},
	{"emergency-client-initials", planned, func(r *rig) {
		r.again()
		if _, err := r.stage.Running().End(context.Background(), false); err != nil {
			r.t.Fatal(err)
		}
		r.initials()
		r.press("Today")
		r.openClient(tabOverview)
		r.press("Emergency card")
		r.press("Help has arrived")
	}},
	{"room-emergency-long", longPlan, func(r *rig) {
		r.verified(kim)
		r.filled()
		s := r.stage.Running()
		s.SetPlace("Brobdingnag", "Lorbrulgrud")
		s.Answer(safety.Where, func(c *safety.Checklist) { c.Address = strings.Repeat("12 Long Street, ", 12) })
		s.Answer(safety.Emergency, func(c *safety.Checklist) { c.Emergency = "+1 503 823 0000 ext 12345" })
		for range 20 {
			if err := s.Deed(strings.Repeat("Called and called ", 9) + strings.Repeat("w", 60)); err != nil {
				r.t.Fatal(err)
			}
		}
		r.rest()
		r.key(fyne.KeyF1)
	}},
	{"room-locked-emergency", planned, func(r *rig) {
		r.verified(kim)
		r.filled()
		r.stage.Lock()
		r.at("room-locked")
		r.press("Emergency card")
	}},
	{"room-locked", full, func(r *rig) { r.verified(kim); r.stage.Lock(); r.at("room-locked") }},
	{"quit-locked", locked, func(r *rig) {
		r.at("unlock")
		r.askQuit("Something is not saved yet", "Closing now loses "+waitingWords(app.Waiting{Drafts: 2, Sessions: []time.Time{time.Date(2026, 11, 25, 14, 2, 0, 0, time.Local)}})+
			". It can be written once you unlock.", "Close and lose it", func() {})
	}},
	{"quit-room-locked", full, func(r *rig) { r.verified(kim); r.stage.Lock(); r.at("room-locked"); r.quit() }},
	{"settings", full, func(r *rig) { r.at("today"); r.press("Settings") }},
	{"settings-closed-relay", full, func(r *rig) {
		r.at("today")
		p, _ := r.stage.Profile(context.Background())
		p.Relay.URL, p.RelayToken = "https://relay.clinic.example", app.NewRelayToken("correct-horse-battery-staple")
		if err := r.stage.SaveProfile(context.Background(), p); err != nil {
			r.t.Fatal(err)
		}
		r.press("Settings")
		r.press("Line")
		r.press("Show: Token of that relay")
		r.stage.Line.SetStatus(app.LineStatus{Reached: true, Origin: p.Relay.URL, Problem: "The relay refuses the token in your settings, and nobody can knock. Compare it with the one from whoever runs the relay; they may have changed it."})
	}},
	{"settings-token-wrong", full, func(r *rig) {
		r.at("today")
		r.press("Settings")
		r.press("Line")
		r.typed("Another relay", "http://relay.clinic.example")
		r.typed("Token of that relay", "correct-horse-battery-staple")
		r.press("Save relay")
		r.until("advice", func() bool { return strings.Contains(strings.Join(r.labels(), "|"), "https:// to use one") })
	}},
	{"settings-line", full, func(r *rig) { r.at("today"); r.press("Settings"); r.press("Line") }},
	{"settings-security", full, func(r *rig) { r.at("today"); r.press("Settings"); r.press("Security") }},
	{"settings-passphrase", full, func(r *rig) { r.at("today"); r.press("Settings"); r.press("Security"); r.press("Change passphrase") }},
	{"settings-kit", full, func(r *rig) {
		r.at("today")
		r.press("Settings")
		r.press("Security")
		r.press("New kit for recovery")
		r.press("Make a new kit")
		r.sees("I have it on paper")
	}},
	{"error", full, func(r *rig) { r.at("today"); r.complain(fmt.Errorf("save: %w", app.ErrDiskFull)) }},
	{"busy", full, func(r *rig) {
		r.at("today")
		r.showBusy("Opening the line", func() {})
		r.say("Link copied. It is a secret.")
	}},
}

// withHistory opens a draft that has been three things before.
func withHistory(r *rig) {
	r.at("today")
	ctx := context.Background()
	d, err := r.stage.NewDraft(ctx, r.stage.Ana, app.FormatFree)
	if err == nil {
		d.Edit("text", "Walked every morning and slept badly. Wants to try the diary again.")
		err = d.Close(ctx)
	}
	id := d.ID()
	for _, text := range []string{"Walked most mornings and slept a little better. Wants to try the diary again, from Monday.", "Walked most mornings, slept better."} {
		if err == nil {
			d, err = r.stage.OpenDraft(ctx, id)
		}
		if err == nil {
			d.Edit("text", text)
			err = d.Close(ctx)
		}
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.shell().openNote(r.stage.Ana, id)
	r.at("draft")
}

func toBin(r *rig, title string) {
	ctx := context.Background()
	d, err := r.stage.NewDraft(ctx, r.stage.Ana, app.FormatDAP)
	if err == nil {
		d.SetTitle(title)
		d.Edit("data", "Spoke about the new diary.")
		err = r.stage.DeleteDraft(ctx, d.ID())
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

const apartPass = "copper lantern slowly nine"

// withApart has psychotherapy notes set up, and n of them.
func withApart(r *rig, n int) {
	r.at("today")
	ctx := context.Background()
	_, err := r.stage.SetUpApart(ctx, app.NewPassphrase([]byte(apartPass)))
	for i := range n {
		var d *app.Draft
		if err == nil {
			d, err = r.stage.NewPsychotherapyNote(ctx, r.stage.Ana)
		}
		if err == nil {
			d.Edit("text", "Countertransference: I hear my own sister in her. "+strings.Repeat("What does that ask of me? ", i))
			err = d.Close(ctx)
		}
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func openApart(r *rig) {
	rows, err := r.stage.PsychotherapyNotes(context.Background(), r.stage.Ana)
	if err != nil {
		r.t.Fatal(err)
	}
	r.openClient(tabApart)
	r.shell().section.(*caseload).side.(*client).openApart(rows[0].ID)
	r.at("apart-note")
}

func carriedForward(r *rig) {
	r.openClient(tabNotes)
	r.begin(app.FormatSOAP)
	r.at("draft")
	r.typed("Subjective", "Slept better.")
	r.press("Carry forward")
	r.sees("Still true: Plan")
}

// addTemplates gives the practice n templates: the third has long headings and many of them.
func addTemplates(r *rig, n int) {
	r.at("today")
	for i := range n {
		x := app.Template{Name: []string{"Weekly check-in", "EMDR phases", "A " + longName}[i%3], Sections: []app.SectionForm{
			{Heading: "Week", Hint: "How it went, in the client’s words"}, {Heading: "Scale", Hint: "0 to 10"}, {Heading: "Next step"},
		}}
		if i%3 == 2 {
			x.Name = x.Name[:50]
			for k := range 14 {
				x.Sections = append(x.Sections, app.SectionForm{Heading: fmt.Sprintf("%d %s", k, longName[:70]), Hint: strings.Repeat("what belongs here ", 10)})
			}
		}
		if i > 2 {
			x.Name = fmt.Sprintf("%s %d", x.Name[:5], i)
		}
		if _, err := r.stage.SaveTemplate(context.Background(), x); err != nil {
			r.t.Fatal(err)
		}
	}
}

func editTemplate(r *rig, i int) {
	addTemplates(r, 3)
	all, err := r.stage.Templates(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	r.shell().templates()
	r.rest()
	r.shell().section.(*templates).edit(all[(i+2)%3])
}

// flood lets the client write more than is kept.
func (r *rig) flood() {
	r.stage.Running().Happened(app.CallChat{ID: "flood", Text: strings.Repeat("and so on, ", 100_000)}) // as much as all lines together may be
	r.sees("Your client has written more than Alcove keeps. What they write from now on is not shown; what you write still arrives.")
}

func (r *rig) toPassphrase() {
	r.press("Set up a new practice")
	r.typed("Your name", "Dr. Maren Holt")
	r.find("Time zone").(interface{ SetText(string) }).SetText("Europe/Dublin")
	r.press("Continue")
}

func (r *rig) toKit() {
	r.toPassphrase()
	r.typed("New passphrase", apptest.Passphrase)
	r.typed("The same once more", apptest.Passphrase)
	r.press("Create the vault")
	r.sees("I have it on paper")
}
