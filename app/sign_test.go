package app_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"alcove/app"
)

func sample() app.Note {
	return app.Note{
		ID: "N", Client: "C", Session: "S", Format: app.FormatSOAP, Title: "Títle",
		Sections: []app.Section{{Key: "subjective", Text: "a\n1:b"}, {Key: "plan", Text: ""}},
		Created:  time.UnixMilli(1_700_000_000_123),
	}
}

var signedAt = time.UnixMilli(1_700_000_100_456)

// The form is written out here once more, by hand: a third party must be able to do the same.
func TestSignedHashIsTheDocumentedForm(t *testing.T) {
	form := "alcove note 1\n" + "1:N\n" + "1:C\n" + "1:S\n" + "4:soap\n" + "6:Títle\n" +
		"13:1700000000123\n" + "3:Zoe\n" + "13:1700000100456\n" + "1:2\n" +
		"10:subjective\n" + "5:a\n1:b\n" + "4:plan\n" + "0:\n"
	want(t, "hash", app.SignedHash(sample(), "Zoe", signedAt), sha256.Sum256([]byte(form)))
}

// headed is sample as it is written now: with its headings.
func headed() app.Note {
	n := sample()
	n.Format, n.Form = "T1", "Own"
	n.Sections[0].Heading, n.Sections[1].Heading = "Said", "Next"
	n.Sections[0].Carried = true
	return n
}

func TestSignedHashOfANoteWithHeadings(t *testing.T) {
	form := "alcove note 2\n" + "1:N\n" + "1:C\n" + "1:S\n" + "2:T1\n" + "3:Own\n" + "6:Títle\n" +
		"13:1700000000123\n" + "3:Zoe\n" + "13:1700000100456\n" + "1:2\n" +
		"10:subjective\n" + "4:Said\n" + "5:a\n1:b\n" + "7:carried\n" + "4:plan\n" + "4:Next\n" + "0:\n" + "0:\n"
	want(t, "hash", app.SignedHash(headed(), "Zoe", signedAt), sha256.Sum256([]byte(form)))
	base := app.SignedHash(headed(), "Zoe", signedAt)
	for what, change := range map[string]func(*app.Note){
		"name of the form": func(n *app.Note) { n.Form = "" },
		"heading":          func(n *app.Note) { n.Sections[1].Heading = "Then" },
		"one heading gone": func(n *app.Note) { n.Sections[1].Heading = "" },
		"headings gone":    func(n *app.Note) { n.Sections[0].Heading, n.Sections[1].Heading = "", "" },
		"carried":          func(n *app.Note) { n.Sections[0].Carried = false },
		"carried elsewhere": func(n *app.Note) {
			n.Sections[0].Carried, n.Sections[1].Carried = false, true
		},
	} {
		n := headed()
		change(&n)
		if app.SignedHash(n, "Zoe", signedAt) == base {
			t.Errorf("a change of %s is not seen", what)
		}
	}
}

func TestSignedHashSeesEveryChange(t *testing.T) {
	base := app.SignedHash(sample(), "Zoe", signedAt)
	for what, change := range map[string]func(*app.Note){
		"ID":       func(n *app.Note) { n.ID = "M" },
		"Client":   func(n *app.Note) { n.Client = "D" },
		"Session":  func(n *app.Note) { n.Session = "" },
		"Format":   func(n *app.Note) { n.Format = app.FormatFree },
		"Title":    func(n *app.Note) { n.Title = "Title" },
		"Created":  func(n *app.Note) { n.Created = n.Created.Add(time.Millisecond) },
		"text":     func(n *app.Note) { n.Sections[0].Text += " " },
		"key":      func(n *app.Note) { n.Sections[1].Key = "objective" },
		"order":    func(n *app.Note) { n.Sections[0], n.Sections[1] = n.Sections[1], n.Sections[0] },
		"one less": func(n *app.Note) { n.Sections = n.Sections[:1] },
		"moved":    func(n *app.Note) { n.Sections[0].Text, n.Sections[1].Text = "a", "1:b" },
	} {
		n := sample()
		change(&n)
		if app.SignedHash(n, "Zoe", signedAt) == base {
			t.Errorf("a change of %s is not seen", what)
		}
	}
	if app.SignedHash(sample(), "Zoë", signedAt) == base || app.SignedHash(sample(), "Zoe", signedAt.Add(time.Millisecond)) == base {
		t.Error("another signer, or another time, is not seen")
	}
	far := sample()
	far.Created = far.Created.In(time.FixedZone("far", 3600))
	want(t, "the same moment in another zone", app.SignedHash(far, "Zoe", signedAt), base)
}
