// From the fragment of the address to a checked invitation. The link is a hash of what it leads to, so whoever keeps the bundle for us
// can neither read nor replace it.

import { b64, equal, join, label, Malformed, readU32, u32, unb64, unpad } from './bytes.js';
import { Failure } from './failure.js';
import { checkPoint, Forged, linkKeys, open, sha256, verify } from './seal.js';
import { readBundle, readCard, readSlot, readTombstone } from './wire.js';

const patience = 15000;

/** @param {string} hash as in location.hash @returns {Bytes} L */
export function readFragment(hash) {
  // A newer suite is not damage: this page is simply older than the link.
  if (/^#[2-9][A-Za-z0-9_-]{43,}$/.test(hash)) throw new Failure('newer');
  if (!/^#1[A-Za-z0-9_-]{43}$/.test(hash)) throw new Failure('cut');
  try {
    return unb64(hash.slice(2), 32);
  } catch {
    throw new Failure('cut');
  }
}

/** Asks for the invitation. It changes nothing at the relay: mail scanners open links. @param {Bytes} L @returns {Promise<Invitation>} */
export async function fetchInvitation(L) {
  const { linkID } = await linkKeys(L);
  return openInvitation(L, await fetchSlot(linkID));
}

/** @param {Bytes} linkID @returns {Promise<{ bundle: Bytes, card: Bytes }>} */
export async function fetchSlot(linkID) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(`/v1/links/${b64(linkID)}`, {
      cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', signal: stop.signal,
    });
    if (answer.status === 404) throw new Failure('unknown');
    if (answer.status === 410) throw new Failure(readTombstone(await answer.json()));
    if (!answer.ok) throw new Failure('unreachable');
    return readSlot(await answer.json());
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(error instanceof Malformed ? 'damaged' : 'unreachable');
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Bytes} L @param {{ bundle: Bytes, card: Bytes }} slot @returns {Promise<Invitation>} */
export async function openInvitation(L, slot) {
  try {
    const keys = await linkKeys(L);
    const B = await open(keys.bundle, new Uint8Array(12), keys.linkID, slot.bundle);
    if (!equal(await sha256(join(label('alcove/1 link'), B)), L)) throw new Forged('link');
    const bundle = readBundle(B);
    await checkPoint(bundle.inviteKey);
    await checkPoint(bundle.pairKey);

    const inside = unpad(await open(keys.card, slot.card.slice(0, 12), keys.linkID, slot.card.slice(12)));
    if (inside.length < 68) throw new Malformed('card');
    const version = readU32(inside, 0);
    const json = inside.slice(68);
    await verify(bundle.pairKey, inside.slice(4, 68), join(label('alcove/1 card'), keys.linkID, u32(version), json));
    return { L, linkID: keys.linkID, bundle, card: readCard(json), version };
  } catch (error) {
    if (error instanceof Forged || error instanceof Malformed) throw new Failure('damaged');
    throw error;
  }
}

/** @param {Invitation} invitation @param {number} now in milliseconds */
export function checkExpiry(invitation, now) {
  if (now / 1000 >= invitation.bundle.expires) throw new Failure('expired');
}
