package sealed

import "syscall"

// noRoom: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
func noRoom(e syscall.Errno) bool { return e == 39 || e == 112 }
