// Package storage keeps the practice's records: one sealed file, the key file that opens it, and
// the stores that app asks for.
//
//	profile/            0700, one Alcove at a time
//	├─ lock             held while the program runs
//	├─ tries            unlocks that were refused, till they are in the audit log: plain
//	├─ vault/           made elsewhere and moved here whole: it is there entirely or not at all
//	│  ├─ vault.key     the data key, wrapped twice; replaced in one step
//	│  ├─ label         what this person is called in the list, if they said so: plain
//	│  └─ store.db      pages sealed under it; store.db-wal beside it while open
//	└─ people/2/ …      a profile like this for each further person (root.go); nothing is shared
//	elsewhere/*.alcovebackup    header, key file, the sealed pages of one moment, a MAC over all
//
//	passphrase ─→ Argon2id ─┐
//	                        ├─→ HKDF ─→ unwraps ─┐
//	keychain ─→ 32 bytes ───┘                    ├─→ data key ─→ sealed.Store ─→ SQL, FTS5
//	recovery kit, 160 bits ─→ HKDF ─→ unwraps ───┘
//
// What is signed enters its client's chain (app/chain) in the transaction that signs it: enter, in
// chain.go, is the one way in.
//
// No fallback keeps a secret in plain text, and nothing here is overwritten in place. format.md
// gives every byte and the reasons.
package storage
