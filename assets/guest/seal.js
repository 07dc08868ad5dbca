// All the cryptography of the page: suite 1 of protocol.md over WebCrypto. Numbers in comments are sections of RFC 9180 (HPKE).
//
//   P-256 · HKDF-SHA256 · AES-256-GCM · ECDSA P-256
//
// Raw secrets live in arrays only as long as it takes to make a CryptoKey that cannot be exported, and are then overwritten. A script engine
// may still have moved a copy; that much, no page can promise.

import { join, label, u8, u32, u64, utf8, Malformed } from './bytes.js';

const subtle = globalThis.crypto && crypto.subtle;
const none = new Uint8Array(0);
const zeros12 = new Uint8Array(12);

/** Something did not open, or a signature did not fit. */
export class Forged extends Error {}

/** Towards the guest and away from it: the `d` of protocol.md. */
export const FROM_HOST = 1;
export const FROM_GUEST = 2;

/** @param {Bytes} data @returns {Promise<Bytes>} */
export async function sha256(data) {
  return new Uint8Array(await subtle.digest('SHA-256', data));
}

/** @param {Bytes} raw @param {Bytes} data @returns {Promise<Bytes>} */
export async function hmac(raw, data) {
  const key = await subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', key, data));
}

/** HKDF-Extract. WebCrypto refuses an empty key; HMAC pads with zeros, so 32 of them are the same. @param {Bytes} salt @param {Bytes} ikm */
export function extract(salt, ikm) {
  return hmac(salt.length ? salt : new Uint8Array(32), ikm);
}

/** HKDF-Expand. @param {Bytes} prk @param {Bytes} info @param {number} n at most 32 here @returns {Promise<Bytes>} */
export async function expand(prk, info, n) {
  return (await hmac(prk, join(info, u8(1)))).slice(0, n);
}

/** @param {Bytes} salt @param {Bytes} ikm @param {Bytes} info @param {number} n */
export async function hkdf(salt, ikm, info, n) {
  const prk = await extract(salt, ikm);
  const out = await expand(prk, info, n);
  prk.fill(0);
  return out;
}

/** Takes the raw key and overwrites it. @param {Bytes} raw */
export async function aeadKey(raw) {
  const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return key;
}

/** @param {CryptoKey} key @param {Bytes} nonce @param {Bytes} aad @param {Bytes} plain @returns {Promise<Bytes>} */
export async function seal(key, nonce, aad, plain) {
  return new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, key, plain));
}

/** @param {CryptoKey} key @param {Bytes} nonce @param {Bytes} aad @param {Bytes} sealed @returns {Promise<Bytes>} */
export async function open(key, nonce, aad, sealed) {
  try {
    return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, key, sealed));
  } catch {
    throw new Forged('seal');
  }
}

/** The nonce of everything that is numbered. @param {number} sequence */
export function nonceOf(sequence) {
  return join(new Uint8Array(4), u64(sequence));
}

// ---- Signatures

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new signing key; its private half can never leave the browser. */
export function newSigningKey() {
  return subtle.generateKey(ecdsa, false, ['sign', 'verify']);
}

/** @param {CryptoKey} key @param {Bytes} data @returns {Promise<Bytes>} 64 bytes, r then s */
export async function sign(key, data) {
  return new Uint8Array(await subtle.sign(ecdsa, key, data));
}

/** @param {Bytes} publicKey 65 bytes @param {Bytes} signature @param {Bytes} data */
export async function verify(publicKey, signature, data) {
  const key = await onCurve(() => subtle.importKey('raw', publicKey, ecdsa, false, ['verify']));
  if (signature.length !== 64 || !(await subtle.verify(ecdsa, key, signature, data))) throw new Forged('signature');
}

/** @param {CryptoKey} publicKey @returns {Promise<Bytes>} 65 bytes, uncompressed */
export async function rawPublic(publicKey) {
  return new Uint8Array(await subtle.exportKey('raw', publicKey));
}

/** Refuses bytes that are not a point of the curve. @param {Bytes} publicKey */
export async function checkPoint(publicKey) {
  await onCurve(() => subtle.importKey('raw', publicKey, ecdsa, false, ['verify']));
}

/** @template T @param {() => Promise<T>} load @returns {Promise<T>} */
async function onCurve(load) {
  try {
    return await load();
  } catch {
    throw new Malformed('key');
  }
}

// ---- HPKE, base mode

const ecdh = { name: 'ECDH', namedCurve: 'P-256' };
const kemSuite = join(utf8('KEM'), new Uint8Array([0, 0x10]));
const hpkeSuite = join(utf8('HPKE'), new Uint8Array([0, 0x10, 0, 1, 0, 2]));
const version = utf8('HPKE-v1');

/** @param {Bytes} suite @param {Bytes} salt @param {string} name @param {Bytes} ikm */
function labeledExtract(suite, salt, name, ikm) {
  return extract(salt, join(version, suite, utf8(name), ikm));
}

/** @param {Bytes} suite @param {Bytes} prk @param {string} name @param {Bytes} info @param {number} n */
function labeledExpand(suite, prk, name, info, n) {
  return expand(prk, join(new Uint8Array([0, n]), version, suite, utf8(name), info), n);
}

/** A key pair for one handshake. */
export function newEphemeral() {
  return subtle.generateKey(ecdh, false, ['deriveBits']);
}


/**
 * 4.1 DHKEM and 5.1 KeySchedule.
 * @param {CryptoKey} mine private @param {Bytes} theirs public, 65 bytes @param {Bytes} kemContext enc and the receiver's key
 * @param {Bytes} info @returns {Promise<Context>}
 */
async function schedule(mine, theirs, kemContext, info) {
  const peer = await onCurve(() => subtle.importKey('raw', theirs, ecdh, false, []));
  const dh = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: peer }, mine, 256));
  const prk = await labeledExtract(kemSuite, none, 'eae_prk', dh);
  const shared = await labeledExpand(kemSuite, prk, 'shared_secret', kemContext, 32);
  const pskHash = await labeledExtract(hpkeSuite, none, 'psk_id_hash', none);
  const infoHash = await labeledExtract(hpkeSuite, none, 'info_hash', info);
  const context = join(u8(0), pskHash, infoHash);
  const secret = await labeledExtract(hpkeSuite, shared, 'secret', none);
  const key = await aeadKey(await labeledExpand(hpkeSuite, secret, 'key', context, 32));
  const nonce = await labeledExpand(hpkeSuite, secret, 'base_nonce', context, 12);
  const exporter = await labeledExpand(hpkeSuite, secret, 'exp', context, 32);
  for (const raw of [dh, prk, shared, secret]) raw.fill(0);
  return { key, nonce, exporter };
}

/** @param {Bytes} receiver public, 65 bytes @param {Bytes} info @param {CryptoKeyPair} [ephemeral] given by a test vector, else a new one */
export async function sealTo(receiver, info, ephemeral) {
  const pair = ephemeral || (await newEphemeral());
  const enc = await rawPublic(pair.publicKey);
  return { enc, context: await schedule(pair.privateKey, receiver, join(enc, receiver), info) };
}

/** @param {CryptoKeyPair} mine @param {Bytes} enc @param {Bytes} info */
export async function openFrom(mine, enc, info) {
  return schedule(mine.privateKey, enc, join(enc, await rawPublic(mine.publicKey)), info);
}

/** 5.3 Export. Each context exports once here, so the exporter is wiped. @param {Context} context @param {string} name */
export async function exportOnce(context, name) {
  const out = await labeledExpand(hpkeSuite, context.exporter, 'sec', label(name), 32);
  context.exporter.fill(0);
  return out;
}

// ---- Key schedule of protocol.md

/** What L gives before anybody has answered. @param {Bytes} L */
export async function linkKeys(L) {
  return {
    linkID: await hkdf(none, L, label('alcove/1 link id'), 16),
    bundle: await aeadKey(await hkdf(none, L, label('alcove/1 bundle'), 32)),
    card: await aeadKey(await hkdf(none, L, label('alcove/1 card'), 32)),
  };
}

/** T0. @param {Bytes} L */
export function transcript(L) {
  return sha256(join(label('alcove/1 transcript'), L));
}

/** T1, T2 and T3: each binds all that went before. @param {Bytes} before @param {number} type @param {Bytes} rest of the frame */
export function extend(before, type, rest) {
  return sha256(join(before, u8(type), u32(rest.length), rest));
}

/** @param {Bytes} L @param {Bytes} ss1 @param {number} d @param {Bytes} T1 */
export async function lobbyKey(L, ss1, d, T1) {
  return aeadKey(await hkdf(L, ss1, join(label('alcove/1 lobby'), u8(d), T1), 32));
}

/** L is the salt: who records the line today and breaks the curve in ten years still lacks it.
 * @param {Bytes} L @param {Bytes} ss1 @param {Bytes} ss2 @param {Bytes} T2 @returns {Promise<SessionKeys>} */
export async function sessionKeys(L, ss1, ss2, T2) {
  const ss = await extract(L, join(ss1, ss2));
  /** @param {string} name */
  const raw = (name) => expand(ss, join(label(`alcove/1 ${name}`), T2), 32);
  const keys = {
    signalIn: await aeadKey(await raw('signal h2g')),
    signalOut: await aeadKey(await raw('signal g2h')),
    dataIn: await aeadKey(await raw('data h2g')),
    dataOut: await aeadKey(await raw('data g2h')),
    resumeIn: await aeadKey(await raw('resume h2g')),
    resumeOut: await aeadKey(await raw('resume g2h')),
    confirm: await aeadKey(await raw('confirm')),
    sas: await raw('sas'),
    media: await raw('media'),
    resumeID: await expand(ss, join(label('alcove/1 resume id'), T2), 16),
  };
  for (const secret of [ss, ss1, ss2]) secret.fill(0);
  return keys;
}

/** @param {CryptoKey} key @param {Bytes} T2 @param {Bytes} rc */
export function confirmation(key, T2, rc) {
  return seal(key, zeros12, T2, rc);
}

/** The six digits. Nothing sent after r_c was revealed is in them. @param {Bytes} sas @param {Bytes} rc @param {Bytes} rt @param {Bytes} T2 */
export async function spokenCode(sas, rc, rt, T2) {
  const mac = await hmac(sas, join(label('alcove/1 code'), rc, rt, T2));
  let rest = 0;
  for (const byte of mac.subarray(0, 8)) rest = (rest * 256 + byte) % 1000000;
  return String(rest).padStart(6, '0');
}

/** @param {Bytes} media @param {number} d @param {Bytes} T3 @param {number} next @param {Bytes} fpHost @param {Bytes} fpGuest */
export function finished(media, d, T3, next, fpHost, fpGuest) {
  return hmac(media, join(label('alcove/1 finished'), u8(d), T3, u64(next), fpHost, fpGuest));
}
