package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Para is wrapped text without padding. Words longer than the line are broken; new lines stay.
type Para struct {
	widget.BaseWidget
	text   string
	style  Style
	marks  [][2]int // byte ranges of text with a coloured ground
	tints  []tint
	lines  int // at most, 0 for all
	centre bool
	hug    bool // as wide as its longest line only
}

// NewPara wraps text.
func NewPara(text string, s Style) *Para {
	p := &Para{text: text, style: s}
	p.ExtendBaseWidget(p)
	return p
}

// Lines keeps the first n lines.
func (p *Para) Lines(n int) *Para { p.lines = n; return p }

// Centre writes each line in the middle.
func (p *Para) Centre() *Para { p.centre = true; return p }

// Set changes what it says.
func (p *Para) Set(text string) { p.SetMarked(text, nil) }

// SetMarked changes what it says, with ranges to mark.
func (p *Para) SetMarked(text string, marks [][2]int) {
	if text == p.text && len(marks) == 0 && len(p.marks) == 0 {
		return
	}
	p.text, p.marks = text, marks
	p.Refresh()
}

// SetStyle changes how it is written.
func (p *Para) SetStyle(s Style) {
	if s != p.style {
		p.style = s
		p.Refresh()
	}
}

// Text is what it says.
func (p *Para) Text() string { return p.text }

// Marks are the ranges of Text with a coloured ground.
func (p *Para) Marks() [][2]int { return p.marks }

// AccessibilityLabel implements fyne.Accessible.
func (p *Para) AccessibilityLabel() string { return p.text }

// AccessibilityRole implements fyne.Accessible.
func (p *Para) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (p *Para) CreateRenderer() fyne.WidgetRenderer {
	r := &paraRenderer{p: p}
	r.wrap(320)
	return r
}

type paraRenderer struct {
	p     *Para
	width float32
	spans []span // one a line, bytes of p.text
	objs  []fyne.CanvasObject
	long  float32 // the widest line
	line  float32 // height of a line
}

type span struct{ from, to int }

func (r *paraRenderer) size() float32 {
	return fyne.CurrentApp().Settings().Theme().Size(r.p.style.Size)
}

func (r *paraRenderer) measure(s string) float32 {
	return fyne.MeasureText(s, r.size(), r.p.style.text()).Width
}

func (r *paraRenderer) wrap(w float32) {
	r.width, r.long = w, 0
	r.line = fyne.MeasureText("Áy", r.size(), r.p.style.text()).Height * 1.12
	r.spans = r.spans[:0]
	at := 0
	for _, part := range strings.SplitAfter(r.p.text, "\n") {
		end := at + len(strings.TrimRight(part, "\r\n"))
		r.wrapLine(at, end)
		at += len(part)
	}
	if n := r.p.lines; n > 0 && len(r.spans) > n {
		r.spans = r.spans[:n]
	}
	r.build()
}

// wrapLine breaks one line of the text between words, or inside a word that is too long.
func (r *paraRenderer) wrapLine(from, end int) {
	start, fit := from, from
	for i := from; i < end; {
		next := strings.IndexByte(r.p.text[i:end], ' ')
		if next < 0 {
			next = end
		} else {
			next += i + 1
		}
		if r.measure(strings.TrimRight(r.p.text[start:next], " ")) <= r.width {
			fit, i = next, next
			continue
		}
		if fit == start { // a single word, wider than the line
			fit = r.breakWord(start, next)
		}
		r.spans = append(r.spans, span{start, fit})
		start, i = fit, fit
	}
	r.spans = append(r.spans, span{start, end})
}

func (r *paraRenderer) breakWord(from, end int) int {
	last := end
	for i := range r.p.text[from:end] {
		if i > 0 && r.measure(r.p.text[from:from+i]) > r.width {
			return max(last, from+1)
		}
		if i > 0 {
			last = from + i
		}
	}
	return last
}

func (r *paraRenderer) build() {
	r.objs = r.objs[:0]
	y := float32(0)
	for n, s := range r.spans {
		text := strings.TrimRight(r.p.text[s.from:s.to], " ")
		if r.p.lines > 0 && n == r.p.lines-1 && s.to < len(strings.TrimRight(r.p.text, " \n")) {
			text = r.shorten(text)
		}
		t := canvas.NewText(strings.ReplaceAll(text, "\t", "    "), look.Color(r.p.style.Color))
		t.TextSize, t.TextStyle = r.size(), r.p.style.text()
		w := t.MinSize().Width
		r.long = max(r.long, w)
		x := float32(0)
		if r.p.centre {
			x = max(0, (r.width-w)/2)
		}
		r.mark(s, x, y)
		after := r.tint(s, x, y)
		t.Move(fyne.NewPos(x, y))
		t.Resize(fyne.NewSize(w, r.line))
		r.objs = append(append(r.objs, t), after...)
		y += r.line
	}
}

func (r *paraRenderer) shorten(text string) string {
	for text != "" && r.measure(text+"…") > r.width {
		runes := []rune(text)
		text = string(runes[:len(runes)-1])
	}
	return strings.TrimRight(text, " ,.;") + "…"
}

func (r *paraRenderer) mark(s span, x, y float32) {
	for _, m := range r.p.marks {
		from, to := max(m[0], s.from), min(m[1], s.to)
		if from >= to {
			continue
		}
		b := canvas.NewRectangle(look.Color(look.Mark))
		b.CornerRadius = 3
		b.Move(fyne.NewPos(x+r.measure(r.p.text[s.from:from])-1, y))
		b.Resize(fyne.NewSize(r.measure(r.p.text[from:to])+2, r.line))
		r.objs = append(r.objs, b)
	}
}

// tint lays grounds under a line, and gives the strokes that go over its text.
func (r *paraRenderer) tint(s span, x, y float32) (over []fyne.CanvasObject) {
	for _, m := range r.p.tints {
		from, to := max(m.from, s.from), min(m.to, s.to)
		if from >= to {
			continue
		}
		left, wide := x+r.measure(r.p.text[s.from:from]), r.measure(r.p.text[from:to])
		b := canvas.NewRectangle(look.Color(m.fill))
		b.CornerRadius = 3
		b.Move(fyne.NewPos(left, y))
		b.Resize(fyne.NewSize(wide, r.line))
		r.objs = append(r.objs, b)
		if m.strike != "" {
			l := canvas.NewRectangle(look.Color(m.strike))
			l.Move(fyne.NewPos(left, y+r.line*0.55))
			l.Resize(fyne.NewSize(wide, 1))
			over = append(over, l)
		}
	}
	return over
}

func (r *paraRenderer) Layout(s fyne.Size) {
	if s.Width > 0 && s.Width != r.width {
		r.wrap(s.Width)
	}
}

func (r *paraRenderer) MinSize() fyne.Size {
	w := min(r.long, 40)
	if r.p.hug {
		w = r.long
	}
	return fyne.NewSize(w, r.line*float32(len(r.spans)))
}

func (r *paraRenderer) Refresh() {
	r.wrap(r.width)
	canvas.Refresh(r.p)
}

func (r *paraRenderer) Destroy()                     {}
func (r *paraRenderer) Objects() []fyne.CanvasObject { return r.objs }
