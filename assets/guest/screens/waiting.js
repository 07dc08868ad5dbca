// A calm screen from the knock to the admit. What is not yet certain is not claimed.

import { announce, button, h, show } from '../page.js';
import { t } from '../words.js';
import { crisis, face } from './parts.js';

/** @typedef {import('../lobby.js').Waiting} Waiting */

/** @type {Record<Waiting, { title: import('../words.js').Key, text: import('../words.js').Key }>} */
const sentences = {
  calling: { title: 'callingTitle', text: 'calling' },
  unreachable: { title: 'unreachableTitle', text: 'unreachableNow' },
  away: { title: 'awayTitle', text: 'away' },
  knocking: { title: 'knockingTitle', text: 'knocking' },
  waiting: { title: 'waitingTitle', text: 'waiting' },
};

/**
 * @param {string} therapist @param {import('../media.js').Media} media @param {() => void} leave
 * @returns {(state: Waiting) => void} tells how far the knock has come
 */
export function waiting(therapist, media, leave) {
  const name = { name: therapist };
  /** @type {Waiting} */
  let state = 'calling';
  let update = () => {};
  show('waiting', () => {
    const title = h('h1', null);
    const text = h('p', { class: 'lead' });
    const video = h('video', { class: 'mirror', muted: true, playsinline: true, autoplay: true, 'aria-label': t('selfLabel') });
    video.muted = true;
    video.srcObject = media.picture;
    const breath = h('div', { class: 'breath', 'aria-hidden': 'true' }, face(therapist, 'large'));
    update = () => {
      title.textContent = t(sentences[state].title, name);
      text.textContent = t(sentences[state].text, name);
      breath.dataset.state = state;
    };
    update();
    return h('article', { class: 'card calm' },
      breath, title, text,
      media.tracks.camera && h('div', { class: 'preview small' }, video, h('p', { class: 'caption' }, t('preview'))),
      h('div', { class: 'actions' }, button(t('leave'), leave)),
      crisis(true));
  });
  return (next) => {
    if (next === state) return;
    state = next;
    update();
    announce(`${t(sentences[state].title, name)}. ${t(sentences[state].text, name)}`);
  };
}
