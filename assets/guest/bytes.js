// Bytes and the few ways in which protocol.md joins, writes and compares them.

/** What another party sent does not have the one form that it may have. The message names the place, never the content. */
export class Malformed extends Error {}

/** @param {...Uint8Array} parts @returns {Bytes} */
export function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const encoder = new TextEncoder();
// fatal, because two readers that mend broken text in two ways would not have read the same message.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {string} text @returns {Bytes} */
export function utf8(text) {
  return join(encoder.encode(text));
}

/** @param {Uint8Array} bytes */
export function text(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Malformed('text');
  }
}

/** A label is ASCII and a zero byte, so that no label begins another. @param {string} name */
export function label(name) {
  return utf8(`${name}\0`);
}

/** @param {number} n */
export function u8(n) {
  return new Uint8Array([n]);
}

/** @param {number} n @returns {Bytes} */
export function u32(n) {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, n);
  return out;
}

/** @param {number} n below 2^53: no session comes near @returns {Bytes} */
export function u64(n) {
  return join(u32(Math.floor(n / 2 ** 32)), u32(n % 2 ** 32));
}

/** @param {Uint8Array} bytes @param {number} at */
export function readU32(bytes, at) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

/** @param {Uint8Array} bytes @param {number} at */
export function readU64(bytes, at) {
  const n = readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4);
  if (!Number.isSafeInteger(n)) throw new Malformed('number');
  return n;
}

/** Base64url without padding. @param {Uint8Array} bytes */
export function b64(bytes) {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Takes exactly one text for one value. @param {string} s @param {number} [length] in bytes, if it is known @returns {Bytes} */
export function unb64(s, length) {
  if (!/^[A-Za-z0-9_-]*$/.test(s) || s.length % 4 === 1) throw new Malformed('base64url');
  const raw = atob(s.replace(/-/g, '+').replace(/_/g, '/'));
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  if (b64(out) !== s || (length !== undefined && out.length !== length)) throw new Malformed('base64url');
  return out;
}

/** Takes as long for a near miss as for a far one. @param {Uint8Array} a @param {Uint8Array} b */
export function equal(a, b) {
  if (a.length !== b.length) return false;
  let diff = 0;
  for (let i = 0; i < a.length; i++) diff |= /** @type {number} */ (a[i]) ^ /** @type {number} */ (b[i]);
  return diff === 0;
}

/** @param {number} n @returns {Bytes} */
export function random(n) {
  return crypto.getRandomValues(new Uint8Array(n));
}

const sizes = [1024, 4096, 16384, 65000];

/** Hides a length behind four size classes. @param {Uint8Array} bytes @returns {Bytes} */
export function pad(bytes) {
  const size = sizes.find((s) => s >= bytes.length + 4);
  if (!size) throw new Malformed('too long');
  return join(u32(bytes.length), bytes, new Uint8Array(size - 4 - bytes.length));
}

/** @param {Bytes} bytes @returns {Bytes} */
export function unpad(bytes) {
  if (!sizes.includes(bytes.length)) throw new Malformed('padding');
  const end = readU32(bytes, 0) + 4;
  // A larger size than needed would be a second form of the same message.
  if (end > bytes.length || sizes.find((s) => s >= end) !== bytes.length) throw new Malformed('padding');
  if (bytes.subarray(end).some((b) => b !== 0)) throw new Malformed('padding');
  return bytes.slice(4, end);
}

/**
 * Runs asynchronous work strictly one after the other: WebCrypto answers in any order, and a sealed sequence has only one.
 * After a failure nothing more runs, and every later call fails as the first did.
 */
export function oneByOne() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  /** @template T @param {() => T | Promise<T>} work @returns {Promise<T>} */
  return (work) => {
    const next = last.then(work);
    last = next;
    return next;
  };
}
