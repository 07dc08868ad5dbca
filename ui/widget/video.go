package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Frames is a slot that holds the latest picture and its number.
type Frames interface {
	Latest() (*image.RGBA, uint64)
}

// Video shows the latest picture, or initials on a dark ground when there is none. It
// never asks by itself: Tick does, and drops what it did not show in time.
type Video struct {
	widget.BaseWidget
	frames Frames
	name   string
	radius float32
	cover  bool
	seq    uint64
	pic    *image.RGBA
	blank  bool
}

// NewVideo shows frames whole: letterboxed. name gives the initials shown without a picture.
func NewVideo(f Frames, name string, radius float32) *Video {
	v := &Video{frames: f, name: name, radius: radius}
	v.ExtendBaseWidget(v)
	return v
}

// Cover fills the space and cuts the edges, for the small self view.
func (v *Video) Cover() *Video { v.cover = true; return v }

// Tick takes the newest picture, if there is a newer one. Fyne's goroutine only.
func (v *Video) Tick() {
	if v.frames == nil || v.blank || !v.Visible() {
		return
	}
	pic, seq := v.frames.Latest()
	if pic == nil || seq == v.seq {
		return
	}
	v.pic, v.seq = pic, seq
	v.Refresh()
}

// SetBlank shows initials instead of a picture that has stopped.
func (v *Video) SetBlank(blank bool) {
	if v.blank != blank {
		v.blank = blank
		v.Refresh()
	}
}

// Shows is the number of the picture shown, 0 for none, and the average colour of its middle.
func (v *Video) Shows() (seq uint64, middle color.RGBA) {
	if v.pic == nil || v.blank {
		return v.seq, color.RGBA{}
	}
	b := v.pic.Bounds()
	part := image.Rect(b.Min.X+b.Dx()*2/5, b.Min.Y+b.Dy()*2/5, b.Min.X+b.Dx()*3/5, b.Min.Y+b.Dy()*3/5)
	var r, g, bl, n uint64
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := v.pic.RGBAAt(x, y)
			r, g, bl, n = r+uint64(c.R), g+uint64(c.G), bl+uint64(c.B), n+1
		}
	}
	if n == 0 {
		return v.seq, color.RGBA{}
	}
	return v.seq, color.RGBA{R: uint8(r / n & 255), G: uint8(g / n & 255), B: uint8(bl / n & 255), A: 255}
}

// AccessibilityLabel implements fyne.Accessible.
func (v *Video) AccessibilityLabel() string { return v.name }

// AccessibilityRole implements fyne.Accessible.
func (v *Video) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// CreateRenderer implements fyne.Widget.
func (v *Video) CreateRenderer() fyne.WidgetRenderer {
	r := &videoRenderer{v: v, bg: canvas.NewRectangle(nil), img: &canvas.Image{}, face: NewAvatar(v.name, 96)}
	if v.cover {
		r.face = NewIcon("camera-off", look.StageMuted, 26)
	}
	// Smooth scaling costs two thirds of the frame rate on software GL.
	r.img.ScaleMode, r.img.FillMode = canvas.ImageScaleFastest, canvas.ImageFillContain
	if v.cover {
		r.img.FillMode = canvas.ImageFillCover
	}
	r.img.CornerRadius = v.radius
	r.apply()
	return r
}

type videoRenderer struct {
	v    *Video
	bg   *canvas.Rectangle
	img  *canvas.Image
	face fyne.CanvasObject // in place of the picture
}

func (r *videoRenderer) apply() {
	r.bg.FillColor, r.bg.CornerRadius = look.Color(look.StagePicture), r.v.radius
	if r.v.cover {
		r.bg.FillColor = look.Color(look.StageControl) // it lies on the other picture
	}
	show := r.v.pic != nil && !r.v.blank
	// No ground under a picture: software OpenGL fills it pixel by pixel, at the price of the picture itself.
	r.img.Hidden, r.bg.Hidden = !show, show
	setVisible(r.face, !show)
	if show {
		r.img.Image = r.v.pic
	}
}

func (r *videoRenderer) Layout(s fyne.Size) {
	r.bg.Resize(s)
	r.img.Resize(s)
	r.face.Resize(s)
}

func (r *videoRenderer) MinSize() fyne.Size { return fyne.NewSize(120, 68) }

func (r *videoRenderer) Refresh() {
	r.apply()
	if !r.img.Hidden {
		r.img.Refresh()
	}
	canvas.Refresh(r.v)
}

func (r *videoRenderer) Destroy() {}

func (r *videoRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.img, r.face}
}
