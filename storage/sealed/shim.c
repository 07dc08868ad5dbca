#include <stdlib.h>
#include <string.h>

#include "shim_file.h"

#include "_cgo_export.h"

/* os files follow the struct at the strictest alignment */
enum { FILE_SPACE = (sizeof(sealed_file) + 15) & ~15 };

/* --- reading whole records --- */

/* sealed_read_record fills record with n bytes at the physical offset. SQLITE_IOERR_SHORT_READ means that
** the file ends before it; a record cut in the middle is damage. */
int sealed_read_record(sealed_file *f, int n, sqlite3_int64 at) {
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
  int rc = sealed_read_record(f, SEALED_PAGE, (page - 1) * SEALED_PAGE);
  if (rc == SQLITE_OK && !goSealedOpenPage(f->vfs->codec, page, f->record)) rc = SQLITE_IOERR_DATA;
  return rc;
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

static int x_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at) {
  sealed_file *f = (sealed_file *)file;
  return f->is_log ? sealed_log_read(f, out, n, at) : db_read(f, out, n, at);
}

/* --- xWrite --- */

static int db_write(sealed_file *f, const void *in, int n, sqlite3_int64 at) {
  if (n != SEALED_PAGE || at % SEALED_PAGE) return SQLITE_IOERR_WRITE;
  memcpy(f->record, in, n);
  if (!goSealedSealPage(f->vfs->codec, at / SEALED_PAGE + 1, f->record)) return SQLITE_IOERR_WRITE;
  return f->os->pMethods->xWrite(f->os, f->record, n, at);
}

static int x_write(sqlite3_file *file, const void *in, int n, sqlite3_int64 at) {
  sealed_file *f = (sealed_file *)file;
  if (f->vfs->broken) return SQLITE_IOERR_FSYNC;
  return f->is_log ? sealed_log_write(f, in, n, at) : db_write(f, in, n, at);
}

/* --- the other file methods --- */

static int x_truncate(sqlite3_file *file, sqlite3_int64 size) {
  sealed_file *f = (sealed_file *)file;
  int rc = f->is_log ? sealed_log_flush(f) : SQLITE_OK;
  if (rc != SQLITE_OK) return rc;
  if (f->is_log && size > 0) size += SEALED_LOG_PREFIX - SEALED_LOG_HEADER;
  return f->os->pMethods->xTruncate(f->os, size);
}

static int x_sync(sqlite3_file *file, int flags) {
  sealed_file *f = (sealed_file *)file;
  if (f->vfs->broken) return SQLITE_IOERR_FSYNC;
  int rc = f->is_log ? sealed_log_flush(f) : SQLITE_OK;
  if (rc == SQLITE_OK) rc = f->os->pMethods->xSync(f->os, flags);
  if (rc != SQLITE_OK) f->vfs->broken = 1;
  return rc;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  sealed_file *f = (sealed_file *)file;
  int rc = f->is_log ? sealed_log_flush(f) : SQLITE_OK;
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

int sealed_read_raw(sealed_vfs *v, void *out, int n, sqlite3_int64 at) {
  return v->db ? v->db->os->pMethods->xRead(v->db->os, out, n, at) : SQLITE_ERROR;
}
