// Which language the page speaks. Only whole sentences are translated; none is put together from parts.
//
// Only the language that is spoken is fetched, and the other when it is asked for. index.html names this module first, so that the sentences come
// beside the rest and not after it.

/** @type {Record<Language, () => Promise<{ default: Record<Key, string> }>>} */
const languages = { en: () => import('./strings/en.js'), es: () => import('./strings/es.js') };

/** @type {Language} */
let current = /** @type {Language | undefined} */ (navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in languages)) || 'en';

/** @type {Record<Key, string>} */
let sentences;

/** @param {Language} next */
async function speak(next) {
  sentences = (await languages[next]()).default;
  current = next;
}

/** The page can speak. */
export const spoken = speak(current);

export function language() {
  return current;
}

export function otherLanguage() {
  return speak(current === 'en' ? 'es' : 'en');
}

/** @param {Key} key @param {Record<string, string | number>} [values] */
export function t(key, values = {}) {
  return sentences[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @param {number} ms */
export function clock(ms) {
  return new Date(ms).toLocaleTimeString(current, { hour: 'numeric', minute: '2-digit' });
}

/** The one or two letters that stand for a person without a picture: titles do not count. @param {string} name */
export function initials(name) {
  const words = name.split(/\s+/).filter((word) => word && !word.endsWith('.'));
  const pick = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return pick.map((word) => Array.from(word || '')[0] || '').join('').toLocaleUpperCase(current);
}
