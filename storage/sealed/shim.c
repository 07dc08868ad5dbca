#include "shim.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

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

/* os files follow the struct at the strictest alignment */
enum { FILE_SPACE = (sizeof(sealed_file) + 15) & ~15 };

/* --- reading whole records --- */

/* read_record fills record with n bytes at the physical offset. SQLITE_IOERR_SHORT_READ means that
** the file ends before it; a record cut in the middle is damage. */
static int read_record(sealed_file *f, int n, sqlite3_int64 at) {
  int rc = f->os->pMethods->xRead(f->os, f->record, n, at);
  if (rc == SQLITE_IOERR_SHORT_READ && !f->is_log) {
    sqlite3_int64 size;
    int rs = f->os->pMethods->xFileSize(f->os, &size);
    if (rs != SQLITE_OK) return rs;
    if (size > at) {
      goSealedDamage(f->vfs->codec, 0, at / SEALED_PAGE + 1);
      return SQLITE_IOERR_DATA;
    }
  }
  return rc;
}

static int db_load(sealed_file *f, sqlite3_int64 page) {
  int rc = read_record(f, SEALED_PAGE, (page - 1) * SEALED_PAGE);
  if (rc == SQLITE_OK && !goSealedOpenPage(f->vfs->codec, page, f->record)) rc = SQLITE_IOERR_DATA;
  return rc;
}

/* at is SQLite's offset of a frame; on disk everything after the header lies further back */
static sqlite3_int64 frame_number(sqlite3_int64 at) { return (at - SEALED_LOG_HEADER) / SEALED_FRAME + 1; }
static sqlite3_int64 log_place(sqlite3_int64 at) { return at - SEALED_LOG_HEADER + SEALED_LOG_PREFIX; }

static int frame_load(sealed_file *f, sqlite3_int64 at) {
  int rc = read_record(f, SEALED_FRAME, log_place(at));
  if (rc == SQLITE_OK && !goSealedOpenFrame(f->vfs->codec, frame_number(at), f->record)) rc = SQLITE_IOERR_DATA;
  return rc;
}

static int frame_store(sealed_file *f, sqlite3_int64 at) {
  if (!goSealedSealFrame(f->vfs->codec, frame_number(at), f->record)) return SQLITE_IOERR_WRITE;
  return f->os->pMethods->xWrite(f->os, f->record, SEALED_FRAME, log_place(at));
}

/* flush_header writes a frame header that came without a page: SQLite does so when it corrects
** the checksums of a transaction that had spilled into the log (walRewriteChecksums). */
static int flush_header(sealed_file *f) {
  if (!f->pending) return SQLITE_OK;
  sqlite3_int64 at = f->pending;
  f->pending = 0;
  int rc = frame_load(f, at);
  if (rc != SQLITE_OK) return rc;
  memcpy(f->record, f->header, SEALED_FRAME_HEADER);
  return frame_store(f, at);
}

/* --- xRead --- */

/* The header that SQLite reads before it looks into the log, to learn the page size. It is the
** same for every store. Page 1 itself may be torn then, by a power cut in a checkpoint, and its
** good copy still be in the log: so it is not asked here. */
static void fill_first_header(unsigned char *out) {
  memset(out, 0, 100);
  memcpy(out, "SQLite format 3", 16);
  out[16] = SEALED_PAGE >> 8;
  out[17] = SEALED_PAGE & 255;
  out[18] = out[19] = 2; /* write-ahead log */
  out[20] = SEALED_RESERVE;
  out[21] = 64;
  out[22] = out[23] = 32;
}

static int db_read(sealed_file *f, void *out, int n, sqlite3_int64 at) {
  sqlite3_int64 page = at / SEALED_PAGE + 1;
  int in = (int)(at % SEALED_PAGE);
  if (in + n > SEALED_PAGE) return SQLITE_IOERR_READ;
  if (at == 0 && n == 100) {
    sqlite3_int64 size;
    int rc = f->os->pMethods->xFileSize(f->os, &size);
    if (rc == SQLITE_OK && size > 0) {
      fill_first_header(out);
      return SQLITE_OK;
    }
    memset(out, 0, n);
    return rc == SQLITE_OK ? SQLITE_IOERR_SHORT_READ : rc;
  }
  int rc = db_load(f, page);
  if (rc == SQLITE_OK) memcpy(out, f->record + in, n);
  else memset(out, 0, n);
  return rc;
}

static int is_zero(const unsigned char *p, int n) {
  for (int i = 0; i < n; i++)
    if (p[i]) return 0;
  return 1;
}

static int log_read_header(sealed_file *f, void *out, int n, int at) {
  int rc = read_record(f, SEALED_LOG_PREFIX, 0);
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
    int rc = read_record(f, SEALED_FRAME, log_place(at));
    if (rc == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (rc != SQLITE_OK) return rc;
    if (!goSealedTryFrame(f->vfs->codec, frame_number(at), f->record)) continue;
    if (!is_zero(f->record + 4, 4) && ++commits == 2) return SQLITE_IOERR_DATA;
  }
}

static int log_read(sealed_file *f, void *out, int n, sqlite3_int64 at) {
  int rc = flush_header(f);
  if (rc != SQLITE_OK) return rc;
  if (at + n <= SEALED_LOG_HEADER) return log_read_header(f, out, n, (int)at);
  int in = (int)((at - SEALED_LOG_HEADER) % SEALED_FRAME);
  sqlite3_int64 first = at - in;
  if (at < SEALED_LOG_HEADER || in + n > SEALED_FRAME) return SQLITE_IOERR_READ;
  if (!f->wrote && n == SEALED_FRAME) { /* recovery, the only one to read a frame whole before any write */
    rc = read_record(f, SEALED_FRAME, log_place(first));
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

static int x_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at) {
  sealed_file *f = (sealed_file *)file;
  return f->is_log ? log_read(f, out, n, at) : db_read(f, out, n, at);
}

/* --- xWrite --- */

static int db_write(sealed_file *f, const void *in, int n, sqlite3_int64 at) {
  if (n != SEALED_PAGE || at % SEALED_PAGE) return SQLITE_IOERR_WRITE;
  memcpy(f->record, in, n);
  if (!goSealedSealPage(f->vfs->codec, at / SEALED_PAGE + 1, f->record)) return SQLITE_IOERR_WRITE;
  return f->os->pMethods->xWrite(f->os, f->record, n, at);
}

static int log_write(sealed_file *f, const void *in, int n, sqlite3_int64 at) {
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
  if (f->pending && !(inside == SEALED_FRAME_HEADER && f->pending == first)) rc = flush_header(f);
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

static int x_write(sqlite3_file *file, const void *in, int n, sqlite3_int64 at) {
  sealed_file *f = (sealed_file *)file;
  if (f->vfs->broken) return SQLITE_IOERR_FSYNC;
  return f->is_log ? log_write(f, in, n, at) : db_write(f, in, n, at);
}

/* --- the other file methods --- */

static int x_truncate(sqlite3_file *file, sqlite3_int64 size) {
  sealed_file *f = (sealed_file *)file;
  int rc = f->is_log ? flush_header(f) : SQLITE_OK;
  if (rc != SQLITE_OK) return rc;
  if (f->is_log && size > 0) size = log_place(size);
  return f->os->pMethods->xTruncate(f->os, size);
}

static int x_sync(sqlite3_file *file, int flags) {
  sealed_file *f = (sealed_file *)file;
  if (f->vfs->broken) return SQLITE_IOERR_FSYNC;
  int rc = f->is_log ? flush_header(f) : SQLITE_OK;
  if (rc == SQLITE_OK) rc = f->os->pMethods->xSync(f->os, flags);
  if (rc != SQLITE_OK) f->vfs->broken = 1;
  return rc;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  sealed_file *f = (sealed_file *)file;
  int rc = f->is_log ? flush_header(f) : SQLITE_OK;
  if (rc == SQLITE_OK) rc = f->os->pMethods->xFileSize(f->os, size);
  if (rc == SQLITE_OK && f->is_log)
    *size = *size < SEALED_LOG_PREFIX ? 0 : *size - SEALED_LOG_PREFIX + SEALED_LOG_HEADER;
  return rc;
}

static int x_lock(sqlite3_file *file, int level) {
  sealed_file *f = (sealed_file *)file;
  return f->os->pMethods->xLock(f->os, level);
}

static int x_unlock(sqlite3_file *file, int level) {
  sealed_file *f = (sealed_file *)file;
  return f->os->pMethods->xUnlock(f->os, level);
}

static int x_check_reserved_lock(sqlite3_file *file, int *out) {
  sealed_file *f = (sealed_file *)file;
  return f->os->pMethods->xCheckReservedLock(f->os, out);
}

/* Only what is known to say nothing about the layout is passed on; a size hint, for one, would
** grow the file by pages without a seal. */
static int x_file_control(sqlite3_file *file, int op, void *arg) {
  sealed_file *f = (sealed_file *)file;
  switch (op) {
    case SQLITE_FCNTL_LOCKSTATE:
    case SQLITE_FCNTL_LAST_ERRNO:
    case SQLITE_FCNTL_WIN32_AV_RETRY:
    case SQLITE_FCNTL_PERSIST_WAL:
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_SYNC:
    case SQLITE_FCNTL_COMMIT_PHASETWO:
    case SQLITE_FCNTL_LOCK_TIMEOUT:
      return f->os->pMethods->xFileControl(f->os, op, arg);
  }
  return SQLITE_NOTFOUND;
}

static int x_sector_size(sqlite3_file *file) {
  sealed_file *f = (sealed_file *)file;
  return f->os->pMethods->xSectorSize(f->os);
}

/* POWERSAFE_OVERWRITE is what SQLite assumes by default; without it SQLite would pad the log with
** frames in pieces. Every claim about atomic writes is dropped. */
static int x_device_characteristics(sqlite3_file *file) {
  sealed_file *f = (sealed_file *)file;
  return (f->os->pMethods->xDeviceCharacteristics(f->os) & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) |
         SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int x_close(sqlite3_file *file) {
  sealed_file *f = (sealed_file *)file;
  if (f->is_log) f->vfs->log = NULL;
  else f->vfs->db = NULL;
  memset(f->record, 0, sizeof f->record);
  return f->os->pMethods->xClose(f->os);
}

/* Version 1: without shared memory SQLite keeps the log's index on the heap, which it does in
** exclusive locking mode alone, and refuses the log otherwise. */
static const sqlite3_io_methods methods = {
    1,      x_close,  x_read,   x_write,               x_truncate,     x_sync,        x_file_size,
    x_lock, x_unlock, x_check_reserved_lock, x_file_control, x_sector_size, x_device_characteristics,
};

/* --- the VFS --- */

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
  sealed_vfs *v = (sealed_vfs *)vfs;
  sealed_file *f = (sealed_file *)file;
  int is_log = flags & SQLITE_OPEN_WAL;
  memset(f, 0, sizeof *f);
  /* Rollback journals and temporary files would hold plaintext: there are none. */
  if (!name || !(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB))) return SQLITE_CANTOPEN;
  if (is_log ? (v->log != NULL || v->db == NULL) : v->db != NULL) return SQLITE_CANTOPEN;
  f->vfs = v;
  f->is_log = is_log != 0;
  f->os = (sqlite3_file *)((char *)file + FILE_SPACE);
  int got = 0;
  int rc = v->os->xOpen(v->os, name, f->os, flags, &got);
  if (out) *out = got;
  /* SQLite would go on with a file that it may only read, and then fail to lock it */
  if (rc == SQLITE_OK && got & SQLITE_OPEN_READONLY) rc = SQLITE_READONLY;
  if (rc == SQLITE_OK && !is_log) {
    rc = f->os->pMethods->xRead(f->os, f->record, SEALED_SALT, 0);
    if (rc == SQLITE_IOERR_SHORT_READ) {
      sqlite3_int64 size;
      rc = f->os->pMethods->xFileSize(f->os, &size);
      if (rc == SQLITE_OK && size > 0) rc = SQLITE_IOERR_DATA;
      if (rc == SQLITE_OK && !goSealedStart(v->codec, NULL)) rc = SQLITE_ERROR;
    } else if (rc == SQLITE_OK && !goSealedStart(v->codec, f->record)) {
      rc = SQLITE_ERROR;
    }
  }
  if (rc != SQLITE_OK) {
    if (f->os->pMethods) f->os->pMethods->xClose(f->os);
    return rc;
  }
  f->base.pMethods = &methods;
  if (is_log) v->log = f;
  else v->db = f;
  return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xDelete(os, name, sync);
}

/* A rollback journal is no part of this format: one that lies there is not ours and is not seen. */
static int x_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  size_t n = strlen(name);
  if (n > 8 && strcmp(name + n - 8, "-journal") == 0) {
    *out = 0;
    return SQLITE_OK;
  }
  return os->xAccess(os, name, flags, out);
}

static int x_full_pathname(sqlite3_vfs *vfs, const char *name, int n, char *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xFullPathname(os, name, n, out);
}

static void *x_dl_open(sqlite3_vfs *vfs, const char *name) { return NULL; } /* no extension is ever loaded */
static void x_dl_error(sqlite3_vfs *vfs, int n, char *msg) { if (n > 0) msg[0] = 0; }
static void (*x_dl_sym(sqlite3_vfs *vfs, void *lib, const char *symbol))(void) { return NULL; }
static void x_dl_close(sqlite3_vfs *vfs, void *lib) {}

static int x_randomness(sqlite3_vfs *vfs, int n, char *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xRandomness(os, n, out);
}

static int x_sleep(sqlite3_vfs *vfs, int us) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xSleep(os, us);
}

static int x_current_time(sqlite3_vfs *vfs, double *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xCurrentTime(os, out);
}

static int x_get_last_error(sqlite3_vfs *vfs, int n, char *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xGetLastError(os, n, out);
}

static int x_current_time_int64(sqlite3_vfs *vfs, sqlite3_int64 *out) {
  sqlite3_vfs *os = ((sealed_vfs *)vfs)->os;
  return os->xCurrentTimeInt64(os, out);
}

sealed_vfs *sealed_register(const char *name, uintptr_t codec) {
  if (!sqlite3_vfs_find || !sqlite3_vfs_register || !sqlite3_vfs_unregister) return NULL;
  sqlite3_vfs *os = sqlite3_vfs_find(NULL);
  if (!os || os->iVersion < 2) return NULL;
  size_t n = strlen(name) + 1;
  sealed_vfs *v = calloc(1, sizeof *v + n);
  if (!v) return NULL;
  v->os = os;
  v->codec = codec;
  v->base.iVersion = 2;
  v->base.szOsFile = FILE_SPACE + os->szOsFile;
  v->base.mxPathname = os->mxPathname;
  v->base.zName = memcpy(v + 1, name, n);
  v->base.xOpen = x_open;
  v->base.xDelete = x_delete;
  v->base.xAccess = x_access;
  v->base.xFullPathname = x_full_pathname;
  v->base.xDlOpen = x_dl_open;
  v->base.xDlError = x_dl_error;
  v->base.xDlSym = x_dl_sym;
  v->base.xDlClose = x_dl_close;
  v->base.xRandomness = x_randomness;
  v->base.xSleep = x_sleep;
  v->base.xCurrentTime = x_current_time;
  v->base.xGetLastError = x_get_last_error;
  v->base.xCurrentTimeInt64 = x_current_time_int64;
  if (sqlite3_vfs_register(&v->base, 0) != SQLITE_OK) {
    free(v);
    return NULL;
  }
  return v;
}

void sealed_unregister(sealed_vfs *v) {
  sqlite3_vfs_unregister(&v->base);
  free(v);
}

int sealed_in_use(sealed_vfs *v) { return v->db != NULL || v->log != NULL; }

int sealed_check_page(sealed_vfs *v, sqlite3_int64 n) {
  return v->db ? db_load(v->db, n) : SQLITE_ERROR;
}
