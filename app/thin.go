package app

import (
	"fmt"
	"time"
)

// thinRule is the rule of thinned, in words.
const thinRule = "Kept are all backups of the last 7 days, the newest of each week for 8 weeks, and the newest of each month for 24 months. The newest of all always stays."

const (
	thinDays   = 7
	thinWeeks  = 8
	thinMonths = 24
)

// thinned are the files that the rule lets go. A file that is cut is neither kept for anything nor removed: somebody should
// look at it. Nor is one from the future, where a clock was wrong.
func thinned(files []BackupFile, at time.Time, loc *time.Location) (gone []BackupFile) {
	at = at.In(loc)
	taken := map[string]bool{} // weeks and months that have theirs; files come newest first
	kept := map[string]bool{}  // by ID: a copy, or what calls itself one, does not push the backup itself out
	for _, f := range files {
		made := f.Made.In(loc)
		if f.Cut || made.After(at) {
			continue
		}
		keep, again := kept[f.ID]
		if !again {
			year, week := made.ISOWeek()
			w, m := fmt.Sprintf("week %d-%d", year, week), made.Format("month 2006-01")
			keep = len(kept) == 0 || made.After(at.AddDate(0, 0, -thinDays)) ||
				!taken[w] && made.After(at.AddDate(0, 0, -7*thinWeeks)) ||
				!taken[m] && made.After(at.AddDate(0, -thinMonths, 0))
			taken[w], taken[m], kept[f.ID] = true, true, keep
		}
		if !keep {
			gone = append(gone, f)
		}
	}
	return gone
}
