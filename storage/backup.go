package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"alcove/app"
	"alcove/storage/sealed"
)

// backups implements app.Backups.
type backups struct{ *records }

// partLife is how old a half-written file must be to be nobody's work any more.
const partLife = 10 * time.Minute

func (s backups) MakeBackup(ctx context.Context, dir string, report app.Progress) (app.BackupFile, error) {
	store, ok := s.store.(*sealed.Store)
	if !ok {
		return app.BackupFile{}, errors.New("storage: these records are not sealed")
	}
	dir, err := s.backupFolder(dir)
	if err != nil {
		return app.BackupFile{}, err
	}
	key, file, err := s.keys.forBackup()
	if err != nil {
		return app.BackupFile{}, err
	}
	defer key.Wipe()
	ctx, done := s.keys.while(ctx) // a lock ends it
	defer done()
	s.sweep(dir)
	w := &backupWriter{key: key, keyFile: file, report: report}
	rand := random(backupIDSize)
	copy(w.head.id[:], rand)
	part := filepath.Join(dir, fmt.Sprintf(".%s-%x.part", s.backupPrefix(), rand[:4]))
	made, err := w.write(ctx, store, part)
	if err == nil {
		made.Path = filepath.Join(dir, fmt.Sprintf("%s-%s-%x%s", s.backupPrefix(), made.Made.Format("20060102T150405Z"), rand[:4], backupSuffix))
		err = os.Rename(part, made.Path)
	}
	if err != nil {
		err = errors.Join(err, removeIfThere(part))
		return app.BackupFile{}, explainFolder(s.fail(ctx, err))
	}
	_ = syncDir(dir) // what is missing then is a name, after a power cut; not every drive can do it
	return made, nil
}

func removeIfThere(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// backupPrefix begins the name of all backups of this vault.
func (s backups) backupPrefix() string { return "alcove-" + hex.EncodeToString(s.keys.vaultID()[:4]) }

// backupFolder is the folder if backups may lie there.
func (s backups) backupFolder(dir string) (string, error) {
	dir, err := folderOf(filepath.Join(dir, "backup"))
	if err != nil {
		return "", err
	}
	dir = filepath.Dir(dir)
	inside, err := within(s.keys.vault.root.dir, dir)
	if err != nil {
		return "", explain(err)
	}
	if inside { // what takes the record away takes it away too; and nobody's copy lies among another's files
		return "", app.ErrFolderInside
	}
	return dir, nil
}

// within tells whether dir is root or lies in it, whatever links lead there.
func within(root, dir string) (bool, error) {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return false, err
	}
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

// sweep removes what a backup that was killed has left.
func (s backups) sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > partLife &&
			strings.HasPrefix(e.Name(), "."+s.backupPrefix()) && strings.HasSuffix(e.Name(), ".part") {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// backupWriter writes one backup.
type backupWriter struct {
	key     *sealed.Key
	keyFile []byte
	report  app.Progress
	head    backupHead
	start   []byte // all before the store, as written

	file *os.File
}

// write writes the file, reads it back behind the writing, and puts the MAC of what was read at its end: without it a file
// is no backup.
func (w *backupWriter) write(ctx context.Context, store *sealed.Store, path string) (made app.BackupFile, err error) {
	w.file, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // #nosec G304 -- in the therapist's own folder
	if err != nil {
		return made, err
	}
	mac, err := w.writeStore(ctx, store)
	if err == nil {
		_, err = w.file.Write(mac)
	}
	if err == nil {
		err = w.file.Sync()
	}
	return w.head.file(path, w.head.size()), errors.Join(err, w.file.Close())
}

// writeStore writes all but the MAC, which it returns. Writing and proving go on side by side, and whichever fails ends the other.
func (w *backupWriter) writeStore(ctx context.Context, store *sealed.Store) (mac []byte, err error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	behind := &trail{file: w.file, written: make(chan int64, 16)}
	var proving sync.WaitGroup
	begin := func(conn *sql.Conn, total int64) error {
		if err := w.begin(ctx, conn, total); err != nil {
			return err
		}
		proving.Go(func() {
			var err error
			if mac, err = w.prove(ctx, behind); err != nil {
				fail(err)
			}
		})
		return behind.grown(ctx, len(w.start))
	}
	err = store.Snapshot(ctx, begin, func(pages []byte) error {
		if _, err := w.file.Write(pages); err != nil {
			return err
		}
		return behind.grown(ctx, len(pages))
	})
	if err != nil {
		fail(err)
	}
	close(behind.written)
	proving.Wait()
	return mac, context.Cause(ctx)
}

// prove tries the seal of every page as it lies there now: a page that does not open is the record's own (app.ErrDamaged). The MAC is
// then over what was proved, and need not be made twice.
func (w *backupWriter) prove(ctx context.Context, r io.Reader) ([]byte, error) {
	start := make([]byte, len(w.start))
	if _, err := io.ReadFull(r, start); err != nil {
		return nil, err
	}
	if !bytes.Equal(start, w.start) {
		return nil, fmt.Errorf("%w: it reads otherwise than it was written", app.ErrBackupChanged)
	}
	mac := backupMACOf(w.key, w.head.id[:])
	mac.Write(start)
	total := int64(w.head.store) // #nosec G115 -- it was a size
	_, err := readPages(ctx, r, total, w.key, mac, nil, stepping(w.report, total))
	return mac.Sum(nil), err
}

// trail reads a file behind its writer.
type trail struct {
	file    *os.File
	at      int64
	written chan int64 // bytes more; closed after the last
	ready   int64      // bytes behind at that were written
	synced  int64      // up to here
}

// syncEvery bytes the file is synced, so that a slow drive shows in the progress and not as a wait after it.
const syncEvery = 64 << 20

// grown tells the trail of n bytes more.
func (t *trail) grown(ctx context.Context, n int) error {
	select {
	case t.written <- int64(n):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Read implements io.Reader.
func (t *trail) Read(b []byte) (int, error) {
	for t.ready == 0 {
		n, more := <-t.written
		if !more {
			return 0, io.EOF
		}
		t.ready += n
	}
	if t.at-t.synced >= syncEvery {
		if err := t.file.Sync(); err != nil {
			return 0, err
		}
		t.synced = t.at
	}
	n, err := t.file.ReadAt(b[:min(int64(len(b)), t.ready)], t.at)
	t.at += int64(n)
	t.ready -= int64(n)
	return n, err
}

// begin writes what comes before the store, in the moment that the backup is of.
func (w *backupWriter) begin(ctx context.Context, conn *sql.Conn, total int64) error {
	facts, schema, err := factsOf(ctx, conn)
	if err != nil {
		return err
	}
	f, err := parseKeyFile(w.keyFile)
	if err != nil {
		return err
	}
	body, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	copy(w.head.vault[:], f.Vault)
	w.head.schema, w.head.created = schema, time.Now().UTC()
	w.head.key, w.head.facts, w.head.store = uint32(len(w.keyFile)), uint32(len(body)+factsOverhead), uint64(total) // #nosec G115 -- small, and no size is negative
	start := append(w.head.marshal(), w.keyFile...)
	box, err := sealFacts(body, w.key, w.head.id[:], start)
	if err != nil {
		return err
	}
	w.start = append(start, box...)
	_, err = w.file.Write(w.start)
	return err
}

// factsOf counts every table, and looks up where the audit log ends.
func factsOf(ctx context.Context, q querier) (f backupFacts, schema uint32, err error) {
	f.Rows = map[string]int64{}
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&schema); err != nil {
		return f, 0, err
	}
	names, err := list(ctx, q, func(row scanner) (n string, err error) { err = row.Scan(&n); return n, err },
		"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
	if err != nil {
		return f, 0, err
	}
	for _, name := range names {
		n := int64(0)
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil { // #nosec G202 -- a name of our schema
			return f, 0, err
		}
		f.Rows[name] = n
	}
	err = q.QueryRowContext(ctx, "SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1").Scan(&f.Audit, &f.Chain)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return f, schema, err
}

// ListBackups reads what comes before the stores alone.
func (s backups) ListBackups(ctx context.Context, dir string) ([]app.BackupFile, error) {
	key, _, err := s.keys.forBackup()
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := folderOf(filepath.Join(dir, "backup")); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, explainFolder(err)
	}
	var all []app.BackupFile
	for _, e := range entries {
		if filepath.Ext(e.Name()) != backupSuffix {
			continue
		}
		if f, err := s.own(filepath.Join(dir, e.Name()), key); err == nil {
			all = append(all, f) // the others are somebody else's, or came damaged: not counted, and not touched
		}
	}
	slices.SortFunc(all, func(a, b app.BackupFile) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// own describes a backup of this vault: app.ErrNoBackup for any other. In a folder that several people write to, a header alone
// proves nothing: made up, it would stand for a week, and let the true backup of that week be thinned. The sealed facts are over
// it. A file that is cut, which counts for nothing, is believed as it is.
func (s backups) own(path string, key *sealed.Key) (app.BackupFile, error) {
	f, err := inspect(path)
	if err != nil && !errors.Is(err, app.ErrBackupCut) {
		return f, err
	}
	if f.Vault != hex.EncodeToString(s.keys.vaultID()) {
		return f, fmt.Errorf("%w: it is another vault's", app.ErrNoBackup)
	}
	if f.Cut {
		return f, nil
	}
	b, err := openBackup(path)
	if err != nil {
		return f, err
	}
	defer b.close()
	_, err = openFacts(b.box, key, b.id[:], b.start)
	return b.described(), err
}

// inspect reads a backup's header. A file that is cut is described all the same, if its header is whole.
func inspect(path string) (app.BackupFile, error) {
	f, err := os.Open(path) // #nosec G304 -- the therapist's own choice
	if errors.Is(err, fs.ErrNotExist) {
		return app.BackupFile{}, fmt.Errorf("%w: no such file", app.ErrNoFolder)
	}
	if err != nil {
		return app.BackupFile{}, explainFolder(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return app.BackupFile{}, explainFolder(err)
	}
	if !info.Mode().IsRegular() {
		return app.BackupFile{}, app.ErrNoBackup
	}
	start, err := readAtMost(f, backupHeader)
	if err != nil {
		return app.BackupFile{}, explain(err)
	}
	h, err := parseBackupHead(start)
	if err != nil {
		return app.BackupFile{}, err
	}
	made := h.file(path, info.Size())
	if made.Cut {
		err = app.ErrBackupCut
	}
	return made, err
}

// RemoveBackup removes a file if it is still the backup that f says, and this vault's.
func (s backups) RemoveBackup(ctx context.Context, f app.BackupFile) error {
	key, _, err := s.keys.forBackup()
	if err != nil {
		return err
	}
	defer key.Wipe()
	if err := ctx.Err(); err != nil {
		return err
	}
	now, err := s.own(f.Path, key)
	if err != nil {
		return err
	}
	if now.ID != f.ID {
		return app.ErrNotFound
	}
	return explainFolder(os.Remove(f.Path))
}
