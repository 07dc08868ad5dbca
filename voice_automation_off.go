//go:build !automation

package main

import "alcove/rtc"

// tellVoice is nothing in what is shipped: see voice_automation.go.
func tellVoice(*rtc.Host) {}
