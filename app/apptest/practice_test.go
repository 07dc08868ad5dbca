package apptest

import (
	"testing"

	"alcove/app"
)

func TestPracticeIsAtWork(t *testing.T) {
	s := Practice(t)
	page, err := s.Clients(t.Context(), app.ClientQuery{})
	ok(t, err)
	want(t, "clients", page.Total, len(caseload))
	drafts, err := s.UnsignedNotes(t.Context(), 0)
	ok(t, err)
	want(t, "drafts", len(drafts), 1)
	want(t, "links that listen", len(s.Line.Listening()), 2)
	sessions, err := s.Sessions(t.Context(), s.Ana)
	ok(t, err)
	want(t, "sessions", len(sessions), 3)
}
