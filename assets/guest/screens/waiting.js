// A calm screen from the knock to the admit. What is not yet certain is not claimed.

import { announce, button, h, show } from '../page.js';
import { t } from '../words.js';
import { crisis, face } from './parts.js';
import { papers, waitingHandouts } from './handouts.js';

/** @type {Record<Waiting, { title: Key, text: Key }>} */
const sentences = {
  calling: { title: 'callingTitle', text: 'calling' },
  unreachable: { title: 'unreachableTitle', text: 'unreachableNow' },
  away: { title: 'awayTitle', text: 'away' },
  knocking: { title: 'knockingTitle', text: 'knocking' },
  waiting: { title: 'waitingTitle', text: 'waiting' },
};

/**
 * @param {string} therapist @param {Media} media @param {Handouts} handouts what may be filled in meanwhile
 * @param {() => void} leave
 * @returns {(state: Waiting) => void} tells how far the knock has come
 */
export function waiting(therapist, media, handouts, leave) {
  const name = { name: therapist };
  /** @type {Waiting} */
  let state = 'calling';
  let update = () => {};
  let reading = false;
  /** @param {boolean} on */
  const read = (on) => {
    reading = on;
    screen();
  };
  const screen = () => show('waiting', () => {
    if (reading) {
      const paper = papers(therapist, handouts, 'h1', () => read(false));
      update = paper.update;
      paper.open();
      paper.element.className = 'card paper';
      return paper.element;
    }
    const title = h('h1', null);
    const text = h('p', { class: 'lead' });
    const video = h('video', { class: 'mirror', muted: true, playsinline: true, autoplay: true, 'aria-label': t('selfLabel') });
    video.muted = true;
    video.srcObject = media.picture;
    const invited = h('section', { class: 'invited' });
    const breath = h('div', { class: 'breath', 'aria-hidden': 'true' }, face(therapist, 'large'));
    update = () => {
      title.textContent = t(sentences[state].title, name);
      text.textContent = t(sentences[state].text, name);
      breath.dataset.state = state;
      const open = waitingHandouts(handouts)[0];
      invited.replaceChildren(...(!open ? handouts.all.some((one) => !one.skipped) ? [h('p', { class: 'fine' }, t('answersHeld', name))] : [] : [
        h('p', null, t('questionsNew', name)),
        button(t(open.given.size ? 'questionsOn' : 'questionsOpen'), () => read(true), 'primary')]));
    };
    update();
    return h('article', { class: 'card calm' },
      breath, title, text, invited,
      media.tracks.camera && h('div', { class: 'preview small' }, video, h('p', { class: 'caption' }, t('preview'))),
      h('div', { class: 'actions' }, button(t('leave'), leave)),
      crisis(true));
  });
  screen();
  handouts.changed = (came) => {
    update();
    if (came) announce(t('questionsNew', name));
  };
  return (next) => {
    if (next === state) return;
    state = next;
    update();
    announce(`${t(sentences[state].title, name)}. ${t(sentences[state].text, name)}`);
  };
}
