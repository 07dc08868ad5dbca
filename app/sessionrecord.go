package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// entry is one thing that the record of a session must get. It may run again after it failed,
// and must then do no harm.
type entry func(ctx context.Context, r *Records) error

// write puts an entry on the ledger, behind those that wait. On the session's goroutine.
func (s *Session) write(e entry) { s.ledger = append(s.ledger, e) }

// flush writes the ledger in order, as far as the vault lets it. It returns what stopped it.
func (s *Session) flush() error {
	var err error
	for len(s.ledger) > 0 && err == nil {
		var r *Records
		if r, err = s.p.open(); err == nil {
			err = s.ledger[0](context.Background(), r)
		}
		if err == nil {
			s.ledger = s.ledger[1:]
		}
	}
	problem := ""
	if err != nil && !errors.Is(err, ErrLocked) {
		problem = Explain(err)
	}
	s.mu.Lock()
	news := s.view.RecordProblem != problem
	s.view.RecordProblem = problem
	s.owes = len(s.ledger) > 0
	s.mu.Unlock()
	if news {
		s.changed()
	}
	return err
}

// facts is what is kept of the session.
func (s *Session) facts() SessionFacts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view.SessionFacts
}

// saveFacts keeps the session as it is when it is written.
func (s *Session) saveFacts(ctx context.Context, r *Records) error {
	if err := s.keepFacts(ctx, r); err != nil {
		return err
	}
	s.p.changed(ClientChanged, string(s.view.Client))
	return nil
}

// keepFacts is saveFacts where no screen shows what is new.
func (s *Session) keepFacts(ctx context.Context, r *Records) error {
	return r.Sessions.SaveSession(ctx, s.facts())
}

// act is an entry of the audit log, with the time at which it happened.
func (s *Session) act(act string) entry {
	e := AuditEntry{At: now(), Act: act, Client: s.view.Client, About: string(s.id)}
	return func(ctx context.Context, r *Records) error { return r.Audit.Append(ctx, e) }
}

// verified remembers the guest's key. A standing link is then pinned to it: a browser that lost
// its key is an ordinary thing, and its new one has been vouched for by voice.
func (s *Session) verified(at time.Time) entry {
	repin := s.onInvite(func(i *Invite) {
		if i.Kind == InviteStanding {
			i.PinnedKey = s.key
		}
	})
	return func(ctx context.Context, r *Records) error {
		if err := r.Guests.SaveVerifiedGuest(ctx, s.view.Client, s.key, at); err != nil {
			return err
		}
		return repin(ctx, r)
	}
}

func (s *Session) onInvite(do func(*Invite)) entry {
	return func(ctx context.Context, r *Records) error {
		_, err := s.p.changeInvite(ctx, r, s.invite, do)
		return err
	}
}

// sessionNote is the ID of the session's note: a session has one, whoever comes to write it.
func sessionNote(id SessionID) NoteID { return NoteID(id) }

// saveNote makes the draft that the session opens at its end.
func (s *Session) saveNote(ctx context.Context, r *Records) error {
	s.mu.Lock()
	f, why, asked := s.view.SessionFacts, s.view.Why, s.view.Asked
	s.mu.Unlock()
	if err := s.p.openNote(ctx, r, f, why, s.sheet(), asked); err != nil && !errors.Is(err, ErrSigned) {
		return err
	}
	s.mu.Lock()
	s.view.Note = sessionNote(s.id)
	s.mu.Unlock()
	return nil
}

// openNote makes the draft note of a session, which begins with what is known of it.
func (p *Practice) openNote(ctx context.Context, r *Records, f SessionFacts, why EndReason, sheet Sheet, all []AskedMeasure) error {
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	form, err := r.usualForm(ctx, f.Client, FormatFree)
	if err != nil {
		return err
	}
	at, loc := now(), pr.location()
	text := opening(f, why, loc) + "\n\n" + sheet.note(p.Directory(), loc) + asked(all)
	n := Note{
		ID: sessionNote(f.ID), Client: f.Client, Session: f.ID, Format: form.Format, Form: form.formName(), Status: NotePreliminary,
		Title:   "Session, " + f.Started.In(loc).Format("2 January 2006, 15:04"),
		Created: at, Changed: at,
		Sections: append([]Section{{Key: sectionSession, Heading: "Session", Text: text}}, form.blank()...),
	}
	if err := r.Notes.SaveDraft(ctx, n); err != nil {
		return err
	}
	p.changed(NoteChanged, string(n.ID))
	return nil
}

// opening is what the record knows of a session by itself: start and stop, length, modality, how
// the line was checked and, if it was not the therapist who ended it, who or what did.
func opening(f SessionFacts, why EndReason, loc *time.Location) string {
	const day = "2 January 2006, 15:04 MST"
	start := f.Started.In(loc)
	after := func(t time.Time) string {
		t = t.In(loc)
		if start.YearDay() != t.YearDay() || start.Year() != t.Year() {
			return t.Format(day)
		}
		return t.Format("15:04 MST")
	}
	lines := []string{"Start: " + start.Format(day)}
	trust := "Line: " + trustWords[f.Trust]
	switch {
	case !f.Ended.IsZero():
		lines = append(lines, "End: "+after(f.Ended), "Length: "+length(f.Ended.Sub(f.Started)))
	case f.Alive.IsZero():
		lines = []string{"Let in: " + start.Format(day), "Start and end: not known. The record was locked before the two of you were connected."}
		trust = "Line: the record does not know how it was checked."
	case f.Alive.Before(f.Started):
		lines = append(lines, "End: not known. The record last heard of it at "+after(f.Alive)+", by a clock that had been set back.")
	default:
		lines = append(lines, "End: not known. The record last heard of it at "+after(f.Alive)+".")
	}
	lines = append(lines, "Modality: "+modalityWords[f.Modality], trust)
	if w := endWords[why]; w != "" {
		lines = append(lines, "Ending: "+w)
	}
	return strings.Join(lines, "\n")
}

func length(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	switch {
	case m < 1:
		return "less than a minute"
	case m == 1:
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", m)
}

var modalityWords = map[Modality]string{
	ModalityVideo: "video",
	ModalityVoice: "voice",
	ModalityText:  "text",
}

var trustWords = map[Trust]string{
	TrustNone:     "the spoken code was not checked.",
	TrustCode:     "the spoken code was checked and matched.",
	TrustKnown:    "the client's device was known from an earlier session, where the spoken code matched.",
	TrustAccepted: "the spoken code was not checked; the therapist chose to go on.",
}

var endWords = map[EndReason]string{
	EndClient:    "the client left.",
	EndLost:      "the line was lost and did not come back.",
	EndTampered:  "the line was closed because a message was repeated, missing or altered.",
	EndHandshake: "the line was closed because the connection could not be made safe.",
	EndClosed:    "the app was closed before the session ended.",
	EndCopied:    "not in this record, which was restored from a backup made while the session ran.",
}

// End ends the call, leaves the room and opens the draft note with start, end, length and
// modality filled in; fileChat puts the chat into it, if View said CanFile. The NoteID is ""
// while the vault is locked: the draft is then made at the next unlock. It is also "" for a
// call that never connected, which leaves no session and no note. After an error the session
// stays in the room: what could not be written is tried again every five seconds, and by
// another End.
func (s *Session) End(ctx context.Context, fileChat bool) (NoteID, error) {
	type result struct {
		note NoteID
		err  error
	}
	done := make(chan result, 1)
	s.posts.post(func() {
		note, err := s.endRoom(fileChat)
		done <- result{note, err}
	})
	select {
	case res := <-done:
		return res.note, res.err
	case <-s.gone: // ended before
		return s.facts().Note, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *Session) endRoom(fileChat bool) (NoteID, error) {
	if !s.over() {
		s.call.End(EndTherapist)
		s.end(EndTherapist)
	}
	if fileChat && !s.filed && s.View().CanFile {
		s.filed = true
		s.write(s.fileChat())
	}
	err := s.flush()
	if err != nil && !errors.Is(err, ErrLocked) {
		return "", err
	}
	s.leaveRoom()
	if err != nil {
		return "", nil
	}
	return s.facts().Note, nil
}

// leave is leaveRoom for whoever is not on the session's goroutine: the next admit.
func (s *Session) leave() {
	s.posts.post(s.leaveRoom)
	s.p.detach(s)
}

func (s *Session) leaveRoom() {
	s.left = true
	s.p.detach(s)
}

// detach takes a session out of the room; it stays known until its record is written.
func (p *Practice) detach(s *Session) {
	p.mu.Lock()
	if p.running == s {
		p.running = nil
		p.unfiled = append(p.unfiled, s)
	}
	p.mu.Unlock()
	s.changed()
}

// fileChat puts the chat behind the opening of the note, through the draft, because the note may
// be open on a screen by now, or signed.
func (s *Session) fileChat() entry {
	added := false
	return func(ctx context.Context, r *Records) error {
		pr, err := r.Profile.Profile(ctx)
		if err != nil {
			return err
		}
		text := chatText(s.View(), pr.location())
		d, open, err := s.p.openDraft(ctx, sessionNote(s.id))
		switch {
		case errors.Is(err, ErrSigned):
			return s.p.addendum(ctx, sessionNote(s.id), text)
		case errors.Is(err, ErrNotFound):
			return nil // the therapist has deleted the note: there is nowhere to file it
		case err != nil:
			return err
		}
		if !added {
			d.file(sectionChat, "Chat", text)
			added = true
		}
		if open {
			return d.Save(ctx)
		}
		return d.Close(ctx)
	}
}

// vaultOpened writes what waits, and returns when it is written or has failed.
func (s *Session) vaultOpened(ctx context.Context) { s.meanwhile(ctx, func() { s.flush() }) }

// vaultShuts keeps what is known of a session that runs: if the two meet while the vault is locked, and the app is then killed,
// it is all that the record will ever hear.
func (s *Session) vaultShuts(r *Records) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	s.meanwhile(ctx, func() {
		if s.over() {
			return
		}
		s.pending = !s.met
		if s.keepFacts(ctx, r) == nil {
			_ = s.saveSheet(ctx, r)
		}
	})
}

// meanwhile waits until the session's goroutine has done something.
func (s *Session) meanwhile(ctx context.Context, do func()) {
	done := make(chan struct{})
	s.posts.post(func() {
		do()
		close(done)
	})
	select {
	case <-done:
	case <-s.gone:
	case <-ctx.Done():
	}
}
