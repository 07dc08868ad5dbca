// Which language the page speaks. Only whole sentences are translated; none is put together from parts.

import en from './strings/en.js';
import es from './strings/es.js';

/** @typedef {keyof typeof en} Key */
/** @typedef {'en' | 'es'} Language */

/** @type {Record<Language, Record<Key, string>>} */
const languages = { en, es };

/** @type {Language} */
let current = /** @type {Language | undefined} */ (navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in languages)) || 'en';

export function language() {
  return current;
}

export function otherLanguage() {
  current = current === 'en' ? 'es' : 'en';
}

/** @param {Key} key @param {Record<string, string | number>} [values] */
export function t(key, values = {}) {
  return languages[current][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @param {number} ms */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString(current, { hour: '2-digit', minute: '2-digit' });
}

/** The one or two letters that stand for a person without a picture: titles do not count. @param {string} name */
export function initials(name) {
  const words = name.split(/\s+/).filter((word) => word && !word.endsWith('.'));
  const pick = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return pick.map((word) => Array.from(word || '')[0] || '').join('').toLocaleUpperCase(current);
}
