// The visit, from the link to goodbye.
//
//   welcome ─▶ ready ─▶ waiting ─▶ room ─▶ goodbye        and `failed` from anywhere
//
// The secret of the link lives in this module's memory and nowhere else: not in the address bar, not in the history, not in a storage. So a page
// that is loaded again has to ask for the link again. Keeping it in sessionStorage would spare that, but browsers write that storage to the disk
// and bring it back with a restored tab, on a computer that may be shared; and the link is a tap away in the client's own messages.

import { Failure } from './failure.js';
import { freshCard, guestKey, keepVerified } from './keys.js';
import { checkExpiry, fetchInvitation, readFragment } from './link.js';
import { Lobby } from './lobby.js';
import { Media } from './media.js';
import { frame, h, show } from './page.js';
import { Room } from './room.js';
import { Handouts } from './handouts.js';
import { failed, goodbye } from './screens/goodbye.js';
import { ready } from './screens/ready.js';
import { roomScreen } from './screens/room.js';
import { waiting } from './screens/waiting.js';
import { welcome } from './screens/welcome.js';
import { language, spoken, t } from './words.js';

/** Takes the link out of the address bar and of the history, before anything else happens. */
function takeFragment() {
  const { hash } = location;
  forgetFragment();
  return hash;
}

function forgetFragment() {
  history.replaceState(null, '', location.pathname);
}

function checkBrowser() {
  if (!window.isSecureContext) throw new Failure('insecure');
  if (!window.crypto?.subtle || !window.RTCPeerConnection || !window.WebSocket || !window.TextDecoder || !window.AbortController) throw new Failure('old');
}

/** A mark that holds no secret: it tells a reload from a visit without a link. */
function wasHere() {
  try {
    const was = sessionStorage.getItem('alcove') === 'opened';
    sessionStorage.setItem('alcove', 'opened');
    return was;
  } catch {
    return false;
  }
}

/** @param {string} hash @returns {Promise<Invitation>} */
async function invite(hash) {
  const was = wasHere();
  checkBrowser();
  if (hash.length < 2) throw new Failure(was ? 'reloaded' : 'empty');
  const L = readFragment(hash);
  for (;;) {
    show('opening', () => h('article', { class: 'calm' }, h('h1', null, t('opening'))));
    try {
      const invitation = await fetchInvitation(L);
      checkExpiry(invitation, Date.now());
      if (!(await freshCard(invitation))) throw new Failure('damaged');
      return invitation;
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'unreachable') throw error;
      await failed(error, '');
    }
  }
}

/**
 * From the invitation to an admit. @param {Invitation} invitation @param {Media} media @param {Handouts} handouts
 * @returns {Promise<Admitted | null>} null if the person has left
 */
async function arrive(invitation, media, handouts) {
  const name = invitation.card.therapist;
  /** @type {Choice} */
  const choice = { name: '', pin: '', wants: '' };
  if ((await welcome(invitation.card)) === 'leave') return null;
  const { bundle } = invitation;
  let lobby = new Lobby(invitation);
  for (let left = 0; ;) {
    if ((await ready(invitation, media, choice, left)) === 'leave') {
      await lobby.leave();
      return null;
    }
    if (lobby.over) lobby = new Lobby(invitation);
    const form = { name: choice.name, pin: bundle.pin ? choice.pin : '', lang: language(), wants: choice.wants || 'text' };
    const answer = await knock(lobby, form, await guestKey(invitation), name, media, handouts);
    if (answer === null || 'opened' in answer) return answer;
    left = 'left' in answer ? answer.left : 0;
    choice.pin = '';
    if (answer instanceof Failure) {
      handouts.forget();
      media.closeAll();
      choice.wants = '';
      await failed(answer, name);
    }
  }
}

/**
 * @param {Lobby} lobby @param {Wish} form @param {Guest} guest @param {string} name @param {Media} media
 * @param {Handouts} handouts
 * @returns {Promise<Admitted | { left: number } | Failure | null>} null if the person has left
 */
function knock(lobby, form, guest, name, media, handouts) {
  return new Promise((resolve) => {
    const state = waiting(name, media, handouts, () => {
      void lobby.leave();
      resolve(null);
    });
    lobby.knock(form, guest, {
      state, failed: resolve, ring: () => handouts.knocked(), form: (asked) => handouts.ask(asked),
      wrongPIN: (left) => resolve({ left }),
      admitted: (opened, line) => resolve({ opened, line, known: guest.verified }),
    });
  });
}

/** @param {Invitation} invitation @param {Admitted} admitted @param {Media} media @param {Handouts} handouts @returns {Promise<EndReason>} */
function meet(invitation, { opened, line, known }, media, handouts) {
  return new Promise((resolve) => {
    let lock = { release: async () => {} };
    // The screen of a phone must not go dark on a person who listens. Not every browser can promise that, and none beyond a look at another page.
    const awake = () => { if (!document.hidden) navigator.wakeLock?.request('screen').then((held) => { lock = held; }, () => {}); };
    awake();
    document.addEventListener('visibilitychange', awake);
    const warn = (/** @type {Event} */ event) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    let first = true;
    /** @type {Room} */
    let room;
    // A host that waives the code may be the one that must not be trusted: what counts is what this browser remembers.
    const asked = opened.admit.code || !known;
    handouts.join((message) => room.send(message), !asked);
    if (opened.admit.modality !== 'video') media.close('camera');
    if (opened.admit.modality === 'text') media.close('microphone');
    const screen = roomScreen(invitation.card.therapist, opened, asked, media, handouts, { say: (text) => room.chat.say(text), leave: () => room.end('left') });
    room = new Room(opened, line, media, handouts, {
      state: (state) => {
        screen.state(state, first);
        first = false;
      },
      chat: screen.chat, remote: screen.remote, stream: screen.stream, voiceOnly: screen.voiceOnly, device: screen.device,
      verified: () => {
        // In a session without the code this says that it matched earlier: that only this browser can know.
        if (!opened.admit.code && !known) return;
        screen.verified();
        handouts.verified();
        void keepVerified(invitation.bundle.pairKey);
      },
      ended: (why) => {
        window.removeEventListener('beforeunload', warn);
        document.removeEventListener('visibilitychange', awake);
        void lock.release().catch(() => {});
        resolve(why);
      },
    });
  });
}

/** @param {string} hash */
async function visit(hash) {
  let name = '';
  const media = new Media();
  const handouts = new Handouts();
  try {
    const invitation = await invite(hash);
    name = invitation.card.therapist;
    for (;;) {
      const admitted = await arrive(invitation, media, handouts);
      if (!admitted) {
        media.closeAll();
        handouts.forget();
        await goodbye('left', name, true);
        continue;
      }
      const why = await meet(invitation, admitted, media, handouts);
      handouts.forget();
      if (why !== 'left' && why !== 'ended') throw new Failure(why);
      await goodbye(why, name, false);
    }
  } catch (error) {
    media.closeAll();
    handouts.forget();
    await failed(error instanceof Failure ? error : new Failure('broken'), name);
  }
}

const hash = takeFragment();
spoken.then(() => {
  frame();
  void visit(hash);
}, () => history.replaceState(null, '', location.pathname + hash)); // no words came: a reload finds the link again
// A second link opened in this tab changes only the fragment; the page starts over with it. Nothing less than a link may end a visit.
window.addEventListener('hashchange', () => {
  if (/^#[1-9][\w-]{43,}$/.test(location.hash)) location.reload();
  else if (location.hash) forgetFragment();
});
