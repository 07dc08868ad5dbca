// The keys of one session in use, and how far each direction has come. Sequences are the whole defence against a relay that repeats, reorders
// or leaves out: only the very next number opens, and the first failure is the last message.

import { equal, join, Malformed, oneByOne, pad, random, readU64, u64, u8, unpad } from './bytes.js';
import { finished, Forged, FROM_GUEST, FROM_HOST, nonceOf, open, seal } from './seal.js';
import { FRAME, readData, readSignal, write } from './wire.js';

const FINISHED = 1;
const SEALED = 2;

export class Session {
  /** @param {SessionKeys} keys @param {Bytes} id 16 bytes @param {Bytes} T3 */
  constructor(keys, id, T3) {
    this.keys = keys;
    this.id = id;
    this.T3 = T3;
    this.signals = { in: 0, out: 0 };
    this.data = { in: 0, out: 0 };
    this.turns = { signalIn: oneByOne(), signalOut: oneByOne(), dataIn: oneByOne(), dataOut: oneByOne() };
  }

  /** @param {number} d @param {number} sequence */
  aad(d, sequence) {
    return join(this.id, u8(d), u64(sequence));
  }

  /** @param {number} kind @param {unknown} body @returns {Promise<Bytes>} a frame that may be sent again, and is never sealed again */
  sealSignal(kind, body) {
    return this.turns.signalOut(async () => {
      const n = this.signals.out++;
      const sealed = await seal(this.keys.signalOut, nonceOf(n), join(this.aad(FROM_GUEST, n), u8(kind)), pad(write(body)));
      return join(u8(FRAME.signal), u8(kind), u64(n), sealed);
    });
  }

  /** @param {Bytes} frame */
  openSignal(frame) {
    return this.turns.signalIn(async () => {
      const n = this.signals.in;
      if (frame.length < 10 || frame[0] !== FRAME.signal || readU64(frame, 2) !== n) throw new Forged('sequence');
      const kind = /** @type {number} */ (frame[1]);
      const sealed = await open(this.keys.signalIn, nonceOf(n), join(this.aad(FROM_HOST, n), u8(kind)), frame.slice(10));
      this.signals.in++;
      return readSignal(kind, unpad(sealed));
    });
  }

  /** Tells which signal we expect next. @param {Bytes} [nonce] given by a test vector @returns {Promise<Bytes>} */
  sealResume(nonce = random(12)) {
    // In turn, so that a signal that is being opened counts as heard.
    return this.turns.signalIn(async () => {
      const aad = join(this.keys.resumeID, u8(FROM_GUEST));
      return join(u8(FRAME.resume), this.keys.resumeID, nonce, await seal(this.keys.resumeOut, nonce, aad, u64(this.signals.in)));
    });
  }

  /** @param {Bytes} frame @returns {Promise<number>} which of our signals the host expects next */
  async openResume(frame) {
    if (frame.length !== 53 || frame[0] !== FRAME.resume || !equal(frame.slice(1, 17), this.keys.resumeID)) throw new Forged('resume');
    const aad = join(this.keys.resumeID, u8(FROM_HOST));
    const next = readU64(await open(this.keys.resumeIn, frame.slice(17, 29), aad, frame.slice(29)), 0);
    if (next > this.signals.out) throw new Forged('resume');
    return next;
  }

  /** Our first message on a data channel: it ties both certificates to the handshake. @param {Fingerprints} fp */
  sealFinished(fp) {
    return this.turns.dataOut(async () => {
      const next = this.data.out;
      return join(u8(FINISHED), u64(next), await finished(this.keys.media, FROM_GUEST, this.T3, next, fp.host, fp.guest));
    });
  }

  /** Numbers go on from where the host says, which is never lower than what we have seen. @param {Bytes} message @param {Fingerprints} fp */
  checkFinished(message, fp) {
    return this.turns.dataIn(async () => {
      if (message.length !== 41 || message[0] !== FINISHED) throw new Malformed('finished');
      const next = readU64(message, 1);
      const mac = await finished(this.keys.media, FROM_HOST, this.T3, next, fp.host, fp.guest);
      if (!equal(mac, message.slice(9)) || next < this.data.in) throw new Forged('finished');
      this.data.in = next;
    });
  }

  /** @param {unknown} body @returns {Promise<Bytes>} */
  sealData(body) {
    return this.turns.dataOut(async () => {
      const n = this.data.out++;
      const sealed = await seal(this.keys.dataOut, nonceOf(n), this.aad(FROM_GUEST, n), pad(write(body)));
      return join(u8(SEALED), u64(n), sealed);
    });
  }

  /** @param {Bytes} message */
  openData(message) {
    return this.turns.dataIn(async () => {
      const n = this.data.in;
      if (message.length < 9 || message[0] !== SEALED || readU64(message, 1) !== n) throw new Forged('sequence');
      const sealed = await open(this.keys.dataIn, nonceOf(n), this.aad(FROM_HOST, n), message.slice(9));
      this.data.in++;
      return readData(unpad(sealed));
    });
  }
}
