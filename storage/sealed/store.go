package sealed

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Store is one open sealed file.
type Store struct {
	path  string
	db    *sql.DB
	vfs   *vfs
	codec *codec
	whole chan struct{} // held by whoever reads all of the file: Check, Snapshot

	closing  sync.Once
	closeErr error
}

// Create makes a new, empty store at path; the file must not exist. The key is copied.
func Create(ctx context.Context, path string, key *Key) (*Store, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // #nosec G304 -- the profile's own path
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	s, err := open(ctx, path, key, true)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return s, nil
}

// Open opens the store at path. ErrDamaged if the key is another one: a page under it and a
// page that was tampered with look the same. Also ErrInUse, ErrReadOnly, ErrDiskFull,
// fs.ErrNotExist.
func Open(ctx context.Context, path string, key *Key) (*Store, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	if info.Size() < pageSize { // SQLite would take an emptied file for a new one
		return nil, &DamageError{Places: []uint64{1}}
	}
	return open(ctx, path, key, false)
}

func open(ctx context.Context, path string, key *Key, fresh bool) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sealed: %w", err)
	}
	s := &Store{path: path, codec: &codec{key: key.Clone()}, whole: make(chan struct{}, 1)}
	if s.vfs, err = register(s.codec); err != nil {
		s.codec.wipe()
		return nil, err
	}
	s.db = sql.OpenDB(&connector{dsn: dsn(path, s.vfs.name), fresh: fresh})
	// One connection: without shared memory only one can use the log. It is kept for good, since
	// opening it means a scan of the log.
	s.db.SetMaxOpenConns(1)
	s.db.SetMaxIdleConns(1)
	s.db.SetConnMaxLifetime(0)
	s.db.SetConnMaxIdleTime(0)
	if err := s.db.PingContext(ctx); err != nil {
		err = s.explain(err)
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// DB runs plain SQL over the store. It has one connection: read a result to its end, or close it,
// before the next query, and never query inside a transaction but through it.
func (s *Store) DB() *sql.DB { return s.db }

// Explain adds ErrDamaged, ErrDiskFull, ErrReadOnly or ErrInUse to an error that came out of DB.
func (s *Store) Explain(err error) error { return s.explain(err) }

// closePatience is how long Close waits for a query that runs; a test has less.
var closePatience = 10 * time.Second

// Close waits for the query that runs, carries the log over into the store, closes it and wipes
// the keys. They are wiped even if the query, or a transaction that somebody forgot, does not end
// in time: nothing can be read through it then, and Close returns an error. A second call does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		conn, err := s.db.Conn(ctx) // once it is ours nobody else's query runs
		if err != nil && ctx.Err() != nil {
			s.codec.wipe()
			s.closeErr = fmt.Errorf("sealed: closed under a query that does not end: %w", err)
			return
		}
		s.closeErr = s.db.Close()
		if err == nil {
			s.closeErr = errors.Join(s.closeErr, conn.Close())
		}
		s.closeErr = errors.Join(s.closeErr, s.vfs.unregister())
		s.codec.wipe()
	})
	return s.closeErr
}

// connector opens the one connection and gives it the settings that the format needs.
type connector struct {
	dsn   string
	fresh bool // a new file; only until the first connection stands
}

func (c *connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	d := &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error { return prepare(conn, c.fresh) }}
	conn, err := d.Open(c.dsn)
	if err == nil {
		c.fresh = false
	}
	return conn, err
}

// dsn never lets SQLite create the file: a store that has vanished must not come back empty. The
// locking mode stands here because the driver reads the schema before its ConnectHook runs, and
// exclusive locking must come before the first read: the log's index then lives on the heap.
func dsn(path, vfs string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := url.URL{Path: path}
	return "file://" + u.EscapedPath() + "?mode=rw&_busy_timeout=0&_locking_mode=EXCLUSIVE&_synchronous=FULL&vfs=" + vfs
}

func prepare(conn *sqlite3.SQLiteConn, fresh bool) error {
	if err := conn.SetFileControlInt("main", sqlite3.SQLITE_FCNTL_RESERVE_BYTES, reserve); err != nil {
		return err
	}
	pragmas := []string{"temp_store=MEMORY", "mmap_size=0"}
	if fresh { // the first page is written before there is a log, and journals on disk are refused
		pragmas = append(pragmas, "page_size=4096", "auto_vacuum=NONE", "journal_mode=MEMORY")
	}
	pragmas = append(pragmas,
		"journal_mode=WAL",                        // with synchronous=FULL the log is synced before a commit returns
		"fullfsync=ON", "checkpoint_fullfsync=ON", // on macOS fsync alone does not reach the disk
		"recursive_triggers=ON", // or what REPLACE deletes would go past the triggers that guard it
		"foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON", "cache_size=-16384")
	for _, p := range pragmas {
		got, err := pragma(conn, p)
		if err != nil {
			return err
		}
		if p == "journal_mode=WAL" && got != "wal" {
			return fmt.Errorf("sealed: SQLite did not open its log (%s)", got)
		}
	}
	return nil
}

// pragma runs one and returns what it answers, "" for nothing.
func pragma(conn *sqlite3.SQLiteConn, p string) (string, error) {
	rows, err := conn.Query("PRAGMA "+p, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	if len(rows.Columns()) == 0 {
		return "", nil
	}
	row := make([]driver.Value, len(rows.Columns()))
	switch err := rows.Next(row); {
	case errors.Is(err, io.EOF):
		return "", nil
	case err != nil:
		return "", err
	}
	if b, ok := row[0].([]byte); ok {
		return string(b), nil
	}
	return fmt.Sprint(row[0]), nil
}
