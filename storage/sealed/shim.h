/* A VFS under SQLite's own: it hands every page and every log frame to Go to be sealed or
** opened, and the rest to the operating system's VFS. format.md, one folder up, says what lies
** on the disk. */
#ifndef ALCOVE_SHIM_H
#define ALCOVE_SHIM_H

#include <stdint.h>

#include "sqlite_abi.h"

enum {
  SEALED_PAGE = 4096,        /* page size, fixed by the format */
  SEALED_RESERVE = 28,       /* tag and nonce at the end of each page */
  SEALED_FRAME_HEADER = 24,  /* SQLite's header before each page in the log */
  SEALED_FRAME = SEALED_FRAME_HEADER + SEALED_PAGE,
  SEALED_LOG_HEADER = 32,    /* SQLite's log header */
  SEALED_LOG_PREFIX = 96,    /* the same, sealed, with this log's salt */
  SEALED_SALT = 16,          /* first bytes of the store; they replace "SQLite format 3\0" */
};

typedef struct sealed_vfs sealed_vfs;

/* Registers a VFS under name, for one store; codec is what the Go side needs to find its keys.
** NULL if SQLite is missing from the program, or there is no memory. */
sealed_vfs *sealed_register(const char *name, uintptr_t codec);
void sealed_unregister(sealed_vfs *);

/* Whether SQLite still holds the store open. */
int sealed_in_use(sealed_vfs *);

/* Reads page n (from 1) of the open store and tries its seal. SQLITE_OK, SQLITE_IOERR_DATA for
** a page that fails, SQLITE_IOERR_SHORT_READ past the end, or the disk's own error. */
int sealed_check_page(sealed_vfs *, sqlite3_int64 n);

/* Reads n bytes of the open store's file as they lie there, sealed. */
int sealed_read_raw(sealed_vfs *, void *out, int n, sqlite3_int64 at);

#endif
