// One session: the peer connection, its data channel, and what to do when the line is lost.
//
//   connecting ── both finished messages ──▶ live ⇄ lost ──▶ ended
//
// Nothing that comes over the peer connection is believed, shown or played before the host's finished message fits.

import { Chat } from './chat.js';
import { oneByOne } from './bytes.js';
import { Signals } from './line.js';
import { Peer } from './peer.js';
import { SIGNAL } from './wire.js';

// All in milliseconds; protocol.md gives them.
const HANDSHAKE = 120000;
const BEAT = 1000;
const SILENCE = 2500;
const RESTART = 5000;
const GIVE_UP = 65000;
/** Longer than the desktop waits between two tries to reach us. */
const UNHEARD = 12000;

export class Room {
  /**
   * @param {Opened} opened @param {Line} line @param {Media} media
   * @param {Handouts} handouts @param {RoomEvents} events
   */
  constructor(opened, line, media, handouts, events) {
    this.session = opened.session;
    this.admit = opened.admit;
    this.line = line;
    this.media = media;
    this.handouts = handouts;
    this.events = events;
    /** @type {RoomState} */
    this.state = 'connecting';
    this.voiceOnly = false;
    this.beatAt = 0;
    this.heardAt = 0;
    this.signalAt = 0;
    this.lostAt = 0;
    this.askedAt = 0;
    this.tickAt = 0;
    this.signals = new Signals(this.session, line, {
      signal: (signal) => this.signalled(signal), tampered: () => this.end('tampered'), lost: () => this.end('lost'),
      refused: () => this.refused(),
    });
    this.chat = new Chat((message) => this.send(message), (line_) => events.chat(line_));
    this.offered = false;
    this.peer = this.connect();
    this.turn = oneByOne();
    media.changed = (device, problem) => {
      this.sendTracks();
      events.device(device, problem);
    };
    line.send(opened.confirm);
    this.handshake = setTimeout(() => this.end('handshake'), HANDSHAKE);
    this.clock = setInterval(() => this.tick(), BEAT / 2);
  }

  /** Our end, at first or anew. What an older one still has to say is not heard. */
  connect() {
    this.greeted = false; // the host's first message has come
    this.trusted = false; // it fits, and has been answered
    /** @type {Peer} */
    const peer = new Peer(this.admit, {
      candidate: (candidate) => { if (peer === this.peer) void this.signals.send(SIGNAL.candidate, candidate); },
      message: (message) => { if (peer === this.peer) this.heard(message); },
      failed: () => { if (peer === this.peer) this.askRestart(); },
      strange: () => { if (peer === this.peer) this.end('tampered'); },
    });
    return peer;
  }

  // ---- Signals

  /** Without the relay's socket a session goes on as long as its own line stands, and not a moment longer. */
  refused() {
    if (this.state === 'connecting') this.end('handshake', true);
    if (this.state === 'lost') this.end('lost');
  }

  /** @param {HostSignal} signal */
  signalled(signal) {
    if (signal.kind === SIGNAL.bye) {
      this.end(signal.why === 'left' ? 'ended' : signal.why, true);
      return;
    }
    this.signalAt = Date.now();
    // In turn: a candidate that overtakes its offer would be lost.
    this.turn(async () => {
      if (this.state === 'ended') return;
      if (signal.kind === SIGNAL.offer) {
        // A restart is of what is there. Any other offer begins a new line: a browser whose DTLS broke has no other way back.
        if (this.offered && !signal.restart) {
          this.peer.close();
          this.peer = this.connect();
        }
        this.offered = true;
        const sdp = await this.peer.answer(signal.sdp);
        await this.signals.send(SIGNAL.answer, { sdp });
        this.sendTracks();
      } else await this.peer.addCandidate(signal);
    }).catch(() => this.end(this.heardAt ? 'lost' : 'handshake'));
  }

  askRestart() {
    const now = Date.now();
    if (this.state !== 'lost' || now - this.askedAt < RESTART) return;
    this.askedAt = now;
    void this.signals.send(SIGNAL.restart, {});
  }

  // ---- Data channel

  /** @param {Bytes} message */
  heard(message) {
    const { peer } = this;
    const work = this.greeted ? this.session.openData(message).then((data) => { if (peer === this.peer) this.take(data); }) : this.trust(message);
    work.catch(() => this.end('tampered'));
  }

  /**
   * The host speaks first: Chromium says that a channel is open which has just come in, and loses what it is given to send in that moment. Once a
   * message has come it stands, though a browser may hand the message out before it says so.
   * @param {Bytes} message
   */
  async trust(message) {
    // Set before the check: what arrives during it queues behind it, and fails with it.
    this.greeted = true;
    const { peer } = this;
    await this.session.checkFinished(message, peer.fingerprints());
    if (peer !== this.peer) return; // or the line made anew would be trusted before it is there
    const ours = await this.session.sealFinished(peer.fingerprints());
    await peer.ready;
    if (peer !== this.peer) return;
    peer.send(ours); // nothing of ours may overtake it
    this.trusted = true;
    clearTimeout(this.handshake);
    this.heardAt = Date.now();
    this.enter('live');
    this.events.stream(this.peer.remote);
  }

  /** @param {HostData} data */
  take(data) {
    if (this.state === 'ended') return;
    this.heardAt = Date.now();
    if (this.state === 'lost') this.enter('live');
    switch (data.t) {
      case 'beat':
        return this.events.remote(data.mic, data.cam);
      case 'chat':
        return this.chat.heard(data);
      case 'got':
        return this.chat.got(data.id);
      case 'voice':
        this.voiceOnly = data.only;
        if (data.only) this.media.close('camera');
        return this.events.voiceOnly(data.only);
      case 'verified':
        return this.events.verified();
      case 'form':
        return this.handouts.ask(data.form);
      case 'plan':
        return this.handouts.show(data.plan);
      case 'kept':
        return this.handouts.kept(data.id, data.ok);
      default:
        return this.end('ended', true);
    }
  }

  /** @param {unknown} message */
  send(message) {
    const { peer } = this;
    if (this.trusted) this.session.sealData(message).then((sealed) => peer.send(sealed), () => {});
  }

  // ---- Life

  /** @param {RoomState} state */
  enter(state) {
    if (this.state === 'ended') return;
    this.state = state;
    if (state === 'live') {
      this.sendTracks();
      this.beat();
      this.chat.resume();
      this.handouts.resume();
    } else {
      this.chat.pause();
      this.handouts.pause();
    }
    this.events.state(state);
  }

  beat() {
    this.beatAt = Date.now();
    this.send({ t: 'beat', mic: this.media.speaking && this.mayspeak, cam: !!this.media.tracks.camera && this.mayshow });
  }

  tick() {
    const now = Date.now();
    // A phone in a pocket stops our clock. That time was not spent searching, so it does not count.
    const slept = this.tickAt ? Math.max(0, now - this.tickAt - 4 * BEAT) : 0;
    this.tickAt = now;
    if (this.lostAt) this.lostAt += slept;
    if (!this.heardAt) return;
    if (now - this.beatAt >= BEAT - 50) this.beat();
    if (this.state === 'live' && now - this.heardAt > SILENCE) {
      this.lostAt = now;
      this.enter('lost');
    }
    if (this.state !== 'lost') return;
    if (now - this.lostAt > GIVE_UP) this.end('lost');
    else if (this.signals.ready && now - Math.max(this.lostAt, this.signalAt) > UNHEARD) {
      // The desktop tries to reach us, and none of it comes: the relay's socket may be as dead as the line, without saying so.
      this.signalAt = now;
      this.signals.renew();
    }
    else if (now - this.lostAt > RESTART) this.askRestart();
  }

  get mayspeak() {
    return this.admit.modality !== 'text';
  }

  get mayshow() {
    return this.admit.modality === 'video' && !this.voiceOnly;
  }

  /** Sends what is on and allowed, once it is certain who listens. */
  sendTracks() {
    if (!this.trusted || this.state === 'ended') return;
    const { microphone, camera } = this.media.tracks;
    this.peer.show('audio', this.mayspeak ? microphone : null);
    this.peer.show('video', this.mayshow ? camera : null);
    if (this.state === 'live') this.beat();
  }

  /** @param {EndReason} why @param {boolean} [theirs] the other side has said so: it need not be told */
  end(why, theirs = false) {
    if (this.state === 'ended') return;
    if (!theirs && why !== 'lost') {
      if (why === 'left' && this.heardAt) this.send({ t: 'bye' });
      void this.signals.send(SIGNAL.bye, { why }).catch(() => {});
    }
    this.state = 'ended';
    clearTimeout(this.handshake);
    clearInterval(this.clock);
    this.chat.pause();
    this.media.closeAll();
    this.events.ended(why);
    // Time for the farewell to be sealed and sent.
    setTimeout(() => {
      this.peer.close();
      this.line.close();
    }, 400);
  }
}
