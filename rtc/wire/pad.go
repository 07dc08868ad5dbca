package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// padSizes hide how long a message is; the largest leaves room for a seal in MaxFrame.
var padSizes = [...]int{1024, 4096, 16384, 65000}

func padded(n int) bool { return slices.Contains(padSizes[:], n) }

// Pad brings x to the first size that holds it and its length: ErrRefused if none does.
func Pad(x []byte) ([]byte, error) {
	for _, size := range padSizes {
		if 4+len(x) <= size {
			out := make([]byte, size)
			binary.BigEndian.PutUint32(out, uint32(len(x)))
			copy(out[4:], x)
			return out, nil
		}
	}
	return nil, fmt.Errorf("%w: %d bytes are too many for one message", ErrRefused, len(x))
}

// Unpad is the inverse of Pad. It takes a message only in the size that Pad would choose,
// and only with zeros for padding: there is nowhere to hide a second message.
func Unpad(b []byte) ([]byte, error) {
	if !padded(len(b)) {
		return nil, fmt.Errorf("%w: padded to %d bytes", ErrRefused, len(b))
	}
	n := uint64(binary.BigEndian.Uint32(b))
	if n > uint64(len(b)-4) {
		return nil, fmt.Errorf("%w: padding", ErrRefused)
	}
	x, zeros := b[4:4+n], b[4+n:]
	for _, z := range zeros {
		if z != 0 {
			return nil, fmt.Errorf("%w: padding", ErrRefused)
		}
	}
	for _, size := range padSizes {
		if size == len(b) {
			break
		}
		if 4+len(x) <= size {
			return nil, fmt.Errorf("%w: padding", ErrRefused)
		}
	}
	return x, nil
}
