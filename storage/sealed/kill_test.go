package sealed

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// kills is how often the writer is killed while it saves.
const kills = 220

// childEnv tells a process of this test program which part it plays, instead of running tests.
const childEnv = "ALCOVE_SEALED_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "writer":
		writer(os.Args[1], os.Args[2])
	case "filler":
		filler(os.Args[1], os.Args[2])
	case "reader":
		reader(os.Args[1], os.Args[2])
	}
}

func childKey(text string) *Key {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	key, err := NewKey(b)
	if err != nil {
		panic(err)
	}
	return key
}

// writer commits rows until it is killed, and says each one on its standard output only after
// Commit has returned. The sizes vary, so that kills fall into single frames, into long
// transactions and into checkpoints.
func writer(path, key string) {
	s, err := Open(context.Background(), path, childKey(key))
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	next := 0
	if err := s.DB().QueryRow("SELECT coalesce(max(id), 0) + 1 FROM t").Scan(&next); err != nil {
		fmt.Println("max:", err)
		os.Exit(1)
	}
	if _, err := s.DB().Exec("PRAGMA wal_autocheckpoint=60"); err != nil { // checkpoints all the time
		fmt.Println("autocheckpoint:", err)
		os.Exit(1)
	}
	for ; ; next++ {
		v := strings.Repeat(fmt.Sprintf("%s %d ", canary, next), 1+next%400)
		if _, err := s.DB().Exec("INSERT INTO t (id, v) VALUES (?, ?)", next, v); err != nil {
			fmt.Println("insert:", err)
			os.Exit(1)
		}
		fmt.Println(next)
	}
}

func child(t *testing.T, part, path string, key *Key) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], path, hex.EncodeToString(key.Bytes()))
	c.Env = append(os.Environ(), childEnv+"="+part)
	c.Stderr = os.Stderr
	return c
}

func TestKilledWriterLosesNothingAcknowledged(t *testing.T) {
	s, path, key := create(t)
	run(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)")
	s.Close()
	r := rand.New(rand.NewPCG(9, 10))
	acknowledged, written := 0, 0
	for k := range kills {
		last := killOne(t, child(t, "writer", path, key), time.Duration(r.IntN(8000))*time.Microsecond)
		if last > acknowledged {
			written += last - acknowledged
			acknowledged = last
		}
		if k%10 != 9 {
			continue // the next writer opens what this kill left
		}
		s := reopen(t, path, key)
		n := count(t, s, "SELECT count(*) FROM t")
		top := count(t, s, "SELECT coalesce(max(id), 0) FROM t")
		if n != top || top < acknowledged {
			t.Fatalf("after %d kills: %d rows up to %d, acknowledged %d", k+1, n, top, acknowledged)
		}
		bad := count(t, s, fmt.Sprintf("SELECT count(*) FROM t WHERE instr(v, '%s ' || id || ' ') != 1", canary))
		if bad != 0 {
			t.Fatalf("after %d kills: %d rows are not what was written", k+1, bad)
		}
		if err := s.Check(t.Context(), nil); err != nil {
			t.Fatalf("after %d kills: %v", k+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d acknowledged commits, none lost", kills, written)
	if written < kills {
		t.Errorf("only %d commits in %d kills: the kills came too early to prove anything", written, kills)
	}
}

// killOne lets the writer acknowledge one row, waits a while and kills it. The result is the last
// row it acknowledged.
func killOne(t *testing.T, c *exec.Cmd, after time.Duration) (last int) {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for killed := false; lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			c.Process.Kill()
			c.Wait()
			t.Fatalf("the writer: %s", lines.Text())
		}
		last = n
		if !killed {
			killed = true
			time.AfterFunc(after, func() { c.Process.Kill() })
		}
	}
	c.Wait()
	return last
}
