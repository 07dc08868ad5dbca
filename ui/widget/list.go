package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// List shows only the rows in sight, however many there are.
type List struct {
	widget.List
	label string
	open  func(i int)
}

// NewList makes rows with row, fills them with fill and calls open for the chosen one.
func NewList(label string, count func() int, row func() *Line, fill func(i int, l *Line), open func(i int)) *List {
	l := &List{label: label, open: open}
	l.Length = count
	l.CreateItem = func() fyne.CanvasObject { return row() }
	l.UpdateItem = func(i int, o fyne.CanvasObject) { fill(i, o.(*Line)) }
	l.OnSelected = func(i int) {
		// Fyne does not tell of a second press on the chosen row, which here leads back to
		// it: so nothing stays chosen, and the row that is open draws that itself.
		l.UnselectAll()
		l.open(i)
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey implements fyne.Focusable: Enter opens too.
func (l *List) TypedKey(k *fyne.KeyEvent) {
	Host.Worked()
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		l.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	case fyne.KeyUp, fyne.KeyDown, fyne.KeySpace:
		l.List.TypedKey(k)
	default:
		pass(l, k)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (l *List) AccessibilityLabel() string { return l.label }

// AccessibilityRole implements fyne.Accessible.
func (l *List) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// Line is a row of a List: an avatar or icon, two lines, and something at the end.
type Line struct {
	compound
	Avatar *Avatar
	Icon   *Icon
	Title  *Text
	Sub    *Text
	Hit    *Para
	When   *Text
	Spark  *Spark // of a person
	Pill   *Pill
	ground *Box
}

const linePad = 12

// PersonLineHeight is how much a person's line and the gap beneath it take in a List.
const PersonLineHeight = 65

// NewPersonLine has an avatar.
func NewPersonLine() *Line { return newLine(true, false) }

// NewNoteLine has an icon.
func NewNoteLine() *Line { return newLine(false, false) }

// NewHitLine has an icon and two lines of found text.
func NewHitLine() *Line { return newLine(false, true) }

func newLine(person, hit bool) *Line {
	l := &Line{
		Title: NewText("", Strong).Cut(), Sub: NewText("", Soft).Cut(),
		When: NewText("", Fine), Pill: NewPill("", Neutral), Spark: NewSpark(52, 18), ground: NewBox("", "", look.RadiusControl),
	}
	var lead Object
	if person {
		l.Avatar = NewAvatar("", 38)
		lead = l.Avatar
	} else {
		l.Icon = NewIcon("note", look.Muted, 20)
		lead = Sized(36, 36, Stack(NewBox(look.Sunken, look.Border, 9), l.Icon))
	}
	text := Col(1, Sized(0, 20, Row(look.S2, Grow(l.Title), l.When)), Sized(0, 22, Row(look.S2, Grow(l.Sub), l.Spark, l.Pill)))
	l.Spark.Hide()
	if hit {
		l.Hit = NewPara("", Soft).Lines(2)
		text.Add(Sized(0, 40, l.Hit))
	}
	l.root = Stack(l.ground, Pad(9, linePad, 9, linePad, RowTop(look.S3, Pad(2, 0, 0, 0, lead), Grow(text))))
	l.ExtendBaseWidget(l)
	return l
}

// AccessibilityLabel implements fyne.Accessible.
func (l *Line) AccessibilityLabel() string { return l.Title.Text() }

// AccessibilityRole implements fyne.Accessible.
func (l *Line) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Blank is a row that is not read yet.
func (l *Line) Blank() {
	if l.Avatar != nil {
		l.Avatar.Set("")
	}
	l.Title.Set("…")
	l.Sub.Set("")
	l.When.Set("")
	l.Spark.Set("", nil)
	l.SetChosen(false)
	l.SetPill("", Neutral)
}

// SetPill shows a pill, or none for "".
func (l *Line) SetPill(text string, tone Tone) {
	l.Pill.Set(text, tone)
	setVisible(l.Pill, text != "")
	l.root.Refresh()
}

// SetChosen marks the row that is open.
func (l *Line) SetChosen(on bool) {
	if on {
		l.ground.SetFill(look.Selected)
	} else {
		l.ground.SetFill("")
	}
}

// Rows is a short list without scrolling, whose rows are reached by Tab.
func Rows(kids ...Object) *fyne.Container {
	c := Col(0)
	for i, k := range kids {
		if i > 0 {
			c.Add(HLine())
		}
		c.Add(k)
	}
	return c
}

// RowButton is a Line that can be pressed, for Rows.
type RowButton struct {
	press
	line *Line
}

// NewRowButton opens something; the label is the line's title.
func NewRowButton(l *Line, tap func()) *RowButton {
	b := &RowButton{line: l}
	b.tap, b.label = tap, l.Title.Text()
	b.extend(b)
	return b
}

// Named gives it a label that is not its title: one of several of the same.
func (b *RowButton) Named(label string) *RowButton { b.label = label; return b }

// CreateRenderer implements fyne.Widget.
func (b *RowButton) CreateRenderer() fyne.WidgetRenderer {
	r := &rowRenderer{b: b, ring: newRing(), over: newRing()}
	r.Refresh()
	return r
}

type rowRenderer struct {
	b          *RowButton
	ring, over *canvas.Rectangle
}

// Layout lets the line reach out to both sides, so that what stands in it begins where the card's
// title begins.
func (r *rowRenderer) Layout(s fyne.Size) {
	const veilOut = 8
	r.b.line.Move(fyne.NewPos(-linePad, 0))
	r.b.line.Resize(fyne.NewSize(s.Width+2*linePad, s.Height))
	r.over.CornerRadius = look.RadiusControl
	wide := fyne.NewSize(s.Width+2*veilOut, s.Height)
	r.over.Move(fyne.NewPos(-veilOut, 0))
	r.over.Resize(wide)
	layRing(r.ring, wide.Subtract(fyne.NewSize(4, 4)), look.RadiusControl)
	r.ring.Move(fyne.NewPos(-veilOut, 0))
}

func (r *rowRenderer) Refresh() {
	r.over.FillColor = veil(r.b.hover, r.b.off)
	drawRing(r.ring, r.b.focused)
	canvas.Refresh(r.b)
}

func (r *rowRenderer) MinSize() fyne.Size { return r.b.line.MinSize() }
func (r *rowRenderer) Destroy()           {}

func (r *rowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.over, r.b.line, r.ring}
}
