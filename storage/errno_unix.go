//go:build unix

package storage

import "syscall"

// What the disk says to a plain file.
var (
	errNoRoom     error = syscall.ENOSPC
	errReadOnlyFS error = syscall.EROFS
)
