// What this browser remembers of a therapist, once the person has knocked. First the guest's signing key: how the desktop knows this browser again.
// One for each pairKey, so that two therapists who compare notes cannot tell that they see the same person. The browser keeps it so that not even
// this page can read it out. Beside it, whether the spoken code ever matched, and how new the cards were.
//
// Nothing here may fail: private windows and full disks have no storage, and some browsers empty it after seven days. Then a new key is made,
// the therapist hears the six digits once more, and that is all.

import { b64 } from './bytes.js';
import { newSigningKey, rawPublic, sha256, sign } from './seal.js';

/** Links whose card is remembered: more than anybody has open with one therapist. */
const MAX_CARDS = 32;

/** @type {Map<string, Kept>} what this page has made, whether or not it could be stored */
const memory = new Map();

/** @returns {Promise<IDBDatabase>} */
function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('alcove', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('guests');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} ask @returns {Promise<T | undefined>} */
async function stored(mode, ask) {
  try {
    const db = await database();
    return await new Promise((resolve, reject) => {
      const work = db.transaction('guests', mode);
      const request = ask(work.objectStore('guests'));
      work.oncomplete = () => resolve(request.result);
      work.onabort = () => reject(work.error);
    }).finally(() => db.close());
  } catch {
    return undefined;
  }
}

/** The name under which a pairKey or a link is kept: a hash, so the store holds neither itself. @param {Bytes} bytes */
async function nameOf(bytes) {
  return b64(await sha256(bytes));
}

/** @param {string} name @returns {Promise<Kept>} */
async function kept(name) {
  const was = memory.get(name) || (await stored('readonly', (s) => /** @type {IDBRequest<Kept>} */ (s.get(name))));
  return { pair: null, verified: false, cards: {}, ...was };
}

/** @param {string} name @param {Kept} value */
async function keep(name, value) {
  memory.set(name, value);
  await stored('readwrite', (s) => s.put(value, name));
}

/** @param {Kept} was @param {string} link @param {number} version @returns {Record<string, number>} the newest link last */
function seen({ cards }, link, version) {
  const others = Object.entries(cards).filter(([name]) => name !== link);
  return Object.fromEntries([...others, /** @type {[string, number]} */ ([link, version])].slice(-MAX_CARDS));
}

/** The key of this browser for the therapist who invites. @param {Invitation} invitation @returns {Promise<Guest>} */
export async function guestKey({ bundle, linkID, version }) {
  const name = await nameOf(bundle.pairKey);
  const was = await kept(name);
  const pair = was.pair || (await newSigningKey());
  await keep(name, { ...was, pair, cards: seen(was, await nameOf(linkID), version) });
  return { raw: await rawPublic(pair.publicKey), sign: (data) => sign(pair.privateKey, data), verified: was.verified };
}

/** Remembers that the therapist has typed the right code. Only their own sealed word may lead here. @param {Bytes} pairKey */
export async function keepVerified(pairKey) {
  const name = await nameOf(pairKey);
  await keep(name, { ...(await kept(name)), verified: true });
}

/** Whether a card is at least as new as any that this browser has seen of the same link: a relay must not bring an old one back. Another link of
 * the same therapist has a card of its own, sealed at its own second. Remembers it only for somebody who has knocked before, so that opening a
 * link leaves no trace. @param {Invitation} invitation */
export async function freshCard({ bundle, linkID, version }) {
  const name = await nameOf(bundle.pairKey);
  const link = await nameOf(linkID);
  const was = await kept(name);
  if (version < (was.cards[link] || 0)) return false;
  if (was.pair) await keep(name, { ...was, cards: seen(was, link, version) });
  return true;
}
