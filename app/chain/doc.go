// Package chain proves that a client's record is what was signed: nothing altered, nothing taken out, nothing put
// in, nothing in another order. It calculates and does no I/O; format.md gives every byte.
//
//	entry 1 ◀─ prev ─ entry 2 ◀─ prev ─ … ◀─ prev ─ entry n ◀─ hash ─ head
//	   └ signed          └ signed                      └ signed        └ signed; there is one, the latest
//
// Every client has a chain. An Entry holds the words of what was signed and the hash of the entry before it. The
// practice's Key signs each entry, so that one that was changed is named and the others still stand, and signs the
// Head, so that the end cannot be cut off. A record file (Seal) carries all of it and the public key; Verify needs
// nothing else.
//
// The order of a chain is its numbers, never its clock: a clock that was set back is pointed out and is no fault.
package chain
