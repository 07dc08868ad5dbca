// Forms and plans that the therapist puts on this page, and what is answered. All of it lives in the memory of this page: nothing is written to a
// storage, and forget lets go of it.
//
//   open ── finish ──▶ done ── the host has them ──▶ kept, or refused
//
// Answers leave this page only when the line is up and it is sure who is at its other end. They go out again after every break until the host has
// said what became of them.

export class Handouts {
  constructor() {
    /** @type {Handout[]} */
    this.all = [];
    /** @type {((message: unknown) => void) | null} once there is a session; called only while its line is up */
    this.send = null;
    this.up = false;
    this.trusted = false;
    /** @type {(came: boolean) => void} something is new, or was sent or taken */
    this.changed = () => {};
  }

  /** The therapist's desktop has forgotten what it asked at the last knock, and may ask it again. */
  knocked() {
    this.all.forEach((one) => { one.stale = true; });
  }

  /** @param {Form} form */
  ask(form) {
    const words = (/** @type {Form | null} */ f) => JSON.stringify({ ...f, id: '' });
    const again = this.all.find((one) => one.stale && words(one.form) === words(form));
    if (again) Object.assign(again, { id: form.id, form, stale: false });
    this.put(form.id, { form, plan: null });
  }

  /** @param {Plan} plan */
  show(plan) {
    this.put(plan.id, { form: null, plan });
  }

  /** Once, however often it is sent. @param {string} id @param {{ form: Form | null, plan: Plan | null }} what */
  put(id, what) {
    if (this.send) this.send({ t: 'got', id });
    const came = !this.all.some((one) => one.id === id);
    if (came) this.all.push({ id, ...what, given: new Map(), state: 'open', stale: false, skipped: false, helped: false });
    this.changed(came);
  }

  /** A session has begun. What its admit did not ask for is forgotten. @param {(message: unknown) => void} send @param {boolean} trusted */
  join(send, trusted) {
    this.all = this.all.filter((one) => !one.stale);
    this.send = send;
    this.trusted = trusted;
  }

  verified() {
    this.trusted = true;
    this.post();
  }

  resume() {
    this.up = true;
    this.post();
  }

  pause() {
    this.up = false;
  }

  /** Whether answers may leave this page. */
  get sends() {
    return !!this.send && this.trusted;
  }

  post() {
    if (this.up) this.all.forEach((one) => this.hand(one));
    this.changed(false);
  }

  /** Says what was decided, and again after a break: it may have been lost. @param {Handout} one */
  hand(one) {
    if (!this.send || one.state === 'open') return;
    if (one.plan) this.send({ t: 'shown', id: one.id, yes: one.state === 'done' });
    else if (this.sends && one.state === 'done') this.send({ t: 'answers', id: one.id, given: Object.fromEntries(one.given) });
  }

  /** @param {Handout} one @param {number} n @param {number | null} value null for rather not */
  answer(one, n, value) {
    if (one.state !== 'open') return;
    if (value === null) one.given.delete(n);
    else one.given.set(n, value);
  }

  /** Whether one of the answers asks for somebody to talk to. @param {Handout} one @param {number} [n] this answer alone */
  needsHelp(one, n) {
    return !!one.form && one.form.help.some((help) => (n === undefined || help.n === n) && (one.given.get(help.n) ?? -1) > help.above);
  }

  /** @param {Handout} one @param {boolean} [skip] all of it */
  finish(one, skip = false) {
    if (skip) one.given.clear();
    one.skipped = !one.given.size;
    one.helped = this.needsHelp(one);
    one.state = 'done';
    if (this.up) this.hand(one);
    this.changed(false);
  }

  /** Whether a plan is wished for. @param {Handout} one @param {boolean} yes */
  wish(one, yes) {
    one.state = yes ? 'done' : 'refused';
    if (this.up) this.hand(one);
    this.changed(false);
  }

  /** The host has them, or cannot take them: either way they have no business here any more. @param {string} id @param {boolean} ok */
  kept(id, ok) {
    const one = this.all.find((handout) => handout.id === id);
    if (!one || one.state !== 'done') return;
    one.given.clear();
    one.state = ok ? 'kept' : 'refused';
    this.changed(false);
  }

  forget() {
    this.all.forEach((one) => one.given.clear());
    Object.assign(this, new Handouts());
  }
}
