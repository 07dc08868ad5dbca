// Who invites you, what is private and what is not.

import { ask, button, h } from '../page.js';
import { t } from '../words.js';
import { crisis, face, points } from './parts.js';

/** @param {Card} card @returns {Promise<'next' | 'leave'>} */
export function welcome(card) {
  const name = { name: card.therapist };
  return ask('welcome', (done) => h('article', { class: 'card' },
    h('div', { class: 'host' }, face(card.therapist, 'large'), card.practice && h('p', { class: 'practice' }, card.practice)),
    h('h1', null, t('welcomeTitle', name)),
    card.welcome && h('p', { class: 'quote' }, card.welcome),
    points('shield', t('privateTitle'), [t('private1', name), t('private2'), t('private3', name)]),
    points('eye', t('publicTitle'), [t('public1'), t('public2', name), t('public3'), t('public4', name), t('public5')]),
    card.consent && h('section', { class: 'consent' }, h('h2', null, t('consentTitle')), h('p', { class: 'quote' }, card.consent)),
    crisis(),
    h('div', { class: 'actions' },
      button(t('next'), () => done('next'), 'primary'),
      button(t('leave'), () => done('leave')))));
}
