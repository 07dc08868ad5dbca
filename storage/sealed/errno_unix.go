//go:build unix

package sealed

import "syscall"

// noRoom: SQLite knows ENOSPC alone; a quota and a file-size limit look the same to the therapist.
func noRoom(e syscall.Errno) bool {
	return e == syscall.ENOSPC || e == syscall.EDQUOT || e == syscall.EFBIG
}
