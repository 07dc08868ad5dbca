package assets_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"alcove/app"
	"alcove/app/measure"
	"alcove/assets"
)

// measureForm is one of the shipped measures as the desktop asks it.
func measureForm(t testing.TB, measureID measure.ID, id app.HandoutID, language string) app.FormHandout {
	t.Helper()
	shelf, err := measure.Load(assets.Measures())
	if err != nil {
		t.Fatal(err)
	}
	return app.FormHandout{
		ID: id, Instrument: shelf.Newest(measureID), Language: language,
		Why: "It shows how the last two weeks have been for you, and how that changes over time.",
	}
}

// questions is a form on the page, and how it is answered there.
type questions struct {
	*tab
	app.FormHandout
}

// radio is the button of one answer; value -1 is rather not.
func (q questions) radio(item, value int) string {
	it, _ := q.Instrument.Item(item)
	n := len(it.Scale)
	for i, c := range it.Scale {
		if c.Value == value {
			n = i
		}
	}
	return fmt.Sprintf(`document.querySelectorAll('input[name="%s-%d"]')[%d]`, q.ID, item, n)
}

// answer taps the words of answers, as a thumb does.
func (q questions) answer(answers measure.Answers) {
	q.t.Helper()
	for item, value := range answers {
		q.until("the question", q.radio(item, value))
		at := eval[[]float64](q.tab, fmt.Sprintf(`(() => { const l = %s.labels[0]; l.scrollIntoView({ block: 'center', behavior: 'instant' });
			const r = l.getBoundingClientRect(); return [r.x + r.width - 12, r.y + r.height / 2]; })()`, q.radio(item, value)))
		q.do(chromedp.MouseClickXY(at[0], at[1]))
		q.until("it is chosen", q.radio(item, value)+".checked")
	}
}

// nothingStays looks wherever a browser could keep something for the next person.
func (p *tab) nothingStays(secret string) {
	p.t.Helper()
	kept := eval[string](p, `(async () => {
		const all = [{ ...sessionStorage }, { ...localStorage }, document.cookie, history.state, location.href, document.title];
		for (const { name } of await indexedDB.databases()) {
			const db = await new Promise((ok, no) => { const o = indexedDB.open(name); o.onsuccess = () => ok(o.result); o.onerror = no; });
			for (const store of db.objectStoreNames) {
				const q = db.transaction(store).objectStore(store).getAll();
				all.push(await new Promise((ok) => { q.onsuccess = () => ok(JSON.stringify(q.result)); }));
			}
			db.close();
		}
		for (const cache of await caches.keys()) all.push(cache);
		return JSON.stringify(all);
	})()`)
	for _, word := range []string{secret, "phq", "PHQ", "given", "answers"} {
		if strings.Contains(kept, word) {
			p.t.Errorf("the browser keeps %q in %s", word, kept)
		}
	}
}

// answersTo waits for a form to come back, and takes it.
func answersTo(t testing.TB, c app.Call, r room, id app.HandoutID) measure.Answers {
	t.Helper()
	e := await[app.CallAnswers](t, r)
	if e.ID != id {
		t.Fatalf("answers to %s", e.ID)
	}
	c.Handouts().Kept(id, true)
	return e.Answers
}

// noMoreAnswers says something, and sees that nothing else came before it.
func (p *tab) noMoreAnswers(l speech, r room) {
	p.t.Helper()
	if !eval[bool](p, "document.querySelector('.room').dataset.chat === 'open'") {
		p.press(l.say("chat"))
	}
	p.fill(l.say("chatLabel"), "the end")
	p.enter()
	for e := range r {
		if a, again := e.(app.CallAnswers); again {
			p.t.Errorf("again: %+v", a)
		}
		if c, isChat := e.(app.CallChat); isChat && c.Text == "the end" {
			return
		}
	}
}

// waitsWith knocks and is asked.
func (s *stage) waitsWith(p *tab, l speech, forms ...app.FormHandout) app.Door {
	s.t.Helper()
	p.toReady(l, s.invite().link)
	p.knock(l, "")
	d := s.door.next(s.t)
	p.says(l, "waitingTitle")
	for _, f := range forms {
		if err := d.Ask(f); err != nil {
			s.t.Fatal(err)
		}
	}
	p.says(l, "questionsNew")
	return d
}

// TestFormInTheWaitingRoom: PHQ-9 before the session, with a risk answer, in both languages. The answers
// stay in the page until the code was typed, survive a cut, and come once.
func TestFormInTheWaitingRoom(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		p := newTab(t, everything, l.tag)
		q := questions{p, measureForm(t, "phq-9", "form one", l.tag[:2])}
		d := s.waitsWith(p, l, q.FormHandout)
		p.hears("status", l.say("questionsNew"))
		if l.tag == "en-US" {
			p.shots("form-invited")
		}
		p.press(l.say("questionsOpen"))
		p.titled(l.say("questions"))
		p.reads(q.Why)
		p.reads(q.Instrument.In(q.Instrument.Stem, q.Language))
		p.reads(q.Instrument.In(q.Instrument.Licence, q.Language))
		p.handoutShots("form", l)
		q.answer(measure.Answers{1: 2})
		p.press(l.say("later"))
		p.says(l, "waitingTitle", "questionsOn")
		p.press(l.say("questionsOn"))
		p.until("the first answer is still there", q.radio(1, 2)+".checked")
		want := measure.Answers{1: 2, 2: 3, 4: 0, 9: 1, 10: 1}
		q.answer(measure.Answers{2: 3, 3: 1, 4: 0, 9: 1, 10: 1})
		q.answer(measure.Answers{3: -1}) // thought better of
		p.hears("status", l.say("help"))
		p.reads("Samaritans 116 123")
		p.reads(strings.NewReplacer("{n}", "5", "{all}", "10").Replace(l.say("answered")))
		eval[bool](p, q.radio(9, 1)+".closest('fieldset').scrollIntoView(), true")
		p.handoutShots("form-help", l)
		p.press(l.say("finish"))
		p.titled(l.say("thanksTitle"))
		p.says(l, "thanks", "answersHeld", "help")
		p.handoutShots("form-thanks", l)
		p.press(l.say("goBack"))
		p.says(l, "waitingTitle", "answersHeld")

		r := make(room, 256)
		call, err := d.Admit(t.Context(), text, r)
		if err != nil {
			t.Fatal(err)
		}
		await[app.CallConnected](t, r)
		p.until("the room is live", "document.querySelector('.room')?.dataset.state === 'live'")
		time.Sleep(1500 * time.Millisecond) // before the code nothing may come, and this is what a person would wait
		for len(r) > 0 {
			if a, early := (<-r).(app.CallAnswers); early {
				t.Fatalf("before the code: %+v", a)
			}
		}
		s.tunnel.dark.Store(true)
		if !call.CheckCode(p.code()) {
			t.Error("another code")
		}
		await[app.CallLost](t, r)
		p.says(l, "lost")
		s.tunnel.dark.Store(false)
		if got := answersTo(t, call, r, "form one"); !maps.Equal(got, want) {
			t.Errorf("the desktop has %v, want %v", got, want)
		}
		p.press(l.say("questions"))
		p.says(l, "answersKept")
		p.nothingStays("form one")
		p.press(l.say("goBack"))
		p.noMoreAnswers(l, r)
		call.End(app.EndTherapist)
		p.says(l, "endedTitle")
		p.nothingStays("form one")
	})
}

// handoutShots looks at a form in English on every size; in Spanish only where words are longest.
func (p *tab) handoutShots(name string, l speech) {
	p.t.Helper()
	p.shots(name + "-" + l.tag[:2])
	if dir := os.Getenv("ALCOVE_SHOTS"); dir != "" {
		p.look(320, 568, false)
		p.picture(filepath.Join(dir, name+"-"+l.tag[:2]+"-320.png"))
		p.phone(false)
	}
}

// TestFormSkipped: all of a form may be left out; who leaves, or is denied, takes the answers along.
func TestFormSkipped(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	first, second := questions{p, measureForm(t, "gad-7", "form one", "en")}, questions{p, measureForm(t, "who-5", "form two", "en")}
	d := s.waitsWith(p, l, first.FormHandout, second.FormHandout)
	p.press(l.say("questionsOpen"))
	first.answer(measure.Answers{1: 3})
	p.press(l.say("skipAll"))
	p.says(l, "thanksTitle", "thanksSkipped")
	p.press(l.say("questionsNext"))
	second.answer(measure.Answers{5: 4})
	p.press(l.say("finish"))
	p.press(l.say("goBack"))

	d.Deny("Not today.")
	p.says(l, "deniedTitle")
	p.press(l.say("knockAgain"))
	p.says(l, "readyTitle")
	p.knock(l, "")
	d = s.door.next(t)
	p.says(l, "waitingTitle")
	third := questions{p, measureForm(t, "who-5", "F3", "en")}
	if err := d.Ask(third.FormHandout); err != nil {
		t.Fatal(err)
	}
	p.press(l.say("questionsOpen"))
	if eval[bool](p, third.radio(5, 4)+".checked") {
		t.Error("a denied guest's answer is still there")
	}
	p.press(l.say("skipAll"))
	r := make(room, 256)
	call, err := d.Admit(t.Context(), text, r)
	if err != nil {
		t.Fatal(err)
	}
	await[app.CallConnected](t, r)
	call.CheckCode(p.code())
	if got := answersTo(t, call, r, "F3"); len(got) != 0 {
		t.Errorf("a form that was left out came as %v", got)
	}
	p.noMoreAnswers(l, r)
}

// TestFormAskedAgain: the desktop's line broke, the page knocked again, and what was typed is not lost.
func TestFormAskedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	q := questions{p, measureForm(t, "gad-7", "form one", "en")}
	s.waitsWith(p, l, q.FormHandout, measureForm(t, "audit-c", "form two", "en"))
	p.press(l.say("questionsOpen"))
	q.answer(measure.Answers{1: 3})
	s.road.cut()
	d := s.door.next(t) // by itself
	again := questions{p, measureForm(t, "gad-7", "F9", "en")}
	if err := d.Ask(again.FormHandout); err != nil {
		t.Fatal(err)
	}
	p.until("it is asked again", again.radio(1, 3))
	p.press(l.say("later"))
	p.press(l.say("questionsOn"))
	p.until("the answer is still there", again.radio(1, 3)+".checked")
	p.press(l.say("finish"))
	r := make(room, 256)
	call, err := d.Admit(t.Context(), text, r)
	if err != nil {
		t.Fatal(err)
	}
	await[app.CallConnected](t, r)
	call.CheckCode(p.code())
	if got := answersTo(t, call, r, "F9"); !maps.Equal(got, measure.Answers{1: 3}) {
		t.Errorf("the desktop has %v", got)
	}
	p.noMoreAnswers(l, r)
	if n := eval[int](p, "document.querySelectorAll('.paper fieldset').length"); n != 0 {
		t.Error("what was not asked again is still there")
	}
}

// TestFormInTheRoom: asked during the session, put off, come back to, by keyboard; and refused by the
// desktop.
func TestFormInTheRoom(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	call, r := s.meet(p, l, video)
	call.CheckCode(p.code())
	p.says(l, "verified")
	q := questions{p, measureForm(t, "phq-9", "form one", "en")}
	if err := call.Handouts().Ask(q.FormHandout); err != nil {
		t.Fatal(err)
	}
	await[app.CallCame](t, r)
	p.hears("status", l.say("questionsNew"))
	p.shots("form-room-asked")
	p.press(l.say("questions"))
	p.until("the focus on the title", "document.activeElement.tagName === 'H2'")
	p.handoutShots("form-room", l)
	q.answer(measure.Answers{1: 1})
	p.press(l.say("goBack"))
	call.SendChat("h1", "Take your time.")
	p.hears("status", therapist+": Take your time.")
	p.press(l.say("questions"))
	p.until("the answer is still there", q.radio(1, 1)+".checked")
	// By keyboard: into the next group, down to the second answer.
	eval[bool](p, q.radio(1, 1)+".focus(), true")
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.ArrowDown))
	p.until("chosen by keyboard", q.radio(2, 1)+".checked")
	p.press(l.say("finish"))
	p.says(l, "answersSending")
	e := await[app.CallAnswers](t, r)
	if !maps.Equal(e.Answers, measure.Answers{1: 1, 2: 1}) {
		t.Errorf("the desktop has %v", e.Answers)
	}
	call.Handouts().Kept("form one", false)
	p.says(l, "answersRefused")
	p.handoutShots("form-room-refused", l)
	p.press(l.say("goBack"))
	p.noMoreAnswers(l, r)
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// TestPlan: shown only to a client who wishes to see it, and kept only by their own act.
func TestPlan(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag, `window.printed = 0; window.print = () => { printed++; };
		URL.createObjectURL = ((make) => (blob) => { blob.text().then((text) => { window.saved = text; }); return make(blob); })(URL.createObjectURL);`)
	call, r := s.meet(p, l, voice)
	call.CheckCode(p.code())
	p.says(l, "verified")
	plan := app.PlanHandout{Title: "Safety plan", Parts: []app.PlanPart{
		{Title: "Signs that it is getting hard", Text: "I sleep badly\nI stop answering messages"},
		{Title: "People who distract me", Text: "Jo, at the climbing hall"},
	}}
	show := func(id app.HandoutID) {
		plan.ID = id
		if err := call.Handouts().Show(plan); err != nil {
			t.Fatal(err)
		}
		p.hears("status", l.say("planNew"))
	}
	show("P1")
	p.press(l.say("plan"))
	p.says(l, "planAsk")
	if strings.Contains(p.text(), "climbing") {
		t.Error("the plan is shown before the client said yes")
	}
	p.handoutShots("plan-asked", l)
	p.press(l.say("planNot"))
	if e := await[app.CallShown](t, r); e.Yes {
		t.Error("no was heard as yes")
	}
	show("P2")
	p.press(l.say("plan"))
	p.press(l.say("planShow"))
	if e := await[app.CallShown](t, r); !e.Yes || e.ID != "P2" {
		t.Errorf("the desktop heard %+v", e)
	}
	p.reads("Jo, at the climbing hall")
	p.handoutShots("plan", l)
	if eval[string](p, "window.saved || ''") != "" || eval[int](p, "printed") != 0 {
		t.Error("kept before anybody asked")
	}
	p.press(l.say("save"))
	p.until("saved", "window.saved?.includes('I stop answering messages\\n\\nPeople who distract me')")
	p.press(l.say("print"))
	p.until("printed", "printed === 1")
	p.nothingStays("climbing")
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
	if strings.Contains(eval[string](p, "document.documentElement.innerHTML"), "climbing") {
		t.Error("the plan outlives the session")
	}
}
