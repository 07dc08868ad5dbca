// Package seal is the cryptography of the line: a link, a knock, an admit, and from them the
// keys of one session. It knows nothing of sockets, and every step is in protocol.md to the
// byte.
//
//	link    L = SHA-256(B)                 commits to the bundle; the relay learns linkID only
//	knock   HPKE to the invite key         ss1, signed by the guest's key
//	admit   HPKE to the guest's ephemeral  ss2, signed by the pair key that L commits to
//	SS      HKDF-Extract(L, ss1 ‖ ss2)     one key for each purpose, bound to the transcript
//	confirm opens the commitment to r_c, so that neither side could choose the six digits
//
// L is a secret that the relay never has, mixed into every key: whoever records everything
// today and breaks elliptic curves later still lacks it.
//
// Secrets have types that print as "[secret]" and cannot be compared with ==. They are wiped
// as soon as protocol.md allows. What crypto/hpke and crypto/ecdsa hold inside cannot be wiped
// from here; it is dropped, for the garbage collector.
package seal
