// The socket to the relay, and how a session goes on when it breaks.

import { b64 } from './bytes.js';
import { FRAME, MAX_FRAME, readPresence } from './wire.js';

const HUNG_UP = 4001;
const waits = [300, 1000, 2000, 4000, 8000];

export class Line {
  /** Nothing is opened before start. @param {Bytes} linkID @param {Listener} listener */
  constructor(linkID, listener) {
    this.url = `${location.protocol === 'http:' ? 'ws' : 'wss'}://${location.host}/v1/guest/${b64(linkID)}`;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.tries = 0;
    this.closed = false;
    this.timer = 0;
    // A phone that has found its network again should not wait out the pause.
    this.online = () => { if (!this.socket) this.start(); };
  }

  start() {
    clearTimeout(this.timer);
    window.addEventListener('online', this.online);
    const socket = new WebSocket(this.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => {
      if (socket === this.socket) this.listener.opened();
    };
    socket.onmessage = (event) => { if (socket === this.socket) this.heard(event.data); };
    socket.onclose = (event) => { if (socket === this.socket) this.broke(event.code); };
  }

  /** @param {string | ArrayBuffer} data */
  heard(data) {
    if (typeof data !== 'string') {
      // Only now: a socket that is opened and hung up at once must not be opened again at once.
      this.tries = 0;
      const frame = new Uint8Array(data);
      if (frame.length && frame.length <= MAX_FRAME) this.listener.frame(frame);
      return;
    }
    let here;
    try {
      here = readPresence(data);
    } catch {
      // The relay speaks in the clear and is trusted with nothing: what makes no sense is not acted on.
      return;
    }
    this.listener.here(here);
  }

  /** @param {number} code */
  broke(code) {
    this.socket = null;
    if (this.closed) return;
    if (code === HUNG_UP) this.listener.hungup();
    else this.retry();
  }

  retry() {
    if (this.closed) return;
    const wait = /** @type {number} */ (waits[Math.min(this.tries, waits.length - 1)]);
    this.tries++;
    // Some chance in it, so that a relay that comes back is not met by everybody at once.
    this.timer = setTimeout(() => this.start(), wait * (0.75 + Math.random() / 2));
    this.listener.lost(this.tries);
  }

  /** @param {Bytes} frame */
  send(frame) {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  /** Leaves this socket for a new one. */
  restart() {
    const old = this.socket;
    this.socket = null;
    if (old) old.close();
    if (!this.closed) this.start();
  }

  /** Ends the line; what was sent before still goes out. */
  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener('online', this.online);
    if (this.socket) this.socket.close();
    this.socket = null;
  }
}

const keep = 256;

/** The signals of one session, over as many sockets as it takes. */
export class Signals {
  /** @param {Session} session @param {Line} line that has just carried the admit @param {SignalEvents} events */
  constructor(session, line, events) {
    this.session = session;
    this.line = line;
    this.events = events;
    /** @type {Bytes[]} the last frames sent; the first of them has the number `first` */
    this.sent = [];
    this.first = 0;
    this.ready = true;
    this.spoken = true; // something other than a resume has gone over this socket
    this.asked = false;
    line.listener = this;
  }

  /** @param {number} kind @param {unknown} body */
  async send(kind, body) {
    const frame = await this.session.sealSignal(kind, body);
    this.sent.push(frame);
    if (this.sent.length > keep) {
      this.sent.shift();
      this.first++;
    }
    if (this.ready) this.line.send(frame);
  }

  opened() {
    this.spoken = false;
  }

  /** @param {boolean} here */
  here(here) {
    if (!here) {
      this.ready = false;
      return;
    }
    if (this.ready) return;
    // A resume is the first frame of its socket, so that the desktop need not guess what it is.
    if (this.spoken) this.line.restart();
    else void this.resume();
  }

  async resume() {
    this.spoken = true;
    this.asked = true;
    this.line.send(await this.session.sealResume());
  }

  lost() {
    this.ready = false;
    this.asked = false;
  }

  /** Leaves a socket that only seems to stand. */
  renew() {
    this.lost();
    this.line.restart();
  }

  // The desktop leaves a socket that it cannot use. The session itself lives on the data channel, and may find another.
  hungup() {
    this.lost();
    this.events.refused();
    this.line.retry();
  }

  /** @param {Bytes} frame */
  frame(frame) {
    const work = frame[0] === FRAME.resume ? this.resumed(frame) : this.session.openSignal(frame).then(this.events.signal);
    work.catch(() => this.events.tampered());
  }

  /** @param {Bytes} frame */
  async resumed(frame) {
    const next = await this.session.openResume(frame);
    if (!this.asked) throw new Error('not asked');
    this.asked = false;
    if (next < this.first) return this.events.lost();
    for (const old of this.sent.slice(next - this.first)) this.line.send(old);
    this.ready = true;
  }
}
