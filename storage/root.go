package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"alcove/app"
)

const (
	peopleDir  = "people"
	labelName  = "label"
	maxLabel   = 1 << 10
	maxPersons = 1000 // a bound for the search of a free number
)

var _ app.Register = (*Root)(nil)

// Root is where everybody who uses this machine keeps a record: the first person's lies in the folder itself, as it always
// did, those of others in folders of their own beneath it. Nothing is shared but the folder.
type Root struct {
	dir      string
	keychain Keychain
}

// NewRoot touches nothing yet.
func NewRoot(dir string, k Keychain) (*Root, error) {
	dir, err := filepath.Abs(dir)
	return &Root{dir, k}, err
}

// Folder is a person's own.
func (r *Root) Folder(id app.PersonID) string {
	if id == app.FirstPerson {
		return r.dir
	}
	return filepath.Join(r.dir, peopleDir, string(id))
}

// Open takes a person's folder for this process, as OpenProfile does.
func (r *Root) Open(id app.PersonID) (*Vault, error) {
	v, err := OpenProfile(r.Folder(id), r.keychain)
	if err == nil {
		v.root = r
	}
	return v, err
}

// Add takes a folder in which there is no record and that nobody holds. The label is kept when there is a record.
func (r *Root) Add(ctx context.Context, label string) (app.PersonID, *Vault, error) {
	for n := 1; n < maxPersons; n++ {
		id := app.PersonID(strconv.Itoa(n))
		if hasRecord(r.Folder(id)) || n > 1 && isOther(r.Folder(id)) {
			continue
		}
		v, err := r.Open(id)
		if errors.Is(err, app.ErrProfileInUse) {
			continue // somebody else is setting up
		}
		if err != nil {
			return "", nil, err
		}
		state, err := v.State(ctx) // under the lock
		if err == nil && state == app.VaultAbsent {
			v.newLabel = label
			return id, v, nil
		}
		if err = errors.Join(err, v.Close()); err != nil {
			return "", nil, err
		}
	}
	return "", nil, errors.New("storage: no free place")
}

// hasRecord tells whether there is a vault, or one that the next start puts back in its place (tidy).
func hasRecord(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, vaultDir))
	return !errors.Is(err, fs.ErrNotExist) || len(asides(dir)) > 0
}

// isOther tells that something is there and no folder, such as a link, whose record nobody would find in the list again.
func isOther(dir string) bool {
	info, err := os.Lstat(dir)
	return err == nil && !info.IsDir()
}

// People looks for folders, opens nothing, and takes no lock.
func (r *Root) People(ctx context.Context) (all []app.Person, err error) {
	ids, err := r.numbers()
	if err != nil {
		return nil, explain(err)
	}
	for _, id := range ids {
		if dir := r.Folder(id); hasRecord(dir) {
			all = append(all, app.Person{ID: id, Label: readLabel(dir)})
		}
	}
	return all, ctx.Err()
}

// numbers are the persons who have a folder, in order.
func (r *Root) numbers() ([]app.PersonID, error) {
	entries, err := os.ReadDir(filepath.Join(r.dir, peopleDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := []int{1}
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 1 && strconv.Itoa(n) == e.Name() && e.IsDir() {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	var ids []app.PersonID
	for _, n := range found {
		ids = append(ids, app.PersonID(strconv.Itoa(n)))
	}
	return ids, nil
}

// readLabel is "" for whatever cannot be read: the list is then of numbers, and everybody can still go in.
func readLabel(dir string) string {
	f, err := os.Open(filepath.Join(dir, vaultDir, labelName)) // #nosec G304 -- in the profile
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := readAtMost(f, maxLabel)
	if err != nil {
		return ""
	}
	return string(b)
}

// ClaimLabel locks a file of the label's own, which is empty and stays: it says no more than that somebody once wanted the label.
func (r *Root) ClaimLabel(ctx context.Context, label string) (free func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, name := filepath.Join(r.dir, peopleDir), sha256.Sum256([]byte(label))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(err)
	}
	lock, err := lockProfile(filepath.Join(dir, fmt.Sprintf("label-%x.lock", name[:8])))
	if errors.Is(err, app.ErrProfileInUse) {
		return nil, app.ErrLabelTaken
	}
	if err != nil {
		return nil, explain(err)
	}
	return func() { _ = lock.Close() }, nil // which can fail at nothing: nothing was written
}

// KeepLabel replaces the label in one step.
func (r *Root) KeepLabel(ctx context.Context, id app.PersonID, label string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir := filepath.Join(r.Folder(id), vaultDir)
	if label == "" {
		return explain(removeIfThere(filepath.Join(dir, labelName)))
	}
	return explain(replaceFile(filepath.Join(dir, labelName), []byte(label)))
}

// writeLabel puts what this person is called into a vault that is to come into their place: it goes with the vault, so that a restore keeps it and a set-up cut short leaves none.
func (v *Vault) writeLabel(staging string) error {
	label := readLabel(v.dir)
	if _, err := os.Lstat(v.path("")); errors.Is(err, fs.ErrNotExist) {
		label = v.newLabel
	}
	if label == "" {
		return removeIfThere(filepath.Join(staging, labelName))
	}
	return replaceFile(filepath.Join(staging, labelName), []byte(label))
}

// notElsewhere is app.ErrRecordElsewhere if another person of this machine has that vault.
func (v *Vault) notElsewhere(vault []byte) error {
	ids, err := v.root.numbers()
	if err != nil {
		return explain(err)
	}
	for _, id := range ids {
		dir := v.root.Folder(id)
		if dir == v.dir {
			continue
		}
		if f, err := readKeyFile(filepath.Join(dir, vaultDir)); err == nil && bytes.Equal(f.Vault, vault) {
			return app.ErrRecordElsewhere
		}
	}
	return nil
}
