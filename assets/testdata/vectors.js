// Runs rtc/seal/testdata/vectors.json against the page's own modules, inside the page. Served by the tests alone.

import { b64, label, pad, unb64, unpad } from '/guest/bytes.js';
import { Knock } from '/guest/knock.js';
import { openInvitation, readFragment } from '/guest/link.js';
import * as seal from '/guest/seal.js';
import { Session } from '/guest/session.js';
import * as wire from '/guest/wire.js';

const utf8 = (s) => new TextEncoder().encode(s);

async function pairOf(jwk) {
  const ecdh = { name: 'ECDH', namedCurve: 'P-256' };
  const { d, ...point } = jwk;
  return {
    privateKey: await crypto.subtle.importKey('jwk', jwk, ecdh, false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('jwk', point, ecdh, true, []),
  };
}

/** @returns {Promise<{ passed: number, failed: string[] }>} */
export async function run(v) {
  let passed = 0;
  const failed = [];
  const same = (name, got, want) => {
    const text = got instanceof Uint8Array ? b64(got) : JSON.stringify(got);
    const wanted = typeof want === 'string' && got instanceof Uint8Array ? want : JSON.stringify(want);
    if (text === wanted) passed++;
    else failed.push(`${name}: ${text.slice(0, 60)} is not ${wanted.slice(0, 60)}`);
  };
  const refuses = async (name, work) => {
    let result;
    try {
      result = await work();
    } catch (error) {
      // A TypeError would be a slip of ours that looks like a refusal.
      if (['Forged', 'Malformed', 'Failure'].includes(error.constructor.name)) passed++;
      else failed.push(`${name}: ${error}`);
      return;
    }
    failed.push(`${name}: taken, as ${JSON.stringify(result)}`);
  };

  for (const [name, bytes] of Object.entries(v.labels)) same(`label ${name}`, label(`alcove/1 ${name}`), bytes);

  const L = readFragment(new URL(v.link.url).hash);
  same('L', L, v.link.L);
  same('linkID', (await seal.linkKeys(L)).linkID, v.link.linkID);
  const slot = () => ({ bundle: unb64(v.link.bundle), card: unb64(v.card.card) });
  const invitation = await openInvitation(L, slot());
  same('kind', invitation.bundle.kind, v.link.kind);
  same('flags', [invitation.bundle.pin, invitation.bundle.relayOnly], [(v.link.flags & 1) !== 0, (v.link.flags & 2) !== 0]);
  same('expires', invitation.bundle.expires, v.link.expires);
  same('inviteKey', invitation.bundle.inviteKey, v.link.invitePublic);
  same('pairKey', invitation.bundle.pairKey, v.link.pairPublic);
  same('card', { practice: '', welcome: '', consent: '', ...JSON.parse(v.card.json) }.welcome, invitation.card.welcome);
  same('therapist', invitation.card.therapist, JSON.parse(v.card.json).therapist);
  same('card version', invitation.version, v.card.version);

  const form = JSON.parse(v.knock.json);
  const guest = { raw: unb64(v.knock.guestPublic), sign: async () => unb64(v.knock.signature) };
  const makeKnock = async () =>
    Knock.make(invitation, form, guest, {
      kem: await pairOf(v.knock.guestKEM), enc: await pairOf(v.knock.hpkeEphemeral), rc: unb64(v.knock.r_c), time: form.time,
    });
  const knock = await makeKnock();
  same('knock', knock.frame, v.knock.frame);
  same('ss1', knock.secrets.ss1, v.knock.ss1);
  same('T1', knock.secrets.T1, v.knock.T1);

  for (const m of v.lobby.messages) {
    if (m.from === 'host') same(`lobby ${m.json}`, await knock.openLobby(unb64(m.message)), JSON.parse(m.json));
    else same(`lobby ${m.json}`, await knock.leave(unb64(m.message).slice(9, 21)), m.message);
  }

  const admitted = async () => (await makeKnock()).openAdmit(unb64(v.admit.frame));
  const opened = await admitted();
  same('confirm', opened.confirm, v.confirm.frame);
  same('T3', opened.session.T3, v.confirm.T3);
  same('code', opened.code, v.code);
  same('session', opened.session.id, v.admit.session);
  same('resume id', opened.session.keys.resumeID, v.keys['resume id']);
  same('policy', [opened.admit.relay, opened.admit.modality, opened.admit.turn], [...Object.values(JSON.parse(v.admit.json).policy), JSON.parse(v.admit.json).turn]);

  const { session } = opened;
  for (const r of v.resumes) {
    if (r.from === 'host') same('resume in', await session.openResume(unb64(r.frame)), r.next);
    else same('resume out', await session.sealResume(unb64(r.nonce)), r.frame);
  }
  for (const f of v.finished) {
    const fp = { host: unb64(f.fpHost), guest: unb64(f.fpGuest) };
    if (f.from === 'host') same('finished in', (await session.checkFinished(unb64(f.message), fp), session.data.in), f.next);
    else same('finished out', await session.sealFinished(fp), f.message);
  }
  for (const s of v.signals) {
    const body = JSON.parse(s.json);
    if (s.from === 'host') same(`signal ${s.json}`, await session.openSignal(unb64(s.message)), { kind: s.kind, ...body });
    else same(`signal ${s.json}`, await session.sealSignal(s.kind, body), s.message);
  }
  for (const d of v.data) {
    if (d.from === 'host') same(`data ${d.json}`, await session.openData(unb64(d.message)), JSON.parse(d.json));
    else same(`data ${d.json}`, await session.sealData(JSON.parse(d.json)), d.message);
  }

  const fp = { host: unb64(v.finished[0].fpHost), guest: unb64(v.finished[0].fpGuest) };
  const openers = {
    bundle: (m) => openInvitation(L, { ...slot(), bundle: m }),
    card: (m) => openInvitation(L, { ...slot(), card: m }),
    lobby: async (m) => (await makeKnock()).openLobby(m),
    admit: async (m) => (await makeKnock()).openAdmit(m),
    signal: async (m) => (await admitted()).session.openSignal(m),
    resume: async (m) => (await admitted()).session.openResume(m),
    finished: async (m) => (await admitted()).session.checkFinished(m, fp),
    data: async (m) => (await admitted()).session.openData(m),
  };
  for (const r of v.refused.filter((one) => one.by === 'guest')) {
    await refuses(`${r.open}: ${r.why}`, async () => openers[r.open](unb64(r.message)));
  }

  const readers = {
    card: wire.readCard, 'lobby-host': wire.readLobby, admit: wire.readAdmit, 'data-host': wire.readData,
    offer: (b) => wire.readSignal(1, b), candidate: (b) => wire.readSignal(3, b), bye: (b) => wire.readSignal(4, b),
  };
  // What only a host ever reads has no reader in the page.
  const theirs = ['knock', 'lobby-guest', 'answer', 'restart', 'data-guest'];
  for (const r of v.refusedJSON.filter((one) => !theirs.includes(one.message))) {
    await refuses(`${r.message}: ${r.why}`, async () => readers[r.message](utf8(r.json)));
  }
  for (const r of v.refusedPadding) await refuses(`padding: ${r.why}`, async () => unpad(unb64(r.bytes)));
  same('pad', unpad(pad(utf8('x'))), b64(utf8('x')));
  await refuses('an answer from the host', async () => wire.readSignal(2, utf8('{"sdp":"v=0"}')));
  same('a session has two ends', session instanceof Session, true);
  return { passed, failed };
}
