package ui

import (
	"os"
	"strings"
)

// localZone is the IANA name of this machine's time zone, "" if it does not tell. Go calls it
// "Local", which a practice cannot keep.
func localZone() string {
	if tz := strings.TrimPrefix(os.Getenv("TZ"), ":"); strings.Contains(tz, "/") && !strings.HasPrefix(tz, "/") {
		return tz
	}
	target, err := os.Readlink("/etc/localtime")
	if err != nil {
		return ""
	}
	if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
		return name
	}
	return ""
}
