package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"alcove/app"
	"alcove/ui/tree"
)

// TestKeyboardReachesEverything walks each screen with Tab and expects to meet every control that
// a pointer could press, each with a label.
func TestKeyboardReachesEverything(t *testing.T) {
	for _, s := range shots {
		if s.fat() || s.menu() {
			continue // the same screen, with more in it
		}
		t.Run(s.name, func(t *testing.T) {
			r := newRig(t, s.stage(t), "")
			s.play(r)
			r.rest()
			c := r.win.Canvas()
			pressable := map[fyne.CanvasObject]string{}
			tree.Walk(tree.Top(c), c.Size(), func(n tree.Node) {
				label := ""
				if a, ok := n.Object.(fyne.Accessible); ok {
					label = a.AccessibilityLabel()
				}
				if _, ok := n.Object.(fyne.Focusable); ok && label == "" {
					t.Errorf("a %T has no label", n.Object)
				}
				if _, tap := n.Object.(fyne.Tappable); !tap || off(n.Object) || label == "" {
					return
				}
				if _, ok := n.Object.(fyne.Focusable); !ok {
					t.Errorf("%q can be pressed and not focused", label)
					return
				}
				pressable[n.Object] = label
			})
			if len(pressable) == 0 {
				t.Fatal("there is nothing to press")
			}
			c.Unfocus()
			for range 3 * (len(pressable) + 10) {
				c.FocusNext()
				if f, ok := c.Focused().(fyne.CanvasObject); ok {
					delete(pressable, f)
				}
			}
			for _, label := range pressable {
				t.Errorf("Tab never comes to %q", label)
			}
		})
	}
}

func off(o fyne.CanvasObject) bool {
	d, ok := o.(fyne.Disableable)
	return ok && d.Disabled()
}

func (r *rig) shortcut(key fyne.KeyName) {
	s := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}
	if f, ok := r.win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	r.UI.shortcut(s)
}

func TestShortcuts(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	r.shortcut(fyne.KeyK)
	r.at("search")
	if r.win.Canvas().Focused() != r.find("Search notes").(fyne.Focusable) {
		t.Error("Ctrl+K does not focus the search")
	}
	r.press("Caseload")
	r.shortcut(fyne.KeyN) // while the search field has the focus
	r.at("client-form")
	r.typed("Name or pseudonym", "Nils Holgersson")
	r.shortcut(fyne.KeyReturn)
	r.at("client-overview")
	r.sees("Nils Holgersson")
	r.shortcut(fyne.KeyN)
	r.at("draft")
	r.typed("Subjective", "Flew well.")
	r.key(fyne.KeyEscape)
	r.at("client-notes")
	r.shortcut(fyne.KeyL)
	r.at("unlock")
}

// TestTabLeavesASection: a note is written section after section without a pointer.
func TestTabLeavesASection(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabNotes)
	r.begin(app.FormatSOAP)
	r.at("draft")
	c := r.win.Canvas()
	c.Focus(r.find("Subjective").(fyne.Focusable))
	if r.find("Subjective").(fyne.Tabbable).AcceptsTab() {
		t.Fatal("a section keeps Tab for itself")
	}
	c.FocusNext()
	if got := c.Focused().(fyne.Accessible).AccessibilityLabel(); got != "Objective" {
		t.Fatalf("Tab leads to %q", got)
	}
}

// TestMenuByKeyboard: a format is chosen with the arrows and Enter.
func TestMenuByKeyboard(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabNotes)
	r.press("New note as")
	r.until("the menu", func() bool { return r.win.Canvas().Overlays().Top() != nil })
	r.key(fyne.KeyDown)
	r.key(fyne.KeyDown)
	r.key(fyne.KeyReturn)
	r.at("draft")
	r.sees("Data") // DAP, the second
	r.press("Format")
	r.until("the menu", func() bool { return r.win.Canvas().Overlays().Top() != nil })
	r.key(fyne.KeyEscape)
	r.until("it to close", func() bool { return r.win.Canvas().Overlays().Top() == nil })
}

// TestFullScreen is entered and left by keyboard; Escape leads out of it before it leads out of the note.
func TestFullScreen(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(false)
	r.at("draft")
	r.key(fyne.KeyF11)
	if r.find("Search clients") != nil || r.find("Lock") != nil || !r.win.FullScreen() {
		t.Error("something stands beside the note")
	}
	r.typed("Note", "x")
	r.key(fyne.KeyEscape)
	r.at("draft")
	if r.find("Search clients") == nil || r.find("Lock") == nil || r.win.FullScreen() {
		t.Error("the rest did not come back")
	}
	r.key(fyne.KeyF11)
	r.press("Back to client")
	r.at("client-notes")
	if r.find("Lock") == nil {
		t.Error("the rail is hidden after the note was left")
	}
}

// TestEscapeAsksBeforeItLoses: a form with something in it is not thrown away by one key.
func TestEscapeAsksBeforeItLoses(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabOverview)
	r.press("Edit client")
	r.typed("Focus", "x")
	r.key(fyne.KeyEscape)
	r.sees("Leave without saving?")
	r.key(fyne.KeyEscape)
	r.at("client-form")
	r.press("Cancel")
	r.press("Leave")
	r.at("client-overview")
}
