/* The part of SQLite's public, frozen interface that a VFS needs (https://sqlite.org/c3ref/vfs.html),
** declared here because a cgo package cannot include a header of another module. The functions
** are those of the SQLite that mattn/go-sqlite3 links into the program; they are weak so that
** cgo's trial link of this package alone succeeds, and sealed_register checks that they came. */
#ifndef ALCOVE_SQLITE_ABI_H
#define ALCOVE_SQLITE_ABI_H

typedef long long sqlite3_int64;

enum {
  SQLITE_OK = 0,
  SQLITE_ERROR = 1,
  SQLITE_NOMEM = 7,
  SQLITE_READONLY = 8,
  SQLITE_NOTFOUND = 12,
  SQLITE_CANTOPEN = 14,
  SQLITE_IOERR_READ = 10 | 1 << 8,
  SQLITE_IOERR_SHORT_READ = 10 | 2 << 8,
  SQLITE_IOERR_WRITE = 10 | 3 << 8,
  SQLITE_IOERR_FSYNC = 10 | 4 << 8,
  SQLITE_IOERR_DATA = 10 | 32 << 8,

  SQLITE_OPEN_READONLY = 0x00000001,
  SQLITE_OPEN_MAIN_DB = 0x00000100,
  SQLITE_OPEN_WAL = 0x00080000,

  SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN = 0x00000800,
  SQLITE_IOCAP_POWERSAFE_OVERWRITE = 0x00001000,

  SQLITE_FCNTL_LOCKSTATE = 1,
  SQLITE_FCNTL_LAST_ERRNO = 4,
  SQLITE_FCNTL_WIN32_AV_RETRY = 9,
  SQLITE_FCNTL_PERSIST_WAL = 10,
  SQLITE_FCNTL_HAS_MOVED = 20,
  SQLITE_FCNTL_SYNC = 21,
  SQLITE_FCNTL_COMMIT_PHASETWO = 22,
  SQLITE_FCNTL_LOCK_TIMEOUT = 34,
};

typedef struct sqlite3_file sqlite3_file;
typedef struct sqlite3_vfs sqlite3_vfs;

typedef struct sqlite3_io_methods {
  int iVersion;
  int (*xClose)(sqlite3_file *);
  int (*xRead)(sqlite3_file *, void *, int n, sqlite3_int64 at);
  int (*xWrite)(sqlite3_file *, const void *, int n, sqlite3_int64 at);
  int (*xTruncate)(sqlite3_file *, sqlite3_int64 size);
  int (*xSync)(sqlite3_file *, int flags);
  int (*xFileSize)(sqlite3_file *, sqlite3_int64 *size);
  int (*xLock)(sqlite3_file *, int);
  int (*xUnlock)(sqlite3_file *, int);
  int (*xCheckReservedLock)(sqlite3_file *, int *out);
  int (*xFileControl)(sqlite3_file *, int op, void *arg);
  int (*xSectorSize)(sqlite3_file *);
  int (*xDeviceCharacteristics)(sqlite3_file *);
} sqlite3_io_methods; /* version 1: without shared memory and memory maps */

struct sqlite3_file {
  const sqlite3_io_methods *pMethods;
};

struct sqlite3_vfs {
  int iVersion;
  int szOsFile;
  int mxPathname;
  sqlite3_vfs *pNext;
  const char *zName;
  void *pAppData;
  int (*xOpen)(sqlite3_vfs *, const char *name, sqlite3_file *, int flags, int *out);
  int (*xDelete)(sqlite3_vfs *, const char *name, int sync);
  int (*xAccess)(sqlite3_vfs *, const char *name, int flags, int *out);
  int (*xFullPathname)(sqlite3_vfs *, const char *name, int n, char *out);
  void *(*xDlOpen)(sqlite3_vfs *, const char *name);
  void (*xDlError)(sqlite3_vfs *, int n, char *msg);
  void (*(*xDlSym)(sqlite3_vfs *, void *, const char *symbol))(void);
  void (*xDlClose)(sqlite3_vfs *, void *);
  int (*xRandomness)(sqlite3_vfs *, int n, char *out);
  int (*xSleep)(sqlite3_vfs *, int us);
  int (*xCurrentTime)(sqlite3_vfs *, double *);
  int (*xGetLastError)(sqlite3_vfs *, int, char *);
  int (*xCurrentTimeInt64)(sqlite3_vfs *, sqlite3_int64 *);
}; /* version 2: without replaceable system calls */

extern sqlite3_vfs *sqlite3_vfs_find(const char *name) __attribute__((weak));
extern int sqlite3_vfs_register(sqlite3_vfs *, int makeDefault) __attribute__((weak));
extern int sqlite3_vfs_unregister(sqlite3_vfs *) __attribute__((weak));

#endif
