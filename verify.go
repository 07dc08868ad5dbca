package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"alcove/app/chain"
)

// What verify answers to the shell.
const (
	allStands  = 0
	notAll     = 1
	unreadable = 2
)

const verifyUsage = `alcove verify FILE [--key FINGERPRINT]

Says which entries of an exported record stand as they were signed, and which were altered, moved, removed or put in.
It needs no vault, no window and no network. --key is the fingerprint of the practice's key, as they gave it to you.

Exit code: 0 all stands, 1 not all stands, 2 the file could not be read.
`

// verify is the program's other life, for whoever was given a record file: it touches no profile, no keychain and
// no display. The file is a stranger's.
func verify(args []string, out, problems io.Writer) int {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	key := flags.String("key", "", "")
	file := ""
	err := flags.Parse(args)
	for err == nil && flags.NArg() > 0 { // flags may follow the file
		if file != "" {
			err = errors.New("more than one file")
			break
		}
		file = flags.Arg(0)
		err = flags.Parse(flags.Args()[1:])
	}
	if err != nil || file == "" {
		fmt.Fprint(problems, verifyUsage)
		return unreadable
	}
	text, err := readRecordFile(file)
	if err != nil {
		fmt.Fprintln(problems, "The file cannot be opened:", err)
		return unreadable
	}
	record, err := chain.Read(text)
	if err != nil {
		fmt.Fprintln(problems, chain.Explain(err))
		return unreadable
	}
	report := chain.Verify(record, *key)
	tell(out, report)
	if !report.Stands() {
		return notAll
	}
	return allStands
}

// readRecordFile reads no more than a record file may have, and one byte: chain.Read then says that it is too large.
func readRecordFile(name string) ([]byte, error) {
	f, err := os.Open(name) // #nosec G304 -- the file that was asked for
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, chain.Most+1))
}

func tell(out io.Writer, r chain.Report) {
	zone, err := time.LoadLocation(r.Facts.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	const stamp = "2 Jan 2006, 15:04 MST"
	lines := [][2]string{
		{"Client", joined(r.Facts.Name, r.Facts.Pronouns)},
		{"Kept by", joined(r.Facts.Therapist, r.Facts.Credentials, r.Facts.Practice)},
		{"Exported", r.Facts.Exported.In(zone).Format(stamp)},
		{"Key", r.Key.Fingerprint()},
	}
	for _, l := range lines {
		fmt.Fprintf(out, "%-9s %s\n", l[0], shown(l[1]))
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.StripEscape)
	for _, row := range r.Rows {
		number := ""
		if row.Seq > 0 && row.Verdict != chain.Removed {
			number = fmt.Sprint(row.Seq)
		}
		if row.Verdict == chain.Removed {
			fmt.Fprintf(table, "%s\t\t\t%s\n", number, row.Words())
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", number, row.Entry.At.In(zone).Format(stamp),
			shown(joined(row.Entry.Kind.Title(), row.Entry.By)), row.Words())
	}
	_ = table.Flush()
	if len(r.Rows) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, r.Sum())
	for _, sentence := range append(r.Notices(), counts(r)...) {
		fmt.Fprintln(out, sentence)
	}
	if r.KeyFits && !r.Asked {
		fmt.Fprintln(out, "A file can be signed by anybody: compare the key above with the one that the practice gave you by another way.")
	}
}

// counts says how many entries there are of each verdict.
func counts(r chain.Report) []string {
	if r.Stands() {
		return nil
	}
	var all []string
	for _, v := range []chain.Verdict{chain.Stands, chain.Altered, chain.Reordered, chain.Inserted, chain.Removed, chain.Unproved} {
		if n := r.Count(v); n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, strings.Replace(string(v), "stands", "stand", 1)))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return []string{"Entries: " + strings.Join(all, ", ") + "."}
}

func joined(texts ...string) string {
	var all []string
	for _, t := range texts {
		if t != "" {
			all = append(all, t)
		}
	}
	return strings.Join(all, ", ")
}

// shown keeps what a file's maker wrote from steering the terminal, or from breaking the table.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
