//go:build unix

package storage

import "syscall"

// What the disk says to a plain file. A quota and a file-size limit are a full disk to the therapist.
var (
	errsNoRoom   = []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
	errsReadOnly = []error{syscall.EROFS, syscall.EACCES, syscall.EPERM}
)
