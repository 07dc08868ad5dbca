package ui

import (
	"fmt"
	"strings"
	"time"

	"alcove/app"
	"alcove/ui/widget"
)

// clockTime is "14:02".
func clockTime(t time.Time) string { return t.Local().Format("15:04") }

// day is "Today", "Yesterday", "Mon 9 Nov" or "9 Nov 2025", as near as it is worth.
func day(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case t.IsZero():
		return ""
	case !t.Before(midnight) && t.Before(midnight.AddDate(0, 0, 1)):
		return "Today"
	case !t.Before(midnight.AddDate(0, 0, -1)) && t.Before(midnight):
		return "Yesterday"
	case !t.Before(midnight.AddDate(0, 0, 1)) && t.Before(midnight.AddDate(0, 0, 2)):
		return "Tomorrow"
	case t.Year() == now.Year():
		return t.Format("Mon 2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// since is "client since 12 March 2026".
func since(t, now time.Time) string {
	if d, near := dayInside(t, now); near {
		return "client since " + d
	}
	return "client since " + t.Local().Format("2 January 2006")
}

// dayInside is day as it stands inside a sentence; near tells that it is a word.
func dayInside(t, now time.Time) (d string, near bool) {
	switch d = day(t, now); d {
	case "Today", "Yesterday", "Tomorrow":
		return strings.ToLower(d), true
	}
	return d, false
}

// localDay is the beginning of a day here, wherever it is counted.
func localDay(d app.Day) time.Time {
	y, m, n := d.Time().Date()
	return time.Date(y, m, n, 0, 0, 0, 0, time.Local)
}

// dayTime is day with the time.
func dayTime(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t, now) + " " + clockTime(t)
}

// length is "50 min" or "1 h 20 min".
func length(d time.Duration) string {
	m := int(d.Round(time.Minute).Minutes())
	if m < 60 {
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %d min", m/60, m%60)
}

// timer is "32:14" or "1:02:09".
func timer(d time.Duration) string {
	s := int(d.Seconds())
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// count is "1 note", "3 notes".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %ss", thousands(n), one)
}

// thousands is 10,000 with a separator.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// some is a number, or nothing for 0.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return thousands(n)
}

// upper begins a sentence with what stands inside others.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func dots(parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, " · ")
}

func statusWord(s app.ClientStatus) (string, widget.Tone) {
	switch s {
	case app.ClientWaitlist:
		return "Waitlist", widget.Caution
	case app.ClientArchived:
		return "Archived", widget.Neutral
	}
	return "Active", widget.Positive
}

func noteWord(s app.NoteStatus) (string, widget.Tone) {
	switch s {
	case app.NoteFinal:
		return "Signed", widget.Positive
	case app.NoteAmended:
		return "Amended", widget.Positive
	}
	return "Draft", widget.Caution
}

func modalityWord(m app.Modality) string {
	switch m {
	case app.ModalityVoice:
		return "Voice"
	case app.ModalityText:
		return "Text"
	}
	return "Video"
}

func kindWord(k app.InviteKind) string {
	if k == app.InviteStanding {
		return "Standing link"
	}
	return "Single-use link"
}

func inviteWord(s app.InviteState) (string, widget.Tone) {
	switch s {
	case app.InviteUsed:
		return "Used", widget.Neutral
	case app.InviteExpired:
		return "Expired", widget.Neutral
	case app.InviteRevoked:
		return "Revoked", widget.Neutral
	case app.InviteBlocked:
		return "Closed: wrong PINs", widget.Negative
	}
	return "Open", widget.Positive
}

func trustWord(t app.Trust) (string, widget.Tone) {
	switch t {
	case app.TrustCode:
		return "Code verified", widget.Positive
	case app.TrustKnown:
		return "Known device", widget.Positive
	case app.TrustAccepted:
		return "Unverified, accepted", widget.Caution
	}
	return "Unverified", widget.Negative
}

func titleOf(title string) string {
	if strings.TrimSpace(title) == "" {
		return "Untitled note"
	}
	return title
}

// size is "412 MB".
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.0f kB", max(1, float64(n)/1e3))
}
