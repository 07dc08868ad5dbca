package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/skip2/go-qrcode"

	"alcove/ui/look"
)

// QR is a link as a square to photograph; dark on white in both variants, or a telephone
// would not read it.
func QR(text string, size float32) (*fyne.Container, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	code.DisableBorder = true
	img := canvas.NewImageFromImage(code.Image(-8))
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	ground := canvas.NewRectangle(look.Paper)
	ground.CornerRadius = look.RadiusControl
	return Sized(size, size, Stack(ground, PadAll(14, img))), nil
}
