// The row of controls under the picture.

import { icon } from '../icons.js';
import { MediaFailure } from '../media.js';
import { announce, button, h } from '../page.js';
import { t } from '../words.js';

/** @param {IconName} picture @param {string} label @param {() => void} onclick @param {string} [kind] */
function control(picture, label, onclick, kind = '') {
  const words = h('span', { class: 'control-words' }, label);
  const round = h('span', { class: 'control-round' }, icon(picture));
  const element = h('button', { type: 'button', class: `control ${kind}`, onclick }, round, words);
  return {
    element,
    /** @param {IconName} next @param {string} text @param {boolean} off */
    set(next, text, off) {
      round.replaceChildren(icon(next));
      words.textContent = text;
      element.dataset.off = String(off);
    },
    words,
  };
}

/** @param {Media} media @param {Modality} modality @param {Doings} doings */
export function controls(media, modality, doings) {
  let forbidden = false;
  const fault = h('p', { class: 'room-fault', role: 'alert', hidden: true });
  const microphone = control('microphone', t('mute'), () => void toggleMicrophone());
  const camera = control('camera', t('cameraOff'), () => void toggleCamera());
  const chat = control('chat', t('chat'), doings.chat, 'chat-control');
  const handouts = control('text', t('questions'), doings.handouts, 'chat-control');
  handouts.element.hidden = true;
  const leave = control('hang', t('leave'), () => sure(true), 'danger');
  const stay = button(t('stay'), () => sure(false));
  const confirm = h('div', { class: 'sure', role: 'alertdialog', 'aria-labelledby': 'sure', hidden: true, onkeydown: escape },
    h('p', { id: 'sure' }, t('leaveSure')), stay, button(t('leaveYes'), doings.leave, 'danger'));
  const bar = h('nav', { class: 'controls', 'aria-label': t('controls') }, fault, confirm,
    h('div', { class: 'controls-row' },
      modality !== 'text' && microphone.element, modality === 'video' && camera.element, modality !== 'text' && chat.element, handouts.element, leave.element));

  /** A single link opens one session: leaving it by a slip of the thumb would be for good. @param {boolean} open */
  function sure(open) {
    confirm.hidden = !open;
    if (open) stay.focus();
    else leave.element.focus();
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key === 'Escape') sure(false);
  }

  /** @param {string} text */
  function complain(text) {
    fault.textContent = text;
    fault.hidden = !text;
  }

  /** @param {Device} device */
  async function open(device) {
    complain('');
    try {
      await media.open([device]);
    } catch (error) {
      if (error instanceof MediaFailure) complain(t(`${error.device}_${error.problem}`));
    }
  }

  async function toggleMicrophone() {
    if (!media.tracks.microphone) await open('microphone');
    else media.listen(!media.speaking);
    said(media.speaking ? 'unmute' : 'mute');
  }

  async function toggleCamera() {
    if (media.tracks.camera) media.close('camera');
    else await open('camera');
    said(media.tracks.camera ? 'cameraOn' : 'cameraOff');
  }

  /** @param {Key} done */
  function said(done) {
    doings.changed();
    if (fault.hidden) announce(t(done));
  }

  return {
    bar, complain,
    update() {
      microphone.set(media.speaking ? 'microphone' : 'microphoneOff', t(media.speaking ? 'mute' : 'unmute'), !media.speaking);
      const on = !!media.tracks.camera;
      camera.set(on ? 'camera' : 'cameraOff', t(on ? 'cameraOff' : 'cameraOn'), !on);
      camera.element.disabled = forbidden;
    },
    /** @param {boolean} only */
    forbidCamera(only) {
      forbidden = only;
    },
    /** @param {boolean} open @param {number} n */
    unread(open, n) {
      chat.element.setAttribute('aria-expanded', String(open));
      chat.element.dataset.unread = String(n || '');
      chat.words.textContent = t('chat');
      chat.element.setAttribute('aria-label', n ? t('chatUnread', { n }) : t('chat'));
    },
    focusChat() {
      chat.element.focus();
    },
    /** @param {boolean} open @param {string} label '' hides it @param {number} waiting */
    handouts(open, label, waiting) {
      handouts.element.hidden = !label;
      handouts.words.textContent = label;
      handouts.element.setAttribute('aria-expanded', String(open));
      handouts.element.dataset.unread = String(waiting || '');
    },
    focusHandouts() {
      handouts.element.focus();
    },
  };
}
