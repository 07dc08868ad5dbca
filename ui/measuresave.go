package ui

import (
	"bytes"
	"context"
	"image"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/storage"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// save asks where to, and saves the chart.
func (m *measures) save(h app.MeasureHistory) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if w == nil || err != nil {
			return // called off, or the dialog has said why
		}
		path := w.URI().Path()
		_ = w.Close() // Practice writes it anew, whole or not at all
		m.saveTo(path, h)
	}, m.u.win)
	d.SetFileName(string(h.Instrument.ID) + ".png") // never its short name, which may hold a slash
	d.SetFilter(storage.NewExtensionFileFilter([]string{".png"}))
	m.u.findFile(d)
}

func (m *measures) saveTo(path string, h app.MeasureHistory) {
	img, client := m.picture(h), m.k.id
	act(m.u, m.life, "Saving the picture", func(ctx context.Context) error {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return err
		}
		return m.u.p.SaveChart(ctx, path, client, b.Bytes())
	}, func(err error) {
		if err != nil {
			m.u.complain(err)
			return
		}
		m.u.say("Picture saved. Whoever has the file can see it.")
	})
}

// picture draws the chart for a letter or a report: twice as fine as on the screen, with its
// source, and without a name.
func (m *measures) picture(h app.MeasureHistory) image.Image {
	i := h.Instrument
	data, points := chartOf(h, m.read.sessions, m.u.follow.now())
	first, last := points[0].At.Local(), points[len(points)-1].At.Local()
	page := widget.On(look.Surface, widget.PadAll(look.S6, widget.Col(look.S3,
		widget.NewText(i.Short+" over time", widget.TitleOf),
		widget.NewText(dots(i.In(i.Name, "en"), first.Format("2 January 2006")+" to "+last.Format("2 January 2006")), widget.Soft),
		widget.NewChart(380, data), widget.NewPara(chartLegend(i, len(points)), widget.Fine), widget.NewPara(i.In(i.Licence, "en"), widget.Fine))))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(2)
	c.SetContent(page)
	c.Resize(fyne.NewSize(1000, 10))
	c.Resize(fyne.NewSize(1000, page.MinSize().Height))
	return c.Capture()
}
