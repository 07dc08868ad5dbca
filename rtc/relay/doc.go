// Package relay is the blind server between the therapist's desktop (the host) and the client's browser page (the guest). The desktop embeds
// it; alcove-relay runs it on a machine of its own. It imports nothing of Alcove: what it is not given, it cannot leak.
//
//	 guest's browser                      relay                           therapist's desktop
//	┌───────────────┐   GET /j      ┌──────────────────┐   PUT, DELETE     ┌───────────────────┐
//	│ page ◄────────┼───────────────┤ the page's files │   /v1/links/{id}  │ makes the link,   │
//	│               │   GET /v1/    │ slots ◄──────────┼───────────────────┤ seals its bundle  │
//	│ opens bundle ◄┼───────────────┤   (JetStream)    │   owner token     │                   │
//	│ with the link │   links/{id}  │                  │                   │                   │
//	│               │               │ switchboard      │                   │                   │
//	│ sealed frames ◄═══════════════► (NATS subjects)  ◄═══════════════════► sealed frames      │
//	│               │  WebSocket    │                  │  one WebSocket    │                   │
//	│ media ◄═══════╪═══════════════╪═► TURN ◄═════════╪═══════════════════╪═► media           │
//	└───────────────┘  SRTP, DTLS   └──────────────────┘                   └───────────────────┘
//
// What it sees: link IDs (a hash of what the client was sent; the part that opens the bundle stays in the browser), that somebody fetched one
// and when, sizes and times of frames, and the addresses that packets come from.
//
// What it keeps, on disk, in JetStream:
//
//	slot       SHA-256 of the owner's token, expiry, and why it was closed      until expiry and 30 days
//	blob       the sealed bundle and card                                       until used, revoked or expired
//
// beside them, in the state folder, the TURN secret and its own TLS keys, readable by their owner alone. A revoked or spent blob is out of
// NATS's files before the answer (what a disk keeps in freed sectors is beyond a program); an expired one is dropped by NATS, whose files give
// the bytes up when they are next compacted.
//
// What it never keeps: frames (they pass through memory), addresses (prefixes are counted in memory, for the limits, until ten idle minutes have passed, and
// of who published until its day's allowance of bytes is whole again), tokens.
// No log line holds an address, a whole link ID or a token.
//
// A PUT or DELETE that was answered with 204 is on disk: kill -9 loses nothing. Messages between relays may be lost; then the sealed session
// notices the gap and begins anew.
//
// Why a host may not listen: "token" is not the one that claimed the slot; "unknown" was never put, or is long forgotten; "busy" is everything
// that may pass: a newer desktop took the link over, the store cannot be reached, too many links or TURN credentials. A desktop that hears "busy" for a link that it
// had been listening to has been replaced, and should not fight for it.
//
// Why a socket was closed: 1001 the relay stops (come again), 1008 a malformed frame, 1009 a frame too large, 1013 too many guests, 4001 the
// host hung up. A socket that does not read, or answers no ping, is cut without a word.
package relay
