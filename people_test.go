//go:build linux

package main_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two people set up on one machine, with real stores, keyring and windows: each opens their own alone, and nothing of the first
// is left in the process in which the second works.
func TestTwoPeopleOnOneMachine(t *testing.T) {
	m := newMachine(t)
	root := m.path("home/.config/alcove")
	const maren, zoe = "Maren Quillfeather", "Zoe Brambletoe"
	d := openDesk(m, "")
	d.setUp(maren, "eleven grey geese over the lake")
	if !d.remembers(maren) {
		t.Fatal("the open record is not found in memory: this test proves nothing")
	}
	d.press("Lock")
	d.press("Someone else on this computer")
	d.startsAgain()
	d.reads("Person 1")
	d.notReads("Maren") // she did not say that others may read her name
	if d.remembers(maren) {
		t.Error("something of the first record is in the second's memory")
	}

	d.press("Someone else on this computer")
	d.fill("Name in the list", "Z. K.")
	d.press("Continue")
	d.setUp(zoe, "forty brown hares in the rye")
	d.press("Settings")
	d.press("Line")
	d.press("Local network")
	d.reads("used from the next start")
	hers, his := filepath.Join(root, "relay", "choice.json"), filepath.Join(root, "people", "2", "relay", "choice.json")
	if exists(hers) || !exists(his) {
		t.Errorf("the relay was chosen for the first: %t; for the second: %t", exists(hers), exists(his))
	}
	d.kill()

	d = openDesk(m, "")
	d.reads("Person 1")
	d.press("Z. K.")
	second := launch(m, "second", nil, "--profile", filepath.Join(root, "people", "2"))
	m.until("the second start says so", func() bool { return second.said("already running") })
	second.kill()
	d.fill("Passphrase", "eleven grey geese over the lake")
	d.press("Unlock")
	d.reads("does not open the vault")
	d.fill("Passphrase", "forty brown hares in the rye")
	d.press("Unlock")
	d.reads("Welcome, " + zoe)
	d.press("Lock")
	d.press("Someone else on this computer")
	d.startsAgain()
	d.press("Person 1")
	d.fill("Passphrase", "forty brown hares in the rye") // and then goes away, as if nothing had been
	d.press("Unlock")
	d.reads("does not open the vault")
	d.press("Someone else on this computer")
	d.startsAgain()
	d.press("Person 1")
	d.fill("Passphrase", "eleven grey geese over the lake")
	d.press("Unlock")
	d.reads("Welcome, " + maren)
	if d.remembers(zoe) {
		t.Error("something of the second record is in the first's memory")
	}
	d.press("Settings")
	d.press("Security")
	d.press("Open audit log")
	d.reads("Unlock refused, wrong passphrase")
}

// setUp sets somebody up.
func (d *desk) setUp(name, passphrase string) {
	d.m.t.Helper()
	d.press("Set up a new practice")
	d.fill("Your name", name)
	d.press("Continue")
	d.fill("New passphrase", passphrase)
	d.fill("The same once more", passphrase)
	d.press("Create the vault")
	groups := d.kit()
	d.fill("Group 3", groups[2])
	d.fill(fmt.Sprintf("Group %d", len(groups)-1), groups[len(groups)-2])
	d.press("Finish")
	d.reads("Welcome, " + name)
}

// remembers tells whether text is anywhere in the program's memory.
func (d *desk) remembers(text string) bool {
	d.m.t.Helper()
	proc := fmt.Sprintf("/proc/%d/", d.process.cmd.Process.Pid)
	maps, err := os.ReadFile(proc + "maps")
	if err != nil {
		d.m.t.Fatal(err)
	}
	mem, err := os.Open(proc + "mem")
	if err != nil {
		d.m.t.Fatal(err)
	}
	defer mem.Close()
	read := 0
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") {
			continue
		}
		part := make([]byte, min(to-from, 256<<20))
		n, _ := mem.ReadAt(part, from) // what is not there reads as an error
		if read += n; bytes.Contains(part[:n], []byte(text)) {
			return true
		}
	}
	if read < 1<<20 {
		d.m.t.Fatalf("only %d bytes of memory could be read", read)
	}
	return false
}
