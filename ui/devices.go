package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// devicePicks are three choices: camera, microphone, speaker.
type devicePicks struct {
	camera, microphone, speaker *widget.Pick
	body                        *fyne.Container
}

func newDevicePicks(l app.DeviceList, d app.Devices, changed func(app.Devices)) *devicePicks {
	p := &devicePicks{}
	pick := func(string) { changed(p.devices()) }
	p.camera = widget.NewPick("Camera", d.Camera, pick, devicePairs(l.Cameras, d.Camera)...)
	p.microphone = widget.NewPick("Microphone", d.Microphone, pick, devicePairs(l.Microphones, d.Microphone)...)
	p.speaker = widget.NewPick("Speaker", d.Speaker, pick, devicePairs(l.Speakers, d.Speaker)...)
	p.body = widget.Col(look.S4,
		labelled("camera", "Camera", p.camera, len(l.Cameras)), labelled("mic", "Microphone", p.microphone, len(l.Microphones)),
		labelled("voice", "Speaker", p.speaker, len(l.Speakers)))
	return p
}

func (p *devicePicks) devices() app.Devices {
	return app.Devices{Camera: p.camera.Value(), Microphone: p.microphone.Value(), Speaker: p.speaker.Value()}
}

// devicePairs begins with the system's default; a chosen device that is not plugged in stays
// in the list, so that it is not forgotten.
func devicePairs(all []app.Device, chosen string) []string {
	pairs := []string{"", "The system’s default"}
	seen := chosen == ""
	for _, d := range all {
		pairs = append(pairs, d.ID, d.Label)
		seen = seen || d.ID == chosen
	}
	if !seen {
		pairs = append(pairs, chosen, "Not plugged in")
	}
	return pairs
}

func labelled(icon, name string, pick fyne.CanvasObject, n int) fyne.CanvasObject {
	there := count(n, "device") + " plugged in"
	if n == 0 {
		there = "none found"
	}
	return widget.Row(look.S3, widget.NewIcon(icon, look.Muted, 20), widget.Sized(150, 0, widget.Col(1, widget.NewText(name, widget.Strong), widget.NewText(there, widget.Fine))),
		widget.Grow(widget.Row(0, widget.Gap(), pick)))
}

// askDevices lets devices be changed in a dialog, at once.
func askDevices(u *UI, life *scope, use func(app.Devices)) {
	run(u, life, work[deviceRead]{what: "Looking for devices", do: readDevices(u), done: func(d deviceRead, err error) {
		if err != nil {
			u.complain(err)
			return
		}
		done := widget.NewButton("Done", "", widget.Primary, u.closeDialog)
		u.ask(widget.DialogSpec{
			Icon: "devices", Tone: widget.Active, Title: "Devices", Width: 560, Focus: done,
			Text: "A change is used at once.", Body: newDevicePicks(d.list, d.chosen, use).body, Buttons: []fyne.CanvasObject{done},
		})
	}})
}

type deviceRead struct {
	list   app.DeviceList
	chosen app.Devices
}

// readDevices finds what is plugged in and what is chosen. In the bare room of a locked app
// nobody may ask what is chosen.
func readDevices(u *UI) func(context.Context) (deviceRead, error) {
	return func(ctx context.Context) (deviceRead, error) {
		l, err := u.p.DeviceList(ctx)
		if err != nil {
			return deviceRead{}, err
		}
		p, err := u.p.Profile(ctx)
		if errors.Is(err, app.ErrLocked) {
			err = nil
		}
		return deviceRead{l, p.Devices}, err
	}
}
