// Package rtc is the line between two people: it turns an invite into a link, a knock into a
// call, and keeps everybody in between from reading a word of it.
//
// protocol.md is the line to the byte; threats.md is what it defends against, and which test
// tried.
package rtc
