package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"testing"

	"alcove/rtc/wire"
)

// fixedHPKE is the sender of RFC 9180, section 5.1.1, with an ephemeral key of our choice:
// crypto/hpke rightly offers no such thing, and vectors need it. That crypto/hpke opens what
// it seals is a check of both.
type fixedHPKE struct{ enc, key, nonce, exporter []byte }

func newFixedHPKE(t testing.TB, ephemeral *ecdh.PrivateKey, to Public, info []byte) fixedHPKE {
	t.Helper()
	pub, err := ecdh.P256().NewPublicKey(to[:])
	if err != nil {
		t.Fatal(err)
	}
	dh, err := ephemeral.ECDH(pub)
	if err != nil {
		t.Fatal(err)
	}
	extract := func(suite, salt []byte, name string, ikm []byte) []byte {
		b, err := hkdf.Extract(sha256.New, join([]byte("HPKE-v1"), suite, []byte(name), ikm), salt)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	expand := func(suite, prk []byte, name string, info []byte, n int) []byte {
		b, err := hkdf.Expand(sha256.New, prk, string(join([]byte{0, byte(n)}, []byte("HPKE-v1"), suite, []byte(name), info)), n)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	k := []byte("KEM\x00\x10")
	s := []byte("HPKE\x00\x10\x00\x01\x00\x02")
	enc := ephemeral.PublicKey().Bytes()
	shared := expand(k, extract(k, nil, "eae_prk", dh), "shared_secret", join(enc, to[:]), 32)
	context := join([]byte{0}, extract(s, nil, "psk_id_hash", nil), extract(s, nil, "info_hash", info))
	prk := extract(s, shared, "secret", nil)
	return fixedHPKE{enc, expand(s, prk, "key", context, 32), expand(s, prk, "base_nonce", context, 12), expand(s, prk, "exp", context, 32)}
}

func (h fixedHPKE) seal(t testing.TB, text []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(h.key)
	if err != nil {
		t.Fatal(err)
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return append(append([]byte(nil), h.enc...), a.Seal(nil, h.nonce, text, nil)...)
}

func (h fixedHPKE) export(t testing.TB, name string) []byte {
	t.Helper()
	b, err := hkdf.Expand(sha256.New, h.exporter, string(join([]byte{0, 32}, []byte("HPKE-v1HPKE\x00\x10\x00\x01\x00\x02sec"), label(name))), 32)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFixedHPKEIsHPKE(t *testing.T) {
	to, err := kem().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	ephemeral, err := ecdh.P256().NewPrivateKey(seed("ephemeral"))
	if err != nil {
		t.Fatal(err)
	}
	h := newFixedHPKE(t, ephemeral, Public(to.PublicKey().Bytes()), label("knock"))
	rest := h.seal(t, []byte("hello"))
	_, text, shared, err := openFrom(to, label("knock"), "ss1", rest)
	if err != nil || string(text) != "hello" {
		t.Fatalf("crypto/hpke opened %q, %v", text, err)
	}
	if string(shared) != string(h.export(t, "ss1")) {
		t.Error("the exports differ")
	}
	if len(rest) != wire.PublicSize+5+wire.TagSize {
		t.Errorf("%d bytes", len(rest))
	}
}
