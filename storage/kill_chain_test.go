package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/measure"
	"alcove/storage/sealed"
)

// storeEnv makes this test program play an act over the store that it names, until it is killed.
const storeEnv = "ALCOVE_STORAGE_STORE"

// How often it is killed while it signs, while it records responses, and while it keeps what is being written.
const signerKills, recorderKills, writerKills = 40, 12, 12

// overStore is the part that plays an act.
func overStore(path, act string) *exec.Cmd {
	c := exec.Command(os.Args[0], act)
	c.Env = append(os.Environ(), storeEnv+"="+path)
	c.Stderr = os.Stderr
	return c
}

// playStore plays it, if this is the part.
func playStore() bool {
	path := os.Getenv(storeEnv)
	if path == "" {
		return false
	}
	r, err := openFixture(context.Background(), path)
	if err == nil {
		err = map[string]func(*app.Records) error{"sign": playSigner, "record": playRecorder, "session": playSession, "locked": playLocked, "write": playWriter}[os.Args[1]](r)
	}
	fmt.Println("failed:", err)
	return true
}

// storeToKill is a store with a client, closed.
func storeToKill(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), storeName)
	s, err := sealed.Create(t.Context(), path, fixtureKeyOf(t))
	must(t, err)
	must(t, migrate(t.Context(), s))
	r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, fixtureKeyOf(t), new(stretched)))
	must(t, r.Profile.SaveProfile(t.Context(), app.Profile{Therapist: "T", TimeZone: "UTC"}))
	fillRecords(t, r)
	must(t, r.Close())
	return path
}

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
func playSigner(r *app.Records) error {
	ctx := context.Background()
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for n := 0; ; n++ {
		if _, err := r.Notes.Note(ctx, killedNote(n)); err == nil {
			continue // of an earlier life
		}
		note := app.Note{
			ID: killedNote(n), Client: "C1", Format: app.FormatFree, Title: "Note", Status: app.NotePreliminary, Created: at, Changed: at,
			Sections: []app.Section{{Key: "text", Text: fmt.Sprintf("%s %d", canary, n)}},
		}
		if err := r.Notes.SaveDraft(ctx, note); err != nil {
			return err
		}
		if err := r.Notes.SignNote(ctx, note.ID, app.Signature{By: "T", At: at, Hash: app.SignedHash(note, "T", at)}); err != nil {
			return err
		}
		fmt.Println(n, 0)
		if err := r.Notes.AddAddendum(ctx, note.ID, app.Addendum{Text: "later", By: "T", At: at}); err != nil {
			return err
		}
		fmt.Println(n, 1)
	}
}

// Whatever moment it is killed in, every signature and addendum that was answered is there, and no note is signed
// without its entry in the chain, nor the other way round.
func TestKilledSignerLosesNothingAcknowledged(t *testing.T) {
	path := storeToKill(t)
	random := rand.New(rand.NewPCG(3, 4))
	signed, added := map[int]bool{}, map[int]bool{}
	for k := range signerKills {
		for _, line := range killed(t, overStore(path, "sign"), time.Duration(random.IntN(40_000))*time.Microsecond) {
			var n, step int
			if _, err := fmt.Sscan(line, &n, &step); err != nil {
				t.Fatalf("the signer: %s", line)
			}
			signed[n], added[n] = true, added[n] || step == 1
		}
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
	r, err := openFixture(t.Context(), path)
	must(t, err)
	defer r.Close()
	var notes, addenda int
	must(t, recordsOf(r).store.DB().QueryRow("SELECT (SELECT count(*) FROM notes WHERE status <> 'preliminary'), (SELECT count(*) FROM addenda)").Scan(&notes, &addenda))
	auditedOnce(t, r, app.ActSign, notes)
	auditedOnce(t, r, app.ActAddendum, addenda)
	t.Logf("%d kills, %d signatures and %d addenda acknowledged, none lost", signerKills, len(signed), len(added))
	if len(signed) < signerKills {
		t.Errorf("only %d signatures: the kills came too early to prove anything", len(signed))
	}
}

// playRecorder records responses that raise an alert, and says each only after the practice has answered.
func playRecorder(r *app.Records) error {
	ctx := context.Background()
	shelf, err := measure.Load(os.DirFS("../assets/measures"))
	if err != nil {
		return err
	}
	p := app.New(app.Deps{Vault: given{r}, Line: offline{}, Measures: shelf})
	if err := p.Unlock(ctx, app.NewPassphrase(nil)); err != nil {
		return err
	}
	before, err := r.Responses.ClientResponses(ctx, "C1")
	if err != nil {
		return err
	}
	for n := len(before); ; n++ {
		f := app.Filled{ID: app.ResponseID(fmt.Sprint("R", n)), Client: "C1", Measure: "phq-9", Answers: measure.Answers{1: n % 4, 9: 1 + n%3}}
		if _, err := p.RecordResponse(ctx, f); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// auditedOnce are those of an act that the audit log has; it has each once, and n of them.
func auditedOnce(t *testing.T, r *app.Records, act string, n int) map[string]bool {
	t.Helper()
	audited := map[string]bool{}
	entries := 0
	must(t, r.Audit.WalkAudit(t.Context(), app.AuditFilter{Acts: []string{act}}, func(row app.AuditRow) error {
		audited[row.About] = true
		entries++
		return nil
	}))
	if len(audited) != n || entries != n {
		t.Errorf("%s: %d in the record, %d in the audit log, %d times", act, n, len(audited), entries)
	}
	return audited
}

// Whatever moment it is killed in, every response that was answered is there, and none, answered or not, without its alert and its
// entries in the chain and in the audit log, nor one of those without the response.
func TestKilledRecorderLosesNothingAcknowledged(t *testing.T) {
	path := storeToKill(t)
	random := rand.New(rand.NewPCG(9, 10))
	recorded := map[int]bool{}
	for range recorderKills {
		for _, line := range killed(t, overStore(path, "record"), time.Duration(random.IntN(40_000))*time.Microsecond) {
			n, err := strconv.Atoi(line)
			if err != nil {
				t.Fatalf("the recorder: %s", line)
			}
			recorded[n] = true
		}
	}
	r, err := openFixture(t.Context(), path)
	must(t, err)
	defer r.Close()
	must(t, Check(t.Context(), r)) // compares the chain with the responses
	all, err := r.Responses.ClientResponses(t.Context(), "C1")
	must(t, err)
	open, err := r.Alerts.OpenAlerts(t.Context())
	must(t, err)
	there, raised := map[app.ResponseID]bool{}, map[app.ResponseID]int{}
	for _, x := range all {
		there[x.ID] = true
	}
	for _, a := range open {
		raised[a.Response]++
	}
	if len(all) != len(there) || len(raised) != len(all) || len(open) != len(all) {
		t.Errorf("%d responses, %d alerts", len(all), len(open))
	}
	audited := auditedOnce(t, r, app.ActResponse, len(all))
	auditedOnce(t, r, app.ActAlert, len(all)) // an alert has the ID of its response
	for n := range recorded {
		if id := app.ResponseID(fmt.Sprint("R", n)); !there[id] || raised[id] != 1 || !audited[string(id)] {
			t.Errorf("response %d, acknowledged: there %t, %d alerts, audited %t", n, there[id], raised[id], audited[string(id)])
		}
	}
	t.Logf("%d kills, %d responses acknowledged, %d there", recorderKills, len(recorded), len(all))
	if len(recorded) < recorderKills {
		t.Errorf("only %d: the kills came too early to prove anything", len(recorded))
	}
}

var newClient = app.Writing{Kind: app.ClientWriting}

// playWriter keeps what is typed into a new client's form, and adds the client, one after the other, and says each only after the
// store has answered.
func playWriter(r *app.Records) error {
	ctx := context.Background()
	for n := 0; ; n++ {
		id := fmt.Sprintf("W%06d", n)
		if _, err := r.Clients.Client(ctx, app.ClientID(id)); err == nil {
			continue // of an earlier life
		}
		for _, text := range []string{"half of ", ""} {
			if err := r.Writing.KeepWriting(ctx, newClient, app.Written{Text: text + id}); err != nil {
				return err
			}
			fmt.Println(n, 0)
		}
		if err := r.Clients.SaveClient(ctx, app.Client{ID: app.ClientID(id), Name: id, Status: app.ClientActive}, newClient); err != nil {
			return err
		}
		fmt.Println(n, 1)
	}
}

// Whatever moment it is killed in, what was typed last is there until its client is, and never beside them: they would be added twice.
func TestKilledWriterLosesNothingAcknowledged(t *testing.T) {
	path := storeToKill(t)
	random := rand.New(rand.NewPCG(9, 10))
	added, written := 0, 0
	for k := range writerKills {
		last, step := -1, 0
		for _, line := range killed(t, overStore(path, "write"), time.Duration(random.IntN(30_000))*time.Microsecond) {
			if _, err := fmt.Sscan(line, &last, &step); err != nil {
				t.Fatalf("the writer: %s", line)
			}
		}
		r, err := openFixture(t.Context(), path)
		must(t, err)
		id := fmt.Sprintf("W%06d", last)
		_, err = r.Clients.Client(t.Context(), app.ClientID(id))
		there := err == nil
		w, err := r.Writing.Writing(t.Context(), newClient)
		mine := err == nil && strings.HasSuffix(w.Text, id)
		if there == mine || step == 1 && !there {
			t.Fatalf("after %d kills: client %s is there: %v; being written: %q", k+1, id, there, w.Text)
		}
		added, written = added+step, written+1-step
		must(t, r.Close())
	}
	t.Logf("%d kills, %d of them after a client was added, %d while one was being written", writerKills, added, written)
	if added == 0 || written == 0 {
		t.Error("no kill fell before, or none after: this proves half of it")
	}
}
