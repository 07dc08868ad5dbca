// Camera and microphone, voice only or text only; the name to be called by; the PIN, if one was agreed on.

import { MediaFailure } from '../media.js';
import { announce, ask, button, h } from '../page.js';
import { icon } from '../icons.js';
import { MAX_NAME } from '../wire.js';
import { t } from '../words.js';
import { field } from './parts.js';

/** @type {{ wants: Modality, picture: IconName, devices: Device[] }[]} */
const modes = [
  { wants: 'video', picture: 'camera', devices: ['camera', 'microphone'] },
  { wants: 'voice', picture: 'microphone', devices: ['microphone'] },
  { wants: 'text', picture: 'text', devices: [] },
];

/**
 * @param {Invitation} invitation @param {Media} media @param {Choice} choice
 * @param {number} left tries of the PIN after a wrong one, else 0 @returns {Promise<'knock' | 'leave'>}
 */
export async function ready(invitation, media, choice, left) {
  const name = { name: invitation.card.therapist };
  let stopMeter = () => {};
  let trouble = '';
  let asking = 0;

  const answer = await ask('ready', (/** @type {(answer: 'knock' | 'leave') => void} */ done) => {
    const note = h('p', { class: 'notice', hidden: true });
    const video = h('video', { class: 'mirror', muted: true, playsinline: true, autoplay: true, 'aria-label': t('preview') });
    video.muted = true;
    video.srcObject = media.picture;
    const preview = h('div', { class: 'preview' }, video, h('p', { class: 'caption' }, t('preview')));
    const bar = h('span', { class: 'level-bar' });
    const sound = h('p', { class: 'fine' });
    const meter = h('div', { class: 'meter' }, icon('microphone'), h('span', { class: 'level', role: 'img', 'aria-label': t('level') }, bar), sound);
    const writing = h('p', { class: 'fine' }, t('textReady', name));

    const buttons = modes.map(({ wants, picture, devices }) => h('button', {
      type: 'button', class: 'mode', onclick: () => void pick(wants, devices),
    }, icon(picture), h('span', { class: 'mode-name' }, t(wants)), h('span', { class: 'mode-hint' }, t(`${wants}Hint`))));

    function update() {
      buttons.forEach((one, i) => one.setAttribute('aria-pressed', String(modes[i]?.wants === choice.wants)));
      preview.hidden = choice.wants !== 'video' || !media.tracks.camera;
      meter.hidden = choice.wants === '' || choice.wants === 'text' || !media.tracks.microphone;
      writing.hidden = choice.wants !== 'text';
      note.hidden = !trouble;
      note.textContent = trouble;
      stopMeter();
      stopMeter = meter.hidden ? () => {} : listen(media, bar, sound);
    }

    /** @param {Modality} wants @param {Device[]} devices */
    async function pick(wants, devices) {
      const mine = ++asking;
      choice.wants = wants;
      for (const device of /** @type {Device[]} */ (['camera', 'microphone'])) if (!devices.includes(device)) media.close(device);
      trouble = devices.some((device) => !media.tracks[device]) ? t('asking') : '';
      update();
      const problem = await media.open(devices).catch((error) => error);
      if (mine !== asking) return;
      trouble = '';
      if (problem instanceof MediaFailure) {
        trouble = t(`${problem.device}_${problem.problem}`);
        // Nobody is asked to try again with what already works.
        choice.wants = media.tracks.microphone ? 'voice' : '';
        if (choice.wants) trouble += ` ${t('voiceInstead')}`;
        announce(trouble, true);
      }
      update();
    }

    // No autocomplete: a browser that is shared would offer this name to the next person.
    const named = field('name', t('name'), t('nameHint', name), {
      type: 'text', value: choice.name, maxlength: MAX_NAME, autocomplete: 'off', required: true,
      oninput: (/** @type {InputEvent} */ event) => { choice.name = /** @type {HTMLInputElement} */ (event.target).value; },
    });
    const pin = field('pin', t('pin'), t('pinHint', name), {
      type: 'text', value: choice.pin, inputmode: 'numeric', maxlength: 6, autocomplete: 'off', pattern: '[0-9]*', class: 'digits', required: true,
      oninput: (/** @type {InputEvent} */ event) => { choice.pin = /** @type {HTMLInputElement} */ (event.target).value; },
    });
    if (left) setTimeout(() => pin.blame(left === 1 ? t('pinWrongOne') : t('pinWrongMany', { left })));

    /** @param {Event} event */
    function submit(event) {
      event.preventDefault();
      choice.name = choice.name.trim();
      named.blame('');
      pin.blame('');
      if (!choice.wants) {
        trouble = t('choose');
        announce(trouble, true);
        update();
        buttons[0]?.focus();
      } else if (!choice.name) named.blame(t('nameMissing'));
      else if (invitation.bundle.pin && !/^[0-9]{6}$/.test(choice.pin)) pin.blame(t('pinMissing'));
      else done('knock');
    }

    update();
    return h('form', { class: 'card', novalidate: true, autocomplete: 'off', onsubmit: submit },
      h('h1', { id: 'how' }, t('readyTitle')),
      h('p', { class: 'lead' }, t('readyHint', name)),
      h('div', { class: 'modes', role: 'group', 'aria-labelledby': 'how' }, ...buttons),
      note, preview, meter, writing, named.box, invitation.bundle.pin && pin.box,
      h('div', { class: 'actions' },
        h('button', { type: 'submit', class: 'button primary' }, icon('door'), t('knock')),
        button(t('leave'), () => done('leave'))));
  });
  asking++;
  stopMeter();
  return answer;
}

/** Moves the bar, and says once in words that it moved. @param {Media} media @param {HTMLElement} bar @param {HTMLElement} words */
function listen(media, bar, words) {
  let heard = false;
  words.textContent = t('speak');
  return media.meter((level) => {
    bar.style.transform = `scaleX(${level.toFixed(3)})`;
    if (heard || level < 0.4) return;
    heard = true;
    words.textContent = t('heard');
    announce(t('heard'));
  });
}
