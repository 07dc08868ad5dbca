package apptest

import (
	"bytes"
	"context"
	"io"
	"sync"

	"alcove/app"
)

// Files is a disk that only remembers.
type Files struct {
	mu      sync.Mutex
	written map[string][]byte
	fail    error
}

var _ app.Files = (*Files)(nil)

// NewFiles is empty.
func NewFiles() *Files { return &Files{written: map[string][]byte{}} }

// Fail lets every write answer err, until Fail(nil).
func (f *Files) Fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

// Read is what was written to path; ok is false if nothing was.
func (f *Files) Read(path string) (text string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.written[path]
	return string(b), ok
}

// Put is a file that was there before.
func (f *Files) Put(path, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written[path] = []byte(text)
}

// ReadFile reads what was written or put there.
func (f *Files) ReadFile(_ context.Context, path string, most int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.written[path]
	switch {
	case f.fail != nil:
		return nil, f.fail
	case !ok:
		return nil, app.ErrNoFolder
	}
	return bytes.Clone(b[:min(len(b), most+1)]), nil
}

// WriteFile keeps what was written, if all went well.
func (f *Files) WriteFile(ctx context.Context, path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	f.written[path] = b.Bytes()
	return ctx.Err()
}
