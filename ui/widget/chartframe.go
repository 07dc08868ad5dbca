package widget

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"alcove/ui/look"
)

const (
	chartLeft   float32 = 34 // totals
	chartBottom float32 = 26 // dates
	chartTop    float32 = 8
	chartWords  float32 = 170 // of bands, at most
	chartGap    float32 = 10
	chartEdge   float32 = 14 // between the frame and the first marker
)

// frame is where things stand in a chart of a size.
type frame struct {
	d          ChartData
	x, y, w, h float32 // the plot
	words      float32 // room for the bands' words, 0 if there is none to spare
}

func frameOf(d ChartData, s fyne.Size) frame {
	f := frame{d: d, x: chartLeft, y: chartTop}
	for _, b := range d.Bands {
		_, m := letters(b.Label, Fine, look.Color(look.Muted))
		f.words = max(f.words, m.Width)
	}
	f.words = min(f.words, chartWords)
	if s.Width < 3*f.words {
		f.words = 0
	}
	f.w = s.Width - f.x - f.words - chartGap
	f.h = s.Height - f.y - chartBottom
	return f
}

func (f frame) yOf(total float32) float32 {
	return f.y + f.h*(float32(f.d.High)-total)/float32(max(1, f.d.High-f.d.Low))
}

// span is the time that the plot shows: of all that is marked.
func (f frame) span() (from, to time.Time) {
	p := f.d.Points
	if len(p) == 0 {
		return from, to
	}
	return p[0].At, p[len(p)-1].At
}

func (f frame) xOf(at time.Time) float32 {
	from, to := f.span()
	if !to.After(from) {
		return f.x + f.w/2
	}
	part := float32(at.Sub(from)) / float32(to.Sub(from))
	return f.x + chartEdge + (f.w-2*chartEdge)*part
}

func (f frame) at(i int) fyne.Position {
	p := f.d.Points[i]
	return fyne.NewPos(f.xOf(p.At), f.yOf(float32(p.Value)))
}

// nearest is the point whose time is nearest to x, -1 if there is none.
func (f frame) nearest(x float32) int {
	best, least := -1, float32(0)
	for i := range f.d.Points {
		d := f.at(i).X - x
		d = max(d, -d)
		if best < 0 || d < least {
			best, least = i, d
		}
	}
	return best
}

func (f frame) ground() []fyne.CanvasObject {
	return slices.Concat(f.bands(), f.sessions(), f.line(), f.dates())
}

// bands are the ranges, their lowest totals at the left and their words at the right.
func (f frame) bands() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	muted, faint := look.Color(look.Muted), look.Color(look.Faint)
	lastY := f.y + f.h + 100
	number := func(total int, y float32) {
		t, m := letters(strconv.Itoa(total), Fine, faint)
		if lastY-y < m.Height-2 {
			return // it would lie on the one beneath
		}
		lastY = y
		t.Move(fyne.NewPos(f.x-m.Width-7, y-m.Height/2))
		out = append(out, t)
	}
	for i, b := range f.d.Bands {
		top, bottom := f.yOf(float32(b.To)+1), f.yOf(float32(b.From))
		if i == len(f.d.Bands)-1 {
			top = f.y
		}
		out = append(out, slab(f.x, top, f.w, bottom-top, look.Color(bandInk(b.Severity))))
		number(b.From, bottom)
		if i > 0 {
			out = append(out, stroke(fyne.NewPos(f.x, bottom), fyne.NewPos(f.x+f.w, bottom), 1, look.Color(look.Border)))
		}
	}
	number(f.d.High, f.y)
	lastY = f.y + f.h + 100
	for _, b := range f.d.Bands {
		middle := (f.yOf(float32(min(b.To+1, f.d.High))) + f.yOf(float32(b.From))) / 2
		t, m := letters(b.Label, Fine, muted)
		if f.words == 0 || lastY-middle < m.Height-2 {
			continue
		}
		lastY = middle
		for r := []rune(b.Label); m.Width > f.words && len(r) > 1; {
			r = r[:len(r)-1]
			t, m = letters(short(r), Fine, muted)
		}
		t.Move(fyne.NewPos(f.x+f.w+chartGap, middle-m.Height/2))
		out = append(out, t)
	}
	return out
}

// sessions are marked at the foot of the plot.
func (f frame) sessions() []fyne.CanvasObject {
	from, to := f.span()
	ink := look.Color(look.Faint)
	var out []fyne.CanvasObject
	for _, s := range f.d.Sessions {
		if s.Before(from) || s.After(to) {
			continue
		}
		x := f.xOf(s)
		out = append(out, stroke(fyne.NewPos(x, f.y+f.h-7), fyne.NewPos(x, f.y+f.h), 1.5, ink))
	}
	return out
}

// line joins the totals; a marker each, the newest filled. Reliable changes are pointed out.
func (f frame) line() []fyne.CanvasObject {
	var lines, marks, turns []fyne.CanvasObject
	ink, ground := look.Color(look.Accent), look.Color(look.Surface)
	n := len(f.d.Points)
	radius := float32(4.5)
	if n > 1 && f.w/float32(n) < 14 {
		radius = 2.5
	}
	lastTurn := float32(-100)
	for i, p := range f.d.Points {
		at := f.at(i)
		if i > 0 {
			lines = append(lines, stroke(f.at(i-1), at, 2, ink))
		}
		fill := ground
		if i == n-1 {
			fill = ink
		}
		line := ink
		if p.Faint {
			line = look.Color(look.Faint)
		}
		marks = append(marks, disc(at, radius, fill, line, 2))
		if p.Turn == "" {
			continue
		}
		tone := look.Bad
		if p.Better {
			tone = look.Good
		}
		t, m := letters(p.Turn, Style{Size: look.Caption, Bold: true}, look.Color(tone))
		y := at.Y - radius - m.Height - 2
		if y < f.y {
			y = at.Y + radius + 2
		}
		x := min(max(f.x, at.X-m.Width/2), f.x+f.w-m.Width)
		if x < lastTurn+4 {
			continue // the pointer still reads it
		}
		lastTurn = x + m.Width
		t.Move(fyne.NewPos(x, y))
		turns = append(turns, t)
	}
	return slices.Concat(lines, marks, turns)
}

// dates stand under the first and the last marker, and under some between.
func (f frame) dates() []fyne.CanvasObject {
	from, to := f.span()
	if from.IsZero() {
		return nil
	}
	form := "2 Jan"
	if from.Local().Year() != to.Local().Year() {
		form = "2 Jan 2006"
	}
	var out []fyne.CanvasObject
	free := f.x - 30 // up to where nothing stands yet
	put := func(at time.Time, before float32) {
		t, m := letters(at.Local().Format(form), Fine, look.Color(look.Faint))
		x := min(max(f.x-10, f.xOf(at)-m.Width/2), f.x+f.w-m.Width+10)
		if x < free || x+m.Width > before {
			return
		}
		free = x + m.Width + 16
		t.Move(fyne.NewPos(x, f.y+f.h+6))
		out = append(out, t)
	}
	_, m := letters(to.Local().Format(form), Fine, look.Color(look.Faint))
	last := f.x + f.w - m.Width
	for _, p := range f.d.Points[:len(f.d.Points)-1] {
		put(p.At, last-16)
	}
	put(to, f.x+f.w+20)
	return out
}

// reading is what the pointer reads at point i: a hairline, and a box with two lines.
func (f frame) reading(i int) []fyne.CanvasObject {
	p, at := f.d.Points[i], f.at(i)
	head, hm := letters(p.Head, Style{Size: look.Small, Bold: true}, look.Color(look.Ink))
	text, tm := letters(p.Text, Fine, look.Color(look.Muted))
	w, h := max(hm.Width, tm.Width)+24, hm.Height+tm.Height+16
	x := min(max(f.x, at.X+12), f.x+f.w+f.words-w)
	if at.X+12+w > f.x+f.w+f.words {
		x = max(2, at.X-12-w)
	}
	y := min(max(f.y, at.Y-h/2), f.y+f.h-h)
	box := slab(x, y, w, h, look.Color(look.Surface))
	box.CornerRadius, box.StrokeWidth, box.StrokeColor = 8, 1, look.Color(look.Border)
	box.Shadow = canvas.Shadow{Color: look.Color(theme.ColorNameShadow), BlurRadius: 10, Offset: fyne.NewPos(0, 2)}
	head.Move(fyne.NewPos(x+12, y+7))
	text.Move(fyne.NewPos(x+12, y+8+hm.Height))
	return []fyne.CanvasObject{
		stroke(fyne.NewPos(at.X, f.y), fyne.NewPos(at.X, f.y+f.h), 1, look.Color(look.Muted)),
		disc(at, 6, look.Color(look.Accent), look.Color(look.Surface), 2), box, head, text,
	}
}
