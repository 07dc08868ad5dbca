package media

// #include <stdlib.h>
import "C"

import "unsafe"

// freeC frees memory that a C library handed out.
func freeC(p unsafe.Pointer) { C.free(p) }
