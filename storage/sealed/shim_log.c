/* The write-ahead log. SQLite writes a frame in two pieces, rewrites either piece later, and scans
** whole frames after a crash; on the disk a frame is one record. */

#include <string.h>

#include "shim_file.h"

#include "_cgo_export.h"

/* at is SQLite's offset of a frame; on disk everything after the header lies further back */
static sqlite3_int64 frame_number(sqlite3_int64 at) { return (at - SEALED_LOG_HEADER) / SEALED_FRAME + 1; }
static sqlite3_int64 log_place(sqlite3_int64 at) { return at - SEALED_LOG_HEADER + SEALED_LOG_PREFIX; }

static int frame_load(sealed_file *f, sqlite3_int64 at) {
  int rc = sealed_read_record(f, SEALED_FRAME, log_place(at));
  if (rc == SQLITE_OK && !goSealedOpenFrame(f->vfs->codec, frame_number(at), f->record)) rc = SQLITE_IOERR_DATA;
  return rc;
}

static int frame_store(sealed_file *f, sqlite3_int64 at) {
  if (!goSealedSealFrame(f->vfs->codec, frame_number(at), f->record)) return SQLITE_IOERR_WRITE;
  return f->os->pMethods->xWrite(f->os, f->record, SEALED_FRAME, log_place(at));
}

/* sealed_log_flush writes a frame header that came without a page: SQLite does so when it corrects
** the checksums of a transaction that had spilled into the log (walRewriteChecksums). */
int sealed_log_flush(sealed_file *f) {
  if (!f->pending) return SQLITE_OK;
  sqlite3_int64 at = f->pending;
  f->pending = 0;
  int rc = frame_load(f, at);
  if (rc != SQLITE_OK) return rc;
  memcpy(f->record, f->header, SEALED_FRAME_HEADER);
  return frame_store(f, at);
}

static int is_zero(const unsigned char *p, int n) {
  for (int i = 0; i < n; i++)
    if (p[i]) return 0;
  return 1;
}

static int log_read_header(sealed_file *f, void *out, int n, int at) {
  int rc = sealed_read_record(f, SEALED_LOG_PREFIX, 0);
  if (rc == SQLITE_OK && is_zero(f->record, SEALED_LOG_PREFIX)) {
    /* the file grew but its first sector never reached the disk: nothing in it was synced */
    memset(out, 0, n);
    return SQLITE_OK;
  }
  if (rc == SQLITE_OK && !goSealedOpenLogHeader(f->vfs->codec, f->record)) rc = SQLITE_IOERR_DATA;
  if (rc == SQLITE_OK) memcpy(out, f->record + at, n);
  else memset(out, 0, n);
  return rc;
}

/* log_ends_here decides what a frame is that does not open while SQLite scans the log after a
** crash. The end of the log is such a frame: what the last, unacknowledged transaction left. But
** two whole transactions behind it cannot be: the first of them was synced before the second
** began. Then it is damage, and cutting the log there would lose what was acknowledged. */
static int log_ends_here(sealed_file *f, sqlite3_int64 at) {
  int commits = 0;
  for (;;) {
    at += SEALED_FRAME;
    int rc = sealed_read_record(f, SEALED_FRAME, log_place(at));
    if (rc == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (rc != SQLITE_OK) return rc;
    if (!goSealedTryFrame(f->vfs->codec, frame_number(at), f->record)) continue;
    if (!is_zero(f->record + 4, 4) && ++commits == 2) return SQLITE_IOERR_DATA;
  }
}

int sealed_log_read(sealed_file *f, void *out, int n, sqlite3_int64 at) {
  int rc = sealed_log_flush(f);
  if (rc != SQLITE_OK) return rc;
  if (at + n <= SEALED_LOG_HEADER) return log_read_header(f, out, n, (int)at);
  int in = (int)((at - SEALED_LOG_HEADER) % SEALED_FRAME);
  sqlite3_int64 first = at - in;
  if (at < SEALED_LOG_HEADER || in + n > SEALED_FRAME) return SQLITE_IOERR_READ;
  if (!f->wrote && n == SEALED_FRAME) { /* recovery, the only one to read a frame whole before any write */
    rc = sealed_read_record(f, SEALED_FRAME, log_place(first));
    if (rc == SQLITE_OK && !goSealedTryFrame(f->vfs->codec, frame_number(first), f->record)) {
      rc = log_ends_here(f, first);
      if (rc == SQLITE_IOERR_DATA) goSealedDamage(f->vfs->codec, 1, frame_number(first));
      /* noise: the checksum will not match, and SQLite ends the log here by its own rules */
      if (rc == SQLITE_OK && !goSealedRandom(out, n)) rc = SQLITE_IOERR_READ;
      return rc;
    }
  } else {
    rc = frame_load(f, first);
  }
  if (rc == SQLITE_OK) memcpy(out, f->record + in, n);
  else memset(out, 0, n);
  return rc;
}

int sealed_log_write(sealed_file *f, const void *in, int n, sqlite3_int64 at) {
  f->wrote = 1;
  if (at == 0 && n == SEALED_LOG_HEADER) { /* the log starts anew, under a new key */
    f->pending = 0;
    memcpy(f->record, in, n);
    if (!goSealedSealLogHeader(f->vfs->codec, f->record)) return SQLITE_IOERR_WRITE;
    return f->os->pMethods->xWrite(f->os, f->record, SEALED_LOG_PREFIX, 0);
  }
  if (at < SEALED_LOG_HEADER) return SQLITE_IOERR_WRITE;
  int inside = (int)((at - SEALED_LOG_HEADER) % SEALED_FRAME);
  sqlite3_int64 first = at - inside;
  int rc = SQLITE_OK;
  if (f->pending && !(inside == SEALED_FRAME_HEADER && f->pending == first)) rc = sealed_log_flush(f);
  if (rc != SQLITE_OK) return rc;
  if (inside == 0 && n == SEALED_FRAME_HEADER) {
    memcpy(f->header, in, n);
    f->pending = at;
    return SQLITE_OK;
  }
  if (inside != SEALED_FRAME_HEADER || n != SEALED_PAGE) return SQLITE_IOERR_WRITE;
  if (f->pending == first) {
    memcpy(f->record, f->header, SEALED_FRAME_HEADER);
    f->pending = 0;
  } else if ((rc = frame_load(f, first)) != SQLITE_OK) { /* a page changed twice in one transaction */
    return rc;
  }
  memcpy(f->record + SEALED_FRAME_HEADER, in, n);
  return frame_store(f, first);
}
