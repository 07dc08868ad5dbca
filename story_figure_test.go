//go:build linux

package main_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"testing"
)

// What the guest's camera and microphone give: known to the test, and pleasant in a picture.

const (
	// guestTone sounds four times a second: a steady tone would be taken for noise and removed.
	guestTone = 620.0
	voiceRate = 48000
)

// guestShirt is the colour that proves the guest's picture on the therapist's screen.
var guestShirt = color.RGBA{R: 200, G: 88, B: 60, A: 255}

// writeCamera writes two seconds of a person who sways in front of a wall, as YUV4MPEG2: 16:9,
// so many lines high, rate pictures a second.
func writeCamera(t testing.TB, path string, lines, rate int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	frame := image.NewYCbCr(image.Rect(0, 0, lines*16/9, lines), image.YCbCrSubsampleRatio420)
	fmt.Fprintf(w, "YUV4MPEG2 W%d H%d F%d:1\n", frame.Rect.Dx(), lines, rate)
	scale := figureHeight / float64(lines)
	for n := range 2 * rate {
		fmt.Fprintf(w, "FRAME\n")
		sway := math.Sin(math.Pi * float64(n) / float64(rate))
		writeYUV(w, frame, func(x, y int) color.RGBA { return figure(scale*float64(x), scale*float64(y), sway) })
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

const figureHeight = 360

// figure is the colour of one point of a picture of 640 by 360.
func figure(x, y, sway float64) color.RGBA {
	in := func(cx, cy, rx, ry float64) bool {
		dx, dy := (x-cx)/rx, (y-cy)/ry
		return dx*dx+dy*dy < 1
	}
	middle := 320 + 14*sway
	switch {
	case in(middle+4*sway, 150, 58, 74):
		return color.RGBA{R: 172, G: 122, B: 92, A: 255} // face
	case in(middle+4*sway, 124, 76, 84) || (math.Abs(x-middle) < 70 && y > 120 && y < 215):
		return color.RGBA{R: 58, G: 40, B: 34, A: 255} // hair
	case math.Abs(x-middle) < 26 && y > 200 && y < 262:
		return color.RGBA{R: 150, G: 104, B: 78, A: 255} // neck
	case in(middle, 372, 176, 128):
		return guestShirt
	case x > 40 && x < 170 && y > 30 && y < 200:
		light := uint8(205 + 20*(1-y/200))
		return color.RGBA{R: light, G: light, B: 214, A: 255} // window
	}
	shade := 1 - 0.25*y/figureHeight
	return color.RGBA{R: uint8(128 * shade), G: uint8(142 * shade), B: uint8(134 * shade), A: 255}
}

// writeYUV paints a frame and writes it as full-range 4:2:0.
func writeYUV(w *bufio.Writer, frame *image.YCbCr, at func(x, y int) color.RGBA) {
	for y := range frame.Rect.Dy() {
		for x := range frame.Rect.Dx() {
			c := at(x, y)
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			frame.Y[frame.YOffset(x, y)] = l
			frame.Cb[frame.COffset(x, y)], frame.Cr[frame.COffset(x, y)] = cb, cr
		}
	}
	for _, plane := range [][]byte{frame.Y, frame.Cb, frame.Cr} {
		_, _ = w.Write(plane) // the error comes out at Flush
	}
}

// writeVoice writes two seconds of guestTone in pulses, as a WAV file of 16-bit mono.
func writeVoice(t testing.TB, path string) {
	t.Helper()
	samples := make([]int16, 2*voiceRate)
	for i := range samples {
		at := float64(i) / voiceRate
		if phase := math.Mod(at, 0.25); phase < 0.15 {
			loud := math.Sin(math.Pi * phase / 0.15)
			samples[i] = int16(16000 * loud * math.Sin(2*math.Pi*guestTone*at))
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size := uint32(2 * len(samples))
	header := struct {
		RIFF         [4]byte
		Size         uint32
		WAVE, Format [4]byte
		FormatSize   uint32
		PCM, Mono    uint16
		Rate, Bytes  uint32
		Align, Bits  uint16
		Data         [4]byte
		DataSize     uint32
	}{
		[4]byte{'R', 'I', 'F', 'F'},
		36 + size,
		[4]byte{'W', 'A', 'V', 'E'},
		[4]byte{'f', 'm', 't', ' '},
		16, 1, 1,
		voiceRate, 2 * voiceRate, 2, 16,
		[4]byte{'d', 'a', 't', 'a'},
		size,
	}
	for _, part := range []any{header, samples} {
		if err := binary.Write(file, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
