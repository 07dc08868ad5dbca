package storage

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

// keyFormat is the version of the key file that this program writes.
const keyFormat = 1

// maxKeyFile bounds what is read: a key file has about a kilobyte.
const maxKeyFile = 16 << 10

// keyFile is the first line of vault.key. Nothing in it is a secret.
type keyFile struct {
	Format     int       `json:"format"`
	Vault      []byte    `json:"vault"` // 16 random bytes, which name the vault
	KDF        kdfParams `json:"kdf"`
	Device     device    `json:"device"`
	Passphrase []byte    `json:"passphrase"` // the data key, wrapped
	Recovery   recovery  `json:"recovery"`
}

// kdfParams is the cost of Argon2id, one lane (RFC 9106).
type kdfParams struct {
	Name   string `json:"name"`
	Memory uint32 `json:"memory_kib"`
	Passes uint32 `json:"passes"`
	Salt   []byte `json:"salt"`
}

// device says which entry of the keychain belongs to this wrap, and how to know it: Check tells a
// wrong device secret from a wrong passphrase, and says nothing about either.
type device struct {
	Entry string `json:"entry"`
	Check []byte `json:"check"`
}

type recovery struct {
	Salt []byte `json:"salt"`
	Wrap []byte `json:"wrap"`
}

// Bounds of Argon2id: less is a weakened file, more would only hang the program.
const (
	minMemory = 64 << 10
	maxMemory = 1 << 20
	minPasses = 3
	maxPasses = 32
)

const (
	vaultIDSize = 16
	kdfSaltSize = 16
	checkSize   = 16
	kitSaltSize = 16
	kitSize     = 20
	wrapSize    = 12 + sealed.KeySize + 16 // nonce, key, tag
)

// marshal is the file: one line of JSON, and its SHA-256 in a second. The sum is for accidents,
// so that a damaged file is not taken for a wrong passphrase; wraps are authenticated by themselves.
func (f *keyFile) marshal() ([]byte, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s\n%x\n", body, sha256.Sum256(body)), nil
}

// parseKeyFile is app.ErrDamagedKeyFile or app.ErrNewerFormat for anything that it cannot vouch for.
func parseKeyFile(b []byte) (*keyFile, error) {
	damaged := func(why string) (*keyFile, error) { return nil, fmt.Errorf("%w: %s", app.ErrDamagedKeyFile, why) }
	if len(b) > maxKeyFile {
		return damaged("too long")
	}
	body, rest, _ := bytes.Cut(b, []byte("\n"))
	sum := sha256.Sum256(body)
	if string(rest) != hex.EncodeToString(sum[:])+"\n" {
		return damaged("its checksum is wrong")
	}
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(body, &version); err != nil {
		return damaged("no JSON")
	}
	if version.Format > keyFormat {
		return nil, fmt.Errorf("%w: key file format %d", app.ErrNewerFormat, version.Format)
	}
	var f keyFile
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return damaged("not of this format")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return damaged("more than one object")
	}
	if !f.sane() {
		return damaged("a value out of bounds")
	}
	return &f, nil
}

func (f *keyFile) sane() bool {
	return f.Format == keyFormat && len(f.Vault) == vaultIDSize &&
		f.KDF.Name == "argon2id" && len(f.KDF.Salt) == kdfSaltSize &&
		f.KDF.Memory >= minMemory && f.KDF.Memory <= maxMemory &&
		f.KDF.Passes >= minPasses && f.KDF.Passes <= maxPasses &&
		f.Device.Entry != "" && len(f.Device.Entry) <= 128 && len(f.Device.Check) == checkSize &&
		len(f.Passphrase) == wrapSize &&
		len(f.Recovery.Salt) == kitSaltSize && len(f.Recovery.Wrap) == wrapSize
}

// stretched is a passphrase after Argon2id. Beside the device secret it opens the vault, so it is
// kept and wiped like a key.
type stretched struct {
	_ [0]func()
	b [32]byte
}

func (s *stretched) wipe() { clear(s.b[:]) }

// Format keeps it out of logs.
func (*stretched) Format(s fmt.State, _ rune) { fmt.Fprint(s, "stretched(…)") }

// stretch runs Argon2id. The passphrase is taken in NFC, so that the same letters typed on another
// system are the same bytes.
func (k kdfParams) stretch(p app.Passphrase) *stretched {
	typed := norm.NFC.Append(nil, p.Bytes()...)
	defer clear(typed)
	out := argon2.IDKey(typed, k.Salt, k.Passes, k.Memory, 1, 32)
	defer clear(out)
	debug.FreeOSMemory() // up to 256 MiB, which the program would keep: it never needs as much again
	s := new(stretched)
	copy(s.b[:], out)
	return s
}

// calibrate finds a cost of about target on this machine, never under 64 MiB and three passes;
// that is also the answer for no target at all.
func calibrate(target time.Duration) kdfParams {
	k := kdfParams{Name: "argon2id", Memory: minMemory, Passes: minPasses, Salt: random(kdfSaltSize)}
	if target <= 0 {
		return k
	}
	best := time.Duration(1 << 62)
	for range 2 { // the first run also waits for its memory
		start := time.Now()
		argon2.IDKey([]byte("calibrate"), k.Salt, 1, minMemory, 1, 32)
		best = min(best, time.Since(start))
	}
	passes := uint32(max(1, min(1000, target/max(best, 1)))) // #nosec G115 -- bounded; passes over 64 MiB
	k.Memory = max(minMemory, min(4*minMemory, passes/minPasses*minMemory))
	k.Passes = max(minPasses, min(maxPasses, passes/(k.Memory/minMemory)))
	return k
}

// setPassphrase wraps key under a passphrase and a device secret, both needed.
func (f *keyFile) setPassphrase(key *sealed.Key, s *stretched, secret *keychain.Secret) error {
	f.Device.Check = deviceCheck(f.Vault, secret)
	wrap, err := wrapKey(key, f.passphraseKey(s, secret), f.passphraseContext())
	f.Passphrase = wrap
	return err
}

// openPassphrase is app.ErrDeviceSecretMissing if secret is another vault's, and then
// app.ErrWrongPassphrase.
func (f *keyFile) openPassphrase(s *stretched, secret *keychain.Secret) (*sealed.Key, error) {
	if !f.knows(secret) {
		return nil, fmt.Errorf("%w: the entry is another one", app.ErrDeviceSecretMissing)
	}
	key, ok := unwrapKey(f.Passphrase, f.passphraseKey(s, secret), f.passphraseContext())
	if !ok {
		return nil, app.ErrWrongPassphrase
	}
	return key, nil
}

func (f *keyFile) knows(secret *keychain.Secret) bool {
	return hmac.Equal(f.Device.Check, deviceCheck(f.Vault, secret))
}

func (f *keyFile) passphraseKey(s *stretched, secret *keychain.Secret) []byte {
	both := append(append(make([]byte, 0, 64), s.b[:]...), secret.Bytes()...)
	defer clear(both)
	return derive(both, f.Vault, "alcove vault 1 passphrase", 32)
}

// passphraseContext ties the wrap to everything that leads to it.
func (f *keyFile) passphraseContext() string {
	return fmt.Sprintf("alcove vault 1 passphrase|%x|%s|%d|%d|%x|%s|%x", f.Vault,
		f.KDF.Name, f.KDF.Memory, f.KDF.Passes, f.KDF.Salt, f.Device.Entry, f.Device.Check)
}

func (f *keyFile) setKit(key *sealed.Key, kit app.RecoveryKit) error {
	f.Recovery.Salt = random(kitSaltSize)
	wrap, err := wrapKey(key, f.kitKey(kit), f.kitContext())
	f.Recovery.Wrap = wrap
	return err
}

func (f *keyFile) openKit(kit app.RecoveryKit) (*sealed.Key, error) {
	if len(kit.Bytes()) != kitSize {
		return nil, app.ErrWrongRecoveryKit
	}
	key, ok := unwrapKey(f.Recovery.Wrap, f.kitKey(kit), f.kitContext())
	if !ok {
		return nil, app.ErrWrongRecoveryKit
	}
	return key, nil
}

// kitKey needs no slow hash: 160 random bits cannot be guessed.
func (f *keyFile) kitKey(kit app.RecoveryKit) []byte {
	return derive(kit.Bytes(), f.Recovery.Salt, "alcove vault 1 recovery", 32)
}

func (f *keyFile) kitContext() string {
	return fmt.Sprintf("alcove vault 1 recovery|%x|%x", f.Vault, f.Recovery.Salt)
}

func deviceCheck(vault []byte, secret *keychain.Secret) []byte {
	return derive(secret.Bytes(), vault, "alcove vault 1 device check", checkSize)
}

// newEntry names a keychain entry. Every device secret has a new name, so that the old one stays
// where the old key file looks for it until the new file is safe.
func newEntry(vault []byte) string {
	return fmt.Sprintf("vault %x device %x", vault[:4], random(8))
}

func derive(secret, salt []byte, info string, n int) []byte {
	b, err := hkdf.Key(sha256.New, secret, salt, info, n)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	return b
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: it ends the program first
	return b
}

// wrapKey seals key under kek, which it wipes: nonce ‖ ciphertext ‖ tag.
func wrapKey(key *sealed.Key, kek []byte, context string) ([]byte, error) {
	defer clear(kek)
	aead, err := gcm(kek)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, key.Bytes(), []byte(context)), nil // #nosec G407 -- gcm draws a nonce of its own
}

// unwrapKey wipes kek too.
func unwrapKey(wrap, kek []byte, context string) (*sealed.Key, bool) {
	defer clear(kek)
	aead, err := gcm(kek)
	if err != nil {
		return nil, false
	}
	b, err := aead.Open(nil, nil, wrap, []byte(context))
	if err != nil {
		return nil, false
	}
	defer clear(b)
	key, err := sealed.NewKey(b)
	return key, err == nil
}

func gcm(kek []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// emptyPassphrase: app judges strength; nothing at all is refused here too.
func emptyPassphrase(p app.Passphrase) bool { return strings.TrimSpace(string(p.Bytes())) == "" }
