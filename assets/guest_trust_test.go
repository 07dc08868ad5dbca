package assets_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"alcove/app"
)

// TestSkipLink: the way past the bar, for who has no pointer, stays on the page and keeps the visit.
func TestSkipLink(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	p.toReady(l, s.invite().link)
	p.fill(l.say("name"), "Kim")
	eval[bool](p, "window.same = true")
	before := len(p.history())
	eval[bool](p, "document.getElementById('skip').focus(), true")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until("the focus on the content", "document.activeElement.id === 'screen'")
	if where := eval[string](p, "location.href"); where != s.road.url+"/j" {
		t.Errorf("the address bar has %s", where)
	}
	if n := len(p.history()); n != before {
		t.Errorf("%d addresses to go back to, of %d", n, before)
	}
	// Whatever else leads to a fragment that is no link.
	eval[bool](p, "(location.hash = '#screen', true)")
	p.until("a clean address bar", "!location.href.includes('#')")
	if !eval[bool](p, "window.same && document.getElementById('name').value === 'Kim'") {
		t.Error("the visit began anew")
	}
}

// TestOlderLink: each link has a card of its own, sealed at its own second. The older one is no fraud.
func TestOlderLink(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	older := s.invite(standing)
	time.Sleep(1100 * time.Millisecond) // versions are seconds
	newer := s.invite(standing, sameAs(older))
	p := newTab(t, everything, l.tag)
	p.toReady(l, newer.link)
	p.knock(l, "")
	s.door.next(t).Deny("")
	p.says(l, "deniedTitle")
	p.open(newer.link)
	p.says(l, "welcomeTitle")
	p.open(older.link)
	p.says(l, "welcomeTitle")
}

// TestWaivedCode: who says that no code is needed may be the one whom the code would find out. Only
// what this browser has seen itself counts: that the right code was typed in an earlier session.
func TestWaivedCode(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	waived := text
	waived.Code = false
	first := s.invite()
	var call app.Call
	session := func(i invitation, a app.Admission, trust string) {
		t.Helper()
		p.toReady(l, i.link)
		p.knock(l, "")
		c, r := s.admit(a)
		await[app.CallConnected](t, r)
		p.until("the room is live", "document.querySelector('.room')?.dataset.state === 'live'")
		p.until("the line is "+trust, "document.querySelector('.badge').innerText.trim() === "+strconv.Quote(l.say(trust)))
		if shown := eval[bool](p, "document.querySelector('.code').checkVisibility()"); shown != (trust == "unverified") {
			t.Errorf("%s, and the code is shown: %v", trust, shown)
		}
		call = c
	}
	over := func() {
		t.Helper()
		call.End(app.EndTherapist)
		p.says(l, "endedTitle")
	}
	session(first, waived, "unverified")
	time.Sleep(time.Second) // the desktop says that the code matched once: this browser has not seen it
	if is := eval[string](p, "document.querySelector('.badge').innerText.trim()"); is != l.say("unverified") {
		t.Errorf("a waived code counts as %q", is)
	}
	over()
	session(s.invite(sameAs(first)), text, "unverified")
	if !call.CheckCode(p.code()) {
		t.Fatal("another code")
	}
	p.says(l, "verified")
	p.until("this browser remembers it", `(async () => {
		const db = await new Promise((ok, no) => { const o = indexedDB.open('alcove'); o.onsuccess = () => ok(o.result); o.onerror = no; });
		const q = db.transaction('guests').objectStore('guests').getAll();
		const all = await new Promise((ok) => { q.onsuccess = () => ok(q.result); });
		db.close();
		return all.some((one) => one.verified);
	})()`)
	over()
	session(s.invite(sameAs(first)), waived, "verified")
	over()
	session(s.invite(sameAs(first)), text, "unverified") // the therapist asks again
	over()
	session(s.invite(), waived, "unverified") // somebody else's key
	over()
}

// TestStrictReading: there is one way to write a message; what the desktop refuses the page refuses.
func TestStrictReading(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newTab(t, everything, "en-US")
	p.open(s.road.url + "/j")
	p.reads("Please open your link")
	eval[bool](p, `import('/guest/wire.js').then((wire) => {
		window.takes = (reader, json) => { try { wire[reader](new TextEncoder().encode(json)); return true; } catch (e) {
			if (e.constructor.name !== 'Malformed') throw e;
			return false; } };
		return true; })`)
	card := func(n int) string {
		return `takes('readCard', '{"therapist":"T","consent":"' + 'x'.repeat(` + strconv.Itoa(n) + `) + '"}')`
	}
	if !eval[bool](p, card(4000)) || eval[bool](p, card(4001)) {
		t.Error("a consent has at most 4,000 characters")
	}
	for number, good := range map[string]bool{"0": true, "3": true, "1.0": false, "1e1": false, "1E0": false, "-0": false, "3.5": false} {
		json := `{"t":"pin","left":` + number + `}`
		if took := eval[bool](p, "takes('readLobby', `"+json+"`)"); took != good {
			t.Errorf("%s taken: %v", json, took)
		}
	}
	if !eval[bool](p, "takes('readLobby', `{\"t\":\"deny\",\"say\":\"at -1.50 or 1e3: [2.5]\"}`)") {
		t.Error("numbers in a sentence are its own")
	}
}

// TestHouseOnly: the link promises hidden addresses, and the relay keeps its TURN server back. Then
// addresses that lead out of the house are neither told nor tried.
func TestHouseOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	// The browser finds a public address of its own, and writes down what the page says and which of the host's it is given.
	p := newTab(t, everything, l.tag, `
		window.told = [];
		window.sealed = [];
		if (location.pathname === '/j') import('/guest/session.js').then(({ Session }) => {
			const seal = Session.prototype.sealSignal;
			Session.prototype.sealSignal = function (kind, body) { sealed.push(JSON.stringify(body)); return seal.call(this, kind, body); };
		});
		const make = RTCPeerConnection, named = 'candidate:7 1 udp 2122260223 203.0.113.7 40000 typ host';
		window.RTCPeerConnection = function (config) {
			const pc = window.pc = new make(config), take = pc.addIceCandidate.bind(pc);
			pc.addIceCandidate = (c) => { told.push(c.candidate); return take(c); };
			return pc;
		};
		const local = Object.getOwnPropertyDescriptor(make.prototype, 'localDescription').get;
		Object.defineProperty(make.prototype, 'localDescription', { get() {
			const d = local.call(this); return d && { type: d.type, sdp: d.sdp + 'a=' + named + '\r\n' }; } });`)
	call, r := s.meet(p, l, app.Admission{Session: "s", Code: true, Modality: app.ModalityText}, hidden)
	call.SendChat("h1", "in one house")
	await[app.CallDelivered](t, r)
	p.until("the host names an address", "told.length")
	if said := strings.Join(eval[[]string](p, "sealed"), "\n"); !strings.Contains(said, "v=0") || strings.Contains(said, "203.0.113.7") {
		t.Errorf("the page said\n%s", said)
	}
	result := eval[struct {
		Answer, Remote string
		Said, Tried    []string
	}](p, `(async () => {
		const { Peer } = await import('/guest/peer.js');
		const public4 = 'candidate:1 1 udp 2122260223 198.51.100.4 40000 typ host';
		const server = 'candidate:2 1 udp 1686052607 198.51.100.4 40000 typ srflx raddr 192.168.1.2 rport 40000';
		const home = 'candidate:3 1 udp 2122260223 192.168.1.2 40000 typ host';
		const said = [], none = () => {};
		const peer = new Peer({ relay: true, turn: null, modality: 'text' }, { candidate: (c) => said.push(c.candidate), message: none, failed: none, strange: none });
		const offer = new RTCPeerConnection();
		offer.createDataChannel('alcove');
		const { sdp } = await offer.createOffer();
		told.length = 0;
		const answer = await peer.answer(sdp.replace('c=IN IP4 0.0.0.0', 'c=IN IP4 198.51.100.4') + [public4, server, home].map((c) => 'a=' + c + '\r\n').join(''));
		for (const candidate of [public4, server, home, 'candidate:4 1 udp 1 fe80::1 9 typ host', 'candidate:5 1 udp 1 2001:db8::1 9 typ host',
			'candidate:6 1 udp 1 10.0.0.1.example.org 9 typ host', 'candidate:7 1 udp 1 6f1d.local 9 typ host']) await peer.addCandidate({ candidate, mid: '0', line: 0 });
		for (const candidate of [public4, home]) peer.pc.onicecandidate({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
		const remote = peer.pc.remoteDescription.sdp;
		const tried = told.slice();
		peer.close();
		offer.close();
		return { Answer: answer, Remote: remote, Said: said, Tried: tried };
	})()`)
	for what, text := range map[string]string{"answer": result.Answer, "offer": result.Remote} {
		if strings.Contains(text, "203.0.113") || strings.Contains(text, "198.51.100") {
			t.Errorf("a public address is in the %s:\n%s", what, text)
		}
	}
	if !strings.Contains(result.Remote, " 192.168.1.2 ") {
		t.Error("an address of the house is not tried")
	}
	own := func(all []string) (out []string) { // without what the browser itself has found
		for _, c := range all {
			if strings.Contains(c, " 40000 ") || strings.Contains(c, " 9 ") {
				out = append(out, strings.Fields(c)[4])
			}
		}
		return out
	}
	if got := own(result.Said); !slices.Equal(got, []string{"192.168.1.2"}) {
		t.Errorf("told: %v", got)
	}
	if got := own(result.Tried); !slices.Equal(got, []string{"192.168.1.2", "fe80::1", "6f1d.local"}) {
		t.Errorf("tried: %v", got)
	}
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// TestLetsGo: no ephemeral key outlives its handshake, and no browser is asked to keep a name.
func TestLetsGo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	p.toReady(l, s.invite().link)
	eval[bool](p, `import('/guest/lobby.js').then(({ Lobby }) => {
		const knock = Lobby.prototype.knock;
		Lobby.prototype.knock = function (...a) { window.lobby = this; return knock.apply(this, a); };
		return true; })`)
	if kept := eval[[]string](p, "[...document.querySelectorAll('form, input, textarea')].filter((e) => e.autocomplete !== 'off').map((e) => e.id)"); len(kept) > 0 {
		t.Errorf("a shared browser would keep %v", kept)
	}
	p.knock(l, "")
	p.says(l, "waitingTitle")
	if !eval[bool](p, "!!lobby.current.secrets.kem && !!lobby.wish") {
		t.Fatal("the lobby was not found")
	}
	call, r := s.admit(text)
	await[app.CallConnected](t, r)
	if !eval[bool](p, "lobby.over && !lobby.current && !lobby.wish") {
		t.Error("the knock can still be reached")
	}
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}
