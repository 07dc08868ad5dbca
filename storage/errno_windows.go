package storage

import "golang.org/x/sys/windows"

// What the disk says to a plain file.
var (
	errsNoRoom   = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL}
	errsReadOnly = []error{windows.ERROR_WRITE_PROTECT, windows.ERROR_ACCESS_DENIED}
)
