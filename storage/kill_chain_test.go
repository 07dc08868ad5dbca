package storage

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"alcove/app"
	"alcove/storage/sealed"
)

// signerEnv makes this test program sign notes in the store that it names, until it is killed.
const signerEnv = "ALCOVE_STORAGE_SIGNER"

// signerKills is how often it is killed.
const signerKills = 40

// openFixture opens a store under the key of testdata.
func openFixture(ctx context.Context, path string) (*app.Records, error) {
	key, err := sealed.NewKey(fixtureKeyBytes())
	if err != nil {
		return nil, err
	}
	s, err := sealed.Open(ctx, path, key)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, s); err != nil {
		return nil, err
	}
	return newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, key, new(stretched))), nil
}

func killedNote(n int) app.NoteID { return app.NoteID(fmt.Sprintf("K%06d", n)) }

// playSigner drafts, signs and adds to one note after the other, and says each only after the store has answered.
func playSigner() bool {
	path := os.Getenv(signerEnv)
	if path == "" {
		return false
	}
	ctx := context.Background()
	r, err := openFixture(ctx, path)
	mustSay(err)
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for n := 0; ; n++ {
		if _, err := r.Notes.Note(ctx, killedNote(n)); err == nil {
			continue // of an earlier life
		}
		note := app.Note{
			ID: killedNote(n), Client: "C1", Format: app.FormatFree, Title: "Note", Status: app.NotePreliminary, Created: at, Changed: at,
			Sections: []app.Section{{Key: "text", Text: fmt.Sprintf("%s %d", canary, n)}},
		}
		mustSay(r.Notes.SaveDraft(ctx, note))
		mustSay(r.Notes.SignNote(ctx, note.ID, app.Signature{By: "T", At: at, Hash: app.SignedHash(note, "T", at)}))
		fmt.Println(n, 0)
		mustSay(r.Notes.AddAddendum(ctx, note.ID, app.Addendum{Text: "later", By: "T", At: at}))
		fmt.Println(n, 1)
	}
}

func mustSay(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// Whatever moment it is killed in, every signature and addendum that was answered is there, and no note is signed
// without its entry in the chain, nor the other way round.
func TestKilledSignerLosesNothingAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), storeName)
	s, err := sealed.Create(t.Context(), path, fixtureKeyOf(t))
	must(t, err)
	must(t, migrate(t.Context(), s))
	r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, fixtureKeyOf(t), new(stretched)))
	fillRecords(t, r)
	must(t, r.Close())

	random := rand.New(rand.NewPCG(3, 4))
	signed, added := map[int]bool{}, map[int]bool{}
	for k := range signerKills {
		signUntilKilled(t, path, time.Duration(random.IntN(40_000))*time.Microsecond, signed, added)
		if k%5 != 4 {
			continue
		}
		r, err := openFixture(t.Context(), path)
		must(t, err)
		must(t, Check(t.Context(), r))
		for n := range signed {
			note, err := r.Notes.Note(t.Context(), killedNote(n))
			must(t, err)
			if note.Status == app.NotePreliminary || added[n] && len(note.Addenda) != 1 {
				t.Fatalf("after %d kills: note %d is %s with %d addenda", k+1, n, note.Status, len(note.Addenda))
			}
		}
		must(t, r.Close())
	}
	t.Logf("%d kills, %d signatures and %d addenda acknowledged, none lost", signerKills, len(signed), len(added))
	if len(signed) < signerKills {
		t.Errorf("only %d signatures: the kills came too early to prove anything", len(signed))
	}
}

// signUntilKilled lets a signer acknowledge something, waits, and kills it.
func signUntilKilled(t *testing.T, path string, after time.Duration, signed, added map[int]bool) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), signerEnv+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	killed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var n, step int
		if _, err := fmt.Sscan(lines.Text(), &n, &step); err != nil {
			_ = c.Process.Kill()
			_ = c.Wait()
			t.Fatalf("the signer: %s", lines.Text())
		}
		signed[n] = true
		added[n] = added[n] || step == 1
		if !killed {
			killed = true
			time.AfterFunc(after, func() { _ = c.Process.Kill() })
		}
	}
	_ = c.Wait()
}
