package ui

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
)

// The toolkit only logs that it has no screen or no OpenGL, and ends the program. A therapist who
// clicked on an icon would see nothing at all.

// noDisplay are the toolkit's words for it, the first line of two; the second gives the cause.
var noDisplay = [][]byte{[]byte("failed to initialise GLFW"), []byte("window creation error")}

// Display watches what the toolkit logs. Where no window can be opened it first starts the program
// again with OpenGL done in software, and then tells the reason in words a therapist can act on.
type Display struct {
	log    io.Writer
	retry  func() // returns only if it cannot be, or was tried already
	tell   func(text string)
	exit   func(code int)
	failed bool
}

// NewDisplay writes on to standard error. It is for log.SetOutput.
func NewDisplay() *Display {
	return &Display{log: os.Stderr, retry: drawInSoftware, tell: tellWithoutWindow, exit: os.Exit}
}

// Write is one line of the log.
func (d *Display) Write(line []byte) (int, error) {
	n, err := d.log.Write(line)
	if d.failed { // the cause has been written too
		d.failed = false
		d.retry()
		_, cause, _ := bytes.Cut(line, []byte("Cause: "))
		d.tell(noDisplayHelp(string(bytes.TrimSpace(cause))))
		d.exit(1)
	}
	for _, words := range noDisplay {
		d.failed = d.failed || bytes.Contains(line, words)
	}
	return n, err
}

// StartAgain starts the program anew, with one flag more, when the window is closed: what a person's record has left in memory
// is gone with it. It returns only if it cannot.
func StartAgain(flag string) error {
	if slices.Contains(os.Args, flag) {
		return startAs(os.Args)
	}
	return startAs(slices.Insert(slices.Clone(os.Args), 1, flag)) // behind a word that is no flag, it would be none
}

func noDisplayHelp(cause string) string {
	return fmt.Sprintf(`Alcove could not open its window: this computer offers it no OpenGL, which it draws with.

On a remote desktop, start it on the computer itself. On a computer of your own, install the maker's graphics driver, or on Linux the package libgl1-mesa-dri, which draws without a graphics card.

Your records are untouched. (%s)`, cause)
}

// tellWithoutWindow shows text by whatever the system has for it, and on standard error.
func tellWithoutWindow(text string) {
	fmt.Fprintln(os.Stderr, text)
	var ways [][]string
	switch runtime.GOOS {
	case "windows":
		ways = [][]string{{"msg", "*", text}}
	case "darwin":
		ways = [][]string{{"osascript", "-e", "on run argv", "-e", `display dialog (item 1 of argv) with title "Alcove" buttons {"OK"}`, "-e", "end run", text}}
	default:
		ways = [][]string{{"zenity", "--error", "--title=Alcove", "--no-markup", "--text=" + text}, {"kdialog", "--error", text}, {"xmessage", "-center", text}}
	}
	for _, way := range ways {
		if path, err := exec.LookPath(way[0]); err == nil && exec.Command(path, way[1:]...).Run() == nil { // #nosec G204 -- the list above
			return
		}
	}
}
