// Alcove: video therapy between two people and nobody in between. main introduces the rooms to
// each other; everything that it says itself is about starting.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	fyneapp "fyne.io/fyne/v2/app"

	"alcove/app"
	"alcove/app/measure"
	"alcove/app/safety"
	"alcove/assets"
	"alcove/rtc"
	"alcove/storage"
	"alcove/storage/keychain"
	"alcove/ui"
	"alcove/ui/away"
)

var version = "development" // the linker's to set

func main() {
	if len(os.Args) > 1 && os.Args[1] == "verify" {
		os.Exit(verify(os.Args[2:], os.Stdout, os.Stderr))
	}
	profile := flag.String("profile", "", "`folder` of the record; several never mix (ALCOVE_PROFILE)")
	synthetic := flag.Bool("synthetic-media", false, "a moving pattern and a tone in place of camera and microphone, for demonstrations")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Println("alcove", version)
		return
	}
	dir, err := profileDir(*profile)
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(ui.NewDisplay())
	if err := run(dir, *synthetic); err != nil {
		os.Exit(1)
	}
}

// profileDir is the flag, the environment's wish, or the platform's convention.
func profileDir(asked string) (string, error) {
	if asked == "" {
		asked = os.Getenv("ALCOVE_PROFILE")
	}
	if asked != "" {
		return filepath.Abs(asked)
	}
	config, err := os.UserConfigDir()
	return filepath.Join(config, "alcove"), err
}

// run opens the profile and the window, and returns when the window is closed. What is in the way
// is told on the terminal and in a window: who clicked on an icon sees no terminal.
func run(dir string, synthetic bool) error {
	screen, options := fyneapp.NewWithID("app.alcove"), ui.Options{Profile: dir}
	options.Home, _ = os.UserHomeDir() // a suggestion alone
	vault, err := storage.OpenProfile(dir, keychain.OS{})
	if err != nil {
		log.Println(app.Explain(err))
		options.Problem = err
		ui.Run(screen, nil, options)
		return err
	}
	defer vault.Close()

	home, line, err := rtc.OpenHome(context.Background(), filepath.Join(dir, "relay"), assets.Guest(), slog.Default())
	if err != nil {
		slog.Error("the relay inside the app does not run", "err", err) // notes can be written all the same
	}
	line.Synthetic = synthetic
	host, err := rtc.NewHost(line)
	if err != nil {
		log.Println(err)
		return err
	}
	tellVoice(host)
	numbers, err := safety.Read(assets.Crisis())
	if err != nil {
		slog.Error("the crisis numbers are not readable", "err", err) // a file of ours, and tested: notes and sessions go on
	}
	measures, err := measure.Load(assets.Measures())
	if err != nil {
		log.Println(err)
		return err
	}
	practice := app.New(app.Deps{Vault: vault, Line: host, Devices: host, Relay: home, Numbers: numbers, Files: storage.Outside{}, Measures: measures, Restorer: vault})
	options.Chime = rtc.Chime
	go away.Watch(context.Background(), practice.Lock)
	go away.End(context.Background(), practice.Lock)
	ui.Run(screen, practice, options)

	practice.Lock() // saves what is being written, and wipes the keys
	host.Close()
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return home.Close(ending)
}
