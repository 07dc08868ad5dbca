// Package sealed keeps one SQLite file that says nothing to whoever has only the file. It is a
// VFS between SQLite and the operating system:
//
//	database/sql → mattn/go-sqlite3 → pager ─┬─ page n ────→ sealed page n ──→ store.db
//	                                         ├─ log frame k → sealed frame k → store.db-wal
//	                                         └─ anything else (journal, temporary file) → refused
//
// Every page and every frame of the write-ahead log is one AES-256-GCM record: flip a bit, move a
// page to another place, put a frame of an older log back, and it does not open. The log's index
// stays on the heap, so there is no -shm file, and a store has one connection, which holds it
// exclusively. ../format.md gives the format to the byte, the crash argument and what is not
// noticed.
package sealed
