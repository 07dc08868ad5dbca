package app

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What one client can put into our memory, and into a note: far more than an hour of typing.
const (
	chatLinesMost = 5000
	chatBytesMost = 1 << 20
)

// chatText is the chat as the note keeps it, by role: a name would outlive a pseudonym. Each line
// of it that begins at the margin is ours: whatever either side wrote is indented, so that nobody
// can write "14:05 Therapist: …" into the record.
func chatText(v SessionView, loc *time.Location) string {
	lines := []string{"Chat"}
	for _, l := range v.Chat {
		who := "Client"
		if l.Mine {
			who = "Therapist"
		}
		undelivered := ""
		if !l.Delivered {
			undelivered = " (not delivered)"
		}
		text := strings.ReplaceAll(plainText(l.Text), "\n", "\n      ")
		lines = append(lines, fmt.Sprintf("%s %s%s: %s", l.At.In(loc).Format("15:04"), who, undelivered, text))
	}
	if v.ChatFull {
		lines = append(lines, "(The client wrote more than is kept.)")
	}
	return strings.Join(lines, "\n")
}

// plainText is a text without what is not seen, or changes how the rest is seen: control
// characters, and format characters such as those that turn the direction of writing around
// (Unicode's Cc and Cf). The two joiners stay, which scripts and emoji are made with. Whatever ends
// a line anywhere is a line break.
func plainText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\u200c', r == '\u200d':
			return r
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, s))
}

// heard takes a line of the client's. Its time is that of its arrival: the client's clock may be
// off, or set to tell another story.
func (s *Session) heard(e CallChat) {
	if _, twice := s.chatSeen[e.ID]; twice {
		return // it arrives once, whatever the line does
	}
	l := ChatLine{ID: e.ID, Text: plainText(e.Text), At: now(), Delivered: true}
	if l.Text == "" {
		return
	}
	if len(s.chatSeen) == chatLinesMost || s.chatBytes+len(l.Text) > chatBytesMost {
		if !s.view.ChatFull {
			s.change(func(v *SessionView) { v.ChatFull = true })
		}
		return
	}
	s.chatSeen[e.ID] = struct{}{}
	s.chatBytes += len(l.Text)
	s.change(func(v *SessionView) { v.Chat = append(v.Chat, l) })
}

// delivered marks a line of ours. Earlier views keep the chat that they were given.
func (s *Session) delivered(id ChatID) {
	at := slices.IndexFunc(s.view.Chat, func(l ChatLine) bool { return l.Mine && l.ID == id && !l.Delivered })
	if at < 0 {
		return
	}
	chat := slices.Clone(s.view.Chat)
	chat[at].Delivered = true
	s.change(func(v *SessionView) { v.Chat = chat })
}
