//go:build linux

package main_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
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
		core = append(core, s.desk.core(3*time.Second))
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
	var core, sent, received []float64
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
		core = append(core, s.desk.core(15*time.Second))
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

// core is the share of one core that the program takes, in percent.
func (d *desk) core(during time.Duration) float64 {
	d.m.t.Helper()
	before := d.ticks()
	time.Sleep(during)
	return 100 * (d.ticks() - before) / 100 / during.Seconds() // Linux counts 100 ticks a second
}

// ticks is the processor time used so far: fields 14 and 15 of proc(5)'s stat.
func (d *desk) ticks() float64 {
	d.m.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.process.cmd.Process.Pid))
	if err != nil {
		d.m.t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err1 := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	if err1 != nil || err2 != nil {
		d.m.t.Fatalf("processor time: %q", stat)
	}
	return user + system
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
