// Package ui is the therapist's window.
//
//	app ── Next ──▶ follow.go ──▶ screens ──▶ widget/ ──▶ look/
//	app ◀── run ─── task.go  ◀── what the therapist does
//
// It holds no rule: a view says what may be done (CanSign, CanAdd, CanFile), Explain says what
// went wrong. Screens keep value snapshots; an event says what changed, and the screen that shows
// it reads it again.
//
// Two laws keep it honest, and a test keeps the laws. Only follow.go and task.go start a
// goroutine, ask the time or name fyne.Do. And whatever shows a record lives in the scope that
// ends with a lock: its work is called off, its result dropped, its widgets let go.
//
// One file is one screen; people, setup, unlock, recover and problem fill the window, the others stand
// in the shell beside the rail.
package ui
