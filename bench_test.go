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

// What two people wait for, on the real program and a real browser. Medians of b.N, and at least
// of ten: run with -benchtime 10x.

// note of the page's own clock, which is this machine's: when its data channel opened and when the
// first picture was decoded.
const watchLine = `(() => {
	window.line = {};
	const Real = RTCPeerConnection;
	window.RTCPeerConnection = function (...args) {
		const peer = new Real(...args);
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
// share of one core that the desktop then takes, 360p both ways, drawn by software OpenGL.
func BenchmarkLine(b *testing.B) {
	m := newMachine(b)
	s := &story{t: b, m: m, began: time.Now()}
	s.desk = openDesk(m, "profile")
	s.setUp()
	s.addClient()
	s.desk.press("Invite client")
	s.desk.press("Standing link")
	s.desk.press("Create link")
	s.desk.press("Copy link")
	link := s.desk.clipboard()

	var read, channel, frame, core []float64
	for b.Loop() {
		g := newGuest(m, 1000, 700)
		if _, err := chromedp.Call(g.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchLine}); err != nil {
			b.Fatal(err)
		}
		opened := time.Now()
		g.open(link)
		g.find("Continue", "button")
		read = append(read, ms(time.Since(opened)))
		g.press("Continue")
		g.press("Video")
		g.fill("Your name", "Amara")
		g.press("Knock")
		g.reads("waiting room")
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
