// Package wire is every message of the line, and the strict reading of it: no keys, no
// network, nothing that waits.
//
//	frame   u8 type ‖ rest            what passes the relay, sealed        frame.go
//	pad     u32 length ‖ x ‖ zeros    to one of four sizes                 pad.go
//	JSON    exactly the names given   one unknown, missing or doubled name
//	                                  and the message is refused           object.go
//
// A lenient reader is where two programs begin to disagree about what was said, so a message
// is either what protocol.md says or it is ErrRefused.
package wire
