package storage

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"alcove/app"
	"alcove/storage/sealed"
)

// A backup is one file: a header in the clear, the key file, sealed facts, the sealed store, and a MAC over all of it.
// format.md gives every byte.
const (
	backupMagic  = "Alcove backup\r\n\x00" // the line's end tells a copy that was taken for a text
	backupFormat = 1
	backupHeader = 80
	backupMAC    = sha256.Size
	backupIDSize = 16
	maxFacts     = 1 << 20
	backupSuffix = ".alcovebackup"
	backupChunk  = 1 << 20 // of pages, read and tried at once
)

// backupHead is what a backup says without a key. Nothing of it is believed before the MAC was right.
type backupHead struct {
	schema  uint32
	vault   [vaultIDSize]byte
	id      [backupIDSize]byte
	created time.Time
	key     uint32 // bytes of the key file
	facts   uint32 // bytes of the sealed facts
	store   uint64 // bytes of the store
}

func (h *backupHead) marshal() []byte {
	b := append(make([]byte, 0, backupHeader), backupMagic...)
	b = binary.BigEndian.AppendUint32(b, backupFormat)
	b = binary.BigEndian.AppendUint32(b, h.schema)
	b = append(append(b, h.vault[:]...), h.id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(stamp(h.created))) // #nosec G115 -- its bits
	b = binary.BigEndian.AppendUint32(b, h.key)
	b = binary.BigEndian.AppendUint32(b, h.facts)
	return binary.BigEndian.AppendUint64(b, h.store)
}

// parseBackupHead is app.ErrNoBackup, app.ErrBackupCut or app.ErrNewerBackup for what it cannot read.
func parseBackupHead(b []byte) (*backupHead, error) {
	switch {
	case len(b) < len(backupMagic) || string(b[:len(backupMagic)]) != backupMagic:
		return nil, app.ErrNoBackup
	case len(b) < backupHeader:
		return nil, fmt.Errorf("%w: inside its header", app.ErrBackupCut)
	}
	b = b[len(backupMagic):]
	if format := binary.BigEndian.Uint32(b); format > backupFormat {
		return nil, fmt.Errorf("%w: format %d", app.ErrNewerBackup, format)
	}
	h := &backupHead{schema: binary.BigEndian.Uint32(b[4:])}
	copy(h.vault[:], b[8:])
	copy(h.id[:], b[24:])
	h.created = time.Unix(0, int64(binary.BigEndian.Uint64(b[40:]))).UTC() // #nosec G115 -- its bits
	h.key, h.facts, h.store = binary.BigEndian.Uint32(b[48:]), binary.BigEndian.Uint32(b[52:]), binary.BigEndian.Uint64(b[56:])
	if h.key > maxKeyFile || h.facts > maxFacts || h.store > 1<<50 || h.store == 0 || h.store%sealed.PageSize != 0 {
		return nil, fmt.Errorf("%w: its header", app.ErrBackupChanged)
	}
	return h, nil
}

// size is how long the whole file is.
func (h *backupHead) size() int64 {
	return backupHeader + int64(h.key) + int64(h.facts) + int64(h.store) + backupMAC // #nosec G115 -- bounded above
}

func (h *backupHead) file(path string, size int64) app.BackupFile {
	return app.BackupFile{
		Path: path, ID: hex.EncodeToString(h.id[:]), Vault: hex.EncodeToString(h.vault[:]),
		Made: h.created, Bytes: size, Cut: size != h.size(),
	}
}

// backupFacts are sealed: how many clients somebody has is nobody's business.
type backupFacts struct {
	Rows  map[string]int64 `json:"rows"`  // of every table
	Audit int64            `json:"audit"` // entries
	Chain []byte           `json:"chain"` // the audit log's end
}

// sealFacts seals the JSON of facts; factsOverhead is what it adds.
func sealFacts(body []byte, key *sealed.Key, id, about []byte) ([]byte, error) {
	kek := derive(key.Bytes(), id, "alcove backup 1 facts", sealed.KeySize)
	defer clear(kek)
	aead, err := gcm(kek)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, body, about), nil // #nosec G407 -- gcm draws a nonce of its own
}

func openFacts(box []byte, key *sealed.Key, id, about []byte) (f backupFacts, err error) {
	kek := derive(key.Bytes(), id, "alcove backup 1 facts", sealed.KeySize)
	defer clear(kek)
	aead, err := gcm(kek)
	if err != nil {
		return f, err
	}
	body, err := aead.Open(nil, nil, box, about)
	if err != nil {
		return f, fmt.Errorf("%w: its facts do not open", app.ErrBackupChanged)
	}
	return f, json.Unmarshal(body, &f)
}

// factsOverhead is nonce and tag.
const factsOverhead = 12 + 16

func backupMACOf(key *sealed.Key, id []byte) hash.Hash {
	k := derive(key.Bytes(), id, "alcove backup 1 mac", sha256.Size)
	defer clear(k)
	return hmac.New(sha256.New, k)
}

// backupReader is an open backup whose length is what it says. What it holds is believed once copyStore has
// returned.
type backupReader struct {
	*backupHead
	file  *os.File
	path  string
	bytes int64
	keys  *keyFile
	start []byte // header and key file as read
	box   []byte // the sealed facts
}

// openBackup reads all but the store.
func openBackup(path string) (b *backupReader, err error) {
	f, err := os.Open(path) // #nosec G304 -- the therapist's own choice
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no such file", app.ErrNoFolder)
	}
	if err != nil {
		return nil, explainFolder(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(explainFolder(err), f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, app.ErrNoBackup
	}
	start, err := readAtMost(f, backupHeader)
	if err != nil {
		return nil, err
	}
	b = &backupReader{file: f, path: path, bytes: info.Size()}
	if b.backupHead, err = parseBackupHead(start); err != nil {
		return nil, err
	}
	if b.bytes != b.size() {
		return nil, fmt.Errorf("%w: %d bytes of %d", app.ErrBackupCut, b.bytes, b.size())
	}
	rest := make([]byte, b.key+b.facts)
	if _, err := io.ReadFull(f, rest); err != nil {
		return nil, fmt.Errorf("%w: %w", app.ErrBackupCut, err)
	}
	b.start, b.box = append(start, rest[:b.key]...), rest[b.key:]
	if b.keys, err = parseKeyFile(rest[:b.key]); errors.Is(err, app.ErrNewerFormat) {
		return nil, fmt.Errorf("%w: %w", app.ErrNewerBackup, err)
	} else if err != nil {
		return nil, fmt.Errorf("%w: its key file", app.ErrBackupChanged)
	}
	if !bytes.Equal(b.keys.Vault, b.vault[:]) {
		return nil, fmt.Errorf("%w: its key file is another vault's", app.ErrBackupChanged)
	}
	return b, nil
}

func (b *backupReader) close() error { return b.file.Close() }

func (b *backupReader) described() app.BackupFile { return b.backupHead.file(b.path, b.bytes) }

// claims opens what the backup says of itself. app.ErrBackupChanged.
func (b *backupReader) claims(key *sealed.Key) (backupFacts, error) {
	return openFacts(b.box, key, b.id[:], b.start)
}

// copyStore reads the rest: it hands out the store to w, tries the seal of every page and the MAC over the whole file.
// Before it returned without an error nothing that w got is to be believed. sealed.ErrDamaged, app.ErrBackupChanged.
func (b *backupReader) copyStore(ctx context.Context, key *sealed.Key, w io.Writer, step func(n int64)) (pages int64, err error) {
	mac := backupMACOf(key, b.id[:])
	mac.Write(b.start)
	mac.Write(b.box)
	pages, err = readPages(ctx, b.file, int64(b.store), key, mac, w, step) // #nosec G115 -- bounded when parsed
	if err != nil {
		return 0, err
	}
	end := make([]byte, backupMAC)
	if _, err := io.ReadFull(b.file, end); err != nil {
		return 0, fmt.Errorf("%w: %w", app.ErrBackupCut, err)
	}
	if !hmac.Equal(end, mac.Sum(nil)) {
		return 0, fmt.Errorf("%w: its MAC", app.ErrBackupChanged)
	}
	return pages, nil
}

// readPages reads n bytes of pages from r: it tries the seal of each, and writes all of them to mac, and to w unless that is nil,
// at the same time, and reads on meanwhile. It counts the pages. sealed.ErrDamaged.
func readPages(ctx context.Context, r io.Reader, n int64, key *sealed.Key, mac hash.Hash, w io.Writer, step func(n int64)) (int64, error) {
	seals := sealed.NewPages(key)
	defer seals.Wipe()
	fill := func(buf []byte) ([]byte, error) {
		buf = buf[:min(int64(cap(buf)), n)]
		n -= int64(len(buf))
		if _, err := io.ReadFull(r, buf); err != nil {
			return nil, fmt.Errorf("%w: %w", app.ErrBackupCut, err)
		}
		return buf, nil
	}
	spare := make([]byte, backupChunk)
	part, err := fill(make([]byte, backupChunk))
	for err == nil && len(part) > 0 {
		var wg sync.WaitGroup
		var next []byte
		var readErr, sealErr, writeErr error
		wg.Go(func() { _, sealErr = seals.Write(part) })
		wg.Go(func() {
			if w != nil {
				_, writeErr = w.Write(part)
			}
			next, readErr = fill(spare)
		})
		mac.Write(part)
		wg.Wait()
		if err = errors.Join(sealErr, writeErr, ctx.Err()); err != nil {
			return 0, err
		}
		step(int64(len(part)))
		part, spare, err = next, part[:0], readErr
	}
	return seals.Count(), err
}
