package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"

	"alcove/rtc/wire"
)

// gcm is the AEAD of suite 1.
func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("seal: " + err.Error()) // keys are always 32 bytes
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return a
}

func lock(key, nonce, aad, text []byte) []byte { return gcm(key).Seal(nil, nonce, text, aad) }

func unlock(key, nonce, aad, sealed []byte) ([]byte, error) {
	b, err := gcm(key).Open(nil, nonce, sealed, aad)
	if err != nil {
		return nil, ErrForged
	}
	return b, nil
}

// counter is the nonce of a numbered message: a number is used once for each key.
func counter(n uint64) []byte { return append(make([]byte, 4), wire.Uint64(n)...) }

func kem() hpke.KEM   { return hpke.DHKEM(ecdh.P256()) }
func kdf() hpke.KDF   { return hpke.HKDFSHA256() }
func aead() hpke.AEAD { return hpke.AES256GCM() }

// sealTo makes an HPKE context towards key. text is built once enc is known, because
// signatures cover it.
func sealTo(key Public, info []byte, exporter string, text func(enc []byte) ([]byte, error)) (rest, shared []byte, err error) {
	pub, err := kem().NewPublicKey(key[:])
	if err != nil {
		return nil, nil, ErrKey
	}
	enc, ctx, err := hpke.NewSender(pub, kdf(), aead(), info)
	if err != nil {
		return nil, nil, err
	}
	plain, err := text(enc)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := ctx.Seal(nil, plain)
	if err != nil {
		return nil, nil, err
	}
	shared, err = ctx.Export(string(label(exporter)), 32)
	return append(enc, sealed...), shared, err
}

// openFrom is the inverse: rest is 65 enc ‖ ciphertext.
func openFrom(key hpke.PrivateKey, info []byte, exporter string, rest []byte) (enc, text, shared []byte, err error) {
	if len(rest) < wire.PublicSize {
		return nil, nil, nil, ErrForged
	}
	enc = rest[:wire.PublicSize]
	ctx, err := hpke.NewRecipient(enc, key, kdf(), aead(), info)
	if err != nil {
		return nil, nil, nil, ErrForged
	}
	if text, err = ctx.Open(nil, rest[wire.PublicSize:]); err != nil {
		return nil, nil, nil, ErrForged
	}
	shared, err = ctx.Export(string(label(exporter)), 32)
	return enc, text, shared, err
}

// signed splits a padded 64 signature ‖ J.
func signed(padded []byte) (signature, j []byte, err error) {
	x, err := wire.Unpad(padded)
	if err != nil {
		return nil, nil, err
	}
	if len(x) < SignatureSize {
		return nil, nil, wire.ErrRefused
	}
	return x[:SignatureSize], x[SignatureSize:], nil
}
