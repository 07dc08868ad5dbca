// A form or a plan, one at a time. A form is one list of questions, with the browser's own radio buttons: a screen reader knows them, an old phone
// draws them at once, and nobody is hurried from page to page.

import { announce, button, h } from '../page.js';
import { t } from '../words.js';
import { crisis } from './parts.js';

/** Those that wait for the client. @param {Handouts} handouts */
export const waitingHandouts = (handouts) => handouts.all.filter((one) => one.state === 'open');

/**
 * @param {string} therapist @param {Handouts} handouts @param {'h1' | 'h2'} heading @param {() => void} close
 * @returns {{ element: HTMLElement, open: () => void, update: () => void }} open picks what is to be seen and gives it the focus
 */
export function papers(therapist, handouts, heading, close) {
  const name = { name: therapist };
  const element = h('div', { class: 'paper' });
  /** @type {Handout | undefined} */
  let now;
  let drawn = '';

  function open() {
    turn(waitingHandouts(handouts)[0] || handouts.all[handouts.all.length - 1]);
  }

  /** @param {Handout | undefined} one */
  function turn(one) {
    now = one;
    update();
    element.querySelector(heading)?.focus({ preventScroll: true });
    element.scrollTop = 0;
  }

  /** Draws again only what has changed: a list that is being filled in keeps its place. */
  function update() {
    const next = now ? `${now.id} ${now.state} ${handouts.sends} ${now.state !== 'open' && waitingHandouts(handouts).length}` : '';
    if (!now || next === drawn) return;
    drawn = next;
    element.replaceChildren(...(now.plan ? planned(now, now.plan) : now.form && now.state === 'open' ? asked(now, now.form) : thanks(now)));
  }

  /** @param {string} text */
  const title = (text) => h(heading, { tabindex: -1 }, text);

  /** @param {Handout} one @param {Form} form */
  function asked(one, form) {
    const progress = h('p', { class: 'fine' });
    const count = () => { progress.textContent = t('answered', { n: one.given.size, all: form.items.length }); };
    count();
    const done = (/** @type {boolean} */ skip) => () => {
      handouts.finish(one, skip);
      turn(one);
    };
    return [
      title(t('questions')),
      h('p', null, form.why),
      h('p', { class: 'fine' }, t('questionsFree', name)),
      h('section', { class: 'form', lang: form.lang, 'aria-label': form.title },
        h('p', { class: 'form-title' }, form.title),
        form.how && h('p', null, form.how),
        form.stem && h('p', { class: 'stem' }, form.stem),
        ...form.items.map((item) => question(one, item, count)),
        form.licence && h('p', { class: 'fine' }, form.licence)),
      progress,
      h('div', { class: 'actions' },
        button(t('finish'), done(false), 'primary'), button(t('later'), close), button(t('skipAll'), done(true))),
    ];
  }

  /** @param {Handout} one @param {Item} item @param {() => void} count */
  function question(one, item, count) {
    const help = h('div', { class: 'help', lang: document.documentElement.lang });
    const look = () => {
      const needed = handouts.needsHelp(one, item.n);
      if (needed === !!help.firstChild) return;
      help.replaceChildren(...(needed ? [h('p', null, t('help', name)), crisis(true, true)] : []));
      if (needed) announce(t('help', name));
    };
    /** @param {string} label @param {number | null} value */
    const choice = (label, value) => h('label', { class: 'choice', lang: value === null && document.documentElement.lang },
      h('input', {
        type: 'radio', name: `${one.id}-${item.n}`, checked: value !== null && one.given.get(item.n) === value, autocomplete: 'off',
        onchange: () => {
          handouts.answer(one, item.n, value);
          count();
          look();
        },
      }), label);
    look();
    return h('fieldset', null,
      h('legend', null, item.text), ...item.choices.map(({ label, value }) => choice(label, value)), choice(t('ratherNot'), null), help);
  }

  /** @param {Handout} one */
  function thanks(one) {
    const fate = one.state === 'done' ? (handouts.sends ? 'answersSending' : 'answersHeld') : one.state === 'kept' ? 'answersKept' : 'answersRefused';
    if (one.state !== 'done') announce(t(fate, name));
    const more = waitingHandouts(handouts).length;
    return [
      title(t('thanksTitle')),
      h('p', null, t(one.skipped ? 'thanksSkipped' : 'thanks', name)),
      !one.skipped && h('p', { class: 'fine' }, t(fate, name)),
      one.helped && h('div', { class: 'help' }, h('p', null, t('help', name)), crisis(true, true)),
      h('div', { class: 'actions' }, more ? button(t('questionsNext'), open, 'primary') : button(t('goBack'), close, 'primary')),
    ].filter((part) => part instanceof Node);
  }

  /** @param {Handout} one @param {Plan} plan */
  function planned(one, plan) {
    if (one.state !== 'done') {
      const wish = (/** @type {boolean} */ yes) => () => {
        handouts.wish(one, yes);
        if (yes) turn(one);
        else close();
      };
      return [
        title(plan.title), h('p', null, t('planAsk', name)),
        h('div', { class: 'actions' }, button(t('planShow'), wish(true), 'primary'), button(t('planNot'), wish(false))),
      ];
    }
    return [
      title(plan.title),
      h('section', { class: 'plan' }, ...plan.parts.map((part) => h('div', null, h('h3', null, part.title), h('p', { class: 'quote' }, part.text)))),
      h('p', { class: 'fine' }, t('planKeep')),
      h('div', { class: 'actions' }, button(t('goBack'), close, 'primary'), button(t('print'), () => window.print()), button(t('save'), () => save(plan))),
    ];
  }

  return { element, open, update };
}

/** Into a file of the client's own, by their own act. @param {Plan} plan */
function save(plan) {
  const text = [plan.title, ...plan.parts.map((part) => `${part.title}\n${part.text}`)].join('\n\n');
  const href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  h('a', { href, download: `${plan.title}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}
