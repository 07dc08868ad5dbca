/* What shim.c and shim_log.c share. */
#ifndef ALCOVE_SHIM_FILE_H
#define ALCOVE_SHIM_FILE_H

#include "shim.h"

typedef struct sealed_file {
  sqlite3_file base;
  sealed_vfs *vfs;
  int is_log;
  int wrote;              /* the log was written since it was opened: recovery is over */
  sqlite3_int64 pending;  /* offset of a frame header that waits for its page, 0 if none */
  unsigned char header[SEALED_FRAME_HEADER];
  unsigned char record[SEALED_FRAME];
  sqlite3_file *os;       /* the operating system's file, in the same allocation */
} sealed_file;

struct sealed_vfs {
  sqlite3_vfs base;
  sqlite3_vfs *os;
  uintptr_t codec;
  sealed_file *db, *log;  /* open files; a store has one connection, so one of each */
  int broken;             /* a sync failed: nobody knows what the disk holds, so write no more */
};

/* Fills f->record with n bytes of the disk. */
int sealed_read_record(sealed_file *f, int n, sqlite3_int64 at);

/* xRead and xWrite of the log. */
int sealed_log_read(sealed_file *f, void *out, int n, sqlite3_int64 at);
int sealed_log_write(sealed_file *f, const void *in, int n, sqlite3_int64 at);

/* Writes what of a frame still waits for the rest; before anything else is done with the log. */
int sealed_log_flush(sealed_file *f);

#endif
