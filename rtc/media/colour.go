package media

/*
#cgo CFLAGS: -O3
#include "colour.h"
*/
import "C"

import (
	"image"
	"unsafe"
)

func ptr(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// toRGBA converts the whole picture into dst, which has its size.
func toRGBA(dst *image.RGBA, f *I420, mirror bool) {
	m := C.int(0)
	if mirror {
		m = 1
	}
	C.alcove_i420_to_rgba(ptr(f.Y), C.int(f.YStride), ptr(f.U), ptr(f.V), C.int(f.CStride),
		ptr(dst.Pix), C.int(dst.Stride), C.int(f.W), C.int(f.H), m)
}

// ToRGBA returns the picture in Go's own form.
func (f *I420) ToRGBA() *image.RGBA {
	if !f.fits() {
		return nil
	}
	dst := image.NewRGBA(image.Rect(0, 0, f.W, f.H))
	toRGBA(dst, f, false)
	return dst
}

// FromRGBA fills f, whatever its size was, from a picture without transparency.
func (f *I420) FromRGBA(src *image.RGBA) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return
	}
	f.resize(w, h)
	first := src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y)
	C.alcove_rgba_to_i420(ptr(src.Pix[first:]), C.int(src.Stride), ptr(f.Y), C.int(f.YStride),
		ptr(f.U), ptr(f.V), C.int(f.CStride), C.int(w), C.int(h))
}

// resize makes room for a picture of that size, and keeps the buffers if they fit.
func (f *I420) resize(w, h int) {
	if f.W != w || f.H != h || !f.fits() {
		*f = *NewI420(w, h)
	}
}

// plane is one plane of a picture, as the scaler sees it.
type plane struct {
	pix          []byte
	stride, w, h int
}

// FromYCbCr fills f from a camera's picture of any subsampling, cropped around its centre to
// w x h. full says that the source uses all of 0…255 (JPEG does); else it is limited range.
func (f *I420) FromYCbCr(src *image.YCbCr, w, h int, full bool) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if sw < 1 || sh < 1 || sw > maxSide || sh > maxSide || w < 1 || h < 1 || w > maxSide || h > maxSide {
		return
	}
	f.resize(w, h)
	// A plane of an odd-sized picture has its last sample too, so its own size is taken.
	cw, ch := chromaSize(src.SubsampleRatio, sw, sh)
	yo, co := src.YOffset(src.Rect.Min.X, src.Rect.Min.Y), src.COffset(src.Rect.Min.X, src.Rect.Min.Y)
	var luma, chroma *[256]byte
	if full {
		luma, chroma = &lumaToLimited, &chromaToLimited
	}
	f.scale([3]plane{
		{src.Y[yo:], src.YStride, sw, sh},
		{src.Cb[co:], src.CStride, cw, ch},
		{src.Cr[co:], src.CStride, cw, ch},
	}, luma, chroma)
}

// CropScale fills f with src, cropped around its centre to the shape of w x h and scaled to it.
func (f *I420) CropScale(src *I420, w, h int) {
	if !src.fits() || w < 1 || h < 1 || w > maxSide || h > maxSide {
		return
	}
	f.resize(w, h)
	cw, ch := (src.W+1)/2, (src.H+1)/2
	f.scale([3]plane{
		{src.Y, src.YStride, src.W, src.H},
		{src.U, src.CStride, cw, ch},
		{src.V, src.CStride, cw, ch},
	}, nil, nil)
}

func (f *I420) scale(from [3]plane, luma, chroma *[256]byte) {
	cw, ch := (f.W+1)/2, (f.H+1)/2
	to := [3]plane{{f.Y, f.YStride, f.W, f.H}, {f.U, f.CStride, cw, ch}, {f.V, f.CStride, cw, ch}}
	// The window is a share of the luma plane: the same share of a chroma plane is the same
	// place in the picture, whatever the subsampling.
	wide, high := cropShare(from[0].w, from[0].h, f.W, f.H)
	for i := range to {
		table := luma
		if i > 0 {
			table = chroma
		}
		scalePlane(to[i], from[i], wide, high, table)
	}
}

func scalePlane(to, from plane, wide, high float64, table *[256]byte) {
	if need := from.stride*(from.h-1) + from.w; from.stride < from.w || len(from.pix) < need {
		return
	}
	if table == nil && to.w == from.w && to.h == from.h {
		for y := range to.h {
			copy(to.pix[y*to.stride:y*to.stride+to.w], from.pix[y*from.stride:])
		}
		return
	}
	var lut *C.uint8_t
	if table != nil {
		lut = ptr(table[:])
	}
	const one = 1 << 16
	width, height := wide*float64(from.w)*one, high*float64(from.h)*one
	left, top := (float64(from.w)*one-width)/2, (float64(from.h)*one-height)/2
	C.alcove_scale_plane(ptr(from.pix), C.int(from.stride), C.int(from.w), C.int(from.h),
		C.int64_t(left), C.int64_t(top), C.int64_t(width), C.int64_t(height),
		ptr(to.pix), C.int(to.stride), C.int(to.w), C.int(to.h), lut)
}

// cropShare says how much of a sw x sh picture, from 0 to 1 each way, shows in one of w x h.
func cropShare(sw, sh, w, h int) (wide, high float64) {
	source, target := float64(sw)*float64(h), float64(w)*float64(sh)
	if source > target {
		return target / source, 1
	}
	return 1, source / target
}

func chromaSize(r image.YCbCrSubsampleRatio, w, h int) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

// Full range to limited range: ITU-R BT.601 keeps 219 steps of luma and 224 of chroma.
var lumaToLimited, chromaToLimited = limitedTables()

func limitedTables() (luma, chroma [256]byte) {
	for i := range 256 {
		luma[i] = byte(16 + (i*219+127)/255)
		chroma[i] = byte((16*255 + i*224 + 127) / 255)
	}
	return luma, chroma
}
