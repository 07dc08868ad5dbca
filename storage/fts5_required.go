//go:build !sqlite_fts5

package storage

// The full-text index needs SQLite's FTS5, which the driver compiles in only with this tag. The
// Makefile sets it; by hand: go build -tags sqlite_fts5
var _ = build_with_the_tag_sqlite_fts5
