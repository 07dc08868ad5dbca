package widget

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Entry is a field to type into. It hands the window what it has no use for: Escape, and
// shortcuts such as Ctrl+K, which a stock entry would swallow.
type Entry struct {
	widget.Entry
	label string
	icon  string
	grows bool // as high as its text
	most  int  // rows, after which it scrolls inside itself; 0 for no end
	// OnEnd is called when the focus leaves.
	OnEnd func()
	// OnKey may take a key before the field does.
	OnKey func(*fyne.KeyEvent) bool
	// OnPaste may take a text before the field does.
	OnPaste func(text string) bool
	// focused: the focus is here.
	focused bool
}

func newEntry(label, text string) *Entry {
	e := &Entry{label: label}
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	e.Text = text
	return e
}

// NewEntry is one line.
func NewEntry(label, text string) *Entry {
	e := newEntry(label, text)
	e.ExtendBaseWidget(e)
	return e
}

// NewSecret is one line that shows dots, and what was typed when it is asked to: by a button that
// Tab reaches, as it does not the stock entry's.
func NewSecret(label, text string) *Entry {
	e := newEntry(label, text)
	e.Password = true
	show := IconButton("Show: "+label, "eye", Ghost, nil)
	show.tap = func() {
		e.Password = !e.Password
		if e.Password {
			show.Named("Show: "+label).Set("", "eye")
		} else {
			show.Named("Hide: "+label).Set("", "eye-off")
		}
		e.Refresh()
	}
	e.ActionItem = show
	e.ExtendBaseWidget(e)
	return e
}

// NewSearch is one line with a magnifier.
func NewSearch(label, hint string) *Entry {
	e := newEntry(label, "")
	e.icon = "search"
	e.Icon = look.Icon(e.icon, look.Faint)
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(hint)
	return e
}

// Refresh implements fyne.CanvasObject: the icon follows the theme, which a resource does not.
func (e *Entry) Refresh() {
	if e.icon != "" {
		if now := look.Icon(e.icon, look.Faint); e.Icon == nil || e.Icon.Name() != now.Name() {
			e.Icon = now
		}
	}
	e.Entry.Refresh()
}

// NewArea is several lines, rows high or as high as its text. Tab leaves it: a note is written section
// after section by keyboard.
func NewArea(label, text string, rows int) *Entry {
	e := newEntry(label, text)
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.Scroll = fyne.ScrollNone
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(rows)
	e.grows = true
	e.OnCursorChanged = func() { e.inSight(canvasOf(e)) }
	return e
}

// UpTo ends its growing, for a dialog that must stay in the window: what is longer scrolls in it.
func (e *Entry) UpTo(rows int) *Entry {
	e.most = rows
	return e
}

// SetEnabled tells whether it can be typed into.
func (e *Entry) SetEnabled(on bool) {
	if on {
		e.Enable()
	} else {
		e.Disable()
	}
}

// End takes the focus, at the end of the text.
func (e *Entry) End() {
	if c := canvasOf(e); c != nil {
		c.Focus(e)
	}
	e.CursorRow, e.CursorColumn = 1<<20, 0
	e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	e.Refresh()
}

// AcceptsTab implements fyne.Tabbable.
func (e *Entry) AcceptsTab() bool { return false }

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	Host.Worked()
	if e.OnKey != nil && !e.Disabled() && e.OnKey(k) {
		return
	}
	if k.Name == fyne.KeyEscape || k.Name == fyne.KeyF1 || k.Name == fyne.KeyF11 {
		pass(e, k)
		return
	}
	e.Entry.TypedKey(k)
}

// TypedRune implements fyne.Focusable.
func (e *Entry) TypedRune(r rune) {
	Host.Worked()
	e.Entry.TypedRune(r)
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok && !e.Disabled() && e.takePaste(p.Clipboard.Content()) {
		return
	}
	e.Entry.TypedShortcut(s)
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier&fyne.KeyModifierControl != 0 {
		Host.Shortcut(s)
	}
}

// pasteMost is what a field can take at once, in bytes: with more the window would stand still.
const pasteMost = 16_000

func (e *Entry) takePaste(text string) bool {
	if e.OnPaste != nil && e.OnPaste(text) {
		return true
	}
	if len(text) <= pasteMost {
		return false
	}
	Host.Refused(fmt.Sprintf("The clipboard holds %d KB of text, and this field takes %d KB at once. Nothing was pasted; the clipboard still has it.", (len(text)+999)/1000, pasteMost/1000))
	return true
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	if e.OnEnd != nil {
		e.OnEnd()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (e *Entry) AccessibilityLabel() string { return e.label }

// AccessibilityRole implements fyne.Accessible.
func (e *Entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Field is an entry under its name, with room for advice beneath.
type Field struct {
	compound
	Entry  *Entry
	advice *Para
	hint   string
}

// NewField names an entry. hint stands under it until there is advice.
func NewField(e *Entry, hint string) *Field {
	f := &Field{Entry: e, hint: hint, advice: NewPara(hint, Fine)}
	f.advice.Hidden = hint == ""
	f.root = Col(look.S1, NewText(e.label, FieldTag), e, f.advice)
	f.ExtendBaseWidget(f)
	return f
}

// Advise says what needs another look; "" takes it back.
func (f *Field) Advise(text string) {
	f.advice.Hidden = text == "" && f.hint == ""
	if text == "" {
		f.advice.SetStyle(Fine)
		f.advice.Set(f.hint)
	} else {
		f.advice.SetStyle(Fine.In(look.Bad))
		f.advice.Set(text)
	}
	f.Refresh()
}
