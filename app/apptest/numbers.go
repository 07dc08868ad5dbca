package apptest

import (
	"testing/fstest"

	"alcove/app/safety"
)

// Numbers is a directory of three countries, of which one has a region.
func Numbers() *safety.Directory {
	d, err := safety.Read(fstest.MapFS{"numbers.json": {Data: []byte(numbers)}})
	if err != nil {
		panic(err)
	}
	return d
}

const numbers = `{"checked": "2026-11", "countries": [
{"code": "US", "name": "United States", "also": ["USA"],
 "emergency": [{"name": "Emergency", "call": "911", "note": "911 reaches the caller’s own area only. From elsewhere you need the local number of the client’s police or dispatch: ask for it, and write it down."}],
 "lines": [{"name": "988 Lifeline", "call": "988", "text": "988", "hours": "day and night", "source": "988lifeline.org"},
           {"name": "Crisis Text Line", "text": "741741", "hours": "day and night", "source": "crisistextline.org"}]},
{"code": "IE", "name": "Ireland",
 "emergency": [{"name": "Emergency", "call": "112"}, {"name": "Emergency", "call": "999"}],
 "lines": [{"name": "Samaritans", "call": "116 123", "hours": "day and night", "source": "samaritans.org"}]},
{"code": "GB", "name": "United Kingdom", "also": ["UK"],
 "emergency": [{"name": "Emergency", "call": "999"}, {"name": "Emergency", "call": "112"}],
 "lines": [{"name": "Samaritans", "call": "116 123", "hours": "day and night", "source": "samaritans.org"}],
 "regions": [{"code": "SCT", "name": "Scotland", "lines": [{"name": "Breathing Space", "call": "0800 83 85 87", "source": "breathingspace.scot"}]}]}
]}`
