// The last screen, and the ones where something stands in the way.

import { icon } from '../icons.js';
import { announce, ask, button, h } from '../page.js';
import { t } from '../words.js';
import { crisis } from './parts.js';

/** @param {'left' | 'ended'} how @param {string} therapist @param {boolean} mayReturn the link still works @returns {Promise<'again'>} */
export function goodbye(how, therapist, mayReturn) {
  const name = { name: therapist };
  return ask('goodbye', (done) => h('article', { class: 'card calm' },
    h('div', { class: 'sign' }, icon('leaf')),
    h('h1', null, t(how === 'left' ? 'leftTitle' : 'endedTitle')),
    h('p', { class: 'lead' }, t(how, name)),
    mayReturn && h('p', { class: 'fine' }, t('leftBefore')),
    !mayReturn && h('p', { class: 'fine' }, t('goodbye')),
    mayReturn && h('div', { class: 'actions' }, button(t('comeBack'), () => done('again'))),
    crisis(true)));
}

/** Where the sentence is not simply the kind of the failure. @type {Record<string, { title?: Key, text?: Key }>} */
const other = {
  unreachable: { title: 'unreachableLinkTitle', text: 'unreachableLink' },
  lost: { text: 'lostOver' },
};

/** What helps: nothing, a new try, or another knock. @type {Record<string, Key>} */
const ways = { unreachable: 'again', denied: 'knockAgain', hungup: 'knockAgain' };

const links = ['empty', 'reloaded', 'cut', 'unknown', 'used', 'revoked', 'expired', 'newer'];

/**
 * @param {Failure} failure @param {string} therapist as far as known
 * @returns {Promise<'again'>} if there is a way on
 */
export function failed(failure, therapist) {
  const name = { name: therapist };
  const { kind, say } = failure;
  const title = () => t(other[kind]?.title || /** @type {Key} */ (`${kind}Title`), name);
  const text = () => t(other[kind]?.text || /** @type {Key} */ (kind), name);
  const way = ways[kind];
  const answer = ask('failure', (/** @type {(answer: 'again') => void} */ done) => h('article', { class: 'card calm', 'data-failure': kind },
    h('div', { class: 'sign' }, icon(kind === 'tampered' || kind === 'damaged' ? 'warning' : links.includes(kind) ? 'link' : kind === 'denied' ? 'clock' : 'leaf')),
    h('h1', null, title()),
    say && h('p', { class: 'fine' }, t('deniedSays', name)),
    say && h('p', { class: 'quote' }, say),
    h('p', { class: 'lead' }, text()),
    h('div', { class: 'actions' }, way && button(t(way), () => done('again'), 'primary')),
    h('p', { class: 'fine' }, t('closePage')),
    crisis(true)));
  announce(`${title()}. ${say} ${text()}`, true);
  return answer;
}
