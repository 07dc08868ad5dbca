package sealed

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// Sizes of the format, in bytes; shim.h has the same ones.
const (
	pageSize    = 4096
	reserve     = tagSize + nonceSize
	tagSize     = 16
	nonceSize   = 12
	saltSize    = 16
	frameHeader = 24
	frameSize   = frameHeader + pageSize
	logHeader   = 32
	logSalt     = 32
	logPrefix   = 96
)

// The roles of a record, first byte of what is authenticated with it.
const (
	rolePage      = 'P'
	roleFrame     = 'F'
	roleLogHeader = 'H'
)

var (
	sqliteMagic = []byte("SQLite format 3\x00")
	logMagic    = []byte("AWL1")
	noReserve   [reserve]byte
)

// codec seals and opens the records of one store.
type codec struct {
	damage atomic.Pointer[DamageError] // the first record that did not open

	mu   sync.Mutex // the connection has its own; this one is for a wipe beside it
	key  *Key       // nil once wiped: nothing is sealed or opened any more
	salt [saltSize]byte
	page cipher.AEAD // for this file
	log  cipher.AEAD // for this generation of the log; nil before its header was read or written
	ad   [9]byte
}

// start derives the page key. salt is the first bytes of the file; nil is a new file.
func (c *codec) start(salt []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == nil {
		return false
	}
	if salt == nil {
		rand.Read(c.salt[:])
	} else {
		copy(c.salt[:], salt)
	}
	c.log = nil
	c.page = c.derive(c.salt[:], "alcove store 1 page")
	return c.page != nil
}

// derive makes the AEAD of one file or one log. A random 96-bit nonce bounds a key to 2³²
// records, so each file and each generation of the log has its own.
func (c *codec) derive(salt []byte, info string) cipher.AEAD {
	sub, err := hkdf.Key(sha256.New, c.key.b[:], salt, info, KeySize)
	if err != nil {
		return nil
	}
	defer clear(sub)
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil
	}
	return aead
}

func (c *codec) deriveLog(salt []byte) {
	c.log = c.derive(salt, "alcove store 1 log "+string(c.salt[:]))
}

// wipe forgets the keys. What is left of the AES key schedules goes with the garbage.
func (c *codec) wipe() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key != nil {
		c.key.Wipe()
	}
	c.key, c.page, c.log = nil, nil, nil
}

// seal encrypts rec[from:len-28] in place; tag and nonce follow.
func (c *codec) seal(a cipher.AEAD, role byte, n uint64, rec []byte, from int) {
	end := len(rec) - reserve
	nonce := rec[end+tagSize:]
	rand.Read(nonce)
	a.Seal(rec[from:from], nonce, rec[from:end], c.about(role, n))
}

func (c *codec) open(a cipher.AEAD, role byte, n uint64, rec []byte, from int) bool {
	end := len(rec) - reserve
	nonce := rec[end+tagSize:]
	_, err := a.Open(rec[from:from], nonce, rec[from:end+tagSize], c.about(role, n))
	return err == nil
}

func (c *codec) about(role byte, n uint64) []byte {
	c.ad[0] = role
	binary.BigEndian.PutUint64(c.ad[1:], n)
	return c.ad[:]
}

// sealPage seals page n in place. It refuses a page that was not laid out for this format: its
// last bytes would be lost, and SQLite's checksums in the log with them.
func (c *codec) sealPage(n uint64, page []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.page == nil || !bytes.Equal(page[pageSize-reserve:], noReserve[:]) {
		return false
	}
	if n != 1 {
		c.seal(c.page, rolePage, n, page, 0)
		return true
	}
	if !bytes.Equal(page[:saltSize], sqliteMagic) || page[16] != pageSize>>8 || page[17] != 0 || page[20] != reserve {
		return false
	}
	c.seal(c.page, rolePage, n, page, saltSize)
	copy(page, c.salt[:])
	return true
}

// openPage opens page n in place and gives the reserved bytes back as zeros.
func (c *codec) openPage(n uint64, page []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := 0
	if n == 1 {
		from = saltSize
	}
	if c.page == nil || !c.open(c.page, rolePage, n, page, from) {
		return c.failed(false, n)
	}
	if n == 1 {
		copy(page, sqliteMagic)
	}
	clear(page[pageSize-reserve:])
	return true
}

func (c *codec) sealFrame(n uint64, frame []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.log == nil || !bytes.Equal(frame[frameSize-reserve:], noReserve[:]) {
		return false
	}
	c.seal(c.log, roleFrame, n, frame, 0)
	return true
}

func (c *codec) openFrame(n uint64, frame []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.log == nil || !c.open(c.log, roleFrame, n, frame, 0) {
		return false
	}
	clear(frame[frameSize-reserve:])
	return true
}

// sealLogHeader begins a log: rec holds SQLite's 32 bytes and has room for logPrefix. A fresh
// salt gives a fresh key, so no frame of the log before can stand in this one.
func (c *codec) sealLogHeader(rec []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == nil {
		return false
	}
	from := len(logMagic) + logSalt
	copy(rec[from:from+logHeader], rec[:logHeader])
	copy(rec, logMagic)
	rand.Read(rec[len(logMagic):from])
	c.deriveLog(rec[len(logMagic):from])
	if c.log == nil {
		return false
	}
	c.seal(c.log, roleLogHeader, 0, rec[:logPrefix], from)
	return true
}

// openLogHeader leaves SQLite's 32 bytes at the start of rec.
func (c *codec) openLogHeader(rec []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == nil || !bytes.Equal(rec[:len(logMagic)], logMagic) {
		return c.failed(true, 0)
	}
	from := len(logMagic) + logSalt
	c.deriveLog(rec[len(logMagic):from])
	if c.log == nil || !c.open(c.log, roleLogHeader, 0, rec[:logPrefix], from) {
		c.log = nil
		return c.failed(true, 0)
	}
	copy(rec, rec[from:from+logHeader])
	return true
}

// failed keeps the first damage as evidence, and is false.
func (c *codec) failed(log bool, n uint64) bool {
	c.damage.CompareAndSwap(nil, &DamageError{Log: log, Places: []uint64{n}})
	return false
}
