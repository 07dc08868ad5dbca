// Package hostile is a relay in the wrong hands, for tests: it stands in front of a real one and
// does to what passes whatever its meddler says. It holds no key, as the real one holds none.
//
//	page, guest ─┐                       ┌─ real relay
//	             ├─► Proxy ── meddler ──►┤
//	host ────────┘                       └─
//
// Mutator is one deed out of thirteen kinds, the same again for the same seed.
package hostile
