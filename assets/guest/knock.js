// The handshake, as the guest sees it: knock, lobby, admit, confirm. Nothing in here sends anything; whoever calls it does.

import { b64, join, label, Malformed, pad, random, readU64, u64, u8, unpad } from './bytes.js';
import {
  confirmation, exportOnce, extend, Forged, FROM_GUEST, FROM_HOST, lobbyKey, newEphemeral, open, openFrom, rawPublic, seal, sealTo,
  sessionKeys, sha256, spokenCode, transcript, verify,
} from './seal.js';
import { Session } from './session.js';
import { FRAME, readAdmit, readLobby, write } from './wire.js';

/** @returns {Promise<Chosen>} */
async function chance() {
  return { kem: await newEphemeral(), enc: await newEphemeral(), rc: random(32), time: Math.floor(Date.now() / 1000) };
}

/** One knock, up to its admit. A second try needs a second Knock: every ephemeral is used once. */
export class Knock {
  /**
   * @param {Invitation} invitation @param {Wish} form @param {Guest} guest @param {Chosen} [chosen]
   * @returns {Promise<Knock>}
   */
  static async make(invitation, form, guest, chosen) {
    const { kem, enc, rc, time } = chosen || (await chance());
    const { L, linkID, bundle } = invitation;
    const J = write({
      key: b64(guest.raw), kem: b64(await rawPublic(kem.publicKey)), name: form.name, pin: form.pin,
      rc: b64(await sha256(join(label('alcove/1 rc'), rc))), time, lang: form.lang, wants: form.wants,
    });
    const hpke = await sealTo(bundle.inviteKey, join(label('alcove/1 knock'), linkID), enc);
    const signature = await guest.sign(join(label('alcove/1 knock'), linkID, hpke.enc, J));
    const rest = join(hpke.enc, await seal(hpke.context.key, hpke.context.nonce, new Uint8Array(0), pad(join(signature, J))));
    const ss1 = await exportOnce(hpke.context, 'alcove/1 ss1');
    const T1 = await extend(await transcript(L), FRAME.knock, rest);
    const lobby = { in: await lobbyKey(L, ss1, FROM_HOST, T1), out: await lobbyKey(L, ss1, FROM_GUEST, T1) };
    return new Knock(L, bundle, join(u8(FRAME.knock), rest), { kem, rc, ss1, T1 }, lobby);
  }

  /**
   * @param {Bytes} L @param {Bundle} bundle @param {Bytes} frame @param {{ kem: CryptoKeyPair, rc: Bytes, ss1: Bytes, T1: Bytes }} secrets
   * @param {{ in: CryptoKey, out: CryptoKey }} lobby
   */
  constructor(L, bundle, frame, secrets, lobby) {
    this.L = L;
    this.bundle = bundle;
    /** The knock frame, to be sent once. */
    this.frame = frame;
    this.secrets = secrets;
    this.lobby = lobby;
    this.heard = 0;
    this.said = 0;
  }

  /** @param {Bytes} frame a lobby frame of the host @returns {Promise<HostLobby>} */
  async openLobby(frame) {
    if (frame.length < 21 || readU64(frame, 1) !== this.heard) throw new Forged('sequence');
    const sealed = await open(this.lobby.in, frame.slice(9, 21), frame.slice(0, 9), frame.slice(21));
    this.heard++;
    return readLobby(unpad(sealed));
  }

  /** @param {Bytes} [nonce] given by a test vector @returns {Promise<Bytes>} the frame that takes a knock back */
  async leave(nonce = random(12)) {
    const head = join(u8(FRAME.guestLobby), u64(this.said));
    const sealed = await seal(this.lobby.out, nonce, head, pad(write({ t: 'leave' })));
    this.said++;
    return join(head, nonce, sealed);
  }

  /** Checks who admits, and makes the session and the frame that confirms it. @param {Bytes} frame @returns {Promise<Opened>} */
  async openAdmit(frame) {
    const { kem, rc, ss1, T1 } = this.secrets;
    const rest = frame.slice(1);
    if (rest.length < 66) throw new Malformed('admit');
    const enc = rest.slice(0, 65);
    const hpke = await openFrom(kem, enc, join(label('alcove/1 admit'), T1));
    const plain = unpad(await open(hpke.key, hpke.nonce, new Uint8Array(0), rest.slice(65)));
    const J = plain.slice(64);
    await verify(this.bundle.pairKey, plain.slice(0, 64), join(label('alcove/1 admit'), T1, enc, J));
    const admit = readAdmit(J);
    // The link has promised it; a relay that keeps its TURN server back must not undo that.
    admit.relay = admit.relay || this.bundle.relayOnly;

    const T2 = await extend(T1, FRAME.admit, rest);
    const keys = await sessionKeys(this.L, ss1, await exportOnce(hpke, 'alcove/1 ss2'), T2);
    const sealed = await confirmation(keys.confirm, T2, rc);
    const T3 = await extend(T2, FRAME.confirm, sealed);
    const code = await spokenCode(keys.sas, rc, admit.rt, T2);
    for (const secret of [rc, admit.rt, keys.sas]) secret.fill(0);
    return { session: new Session(keys, admit.session, T3), code, admit, confirm: join(u8(FRAME.confirm), sealed) };
  }
}

