// What several screens are made of.

import { dated, lines } from '../crisis.js';
import { icon } from '../icons.js';
import { h } from '../page.js';
import { initials, language, t } from '../words.js';

/** @typedef {import('../icons.js').IconName} IconName */

/** A therapist without a picture. @param {string} name @param {string} [size] */
export function face(name, size = '') {
  return h('span', { class: `face ${size}`, 'aria-hidden': 'true' }, initials(name));
}

/** @param {IconName} name @param {string} title @param {string[]} points */
export function points(name, title, points) {
  return h('section', { class: 'points' },
    h('h2', null, title),
    h('ul', null, ...points.map((point) => h('li', null, icon(name), h('span', null, point)))));
}

/** Where to turn when this page is the wrong place. @param {boolean} [brief] without the warning */
export function crisis(brief = false) {
  const month = new Date(`${dated}-15`).toLocaleDateString(language(), { month: 'long', year: 'numeric' });
  return h('aside', { class: 'crisis' },
    !brief && h('h2', null, icon('phone'), t('urgentTitle')),
    !brief && h('p', null, t('urgent')),
    h('details', null,
      h('summary', null, t('crisisLines')),
      h('dl', null, ...lines.flatMap(({ where, numbers }) => [
        h('dt', null, where),
        h('dd', null, ...numbers.map(({ label, call }) => h('a', { href: call, class: 'call' }, label))),
      ])),
      h('p', { class: 'fine' }, t('crisisDated', { date: month }))));
}

/**
 * A labelled field with its hint and its fault, tied together for a screen reader.
 * @param {string} id @param {string} label @param {string} hint @param {import('../page.js').Props} props
 */
export function field(id, label, hint, props) {
  const fault = h('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  const input = h('input', { id, 'aria-describedby': `${id}-fault ${id}-hint`, ...props });
  const box = h('div', { class: 'field' },
    h('label', { for: id }, label), input, fault, h('p', { class: 'hint', id: `${id}-hint` }, hint));
  return {
    box, input,
    /** @param {string} text */
    blame(text) {
      fault.textContent = text;
      fault.hidden = !text;
      input.setAttribute('aria-invalid', String(!!text));
      if (text) input.focus();
    },
  };
}
