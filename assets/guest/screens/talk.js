// The chat beside the picture.

import { icon } from '../icons.js';
import { announce, h } from '../page.js';
import { MAX_CHAT } from '../wire.js';
import { clock, t } from '../words.js';

/** @param {string} therapist @param {(text: string) => void} say @param {() => void} close */
export function talk(therapist, say, close) {
  const name = { name: therapist };
  /** @type {Map<string, HTMLElement>} */
  const shown = new Map();
  const empty = h('p', { class: 'chat-empty' }, t('chatEmpty'));
  // Not a live region: what comes in is announced whether or not this panel is open, and only once.
  const list = h('ol', { class: 'chat-lines', tabindex: 0, 'aria-label': t('chat') });
  const input = h('textarea', {
    id: 'write', rows: 1, maxlength: MAX_CHAT, placeholder: t('chatLabel', name), 'aria-label': t('chatLabel', name), autocomplete: 'off',
    enterkeyhint: 'send', onkeydown: keys, onbeforeinput: typed,
  });
  const form = h('form', { class: 'chat-form', onsubmit: submit },
    input, h('button', { type: 'submit', class: 'chat-send', 'aria-label': t('send') }, icon('send')));
  const held = h('p', { class: 'chat-held', hidden: true }, icon('clock'), h('span', null, t('lostChat')));
  const panel = h('aside', { class: 'chat', 'aria-labelledby': 'chat-title' },
    h('header', null, h('h2', { id: 'chat-title' }, t('chat')),
      h('button', { type: 'button', class: 'chat-close', 'aria-label': t('chatClose'), onclick: close }, icon('close'))),
    list, empty, held, form);

  let shift = false;

  /** @param {KeyboardEvent} event */
  function keys(event) {
    shift = event.shiftKey;
  }

  // Asked of the text and not of the key: the keyboards of phones do not say which key it was, and while a word is being composed (Japanese, dead
  // keys), Enter belongs to the keyboard.
  /** @param {InputEvent} event */
  function typed(event) {
    if (event.inputType === 'insertLineBreak' && !shift && !event.isComposing) submit(event);
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    say(text);
    input.focus();
  }

  return {
    panel, input,
    /** @param {boolean} lost */
    hold(lost) {
      held.hidden = !lost;
    },
    /** Shows a line, or how it fares. @param {ChatLine} line */
    show(line) {
      empty.hidden = true;
      const who = line.mine ? t('you') : therapist;
      const state = line.mine ? ` · ${t(line.delivered ? 'delivered' : 'sending')}` : '';
      const fine = `${who} · ${clock(line.time)}${state}`;
      const old = shown.get(line.id);
      if (old) {
        const last = old.querySelector('.chat-fine');
        if (last) last.textContent = fine;
        return;
      }
      const item = h('li', { class: line.mine ? 'mine' : 'theirs', 'data-id': line.id },
        h('p', { class: 'bubble', dir: 'auto' }, line.text), h('p', { class: 'chat-fine' }, fine));
      shown.set(line.id, item);
      list.append(item);
      list.scrollTop = list.scrollHeight;
      if (!line.mine) announce(t('newMessage', { ...name, text: line.text }));
    },
  };
}
