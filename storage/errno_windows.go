package storage

import "golang.org/x/sys/windows"

// What the disk says to a plain file.
var (
	errNoRoom     error = windows.ERROR_DISK_FULL
	errReadOnlyFS error = windows.ERROR_WRITE_PROTECT
)
