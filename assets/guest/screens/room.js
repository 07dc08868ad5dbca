// The room: the therapist large, oneself small, the chat beside it.

import { icon } from '../icons.js';
import { announce, h, show } from '../page.js';
import { t } from '../words.js';
import { controls } from './controls.js';
import { codeCard, face } from './parts.js';
import { papers, waitingHandouts } from './handouts.js';
import { talk } from './talk.js';

/**
 * @param {string} therapist @param {Opened} opened @param {boolean} asked the code is shown, to be compared
 * @param {Media} media @param {Handouts} handouts @param {RoomSeat} seat
 */
export function roomScreen(therapist, opened, asked, media, handouts, seat) {
  const name = { name: therapist };
  const { code, admit } = opened;
  const writing = admit.modality === 'text';
  let verified = false;
  let voiceOnly = false;
  let unread = 0;
  let remote = { mic: false, cam: false };

  const picture = h('video', { class: 'remote', playsinline: true, autoplay: true, 'aria-label': t('remoteLabel', name) });
  const self = h('video', { class: 'mirror', playsinline: true, autoplay: true, muted: true, 'aria-label': t('selfLabel') });
  self.muted = true;
  self.srcObject = media.picture;
  const notice = h('p', { class: 'room-notice' });
  const note = h('p', { class: 'remote-note' });
  const badge = h('button', { type: 'button', class: 'badge', onclick: () => showCode(root.dataset.code !== 'open') });
  const card = codeCard(code, therapist, !writing, () => {
    showCode(false);
    badge.focus();
  });
  const listen = h('button', { type: 'button', class: 'button primary listen', hidden: true, onclick: () => play() }, t('listen', name));
  const selfToggle = h('button', { type: 'button', class: 'self-toggle', onclick: () => hideSelf(root.dataset.self !== 'hidden') });
  const chat = talk(therapist, seat.say, () => openChat(false));
  const paper = papers(therapist, handouts, 'h2', () => openHandouts(false));
  const panel = h('aside', { class: 'chat papers', 'aria-label': therapist },
    h('header', null, h('p', null, therapist), h('button', { type: 'button', class: 'chat-close', 'aria-label': t('goBack'), onclick: () => openHandouts(false) }, icon('close'))),
    paper.element);
  const bar = controls(media, admit.modality, {
    chat: () => openChat(root.dataset.chat !== 'open'), handouts: () => openHandouts(root.dataset.handouts !== 'open'), leave: seat.leave, changed: () => update(),
  });

  const root = h('article', { class: 'room', 'data-chat': writing ? 'open' : 'closed', 'data-modality': admit.modality, 'data-picture': 'none' },
    h('header', { class: 'room-bar' }, face(therapist), h('div', null, h('h1', null, therapist), badge)),
    h('div', { class: 'stage' },
      card,
      h('div', { class: 'view' },
        picture,
        h('div', { class: 'nobody' }, face(therapist, 'huge')),
        note, notice,
        h('div', { class: 'self' }, self, selfToggle),
        listen)),
    bar.bar, chat.panel, panel);

  /** @param {boolean} hide */
  function hideSelf(hide) {
    root.dataset.self = hide ? 'hidden' : 'shown';
    selfToggle.replaceChildren(icon(hide ? 'eye' : 'eyeOff'));
    selfToggle.setAttribute('aria-label', t(hide ? 'selfShow' : 'selfHide'));
  }

  /** @param {boolean} open */
  function showCode(open) {
    card.hidden = !open;
    badge.setAttribute('aria-expanded', String(open));
    root.dataset.code = open ? 'open' : 'closed';
  }

  /** @param {boolean} open */
  function openHandouts(open) {
    root.dataset.handouts = open ? 'open' : 'closed';
    if (open && !writing) root.dataset.chat = 'closed';
    handoutsChanged(false);
    if (open && root.dataset.state !== 'lost') say('');
    if (open) paper.open();
    else bar.focusHandouts();
  }

  /** @param {boolean} came */
  function handoutsChanged(came) {
    const open = root.dataset.handouts === 'open';
    const waits = waitingHandouts(handouts);
    const last = waits[0] || handouts.all[handouts.all.length - 1];
    bar.handouts(open, last ? t(last.plan ? 'plan' : 'questions') : '', waits.length);
    if (open) paper.update();
    if (!came) return;
    const news = t(handouts.all[handouts.all.length - 1]?.plan ? 'planNew' : 'questionsNew', name);
    say(news);
    announce(news);
  }

  /** @param {boolean} open */
  function openChat(open) {
    if (open) root.dataset.handouts = 'closed';
    root.dataset.chat = open ? 'open' : 'closed';
    if (open) unread = 0;
    bar.unread(open, unread);
    if (open) chat.input.focus();
    else bar.focusChat();
  }

  function play() {
    // Some browsers play no sound before a tap; then there is a button for that tap.
    picture.play().then(() => { listen.hidden = true; }, (error) => { listen.hidden = error.name !== 'NotAllowedError'; });
  }

  function update() {
    root.dataset.picture = remote.cam && admit.modality === 'video' ? 'shown' : 'none';
    root.dataset.camera = media.tracks.camera ? 'on' : 'off';
    note.textContent = writing ? '' : t(remote.mic ? 'remoteNoPicture' : 'remoteMuted', name);
    note.hidden = !note.textContent || (remote.mic && root.dataset.picture === 'shown') || (remote.mic && admit.modality === 'voice');
    const trust = verified ? 'verified' : asked ? 'unverified' : 'privateLine';
    badge.dataset.trust = trust;
    badge.replaceChildren(icon(trust === 'unverified' ? 'warning' : 'shield'), t(trust));
    badge.setAttribute('aria-label', `${t(trust)}. ${t('codeShow')}`);
    bar.update();
  }

  /** @param {string} text stays until the next one */
  function say(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  hideSelf(false);
  showCode(asked);
  say(t('connecting', name));
  update();
  handouts.changed = handoutsChanged;
  handoutsChanged(false);
  show('room', () => root, true);

  return {
    /** @param {RoomState} state @param {boolean} first */
    state(state, first) {
      root.dataset.state = state;
      chat.hold(state === 'lost');
      note.hidden = note.hidden || state !== 'live';
      if (state === 'lost') say(t('lost'));
      else say('');
      announce(state === 'lost' ? `${t('lost')} ${t('lostChat')}` : t(first ? 'live' : 'restored', name), state === 'lost');
    },
    /** @param {ChatLine} line */
    chat(line) {
      const isNew = !line.mine && root.dataset.chat !== 'open';
      chat.show(line);
      if (isNew) bar.unread(false, ++unread);
    },
    /** @param {boolean} mic @param {boolean} cam */
    remote(mic, cam) {
      if (mic === remote.mic && cam === remote.cam) return;
      remote = { mic, cam };
      update();
    },
    /** @param {MediaStream} stream */
    stream(stream) {
      if (picture.srcObject !== stream) picture.srcObject = stream;
      play();
    },
    /** @param {boolean} only */
    voiceOnly(only) {
      if (only === voiceOnly) return; // said again after each reconnect
      voiceOnly = only;
      bar.forbidCamera(only);
      announce(t(only ? 'voiceOnly' : 'voiceOnlyOver', name));
      say(only ? t('voiceOnly', name) : '');
      update();
    },
    verified() {
      if (verified) return; // said again after each reconnect
      verified = true;
      showCode(false);
      update();
      if (asked) announce(t('verifiedNow', name));
    },
    /** @param {Device} device @param {MediaProblem | null} problem */
    device(device, problem) {
      if (problem) bar.complain(t(device === 'camera' ? 'cameraGone' : 'microphoneGone'));
      update();
    },
  };
}
