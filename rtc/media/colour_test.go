package media

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// reference is ITU-R BT.601 for limited range, in floating point.
func reference(y, u, v byte) [3]float64 {
	l, b, r := 255.0/219*(float64(y)-16), float64(u)-128, float64(v)-128
	const kr, kb = 0.299, 0.114
	const kg = 1 - kr - kb
	c := 255.0 / 224
	out := [3]float64{
		l + c*2*(1-kr)*r,
		l - c*2*(1-kb)*kb/kg*b - c*2*(1-kr)*kr/kg*r,
		l + c*2*(1-kb)*b,
	}
	for i := range out {
		out[i] = min(max(out[i], 0), 255)
	}
	return out
}

func TestConversionFollowsBT601ForEveryColour(t *testing.T) {
	// Two rows of every luma, with one chroma pair at a time.
	f := NewI420(256, 2)
	for x := range 256 {
		f.Y[x], f.Y[256+x] = byte(x), byte(255-x)
	}
	worst, sum, n := 0.0, 0.0, 0
	for u := 0; u < 256; u += 3 {
		for v := 0; v < 256; v += 3 {
			for i := range f.U {
				f.U[i], f.V[i] = byte(u), byte(v)
			}
			img := f.ToRGBA()
			for x := range 512 {
				want := reference(f.Y[x], byte(u), byte(v))
				for c := range 3 {
					d := math.Abs(float64(img.Pix[4*x+c]) - want[c])
					worst, sum, n = max(worst, d), sum+d, n+1
				}
				if img.Pix[4*x+3] != 255 {
					t.Fatal("alpha is not full")
				}
			}
		}
	}
	t.Logf("worst %.2f, mean %.3f of 255", worst, sum/float64(n))
	if worst > 1.5 || sum/float64(n) > 0.4 {
		t.Errorf("off by %.2f at worst, %.3f on average", worst, sum/float64(n))
	}
}

func TestConversionOfOddSizesAndBlocks(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 5}, {511, 3}, {513, 3}, {1025, 7}, {640, 360}} {
		f := NewI420(size[0], size[1])
		rnd := chance(1)
		for i := range f.Y {
			f.Y[i] = byte(rnd.Uint32())
		}
		for i := range f.U {
			f.U[i], f.V[i] = byte(rnd.Uint32()), byte(rnd.Uint32())
		}
		img, mirrored := f.ToRGBA(), image.NewRGBA(image.Rect(0, 0, f.W, f.H))
		toRGBA(mirrored, f, true)
		for y := range f.H {
			for x := range f.W {
				c := y/2*f.CStride + x/2
				want := reference(f.Y[y*f.YStride+x], f.U[c], f.V[c])
				got := img.RGBAAt(x, y)
				if math.Abs(float64(got.R)-want[0]) > 1.5 || math.Abs(float64(got.G)-want[1]) > 1.5 ||
					math.Abs(float64(got.B)-want[2]) > 1.5 {
					t.Fatalf("%v at %d,%d: %v, want %v", size, x, y, got, want)
				}
				if mirrored.RGBAAt(f.W-1-x, y) != got {
					t.Fatalf("%v at %d,%d: not mirrored", size, x, y)
				}
			}
		}
	}
}

func TestRGBAThereAndBack(t *testing.T) {
	for _, c := range []color.RGBA{
		{0, 0, 0, 255},
		{255, 255, 255, 255},
		{255, 0, 0, 255},
		{0, 255, 0, 255},
		{0, 0, 255, 255},
		{12, 200, 100, 255},
		{128, 128, 128, 255},
	} {
		src := image.NewRGBA(image.Rect(10, 20, 41, 43)) // odd sizes, and a corner that is not 0,0
		for y := 20; y < 43; y++ {
			for x := 10; x < 41; x++ {
				src.SetRGBA(x, y, c)
			}
		}
		var f I420
		f.FromRGBA(src)
		if f.W != 31 || f.H != 23 {
			t.Fatalf("size is %dx%d", f.W, f.H)
		}
		r, g, b := center(f.ToRGBA())
		if !near(r, int(c.R), 3) || !near(g, int(c.G), 3) || !near(b, int(c.B), 3) {
			t.Errorf("%v came back as %d %d %d", c, r, g, b)
		}
	}
}

func TestFullRangeIsNarrowed(t *testing.T) {
	// A JPEG camera's white, black and red, as image/color makes them.
	for _, c := range []color.RGBA{{255, 255, 255, 255}, {0, 0, 0, 255}, {200, 30, 40, 255}} {
		y, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
		src := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio422)
		fill(src.Y, y)
		fill(src.Cb, cb)
		fill(src.Cr, cr)
		var f I420
		f.FromYCbCr(src, 32, 18, true)
		r, g, b := center(f.ToRGBA())
		if !near(r, int(c.R), 3) || !near(g, int(c.G), 3) || !near(b, int(c.B), 3) {
			t.Errorf("%v came out as %d %d %d", c, r, g, b)
		}
	}
}

func TestCropKeepsTheCentreAndTheShape(t *testing.T) {
	// A 4:3 picture with a bright circle at its centre, and bars that 16:9 must cut off.
	src := NewI420(640, 480)
	for y := range 480 {
		for x := range 640 {
			dx, dy := x-320, y-240
			switch {
			case y < 50 || y >= 430:
				src.Y[y*640+x] = 235
			case dx*dx+dy*dy < 100*100:
				src.Y[y*640+x] = 180
			}
		}
	}
	var f I420
	f.CropScale(src, 320, 180)
	minX, maxX, minY, maxY := 999, -1, 999, -1
	for y := range 180 {
		for x := range 320 {
			switch v := f.Y[y*320+x]; {
			case v > 220:
				t.Fatalf("the bar shows at %d,%d", x, y)
			case v > 100:
				minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
			}
		}
	}
	// 640x360 of the source onto 320x180: a radius of 50 around 160,90.
	if !near(minX, 110, 1) || !near(maxX, 209, 1) || !near(minY, 40, 1) || !near(maxY, 139, 1) {
		t.Errorf("the circle lies at x %d…%d, y %d…%d", minX, maxX, minY, maxY)
	}
}

func TestHostileSizesAreRefused(t *testing.T) {
	for _, f := range []*I420{
		nil,
		{},
		{W: -1, H: 4},
		{W: 4, H: 4, Y: make([]byte, 15), U: make([]byte, 4), V: make([]byte, 4), YStride: 4, CStride: 2},
		{W: 4, H: 4, Y: make([]byte, 16), U: make([]byte, 3), V: make([]byte, 4), YStride: 4, CStride: 2},
		{W: 4, H: 4, Y: make([]byte, 16), U: make([]byte, 4), V: make([]byte, 4), YStride: 3, CStride: 2},
		{W: 1 << 20, H: 1, Y: make([]byte, 1<<20), U: make([]byte, 1<<19), V: make([]byte, 1<<19), YStride: 1 << 20, CStride: 1 << 19},
	} {
		if f.ToRGBA() != nil {
			t.Errorf("%+v was converted", f)
		}
		var s Slot
		s.Put(f)
		if img, _ := s.Latest(); img != nil {
			t.Errorf("%+v was shown", f)
		}
	}
}
