// Package safety keeps a client safe at a distance: whom to call where the client is today, what
// is asked before the work starts, and the plan that client and therapist have made for a crisis.
// It only calculates.
//
//	Directory   numbers by country and region, dated; the practice's own win     numbers.go read.go
//	Checklist   what is asked at the start of every session                      checklist.go
//	Plan        six steps, one version after the other, never overwritten        plan.go
//
// Two rules stand above all others here: no emergency service is ever called by a program, and
// nothing shows how somebody could come to harm.
package safety
