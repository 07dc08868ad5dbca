// Every message that the page reads or writes, exactly as protocol.md has it. What has another shape is refused as a whole.

import { Malformed, readU64, text, unb64, utf8 } from './bytes.js';

export const FRAME = /** @type {const} */ ({ knock: 1, hostLobby: 2, guestLobby: 3, admit: 4, confirm: 5, signal: 6, resume: 7 });
export const SIGNAL = /** @type {const} */ ({ offer: 1, answer: 2, candidate: 3, bye: 4, restart: 5 });
export const MAX_FRAME = 65536;
export const MAX_NAME = 80;
export const MAX_CHAT = 4000;

/** How many characters a person would count, as the other side counts them. @param {string} s */
export const length = (s) => Array.from(s).length;

/** @param {string} name @returns {never} */
function malformed(name) {
  throw new Malformed(name);
}

/** An object that is being read: each name once, each name known, none missing. */
class Reader {
  /** @param {unknown} value */
  constructor(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('object');
    this.fields = new Map(Object.entries(value));
  }

  /** @param {string} name */
  has(name) {
    return this.fields.has(name);
  }

  /** @param {string} name @returns {unknown} */
  take(name) {
    if (!this.fields.has(name)) throw new Malformed(name);
    const value = this.fields.get(name);
    this.fields.delete(name);
    return value;
  }

  /** @param {string} name @param {number} limit */
  text(name, limit) {
    const value = this.take(name);
    if (typeof value !== 'string' || length(value) > limit) throw new Malformed(name);
    return value;
  }

  /** @param {string} name @param {number} limit */
  maybe(name, limit) {
    return this.has(name) ? this.text(name, limit) : '';
  }

  /** @param {string} name */
  flag(name) {
    const value = this.take(name);
    if (typeof value !== 'boolean') throw new Malformed(name);
    return value;
  }

  /** @param {string} name @param {number} limit */
  number(name, limit) {
    const value = this.take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > limit) throw new Malformed(name);
    return value;
  }

  /** @param {string} name @param {number} n */
  bytes(name, n) {
    return unb64(this.text(name, 200), n);
  }

  /** @template {string} T @param {string} name @param {readonly T[]} words @returns {T} */
  choice(name, words) {
    const value = this.take(name);
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Malformed(name);
    return found;
  }

  /** @param {string} name @param {number} limit @returns {string[]} */
  texts(name, limit) {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length > limit) throw new Malformed(name);
    if (!value.every((s) => typeof s === 'string' && length(s) <= 400)) throw new Malformed(name);
    return value;
  }

  /** @template T @param {string} name @param {number} limit @param {(r: Reader) => T} read each of them @returns {T[]} */
  list(name, limit, read) {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length > limit) throw new Malformed(name);
    return value.map((one) => {
      const r = new Reader(one);
      return r.done(read(r));
    });
  }

  id() {
    return this.text('id', 40) || malformed('id');
  }

  /** @template T @param {T} message @returns {T} */
  done(message) {
    if (this.fields.size) throw new Malformed('unknown name');
    return message;
  }
}

// JSON.parse keeps the last of two equal names, another reader the first: a message with both would mean two things. And it takes 1.0 and 1e3,
// which would be a second form of the same message.
/** @param {string} json that JSON.parse has taken */
function refuseSecondForms(json) {
  /** @type {Set<string>[]} */
  const open = [];
  for (const [token, name] of json.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[{}]|-?\d[\w.+-]*/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      const names = /** @type {Set<string>} */ (open[open.length - 1]);
      const plain = JSON.parse(`"${name}"`);
      if (names.has(plain)) throw new Malformed('name twice');
      names.add(plain);
    } else if (token[0] !== '"' && !/^(0|[1-9]\d*)$/.test(token)) throw new Malformed('number');
  }
}

/** @param {Uint8Array} bytes */
function read(bytes) {
  const json = text(bytes);
  let value;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Malformed('json');
  }
  refuseSecondForms(json);
  return new Reader(value);
}

/** @param {unknown} message */
export function write(message) {
  return utf8(JSON.stringify(message));
}

// ---- Link

/** @param {Bytes} B @returns {Bundle} expires in Unix seconds */
export function readBundle(B) {
  const [suite, kind, flags] = /** @type {[number, number, number]} */ (/** @type {unknown} */ (B));
  if (B.length !== 173 || suite !== 1 || (kind !== 1 && kind !== 2) || flags > 3) throw new Malformed('bundle');
  return {
    kind, pin: (flags & 1) !== 0, relayOnly: (flags & 2) !== 0,
    expires: readU64(B, 3), inviteKey: B.slice(11, 76), pairKey: B.slice(76, 141),
  };
}

/** @param {Bytes} bytes @returns {Card} */
export function readCard(bytes) {
  const r = read(bytes);
  return r.done({
    therapist: r.text('therapist', 200), practice: r.maybe('practice', 200),
    welcome: r.maybe('welcome', 4000), consent: r.maybe('consent', 4000),
  });
}

// ---- Handshake

const modalities = /** @type {const} */ (['video', 'voice', 'text']);

/** @param {Bytes} bytes @returns {HostLobby} */
export function readLobby(bytes) {
  const r = read(bytes);
  const t = r.choice('t', /** @type {const} */ (['waiting', 'pin', 'deny', 'form']));
  if (t === 'pin') return r.done({ t, left: r.number('left', 100) });
  if (t === 'deny') return r.done({ t, say: r.text('say', 400) });
  if (t === 'form') return r.done({ t, form: readForm(r) });
  return r.done({ t });
}

/** @param {Bytes} bytes @returns {Admit} */
export function readAdmit(bytes) {
  const r = read(bytes);
  const policy = new Reader(r.take('policy'));
  const turn = r.take('turn');
  const head = { session: r.bytes('session', 16), rt: r.bytes('rt', 32), code: r.flag('code'), turn: turn === null ? null : readTurn(turn) };
  return r.done({ ...head, ...policy.done({ relay: policy.flag('relay'), modality: policy.choice('modality', modalities) }) });
}

/** @param {unknown} value @returns {Turn} */
function readTurn(value) {
  const r = new Reader(value);
  const turn = r.done({ urls: r.texts('urls', 8), username: r.text('username', 400), credential: r.text('credential', 400) });
  if (!turn.urls.every((url) => /^(turns?|stun):/.test(url))) throw new Malformed('urls');
  return turn;
}

// ---- Session

const byes = /** @type {const} */ (['ended', 'left', 'tampered', 'handshake']);

/** A guest hears no answer and no request to restart: only the host offers. @param {number} kind @param {Bytes} bytes @returns {HostSignal} */
export function readSignal(kind, bytes) {
  const r = read(bytes);
  switch (kind) {
    case SIGNAL.offer:
      return r.done({ kind: 1, sdp: r.text('sdp', 60000), restart: r.flag('restart') });
    case SIGNAL.candidate:
      return r.done({ kind: 3, candidate: r.text('candidate', 1000), mid: r.text('mid', 16), line: r.number('line', 100) });
    case SIGNAL.bye:
      return r.done({ kind: 4, why: r.choice('why', byes) });
    default:
      throw new Malformed('signal');
  }
}

/** @param {Bytes} bytes @returns {HostData} */
export function readData(bytes) {
  const r = read(bytes);
  const t = r.choice('t', /** @type {const} */ (['beat', 'chat', 'got', 'voice', 'verified', 'form', 'plan', 'kept', 'bye']));
  switch (t) {
    case 'beat':
      return r.done({ t, mic: r.flag('mic'), cam: r.flag('cam') });
    case 'chat':
      return r.done({ t, id: r.id(), text: r.text('text', MAX_CHAT), time: r.number('time', Number.MAX_SAFE_INTEGER) });
    case 'got':
      return r.done({ t, id: r.id() });
    case 'voice':
      return r.done({ t, only: r.flag('only') });
    case 'form':
      return r.done({ t, form: readForm(r) });
    case 'plan':
      return r.done({ t, plan: readPlan(r) });
    case 'kept':
      return r.done({ t, id: r.id(), ok: r.flag('ok') });
    default:
      return r.done({ t });
  }
}

// ---- Forms and plans

/** @param {Reader} outer @returns {Form} */
function readForm(outer) {
  const r = new Reader(outer.take('form'));
  const form = r.done({
    id: r.id(), lang: r.text('lang', 35), title: r.text('title', 200), why: r.text('why', 400),
    how: r.text('how', 2000), stem: r.text('stem', 2000), licence: r.text('licence', 2000),
    items: r.list('items', 100, (q) => ({
      n: q.number('n', 999), text: q.text('text', 2000),
      choices: q.list('choices', 20, (c) => ({ value: c.number('value', 1000), label: c.text('label', 2000) })),
    })),
    help: r.list('help', 100, (q) => ({ n: q.number('n', 999), above: q.number('above', 1000) })),
  });
  const asked = new Set(form.items.map((item) => item.n));
  if (!/^[A-Za-z0-9-]{2,}$/.test(form.lang) || !asked.size || asked.size < form.items.length || form.items.some((item) => !item.choices.length)) malformed('form');
  return form;
}

/** @param {Reader} outer @returns {Plan} */
function readPlan(outer) {
  const r = new Reader(outer.take('plan'));
  return r.done({ id: r.id(), title: r.text('title', 200), parts: r.list('parts', 12, (q) => ({ title: q.text('title', 200), text: q.text('text', 16000) })) });
}

/** What the relay says in the clear. @param {string} json @returns {boolean} whether the therapist's desktop listens */
export function readPresence(json) {
  const r = read(utf8(json));
  r.choice('op', ['host']);
  return r.done(r.flag('here'));
}

/** @param {unknown} body of GET /v1/links/{linkID} */
export function readSlot(body) {
  const r = new Reader(body);
  return r.done({ bundle: unb64(r.text('bundle', 90000)), card: unb64(r.text('card', 90000)) });
}

const reasons = /** @type {const} */ (['used', 'revoked', 'expired']);

/** @param {unknown} body of the answer 410 */
export function readTombstone(body) {
  const r = new Reader(body);
  return r.done(r.choice('why', reasons));
}
