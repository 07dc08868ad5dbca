//go:build unix

package sealed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// filler writes until its file-size limit stops it, then goes on reading, and says how it went.
func filler(path, key string) {
	signal.Ignore(syscall.SIGXFSZ) // the write then fails with EFBIG
	const room = 600 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: room, Max: room}); err != nil {
		fmt.Println("limit:", err)
		os.Exit(1)
	}
	s, err := Open(context.Background(), path, childKey(key))
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	rows := 0
	for {
		_, err = s.DB().Exec("INSERT INTO t (v) VALUES (?)", strings.Repeat("full ", 2000))
		if err != nil {
			break
		}
		rows++
	}
	var n int
	readable := s.DB().QueryRow("SELECT count(*) FROM t").Scan(&n) == nil
	fmt.Println(errors.Is(s.Explain(err), ErrDiskFull), readable && n == rows, rows > 5)
}

func TestFullDisk(t *testing.T) {
	s, path, key := create(t)
	run(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)")
	s.Close()
	out, err := child(t, "filler", path, key).Output()
	if err != nil || string(out) != "true true true\n" {
		t.Fatalf("disk full, still readable, rows written: %s (%v)", out, err)
	}
	s = reopen(t, path, key)
	if n := count(t, s, "SELECT count(*) FROM t"); n < 5 {
		t.Errorf("%d rows after the disk was full", n)
	}
	run(t, s, "INSERT INTO t (v) VALUES ('room again')")
	if err := s.Check(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// reader tries to write where it may not, and says what it was told.
func reader(path, key string) {
	s, err := Open(context.Background(), path, childKey(key))
	if err == nil {
		_, err = s.DB().Exec("INSERT INTO t (v) VALUES ('x')")
		err = s.Explain(err)
	}
	fmt.Println(errors.Is(err, ErrReadOnly), err)
}

// nobody is a user without rights: root could write anywhere.
const nobody = 65534

func TestReadOnlyFile(t *testing.T)   { testReadOnly(t, 0o400, 0o755) }
func TestReadOnlyFolder(t *testing.T) { testReadOnly(t, 0o600, 0o555) }

func testReadOnly(t *testing.T, file, folder os.FileMode) {
	s, path, key := create(t)
	run(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)")
	s.Close()
	dir := filepath.Dir(path)
	c := child(t, "reader", path, key)
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		for p := dir; len(p) > len(os.TempDir()); p = filepath.Dir(p) {
			if err := os.Chmod(p, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		c.Path = filepath.Join(dir, "program") // the build's own folder is closed to others
		if err := os.Link(os.Args[0], c.Path); err != nil {
			b, err := os.ReadFile(os.Args[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.Path, b, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	before := read(t, path)
	for _, m := range []struct {
		path string
		mode os.FileMode
	}{{path, file}, {dir, folder}} {
		if err := os.Chmod(m.path, m.mode); err != nil {
			t.Fatal(err)
		}
	}
	out, err := c.Output()
	os.Chmod(dir, 0o755)
	if err != nil || !strings.HasPrefix(string(out), "true ") {
		t.Fatalf("%s (%v)", out, err)
	}
	if string(read(t, path)) != string(before) {
		t.Error("the file changed")
	}
}
