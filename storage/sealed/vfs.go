package sealed

/*
#cgo CFLAGS: -std=gnu99 -O2 -Wall -Werror=implicit-function-declaration
#cgo darwin LDFLAGS: -Wl,-undefined,dynamic_lookup
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"crypto/rand"
	"fmt"
	"runtime/cgo"
	"sync/atomic"
	"unsafe"
)

// What the shim calls. It passes buffers of its own, of the fixed sizes of shim.h; the result is
// 1 when the record was sealed or opened, in place.

func codecOf(h C.uintptr_t) *codec { return cgo.Handle(h).Value().(*codec) }

func record(p *C.uchar, n int) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), n) }

func yes(ok bool) C.int {
	if ok {
		return 1
	}
	return 0
}

//export goSealedStart
func goSealedStart(h C.uintptr_t, salt *C.uchar) C.int {
	if salt == nil {
		return yes(codecOf(h).start(nil))
	}
	return yes(codecOf(h).start(record(salt, saltSize)))
}

//export goSealedSealPage
func goSealedSealPage(h C.uintptr_t, n C.sqlite3_int64, p *C.uchar) C.int {
	return yes(codecOf(h).sealPage(uint64(n), record(p, pageSize)))
}

//export goSealedOpenPage
func goSealedOpenPage(h C.uintptr_t, n C.sqlite3_int64, p *C.uchar) C.int {
	return yes(codecOf(h).openPage(uint64(n), record(p, pageSize)))
}

//export goSealedSealFrame
func goSealedSealFrame(h C.uintptr_t, n C.sqlite3_int64, p *C.uchar) C.int {
	return yes(codecOf(h).sealFrame(uint64(n), record(p, frameSize)))
}

//export goSealedOpenFrame
func goSealedOpenFrame(h C.uintptr_t, n C.sqlite3_int64, p *C.uchar) C.int {
	c := codecOf(h)
	return yes(c.openFrame(uint64(n), record(p, frameSize)) || c.failed(true, uint64(n)))
}

// goSealedTryFrame is goSealedOpenFrame where a frame that does not open may be no damage.
//
//export goSealedTryFrame
func goSealedTryFrame(h C.uintptr_t, n C.sqlite3_int64, p *C.uchar) C.int {
	return yes(codecOf(h).openFrame(uint64(n), record(p, frameSize)))
}

//export goSealedSealLogHeader
func goSealedSealLogHeader(h C.uintptr_t, p *C.uchar) C.int {
	return yes(codecOf(h).sealLogHeader(record(p, logPrefix)))
}

//export goSealedOpenLogHeader
func goSealedOpenLogHeader(h C.uintptr_t, p *C.uchar) C.int {
	return yes(codecOf(h).openLogHeader(record(p, logPrefix)))
}

//export goSealedDamage
func goSealedDamage(h C.uintptr_t, log C.int, n C.sqlite3_int64) {
	codecOf(h).failed(log != 0, uint64(n))
}

//export goSealedRandom
func goSealedRandom(p unsafe.Pointer, n C.int) C.int {
	_, err := rand.Read(unsafe.Slice((*byte)(p), int(n)))
	return yes(err == nil)
}

// vfs is one registered VFS: each open store has its own, so that SQLite's file names lead to
// its keys and to no others.
type vfs struct {
	c    *C.sealed_vfs
	h    cgo.Handle
	name string
}

var vfsCount atomic.Uint64

func register(c *codec) (*vfs, error) {
	v := &vfs{h: cgo.NewHandle(c), name: fmt.Sprintf("alcove-sealed-%d", vfsCount.Add(1))}
	name := C.CString(v.name)
	defer C.free(unsafe.Pointer(name))
	if v.c = C.sealed_register(name, C.uintptr_t(v.h)); v.c == nil {
		v.h.Delete()
		return nil, fmt.Errorf("sealed: SQLite has no room for another VFS")
	}
	return v, nil
}

// unregister is for a store without connections. One that still has the file open, through a
// statement that was never closed, keeps the VFS: freeing it would be worse than the leak.
func (v *vfs) unregister() error {
	if C.sealed_in_use(v.c) != 0 {
		return fmt.Errorf("sealed: closed with a statement still open")
	}
	C.sealed_unregister(v.c)
	v.h.Delete()
	return nil
}

// checkPage tries the seal of page n of the open store.
func (v *vfs) checkPage(n int64) (ok bool, err error) {
	switch rc := C.sealed_check_page(v.c, C.sqlite3_int64(n)); rc {
	case C.SQLITE_OK:
		return true, nil
	case C.SQLITE_IOERR_DATA:
		return false, nil
	default:
		return false, fmt.Errorf("sealed: reading page %d: SQLite's error %d", n, int(rc))
	}
}

// readRaw reads what lies in the open store's file, still sealed.
func (v *vfs) readRaw(buf []byte, at int64) error {
	if rc := C.sealed_read_raw(v.c, unsafe.Pointer(&buf[0]), C.int(len(buf)), C.sqlite3_int64(at)); rc != C.SQLITE_OK {
		return fmt.Errorf("sealed: reading %d bytes at %d: SQLite's error %d", len(buf), at, int(rc))
	}
	return nil
}
