package storage

import (
	"errors"
	"path/filepath"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/storage/keychain"
	"alcove/storage/keychain/keychaintest"
	"alcove/storage/sealed"
)

// testKeychain is the real Secret Service of the tests' own session.
var testKeychain = keychain.OS{Service: "Alcove test"}

func TestMain(m *testing.M) {
	if !playPart() && !playStore() {
		keychaintest.Main(m)
	}
}

func pass(s string) app.Passphrase { return app.NewPassphrase([]byte(s)) }

const passphrase = "seven quiet herons at dusk"

// profile opens a profile folder with a cheap Argon2id.
func profile(t testing.TB, dir string) *Vault {
	t.Helper()
	v, err := OpenProfile(dir, testKeychain)
	if err != nil {
		t.Fatal(err)
	}
	v.kdfCost = 0
	t.Cleanup(func() { v.Close() })
	return v
}

func newVault(t testing.TB) (*Vault, *app.Records, app.RecoveryKit) {
	t.Helper()
	v := profile(t, filepath.Join(t.TempDir(), "profile"))
	r, kit, err := v.Create(t.Context(), pass(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return v, r, kit
}

// newRecordsAlone is an open store without a vault around it, for what needs no keychain.
func newRecordsAlone(t testing.TB) *app.Records {
	t.Helper()
	key := sealed.GenerateKey()
	s, err := sealed.Create(t.Context(), filepath.Join(t.TempDir(), storeName), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), s); err != nil {
		t.Fatal(errors.Join(err, s.Close()))
	}
	r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, key, new(stretched)))
	t.Cleanup(func() { r.Close() })
	return r
}

// recordsOf reaches below the stores.
func recordsOf(r *app.Records) *records { return r.Clients.(clientStore).records }

func TestStoresKeepTheContract(t *testing.T) {
	apptest.TestStores(t, func(t *testing.T) *app.Records { return newRecordsAlone(t) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pastTriggers does q to a store without its triggers, as who had the key could.
func pastTriggers(t testing.TB, r *app.Records, q string) {
	t.Helper()
	db := recordsOf(r).store.DB()
	triggers, err := list(t.Context(), db, func(row scanner) (t [2]string, err error) { err = row.Scan(&t[0], &t[1]); return t, err },
		"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	must(t, err)
	for _, trigger := range triggers {
		_, err := db.Exec("DROP TRIGGER " + trigger[0])
		must(t, err)
	}
	_, err = db.Exec(q)
	must(t, err)
	for _, trigger := range triggers {
		_, err := db.Exec(trigger[1])
		must(t, err)
	}
}

// isDamage sees that Check notices what q does.
func isDamage(t *testing.T, r *app.Records, q string) {
	t.Helper()
	pastTriggers(t, r, q)
	if err := Check(t.Context(), r); !errors.Is(err, app.ErrDamaged) {
		t.Errorf("%s: %v", q, err)
	}
}
