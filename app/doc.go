// Package app is the practice: its words and its rules. It does no I/O; what it needs done it
// asks of the other rooms, through interfaces that stand here, beside the code that calls them.
// Everything points at app, and app points at nothing (deps_test.go keeps it so):
//
//	               main introduces them
//	┌──────┐      ┌─────────────────────┐      ┌─────────┐
//	│  ui  │─────▶│ app      Practice   │◀─────│ storage │  Vault, Records
//	└──────┘      │                     │      └─────────┘
//	 asks, and    │ Draft ┐ each one    │      ┌─────────┐
//	 reads Next   │ Session┘ goroutine  │◀─────│   rtc   │  Line, Door, Call
//	              └─────────────────────┘      └─────────┘
//
// # Words
//
// A Client is the person, never software. An Invite is a link given to them. Who uses it knocks
// at the door (Knock), and is admitted or denied. A Session is the therapy hour, never a
// socket; the Call carries it. A Draft is a note being written; signing makes it final, and after
// that an Addendum alone changes what is read. Whatever else is typed at length is a Writing until it
// is saved as what it becomes. A SafetyPlan has versions, never overwritten; a
// Sheet is what a session writes down for safety's sake (package safety). The Vault holds it all; Lock and Unlock close
// and open it; the RecoveryKit opens it when all else is lost.
//
// A Measure is an instrument, a data file (package measure); a Response is one filled in, never
// changed, voided at most. A risk answer raises an Alert in the same write, whatever the total;
// what was done, by whom and when closes it, and nothing else does.
//
// # The life of a session
//
//	CreateInvite      link and PIN: the line listens (again after each Unlock)
//	     │
//	Knocked ──────▶ link closed, or wrong PIN? turned away; the fifth wrong PIN closes the link
//	     │
//	Knocks: who, which link, PIN right, device known, or not the one the link belongs to
//	     │
//	Admit ────────▶ a single-use link is spent, a standing one learns its device
//	     │
//	connecting ───▶ live ⇄ lost ───▶ ended, by either, or by the line
//	                  │                │
//	      code typed: │                ├▶ the record: start, end, length, modality, trust;
//	      the device  │                │  a draft note that begins with them
//	      is known    │                └▶ End leaves the room; the chat is filed if asked,
//	      from now on │                   and if the code was typed or knowingly left
//	                  └─ or GoOnUnverified: the audit log has it
//
// A Lock takes the record away and leaves the call: what a session has to write stands in its
// ledger until the vault lets it (sessionrecord.go). A failing disk is the same case: the call
// goes on, the ledger waits, SessionView.RecordProblem tells. If the app is killed in a session, the
// next Unlock finds it without an end, and makes the draft of what is known (sessioncut.go).
//
// # Who owns what
//
// The vault's stores are the truth; views are snapshots; events say what changed, never how
// (queue.go). A Draft and a Session each own one goroutine, which alone saves; everybody else
// posts to it. A knock is judged on a queue of its own, because the line must not wait for the
// store. Slow methods take a ctx and are called from a task; those that say "never blocks" may
// be called from a key press.
package app
