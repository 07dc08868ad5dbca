package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"alcove/app"
)

// Outside is the disk outside the profile: what leaves the vault goes through it. It implements app.Files.
type Outside struct{}

var _ app.Files = Outside{}

// WriteFile puts what write writes at path, mode 0600: whole, or not at all. A file that is there is replaced.
func (Outside) WriteFile(ctx context.Context, path string, write func(io.Writer) error) error {
	path, err := folderOf(path)
	if err != nil {
		return err
	}
	return explainFolder(replaceBy(path, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<16)
		if err := write(b); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return err
		}
		return ctx.Err()
	}))
}

// ReadFile reads the first most bytes of a file, and one more if there is more.
func (Outside) ReadFile(ctx context.Context, path string, most int) ([]byte, error) {
	path, err := folderOf(path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path) // #nosec G304 -- the therapist named it
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: no such file", app.ErrNoFolder)
	case err != nil:
		return nil, explainFolder(err)
	}
	data, err := readAtMost(f, int64(most)+1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, explainFolder(err)
	}
	return data, ctx.Err()
}

// folderOf is path, whole, if its folder is there: app.ErrNoFolder.
func folderOf(path string) (string, error) {
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("%w: the path is not whole", app.ErrNoFolder)
	}
	switch info, err := os.Stat(filepath.Dir(path)); {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return "", fmt.Errorf("%w: no such folder", app.ErrNoFolder)
	case err != nil:
		return "", explainFolder(err)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%w: something else has that name", app.ErrNoFolder)
	}
	return filepath.Clean(path), nil
}
