// The six digits: large, in two groups, to be read aloud.

import { button, h } from '../page.js';
import { icon } from '../icons.js';
import { t } from '../words.js';

/**
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
