//go:build race

package chain

const raceDetector = true // one goroutine's arithmetic takes twenty times as long under it
