// The one element that every screen is shown in, and how a screen reader hears of it. Built without a line of HTML in a string: the policy of
// the page (Trusted Types) would refuse it, and with it whatever a therapist's or a client's text might try.

import { language, otherLanguage, t } from './words.js';

/**
 * Makes an element. A function becomes a listener, true an empty attribute, false and null none.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Props | null} props @param {...Child} children @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child || child === '')));
  return element;
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Says something to who does not see it. @param {string} text @param {boolean} [urgent] interrupts */
export function announce(text, urgent = false) {
  const region = byId(urgent ? 'alert' : 'status');
  region.textContent = '';
  // A region that gets the same text twice in one go is not read again.
  setTimeout(() => { region.textContent = text; }, 60);
}

/** @type {(() => HTMLElement) | null} */
let build = null;

/**
 * Shows a screen. It is built again when the language changes, so what a person has typed must live outside of it.
 * @param {string} name for the style sheet @param {() => HTMLElement} screen with one h1 @param {boolean} [fixed] keeps its language
 */
export function show(name, screen, fixed = false) {
  build = screen;
  document.body.dataset.screen = name;
  byId('language').hidden = fixed;
  draw();
  const title = byId('screen').querySelector('h1');
  // The title is where reading begins; without this a screen reader would stay where a button used to be.
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  window.scrollTo(0, 0);
}

function draw() {
  if (!build) return;
  document.documentElement.lang = language();
  byId('screen').replaceChildren(build());
  // Always the same: a browser writes titles into its history, and a therapist's name has no business there.
  document.title = t('title');
  const button = byId('language');
  button.lang = language() === 'en' ? 'es' : 'en';
  button.textContent = t('otherLanguage');
  byId('skip').textContent = t('skip');
}

/** Puts the frame of the page in place, once. */
export function frame() {
  byId('skip').addEventListener('click', (event) => {
    // By hand, and not by the address: the place behind its # belongs to links.
    event.preventDefault();
    byId('screen').focus();
  });
  byId('language').addEventListener('click', () => otherLanguage().then(draw, () => {}));
}

/**
 * Shows a screen until a person has decided.
 * @template T @param {string} name @param {(done: (answer: T) => void) => HTMLElement} screen @returns {Promise<T>}
 */
export function ask(name, screen) {
  return new Promise((resolve) => show(name, () => screen(resolve)));
}

/** @param {string} label @param {(event: Event) => void} onclick @param {string} [kind] primary, quiet or danger */
export function button(label, onclick, kind = 'quiet') {
  return h('button', { type: 'button', class: `button ${kind}`, onclick }, label);
}
