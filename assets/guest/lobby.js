// From the tap on Knock to the admit. Before that tap no socket is opened.

import { oneByOne } from './bytes.js';
import { Failure } from './failure.js';
import { Knock } from './knock.js';
import { Line } from './line.js';
import { fetchSlot } from './link.js';
import { FRAME } from './wire.js';

export class Lobby {
  /** Opens and sends nothing. @param {Invitation} invitation */
  constructor(invitation) {
    this.invitation = invitation;
    this.line = new Line(invitation.linkID, this);
    /** @type {LobbyEvents} */
    this.events = { state() {}, ring() {}, form() {}, wrongPIN() {}, failed() {}, admitted() {} };
    /** @type {{ form: Wish, guest: Guest } | null} what to knock with as soon as somebody can hear it */
    this.wish = null;
    /** @type {Knock | null} */
    this.current = null;
    this.present = false;
    this.over = false;
    this.timer = 0;
    this.turn = oneByOne();
  }

  /** @param {Wish} form @param {Guest} guest @param {LobbyEvents} events */
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
      this.events.ring();
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
      else if (message.t === 'form') this.events.form(message.form);
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
