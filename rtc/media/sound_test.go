package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// server is a PulseAudio of this test alone, with two null speakers and their monitors.
type server struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	exit chan struct{}
}

// soundServer starts one. A machine without pulseaudio fails the test: it proves nothing there.
func soundServer(t *testing.T) *server {
	t.Helper()
	// A socket's path must be short, which t.TempDir's is not.
	dir, err := os.MkdirTemp("", "sound")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	isolate(t, dir)
	s := &server{t: t, dir: dir}
	s.start()
	t.Cleanup(s.stop)
	return s
}

// isolate makes dir the only place where a sound server can be found.
func isolate(t *testing.T, dir string) {
	t.Helper()
	for k, v := range map[string]string{
		"HOME": dir, "XDG_RUNTIME_DIR": dir, "PULSE_RUNTIME_PATH": dir, "PULSE_STATE_PATH": dir,
		"PULSE_COOKIE": filepath.Join(dir, "cookie"), "PULSE_SERVER": "unix:" + filepath.Join(dir, "native"),
		"DBUS_SESSION_BUS_ADDRESS": "", "DISPLAY": "",
	} {
		t.Setenv(k, v)
	}
}

func (s *server) start() {
	s.t.Helper()
	s.exit = make(chan struct{})
	// norewinds: a null sink that is rewound repeats and skips what its monitor hears.
	s.cmd = exec.Command("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
		"--disable-shm=yes", "--realtime=no", "--high-priority=no",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+filepath.Join(s.dir, "native"),
		"-L", "module-null-sink sink_name=one norewinds=1 rate=48000",
		"-L", "module-null-sink sink_name=two norewinds=1 rate=48000",
		"-L", "module-remap-source source_name=desk master=one.monitor")
	var log bytes.Buffer
	s.cmd.Stderr = &log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // killed on purpose, or seen by the loop below
		close(s.exit)
	}()
	for range 1200 {
		if exec.Command("pactl", "info").Run() == nil {
			return
		}
		select {
		case <-s.exit:
			s.t.Fatalf("pulseaudio ended: %s", log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.stop()
	s.t.Fatalf("pulseaudio does not answer: %s", log.String())
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill() // it may have been killed by the test
	<-s.exit
}

func (s *server) pactl(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("pactl", args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("pactl %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// soundID is the ID of a PulseAudio device by its name.
func soundID(name string) string { return fmt.Sprintf("%x", name) }

// play writes a tone until the context ends.
func playTone(ctx context.Context, sink AudioSink, hz float64) error {
	pcm := sine(hz, 50)
	for i := 0; ; i = (i + 1) % 50 {
		if err := sink.Write(ctx, pcm[i*FrameSamples:(i+1)*FrameSamples]); err != nil {
			return err
		}
	}
}

// hears listens for up to a minute until the last second of it satisfies ok: a machine with
// other things to do makes clicks.
func hears(t *testing.T, src AudioSource, what string, ok func(heard []int16) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var heard []int16
	frame := make([]int16, FrameSamples)
	for {
		if err := src.Read(ctx, frame); err != nil {
			t.Fatalf("%s: %v; power at 440, 700, 1300 Hz: %.3f %.3f %.3f, level %.1f", what, err,
				PowerAt(heard, 440), PowerAt(heard, 700), PowerAt(heard, 1300), Level(heard))
		}
		heard = append(heard, frame...)
		if extra := len(heard) - SampleRate; extra >= 0 {
			if heard = heard[extra:]; ok(heard) {
				return
			}
		}
	}
}

func TestSoundThroughARealServer(t *testing.T) {
	noLeak(t)
	soundServer(t)
	speakers, err := Speakers()
	if err != nil || len(speakers) != 2 || speakers[0].ID != soundID("one") || speakers[1].ID != soundID("two") {
		t.Fatalf("%v, %v", speakers, err)
	}
	mics, err := Microphones()
	if err != nil || len(mics) != 1 || mics[0].ID != soundID("desk") || mics[0].Label == "" {
		t.Fatalf("monitors must not be offered as microphones: %v, %v", mics, err)
	}

	// A tone on each, both at once: each monitor must hear its own and not the other's.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i, id := range []string{soundID("one"), soundID("two")} {
		sink, err := OpenSpeaker(id)
		if err != nil {
			t.Fatal(err)
		}
		defer sink.Close()
		go func() { _ = playTone(ctx, sink, []float64{440, 1300}[i]) }()
	}
	for id, hz := range map[string][2]float64{
		soundID("desk"): {440, 1300}, soundID("one.monitor"): {440, 1300}, soundID("two.monitor"): {1300, 440},
	} {
		src, err := OpenMicrophone(id)
		if err != nil {
			t.Fatal(err)
		}
		hears(t, src, id, func(heard []int16) bool {
			return PowerAt(heard, hz[0]) > 0.9 && PowerAt(heard, hz[1]) < 0.01 && near(int(Level(heard)), -9, 1)
		})
		src.Close()
	}
	if _, err := OpenSpeaker(soundID("three")); !errors.Is(err, ErrUnplugged) {
		t.Errorf("a speaker that is not there: %v", err)
	}
	cancel()
}

func TestDefaultDevices(t *testing.T) {
	noLeak(t)
	s := soundServer(t)
	s.pactl("set-default-sink", "two")
	s.pactl("set-default-source", "two.monitor")
	sink, err := OpenSpeaker("")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	src, err := OpenMicrophone("")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _ = playTone(ctx, sink, 700) }()
	hears(t, src, "the default devices", func(heard []int16) bool { return PowerAt(heard, 700) > 0.9 })
}

// unplugged reads or writes until it fails, and says how long that took.
func unplugged(t *testing.T, do func(ctx context.Context) error) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	began := time.Now()
	var err error
	for err == nil {
		err = do(ctx)
	}
	if !errors.Is(err, ErrUnplugged) {
		t.Errorf("got %v", err)
	}
	return time.Since(began)
}

func TestLosingTheServerIsHeardAndAnotherOpens(t *testing.T) {
	noLeak(t)
	s := soundServer(t)
	src, err := OpenMicrophone(soundID("desk"))
	if err != nil {
		t.Fatal(err)
	}
	sink, err := OpenSpeaker(soundID("one"))
	if err != nil {
		t.Fatal(err)
	}
	frame := make([]int16, FrameSamples)
	if err := src.Read(t.Context(), frame); err != nil {
		t.Fatal(err)
	}
	s.stop()
	read := func(ctx context.Context) error { return src.Read(ctx, frame) }
	write := func(ctx context.Context) error { return sink.Write(ctx, frame) }
	t.Logf("heard after %v and %v", unplugged(t, read), unplugged(t, write))
	src.Close()
	sink.Close()
	for name, open := range map[string]func() error{
		"microphone": func() error { _, err := OpenMicrophone(""); return err },
		"speaker":    func() error { _, err := OpenSpeaker(""); return err },
	} {
		var de *DeviceError
		if err := open(); !errors.Is(err, ErrNoSound) || !errors.As(err, &de) || string(de.Kind) != name {
			t.Errorf("%s without a server: %v", name, err)
		}
	}
	s.start()
	if src, err = OpenMicrophone(soundID("desk")); err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if err := src.Read(t.Context(), frame); err != nil {
		t.Error(err)
	}
}

func TestUnpluggingOneMicrophoneIsHeard(t *testing.T) {
	noLeak(t)
	s := soundServer(t)
	module := s.pactl("load-module", "module-remap-source", "source_name=usb", "master=two.monitor")
	src, err := OpenMicrophone(soundID("usb"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	frame := make([]int16, FrameSamples)
	if err := src.Read(t.Context(), frame); err != nil {
		t.Fatal(err)
	}
	s.pactl("unload-module", module)
	t.Logf("heard after %v", unplugged(t, func(ctx context.Context) error { return src.Read(ctx, frame) }))
}

func TestNoSoundAtAll(t *testing.T) {
	noLeak(t)
	isolate(t, t.TempDir())
	if hasCard() {
		// Then ALSA is the way, and must work without a server.
		sink, err := OpenSpeaker("")
		if err != nil {
			t.Fatal(err)
		}
		sink.Close()
		return
	}
	if list, err := Speakers(); !errors.Is(err, ErrNoSound) {
		t.Errorf("speakers: %v, %v", list, err)
	}
	if _, err := OpenSpeaker(""); !errors.Is(err, ErrNoSound) {
		t.Errorf("speaker: %v", err)
	}
	if _, err := OpenMicrophone(""); !errors.Is(err, ErrNoSound) {
		t.Errorf("microphone: %v", err)
	}
}
