// The guest's signing key: how a therapist's desktop knows this browser again. One for each pairKey, so that two therapists who compare notes
// cannot tell that they see the same person. The browser keeps it so that not even this page can read it out.
//
// Nothing here may fail: private windows and full disks have no storage, and some browsers empty it after seven days. Then a new key is made,
// the therapist hears the six digits once more, and that is all.

import { b64 } from './bytes.js';
import { newSigningKey, rawPublic, sha256, sign } from './seal.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */
/** @typedef {{ raw: Bytes, sign: (data: Bytes) => Promise<Bytes> }} Guest */
/** @typedef {{ pair: CryptoKeyPair | null, card: number }} Kept */

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

/** The name under which a pairKey is kept: a hash, so the store does not hold the therapist's key itself. @param {Bytes} pairKey */
async function nameOf(pairKey) {
  return b64(await sha256(pairKey));
}

/** @param {string} name @returns {Promise<Kept>} */
async function kept(name) {
  return memory.get(name) || (await stored('readonly', (s) => /** @type {IDBRequest<Kept>} */ (s.get(name)))) || { pair: null, card: 0 };
}

/** @param {string} name @param {Kept} value */
async function keep(name, value) {
  memory.set(name, value);
  await stored('readwrite', (s) => s.put(value, name));
}

/** The key of this browser for one therapist. @param {Bytes} pairKey @returns {Promise<Guest>} */
export async function guestKey(pairKey) {
  const name = await nameOf(pairKey);
  const was = await kept(name);
  const pair = was.pair || (await newSigningKey());
  if (!was.pair) await keep(name, { ...was, pair });
  return { raw: await rawPublic(pair.publicKey), sign: (data) => sign(pair.privateKey, data) };
}

/** Whether a card is at least as new as any that this browser has seen: a relay must not bring an old one back. Remembers it only for somebody
 * who has knocked before, so that opening a link leaves no trace. @param {Bytes} pairKey @param {number} version */
export async function freshCard(pairKey, version) {
  const name = await nameOf(pairKey);
  const was = await kept(name);
  if (version < was.card) return false;
  if (was.pair && version > was.card) await keep(name, { ...was, card: version });
  return true;
}
