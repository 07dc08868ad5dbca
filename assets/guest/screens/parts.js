// What screens are made of.

import { dated, lines } from '../crisis.js';
import { icon } from '../icons.js';
import { button, h } from '../page.js';
import { initials, language, t } from '../words.js';

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

/** Where to turn when this page is the wrong place. @param {boolean} [brief] without the warning @param {boolean} [open] with the numbers in sight */
export function crisis(brief = false, open = false) {
  const month = new Date(`${dated}-15`).toLocaleDateString(language(), { month: 'long', year: 'numeric' });
  return h('aside', { class: 'crisis' },
    !brief && h('h2', null, icon('phone'), t('urgentTitle')),
    !brief && h('p', null, t('urgent')),
    h('details', { open },
      h('summary', null, t('crisisLines')),
      h('dl', null, ...lines.flatMap(({ where, numbers }) => [
        h('dt', null, where),
        h('dd', null, ...numbers.map(({ label, call }) => h('a', { href: call, class: 'call' }, label))),
      ])),
      h('p', { class: 'fine' }, t('crisisDated', { date: month }))));
}

/**
 * The six digits: large, in two groups, to be read aloud.
 * @param {string} code @param {string} therapist @param {boolean} aloud there is a voice to read it with; else it goes by phone
 * @param {() => void} hide @returns {HTMLElement}
 */
export function codeCard(code, therapist, aloud, hide) {
  const digits = Array.from(code);
  return h('section', { class: 'code', 'aria-labelledby': 'code-title' },
    h('h2', { id: 'code-title' }, icon('shield'), t('codeTitle')),
    // One by one: a screen reader would make a number of six digits out of them, and nobody compares those.
    h('p', { class: 'unseen' }, digits.join(', ')),
    h('p', { class: 'code-digits', 'aria-hidden': 'true' },
      h('span', null, digits.slice(0, 3).join('')), h('span', null, digits.slice(3).join(''))),
    h('p', null, t(aloud ? 'code' : 'codeText', { name: therapist })),
    button(t('codeHide'), hide));
}

/**
 * A labelled field with its hint and its fault, tied together for a screen reader.
 * @param {string} id @param {string} label @param {string} hint @param {Props} props
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
