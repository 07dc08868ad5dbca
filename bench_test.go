//go:build linux

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"alcove/app"
	"alcove/storage"
	"alcove/storage/keychain"
)

// What two people wait for, on the real program and a real browser. Medians of b.N: make bench
// says how many.

// note of the page's own clock, which is this machine's: when its data channel opened and when the
// first picture was decoded.
const watchLine = `(() => {
	window.line = {};
	const Real = RTCPeerConnection;
	window.RTCPeerConnection = function (...args) {
		const peer = window.line.peer = new Real(...args);
		const opened = (channel) => channel.addEventListener("open", () => { window.line.channel ||= Date.now(); });
		peer.addEventListener("datachannel", (e) => {
			if (e.channel.readyState === "open") window.line.channel ||= Date.now();
			else opened(e.channel);
		});
		return peer;
	};
	window.RTCPeerConnection.prototype = Real.prototype;
	document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
		const video = document.querySelector("video.remote");
		if (!video || video.watched) return;
		video.watched = true;
		video.requestVideoFrameCallback(() => { window.line.frame ||= Date.now(); });
	}).observe(document.body, {childList: true, subtree: true}));
})()`

// BenchmarkLine measures a session's beginning: the link opened until the page can be read, and
// the click on Admit until the data channel is open and the first picture is decoded; and the
// share of one core that the desktop takes in the first seconds, 360p both ways, drawn by software OpenGL.
func BenchmarkLine(b *testing.B) {
	m := newMachine(b)
	s, link := standing(m)
	var read, channel, frame, core []float64
	for b.Loop() {
		g, opened := watched(m, link)
		read = append(read, ms(opened))
		g.knock()
		admitted := s.desk.admit()
		m.until("the first picture", func() bool { return eval[float64](g, "window.line.frame || 0") > 0 })
		channel = append(channel, eval[float64](g, "window.line.channel")-admitted)
		frame = append(frame, eval[float64](g, "window.line.frame")-admitted)
		all, _ := s.desk.core(3 * time.Second)
		core = append(core, all)
		s.desk.endSession()
		g.reads("The session is over")
		g.close()
		s.desk.press("Back to client")
	}
	b.ReportMetric(median(read), "ms/link-to-page")
	b.ReportMetric(median(channel), "ms/admit-to-channel")
	b.ReportMetric(median(frame), "ms/admit-to-picture")
	b.ReportMetric(median(core), "%core/call")
	b.ReportMetric(0, "ns/op")
}

// standing sets a practice up and gives a link that works for every session.
func standing(m *machine) (*story, string) {
	s := &story{t: m.t, m: m, began: time.Now()}
	s.desk = openDesk(m, "profile")
	s.setUp()
	s.addClient()
	s.desk.press("Invite client")
	s.desk.press("Standing link")
	s.desk.press("Create link")
	s.desk.press("Copy link")
	return s, s.desk.clipboard()
}

// watched opens a link in a browser that notes what watchLine does, and says how long it took
// until the page could be read.
func watched(m *machine, link string) (*guest, time.Duration) {
	g := newGuest(m, 1000, 700)
	if _, err := chromedp.Call(g.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchLine}); err != nil {
		m.t.Fatal(err)
	}
	opened := time.Now()
	g.open(link)
	g.find("Continue", "button")
	return g, time.Since(opened)
}

// knock goes from the page's first screen to the waiting room, for a session with video.
func (g *guest) knock() {
	g.press("Continue")
	g.press("Video")
	g.fill("Your name", "Amara")
	g.press("Knock")
	g.reads("waiting room")
}

// lines are the heights of the picture that the page receives and of the one that it sends, and
// the pictures a second of both, in that order.
const lines = `(async () => {
	const seen = [0, 0, 0, 0];
	for (const s of (await window.line.peer.getStats()).values()) {
		if (s.kind !== "video") continue;
		if (s.type === "inbound-rtp") { seen[0] = s.frameHeight || 0; seen[2] = s.framesPerSecond || 0; }
		if (s.type === "outbound-rtp") { seen[1] = s.frameHeight || 0; seen[3] = s.framesPerSecond || 0; }
	}
	return seen;
})()`

// BenchmarkCall measures the share of one core that the desktop takes for a whole call, once 720p
// goes both ways at 30 pictures a second: capture, code, decode, sound, sealing, and the real
// window drawn by software OpenGL.
func BenchmarkCall(b *testing.B) {
	m := newMachine(b)
	writeCamera(b, m.path("camera.y4m"), 720, 30)
	s, link := standing(m)
	var core, drawing, sent, received []float64
	for b.Loop() {
		g, _ := watched(m, link)
		g.knock()
		s.desk.admit()
		var seen []float64
		if !within(2*time.Minute, func() bool {
			seen = eval[[]float64](g, lines)
			return seen[0] == 720 && seen[1] == 720
		}) {
			b.Fatalf("the picture never grew to 720 lines both ways: %v", seen)
		}
		time.Sleep(2 * time.Second)
		all, filling := s.desk.core(15 * time.Second)
		core, drawing = append(core, all), append(drawing, filling)
		seen = eval[[]float64](g, lines)
		if seen[0] != 720 || seen[1] != 720 {
			b.Fatalf("the picture shrank while it was measured: %v", seen)
		}
		received, sent = append(received, seen[3]), append(sent, seen[2])
		s.desk.endSession()
		g.reads("The session is over")
		g.close()
		s.desk.press("Back to client")
	}
	b.ReportMetric(median(core), "%core/call-720p")
	b.ReportMetric(median(drawing), "%core/of-it-filling")
	b.ReportMetric(median(sent), "pictures/s-sent")
	b.ReportMetric(median(received), "pictures/s-received")
	b.ReportMetric(0, "ns/op")
}

// admit clicks Admit and says when, in milliseconds of Unix time.
func (d *desk) admit() float64 {
	d.m.t.Helper()
	var at time.Time
	d.do(func(ctx context.Context) error {
		c, err := d.see.WaitFor(ctx, "Admit")
		if err != nil {
			return err
		}
		at = time.Now() // the hand's way to the button, some 70 ms, is counted in
		return d.see.ClickAt(ctx, c.MidX, c.MidY)
	})
	return float64(at.UnixMilli())
}

// core is the share of one core that the program takes, in percent, and the part of it that fills pixels in place of a
// graphics card: software OpenGL (llvmpipe) does so on threads of its own, and nothing else on them.
func (d *desk) core(during time.Duration) (all, filling float64) {
	d.m.t.Helper()
	share := func(before, after float64) float64 { return 100 * (after - before) / 100 / during.Seconds() } // Linux counts 100 ticks a second
	all0, filling0 := d.ticks()
	time.Sleep(during)
	all1, filling1 := d.ticks()
	return share(all0, all1), share(filling0, filling1)
}

// ticks is the processor time used so far by all threads, and by those of software OpenGL.
func (d *desk) ticks() (all, filling float64) {
	d.m.t.Helper()
	process := fmt.Sprintf("/proc/%d/", d.process.cmd.Process.Pid)
	_, all = ticks(d.m.t, process+"stat")
	threads, err := filepath.Glob(process + "task/*/stat")
	if err != nil || len(threads) == 0 {
		d.m.t.Fatalf("no threads: %v", err)
	}
	for _, thread := range threads {
		if name, used := ticks(d.m.t, thread); strings.HasPrefix(name, "llvmpipe-") {
			filling += used
		}
	}
	return all, filling
}

// ticks is a process's or a thread's name and processor time: fields 2, 14 and 15 of proc(5)'s stat. 0 for a thread that is gone.
func ticks(t testing.TB, path string) (name string, used float64) {
	t.Helper()
	stat, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return "", 0
	}
	if err != nil {
		t.Fatal(err)
	}
	open, shut := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[shut+1:]))
	user, err1 := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	if err1 != nil || err2 != nil {
		t.Fatalf("processor time: %q", stat)
	}
	return string(stat[open+1 : shut]), user + system
}

// BenchmarkStart measures a start until the first screen can be used, and the memory held then.
func BenchmarkStart(b *testing.B) {
	m := newMachine(b)
	var start, memory []float64
	for b.Loop() {
		began := time.Now()
		d := openDesk(m, "profile")
		d.reads("Set up a new practice")
		start = append(start, ms(time.Since(began)))
		time.Sleep(time.Second) // until it rests
		memory = append(memory, resident(b, d.process.cmd.Process.Pid))
		d.kill()
	}
	b.ReportMetric(median(start), "ms/start")
	b.ReportMetric(median(memory), "MiB/resident")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkMemory is what the real app holds of a practice of 10,000 clients and 100,000 notes: at the lock, on Today, with the caseload
// open, with a client of 1,000 notes open, and after a search typed letter by letter. What the window itself takes is in the first.
func BenchmarkMemory(b *testing.B) {
	m := newMachine(b)
	const busy = "Aaron Abel"
	fillPractice(b, m, busy)
	held := map[string][]float64{}
	for b.Loop() {
		d := openDesk(m, "profile")
		rests := func(where string) {
			time.Sleep(3 * time.Second)
			held[where] = append(held[where], resident(b, d.process.cmd.Process.Pid))
		}
		d.reads("Passphrase")
		rests("locked")
		d.fill("Passphrase", passphrase)
		d.press("Unlock")
		d.reads("Welcome, " + therapist)
		rests("today")
		d.press("Caseload")
		d.reads(busy)
		rests("caseload")
		d.press(busy)
		d.press("All notes")
		d.reads("Note 90000")
		rests("client")
		d.press("Today")
		d.press("Notes")
		d.fill("Search notes", "sentence of the hour 9")
		d.reads("Note 99999")
		rests("search")
		d.kill()
	}
	for where, all := range held {
		b.ReportMetric(median(all), "MiB/"+where)
	}
	b.ReportMetric(0, "ns/op")
}

// fillPractice writes it through the store itself, as the app would.
func fillPractice(b *testing.B, m *machine, busy string) {
	for _, v := range m.env { // the device secret goes into the machine's own keyring
		if bus, ours := strings.CutPrefix(v, "DBUS_SESSION_BUS_ADDRESS="); ours {
			b.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
		}
	}
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	vault, err := storage.OpenProfile(m.path("profile"), keychain.OS{})
	must(err)
	r, _, err := vault.Create(b.Context(), app.NewPassphrase([]byte(passphrase)))
	must(err)
	must(r.Profile.SaveProfile(b.Context(), app.Profile{Therapist: therapist, TimeZone: "UTC"}))
	at := time.Date(2006, 1, 2, 9, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		c := app.Client{ID: app.ClientID(fmt.Sprint("C", i)), Name: fmt.Sprintf("Client %d of many", i), Tags: []string{"weekly"}, Status: app.ClientActive, Created: at, Changed: at}
		if i == 0 {
			c.Name = busy
		}
		must(r.Clients.SaveClient(b.Context(), c))
	}
	for i := range 100_000 {
		at = at.Add(90 * time.Minute)
		client := i % 10_000
		if i < 1000 {
			client = 0
		}
		must(r.Notes.SaveDraft(b.Context(), app.Note{
			ID: app.NoteID(fmt.Sprint("N", i)), Client: app.ClientID(fmt.Sprint("C", client)), Format: app.FormatFree, Title: fmt.Sprint("Note ", i),
			Sections: []app.Section{{Key: "text", Text: strings.Repeat(fmt.Sprintf("A sentence of the hour %d. ", i), 25)}}, Created: at, Changed: at,
		}))
	}
	must(r.Close())
	must(vault.Close())
}

// resident is a process's memory in MiB.
func resident(t testing.TB, pid int) float64 {
	t.Helper()
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if size, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(size, "kB")), 64)
			if err != nil {
				t.Fatal(err)
			}
			return kib / 1024
		}
	}
	t.Fatalf("process %d tells no size", pid)
	return 0
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
