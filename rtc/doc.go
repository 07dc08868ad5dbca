// Package rtc is the line between two people: it turns an invite into a link, a knock into a
// call, and keeps everybody in between from reading a word of it. protocol.md is the line to
// the byte; threats.md is what it defends against, and which test tried.
//
//	guest (browser)              relay (blind)               host (this package)
//	                                  │ ◄── bundle, card ────────── Open        host.go, reach.go
//	GET, check against L ◄────────────│
//	knock ───────────────────────────►│───────────────────────► Door            door.go
//	   HPKE to the invite key; signed; a commitment to r_c
//	waiting, pin, deny ◄──────────────│◄─────────────────────── lobby
//	admit ◄───────────────────────────│◄─────────────────────── Admit
//	   HPKE to the guest's ephemeral key; signed by the pair key; r_t, TURN, policy
//	confirm: r_c ────────────────────►│───────────────────────► Call            call.go
//	   both show, and one types, six digits made of all of the above
//	offer, answer, candidates ◄──────►│◄──────────────────────► signals         peer.go
//	finished ◄════════════════ data channel ══════════════════► finished
//	   an HMAC of the transcript and both certificates; then chat, beats      outbox.go
//	   forms, answers and plans                                               handouts.go
//	sound and picture ◄═══════════════ SRTP ══════════════════► Media          tracks.go, devices.go
//	silence: an ICE restart, then a connection made anew       mend.go
//
// Who owns what:
//
//	Host     one mutex: the links that we listen to, who is at which door, the socket
//	call     one goroutine; everybody else posts to its mailbox, and never waits
//	tracks   one goroutine, because opening a device takes as long as it likes
//	posts    one goroutine calls doorsteps, in order and under no lock
//
// The rooms, each knowing only those to its right:
//
//	rtc ──► media             camera, microphone, codecs: the only cgo
//	    ──► seal ──► wire     keys; messages
//	    ──► relay             the embedded one, by home.go, and its quiet log; its own program as well
//	tests ──► hostile         a relay in the wrong hands
package rtc
