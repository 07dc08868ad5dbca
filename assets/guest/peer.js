// The RTCPeerConnection of a session. It follows the host's offers and makes none.

import { isLocal, localOnly } from './address.js';
import { Malformed } from './bytes.js';
import { MAX_FRAME } from './wire.js';

export class Peer {
  /** @param {Admit} admit @param {PeerEvents} events */
  constructor(admit, events) {
    this.admit = admit;
    this.events = events;
    this.remote = new MediaStream();
    /** @type {{ audio: RTCRtpSender | null, video: RTCRtpSender | null }} */
    this.senders = { audio: null, video: null };
    /** @type {RTCDataChannel | null} */
    this.channel = null;
    /** @type {Promise<unknown>} the channel takes messages, as the browser says */
    this.ready = Promise.resolve();
    /** The addresses stay hidden, and there is no server to hide behind. */
    this.house = admit.relay && !admit.turn;
    this.pc = new RTCPeerConnection({
      iceServers: admit.turn ? [admit.turn] : [],
      // Relay only hides the two addresses from each other; the therapist chose it, and the link committed to it.
      iceTransportPolicy: admit.relay && admit.turn ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    this.pc.onicecandidate = ({ candidate }) => {
      if (!candidate) events.candidate({ candidate: '', mid: '', line: 0 });
      else if (candidate.candidate && this.mayName(candidate.candidate)) {
        events.candidate({ candidate: candidate.candidate, mid: candidate.sdpMid || '', line: candidate.sdpMLineIndex || 0 });
      }
    };
    this.pc.onconnectionstatechange = () => {
      if (this.pc.connectionState === 'failed') events.failed();
    };
    this.pc.ontrack = ({ track }) => this.remote.addTrack(track);
    this.pc.ondatachannel = ({ channel }) => this.take(channel);
  }

  /** @param {RTCDataChannel} channel */
  take(channel) {
    if (this.channel || channel.label !== 'alcove' || !channel.ordered) {
      channel.close();
      this.events.strange();
      return;
    }
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME) this.events.message(new Uint8Array(data));
      else this.events.strange();
    };
    this.ready = channel.readyState === 'open' ? Promise.resolve() : new Promise((open) => { channel.onopen = open; });
  }

  /** @param {string} sdp of the host's offer @returns {Promise<string>} of the answer */
  async answer(sdp) {
    const { pc, admit } = this;
    await pc.setRemoteDescription({ type: 'offer', sdp: this.house ? localOnly(sdp) : sdp });
    for (const transceiver of pc.getTransceivers()) {
      if (transceiver.direction === 'stopped') continue;
      const kind = transceiver.receiver.track.kind === 'video' ? 'video' : 'audio';
      const allowed = kind === 'video' ? admit.modality === 'video' : admit.modality !== 'text';
      // Both ways even while our camera is off, so that turning it on needs no new offer.
      transceiver.direction = allowed ? 'sendrecv' : 'inactive';
      if (allowed) this.senders[kind] = this.senders[kind] || transceiver.sender;
    }
    await pc.setLocalDescription(await pc.createAnswer());
    const mine = /** @type {RTCSessionDescription} */ (pc.localDescription).sdp;
    return this.house ? localOnly(mine) : mine;
  }

  /** To try a candidate tells it our address, so this holds for theirs as well. @param {string} candidate */
  mayName(candidate) {
    return !this.house || isLocal(candidate);
  }

  /** @param {{ candidate: string, mid: string, line: number }} candidate */
  async addCandidate({ candidate, mid, line }) {
    if (!candidate || !this.mayName(candidate)) return;
    // One that this browser cannot read (mDNS, TCP) is one way less, not the end.
    await this.pc.addIceCandidate({ candidate, sdpMid: mid || null, sdpMLineIndex: line }).catch(() => {});
  }

  /** The certificates of the descriptions that are in force. */
  fingerprints() {
    return { host: fingerprint(this.pc.currentRemoteDescription), guest: fingerprint(this.pc.currentLocalDescription) };
  }

  /** @param {'audio' | 'video'} kind @param {MediaStreamTrack | null} track */
  show(kind, track) {
    const sender = this.senders[kind];
    if (sender && sender.track !== track) sender.replaceTrack(track).catch(() => {});
  }

  get open() {
    return !!this.channel && this.channel.readyState === 'open';
  }

  /** @param {Bytes} message */
  send(message) {
    if (this.open) /** @type {RTCDataChannel} */ (this.channel).send(message);
  }

  close() {
    this.pc.close();
  }
}

/** @param {RTCSessionDescription | null} description @returns {Bytes} 32 bytes */
function fingerprint(description) {
  const lines = new Set((description ? description.sdp : '').match(/^a=fingerprint:.*$/gim) || []);
  const [line, ...others] = Array.from(lines);
  const hex = line && /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/i.exec(line);
  // Two certificates would let one of them go unchecked.
  if (!hex || others.length) throw new Malformed('fingerprint');
  return new Uint8Array(/** @type {string} */ (hex[1]).split(':').map((pair) => parseInt(pair, 16)));
}
