// Alcove: video therapy between two people and nobody in between. main introduces the rooms to
// each other (house.go); everything that it says itself is about starting.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	fyneapp "fyne.io/fyne/v2/app"

	"alcove/app"
	"alcove/rtc"
	"alcove/ui"
)

var version = "development" // the linker's to set

func main() {
	if len(os.Args) > 1 && os.Args[1] == "verify" {
		os.Exit(verify(os.Args[2:], os.Stdout, os.Stderr))
	}
	profile := flag.String("profile", "", "`folder` of the record; several never mix (ALCOVE_PROFILE)")
	ask := flag.Bool(askFlag, false, "begin with the list of people who have a record on this computer")
	synthetic := flag.Bool("synthetic-media", false, "a moving pattern and a tone in place of camera and microphone, for demonstrations")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Println("alcove", version)
		return
	}
	dir, shared, err := profileDir(*profile)
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(ui.NewDisplay())
	again, err := run(dir, shared, *ask, *synthetic)
	if again {
		log.Println(ui.StartAgain("--" + askFlag)) // it comes back only if it failed
	}
	if again || err != nil {
		os.Exit(1)
	}
}

// askFlag shows the list also if there is one person in it.
const askFlag = "people"

// profileDir is the flag, the environment's wish, or the platform's convention, which is everybody's.
func profileDir(asked string) (dir string, shared bool, err error) {
	if asked == "" {
		asked = os.Getenv("ALCOVE_PROFILE")
	}
	if asked != "" {
		dir, err = filepath.Abs(asked)
		return dir, false, err
	}
	config, err := os.UserConfigDir()
	return filepath.Join(config, "alcove"), true, err
}

// run opens the one record that there is, or asks whose, and returns when the window is closed. What is in the way is told on
// the terminal and in a window: who clicked on an icon sees no terminal. again: somebody else wants to come in.
func run(dir string, shared, ask, synthetic bool) (again bool, err error) {
	screen, options := fyneapp.NewWithID("app.alcove"), ui.Options{Profile: dir, Chime: rtc.Chime}
	options.Home, _ = os.UserHomeDir() // a suggestion alone
	h, err := newHouse(dir, shared, synthetic)
	if err == nil && !ask {
		err = h.openTheOnly(context.Background())
	}
	if err != nil {
		log.Println(app.Explain(err))
		options.Problem = err
	}
	again = ui.Run(screen, h.people, h.practice, options)
	return again, errors.Join(err, h.leave())
}
