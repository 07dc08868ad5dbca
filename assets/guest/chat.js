// Chat lines that arrive once and in order, however often the line breaks.

import { b64, random } from './bytes.js';

export class Chat {
  /** @param {(message: unknown) => void} send is called only while the line is up @param {(line: ChatLine) => void} changed */
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    this.up = false;
    /** @type {ChatLine[]} */
    this.lines = [];
    /** @type {Set<string>} */
    this.seen = new Set();
  }

  /** @param {string} text */
  say(text) {
    const line = { id: b64(random(12)), mine: true, text, time: Date.now(), delivered: false };
    this.lines.push(line);
    this.changed(line);
    if (this.up) this.post(line);
  }

  /** @param {ChatLine} line */
  post(line) {
    this.send({ t: 'chat', id: line.id, text: line.text, time: line.time });
  }

  /** The line is up again: what was not acknowledged goes out once more, under the same id. */
  resume() {
    this.up = true;
    this.lines.filter((line) => line.mine && !line.delivered).forEach((line) => this.post(line));
  }

  pause() {
    this.up = false;
  }

  /** @param {{ id: string, text: string, time: number }} message */
  heard(message) {
    if (!this.seen.has(message.id)) {
      this.seen.add(message.id);
      const line = { ...message, mine: false, delivered: true };
      this.lines.push(line);
      this.changed(line);
    }
    // A repeat is acknowledged as well: it was repeated because the first acknowledgement got lost.
    this.send({ t: 'got', id: message.id });
  }

  /** @param {string} id */
  got(id) {
    const line = this.lines.find((one) => one.mine && one.id === id);
    if (!line || line.delivered) return;
    line.delivered = true;
    this.changed(line);
  }
}
