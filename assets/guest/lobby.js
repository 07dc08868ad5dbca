// From the tap on Knock to the admit. Before that tap no socket is opened.

import { oneByOne } from './bytes.js';
import { Failure } from './failure.js';
import { Knock } from './knock.js';
import { Line } from './line.js';
import { fetchSlot } from './link.js';
import { FRAME } from './wire.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */
/** @typedef {'calling' | 'unreachable' | 'away' | 'knocking' | 'waiting'} Waiting */

/**
 * @typedef {object} LobbyEvents
 * @property {(state: Waiting) => void} state
 * @property {(left: number) => void} wrongPIN another knock is welcome
 * @property {(failure: Failure) => void} failed the line is closed
 * @property {(opened: import('./knock.js').Opened, line: Line) => void} admitted the line is the caller's now, and the confirm is still to be sent
 */

export class Lobby {
  /** Opens and sends nothing. @param {import('./link.js').Invitation} invitation */
  constructor(invitation) {
    this.invitation = invitation;
    this.line = new Line(invitation.linkID, this);
    /** @type {LobbyEvents} */
    this.events = { state() {}, wrongPIN() {}, failed() {}, admitted() {} };
    /** @type {{ form: import('./knock.js').Form, guest: import('./keys.js').Guest } | null} what to knock with as soon as somebody can hear it */
    this.wish = null;
    /** @type {Knock | null} */
    this.current = null;
    this.present = false;
    this.over = false;
    this.timer = 0;
    this.turn = oneByOne();
  }

  /** @param {import('./knock.js').Form} form @param {import('./keys.js').Guest} guest @param {LobbyEvents} events */
  knock(form, guest, events) {
    this.wish = { form, guest };
    this.events = events;
    if (!this.line.socket) {
      this.events.state('calling');
      this.line.start();
    } else if (this.present) this.ring();
    else this.events.state('away');
  }

  ring() {
    const wish = this.wish;
    if (!wish || this.over) return;
    this.events.state('knocking');
    this.work(async () => {
      const knock = await Knock.make(this.invitation, wish.form, wish.guest);
      if (this.over || !this.present) return;
      this.current = knock;
      this.line.send(knock.frame);
    });
  }

  /** One after the other; whatever does not open is the relay's doing, and ends the knock. @param {() => Promise<void>} work */
  work(work) {
    this.turn(async () => { if (!this.over) await work(); }).catch(() => this.fail(new Failure('tampered')));
  }

  opened() {}

  /** @param {boolean} here */
  here(here) {
    this.present = here;
    clearTimeout(this.timer);
    if (here) this.ring();
    else {
      this.current = null; // the desktop that we knocked at has forgotten us
      this.events.state('away');
      this.wonder(3000);
    }
  }

  /** Nobody there may mean that nobody will come: the link was withdrawn, or ran out. @param {number} wait */
  wonder(wait) {
    this.timer = setTimeout(async () => {
      await this.ask();
      if (!this.over && !this.present) this.wonder(30000);
    }, wait);
  }

  /** @param {Bytes} frame */
  frame(frame) {
    this.work(async () => {
      const knock = this.current;
      if (!knock) return; // an answer to a knock that was given up
      if (frame[0] === FRAME.admit) {
        const opened = await knock.openAdmit(frame);
        this.finish();
        this.events.admitted(opened, this.line);
        return;
      }
      if (frame[0] !== FRAME.hostLobby) throw new Error('frame');
      const message = await knock.openLobby(frame);
      if (message.t === 'waiting') this.events.state('waiting');
      else if (message.t === 'deny') this.fail(new Failure('denied', message.say));
      else if (message.left === 0) this.fail(new Failure('blocked'));
      else {
        this.current = this.wish = null;
        this.events.wrongPIN(message.left);
      }
    });
  }

  /** @param {number} tries */
  lost(tries) {
    this.present = false;
    this.current = null;
    this.events.state(tries > 2 ? 'unreachable' : 'calling');
    if (tries === 2 || tries % 8 === 0) void this.ask();
  }

  /** A socket cannot say why it was refused; the link can. */
  async ask() {
    try {
      await fetchSlot(this.invitation.linkID);
    } catch (error) {
      if (error instanceof Failure && error.kind !== 'unreachable' && error.kind !== 'damaged') this.fail(error);
    }
  }

  hungup() {
    // In turn: the sentence that explains it came just before, and may still be being opened.
    this.work(async () => {
      await this.ask();
      this.fail(new Failure('hungup'));
    });
  }

  /** Nobody knocks from here any more. Lets go of the ephemeral keys, so that none outlives its handshake. */
  finish() {
    this.over = true;
    clearTimeout(this.timer);
    this.current = this.wish = null;
  }

  /** @param {Failure} failure */
  fail(failure) {
    if (this.over) return;
    this.finish();
    this.line.close();
    this.events.failed(failure);
  }

  /** Takes the knock back and hangs up. */
  async leave() {
    if (this.over) return;
    const knock = this.current;
    this.finish();
    const frame = knock && (await knock.leave());
    if (frame) this.line.send(frame);
    this.line.close();
  }
}
