package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	sessionTick = time.Second
	aliveEvery  = time.Minute // so often the record hears that the session still runs
	chatMost    = 4000        // runes in a line, the protocol's; longer text goes as several
)

// Session is one therapy hour while it runs. It owns one goroutine; every method but View,
// Remote and Self posts to it and never waits, and End waits for the record alone.
//
// The call and its record live apart: a lock takes the record away and leaves the call. What
// is to be written meanwhile stands in the ledger (sessionrecord.go).
type Session struct {
	p        *Practice
	id       SessionID
	invite   InviteID
	kind     InviteKind
	key      []byte // the guest's
	language string // of the client's page
	name     string // whole; what is shown is Practice.shown's to say
	posts    *mailbox
	gone     chan struct{} // closed when the goroutine is

	// The goroutine's own.
	call      Call
	coded     bool // the spoken code is wanted: first contact, or a new key
	confirmed bool // both sides can show or compare the code
	lostAt    time.Time
	devices   map[string]string   // problems by kind
	chatSeen  map[ChatID]struct{} // the client's lines
	chatBytes int                 // of them
	ledger    []entry
	filed     bool // the chat was put on the ledger
	left      bool // the therapist has left the room
	touched   bool // somebody went over the checklist
	sheetDue  bool // the store lacks a change of the sheet
	pending   bool // the store was told of it before the two had met

	media Media // set before the goroutine starts

	mu   sync.Mutex // written under it by the goroutine alone, which may read without
	view SessionView
	met  bool // the two were connected at least once
	owes bool // the ledger is not empty
}

func newSession(p *Practice, k *knock, sheet Sheet) *Session {
	s := &Session{
		p: p, id: SessionID(newID()), invite: k.Invite, kind: k.Kind, key: k.GuestKey, name: k.ClientName, language: k.Language,
		posts: newMailbox(), gone: make(chan struct{}), coded: !k.trusted, devices: map[string]string{}, chatSeen: map[ChatID]struct{}{},
	}
	s.view = SessionView{
		SessionFacts: SessionFacts{ID: s.id, Client: k.Client, Invite: k.Invite, Started: now(), Modality: k.Wants},
		Phase:        SessionConnecting,
		Microphone:   k.Wants != ModalityText,
		Camera:       k.Wants == ModalityVideo,
		VoiceOnly:    k.Wants == ModalityVoice,
		Checklist:    sheet.Checklist,
		Asked:        k.asked,
	}
	if k.trusted {
		s.view.Trust = TrustKnown
	}
	return s
}

// start hands the call over and sets the goroutine to work.
func (s *Session) start(call Call) {
	s.call = call
	s.media = call.Media()
	s.write(s.act(ActAdmit))
	go s.run()
}

func (s *Session) run() {
	tick := time.NewTicker(sessionTick)
	defer tick.Stop()
	s.flush()
	for n := 1; !s.left || len(s.ledger) > 0; n++ {
		select {
		case <-s.posts.ready:
			for _, f := range s.posts.take() {
				f()
			}
		case <-tick.C:
			s.tick(n)
		}
	}
	s.p.forgetSession(s)
	close(s.gone)
}

func (s *Session) tick(n int) {
	if s.sheetDue && s.met {
		s.keepSheet()
		s.flush()
	}
	if s.phase() == SessionLive && len(s.ledger) == 0 && now().Sub(s.view.Alive).Abs() >= aliveEvery { // or the clock was set back
		s.mu.Lock()
		s.view.Alive = now()
		s.mu.Unlock()
		if r, err := s.p.open(); err == nil {
			_ = s.keepFacts(context.Background(), r) // a minute later it is written again
		}
	}
	if len(s.ledger) > 0 && n%5 == 0 {
		s.flush()
	}
	if ph := s.phase(); ph == SessionLive || ph == SessionLost {
		s.changed()
	}
}

// change alters the view.
func (s *Session) change(do func(v *SessionView)) {
	s.mu.Lock()
	do(&s.view)
	s.mu.Unlock()
	s.changed()
}

func (s *Session) changed() { s.p.changed(SessionChanged, string(s.id)) }

func (s *Session) phase() SessionPhase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view.Phase
}

// over tells that the call is gone, on the session's goroutine.
func (s *Session) over() bool { return s.phase() == SessionEnded }

// ID is the session's.
func (s *Session) ID() SessionID { return s.id }

// View is a snapshot.
func (s *Session) View() SessionView {
	name := s.p.shown(s.name)
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	v.ClientName = name
	v.Chat = slices.Clip(v.Chat) // what is appended later is not in it, and nothing in it changes
	switch {
	case v.Phase == SessionConnecting:
	case v.Ended.IsZero():
		v.Elapsed = time.Since(v.Started)
	default:
		v.Elapsed = v.Ended.Sub(v.Started)
	}
	v.Elapsed = max(0, v.Elapsed)
	v.CanAsk = s.met && v.Phase != SessionEnded && v.certain()
	v.CanFile = s.met && v.Trust != TrustNone && len(v.Chat) > 0
	return v
}

// Happened hears the call. It returns at once.
func (s *Session) Happened(e CallEvent) { s.posts.post(func() { s.happened(e) }) }

func (s *Session) happened(e CallEvent) {
	if s.over() {
		return
	}
	switch e := e.(type) {
	case CallConfirmed:
		s.confirm()
	case CallConnected:
		s.connected()
	case CallLost:
		s.lostAt = now()
		s.change(func(v *SessionView) {
			if v.Phase == SessionLive {
				v.Phase = SessionLost
			}
		})
	case CallChat:
		s.heard(e)
	case CallDelivered:
		s.delivered(e.ID)
	case CallRemote:
		s.change(func(v *SessionView) { v.Remote = e })
	case CallDevice:
		s.devices[e.Kind] = e.Problem
		problem := s.deviceProblem()
		s.change(func(v *SessionView) { v.DeviceProblem = problem })
	case CallCame:
		s.came(e.ID)
	case CallAnswers:
		s.answered(e)
	case CallShown:
		s.change(func(v *SessionView) {
			if v.PlanOnPage = PlanDeclined; e.Yes {
				v.PlanOnPage = PlanRead
			}
		})
	case CallEnded:
		s.end(e.Why)
	}
}

func (s *Session) confirm() {
	s.confirmed = true
	s.change(func(v *SessionView) { v.CodeNeeded = s.coded && v.Trust == TrustNone })
}

// connected starts the hour, the first time; later it is the line that came back.
func (s *Session) connected() {
	first := !s.met
	s.lostAt = time.Time{}
	s.change(func(v *SessionView) {
		v.Phase, s.met = SessionLive, true
		if first {
			v.Started = now()
			v.Alive = v.Started
		}
	})
	s.confirm()
	if first {
		s.write(s.saveFacts)
		s.flush()
	}
}

func (s *Session) deviceProblem() string {
	var all []string
	for _, kind := range []string{"camera", "microphone", "speaker"} {
		if s.devices[kind] != "" {
			all = append(all, s.devices[kind])
		}
	}
	return strings.Join(all, " ")
}

// end ends the hour, once. A line that never came back was over when it was lost.
func (s *Session) end(why EndReason) {
	at := now()
	if !s.lostAt.IsZero() && why == EndLost {
		at = s.lostAt
	}
	s.mu.Lock()
	s.view.Phase, s.view.Why, s.view.Ended, s.view.CodeNeeded = SessionEnded, why, at, false
	if !s.met || at.Before(s.view.Started) {
		s.view.Started = at // nobody met, or the clock was set back: no length to tell
	}
	s.mu.Unlock()
	if !s.met && s.pending {
		s.write(func(ctx context.Context, r *Records) error { return r.Sessions.DropSession(ctx, s.id) })
		s.flush()
	}
	if s.met {
		s.keepSheet()
		s.write(s.saveNote)
		s.write(s.saveFacts)
		s.flush()
	} else if deeds := s.view.Deeds; len(deeds) > 0 {
		s.write(func(ctx context.Context, r *Records) error {
			return s.p.emergencyNote(ctx, r, s.view.Client, sessionNote(s.id), deeds)
		})
		s.flush()
	}
	s.changed()
	s.p.callOver(s)
}

// Say puts a line in the chat; one that is too long goes as several.
func (s *Session) Say(text string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, string(utf8.RuneError)))
	s.posts.post(func() {
		if s.over() {
			return
		}
		for rest := []rune(text); len(rest) > 0; {
			n := min(len(rest), chatMost)
			l := ChatLine{ID: ChatID(newID()), Mine: true, Text: string(rest[:n]), At: now()}
			rest = rest[n:]
			s.change(func(v *SessionView) { v.Chat = append(v.Chat, l) })
			s.call.SendChat(l.ID, l.Text)
		}
	})
}

// TypeCode compares what the client read aloud; the result is in View: Trust, WrongCodes. Before
// the client can see a code, and where none is wanted, it does nothing.
func (s *Session) TypeCode(code string) {
	s.posts.post(func() {
		if s.over() || !s.confirmed || !s.coded || s.view.Trust == TrustCode {
			return
		}
		if !s.call.CheckCode(digits(code)) {
			s.change(func(v *SessionView) { v.WrongCodes++ })
			s.write(s.act(ActWrongCode))
		} else {
			s.change(func(v *SessionView) { v.Trust, v.CodeNeeded = TrustCode, false })
			s.write(s.act(ActVerified))
			s.write(s.verified(now()))
			s.saveTrust()
		}
		s.flush()
	})
}

// digits leaves out spaces and dashes, which a code is read with.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// GoOnUnverified is the therapist's deliberate act; the audit log keeps it. The code can still be
// typed later.
func (s *Session) GoOnUnverified() {
	s.posts.post(func() {
		if s.over() || !s.coded || s.view.Trust != TrustNone {
			return
		}
		s.change(func(v *SessionView) { v.Trust, v.CodeNeeded = TrustAccepted, false })
		s.write(s.act(ActUnverified))
		s.saveTrust()
		s.flush()
	})
}

// saveTrust keeps what the session is worth now, if it has begun.
func (s *Session) saveTrust() {
	if s.met {
		s.write(s.saveFacts)
	}
}

// Running is the session in the room, nil if none. It outlives a Lock, and is there until End
// was called, however the call came to its end.
func (p *Practice) Running() *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running
}

// callOver lets go of what a lock left to the call: its invite, and the relay's token.
func (p *Practice) callOver(s *Session) {
	p.mu.Lock()
	_, listening := p.listening[s.invite]
	locked := p.records == nil
	if locked {
		delete(p.listening, s.invite)
	}
	p.mu.Unlock()
	if locked && listening {
		p.deps.Line.Shut(s.invite, ShutLocked)
	}
	if locked {
		p.holdToken()
	}
}

// forgetSession: its record is written, or there is none.
func (p *Practice) forgetSession(s *Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, u := range p.unfiled {
		if u == s {
			p.unfiled = append(p.unfiled[:i:i], p.unfiled[i+1:]...)
			return
		}
	}
}

var _ Room = (*Session)(nil)
