// The shapes that the modules hand to each other, for the type checker and for who reads them. It is not shipped: browsers never ask for it.

/** Bytes that WebCrypto takes as they are. */
type Bytes = Uint8Array<ArrayBuffer>;

type Chat = import('./chat.js').Chat;
type Failure = import('./failure.js').Failure;
type Line = import('./line.js').Line;
type Media = import('./media.js').Media;
type Session = import('./session.js').Session;
type Handouts = import('./handouts.js').Handouts;
type IconName = keyof typeof import('./icons.js').paths;
type Key = keyof typeof import('./strings/en.js').default;
type Language = 'en' | 'es';

/** A function becomes a listener, true an empty attribute, false and null none. */
type Props = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;
type Child = Node | string | null | false | undefined;

// ---- Messages, as protocol.md has them: wire.js reads them

type Modality = 'video' | 'voice' | 'text';
/** expires in Unix seconds */
type Bundle = { kind: number, pin: boolean, relayOnly: boolean, expires: number, inviteKey: Bytes, pairKey: Bytes };
type Card = { therapist: string, practice: string, welcome: string, consent: string };
type HostLobby = { t: 'waiting' } | { t: 'pin', left: number } | { t: 'deny', say: string } | { t: 'form', form: Form };
type Turn = { urls: string[], username: string, credential: string };
type Admit = { session: Bytes, rt: Bytes, code: boolean, relay: boolean, modality: Modality, turn: Turn | null };
type Candidate = { candidate: string, mid: string, line: number };
type HostSignal = { kind: 1, sdp: string, restart: boolean } | { kind: 3 } & Candidate | { kind: 4, why: 'ended' | 'left' | 'tampered' | 'handshake' };
type HostData = { t: 'beat', mic: boolean, cam: boolean } | { t: 'chat', id: string, text: string, time: number } | { t: 'got', id: string } |
  { t: 'voice', only: boolean } | { t: 'verified' } | { t: 'form', form: Form } | { t: 'plan', plan: Plan } | { t: 'kept', id: string, ok: boolean } | { t: 'bye' };
type Item = { n: number, text: string, choices: { value: number, label: string }[] };
/** An answer to item n above `above` makes the page show whom to call. */
type Form = {
  id: string, lang: string, title: string, why: string, how: string, stem: string, licence: string, items: Item[], help: { n: number, above: number }[],
};
type Plan = { id: string, title: string, parts: { title: string, text: string }[] };

// ---- From the link to the admit

type Invitation = { L: Bytes, linkID: Bytes, bundle: Bundle, card: Card, version: number };
/** `verified`: the six digits matched in an earlier session with this key. */
type Guest = { raw: Bytes, sign: (data: Bytes) => Promise<Bytes>, verified: boolean };
/** What the browser keeps of a therapist; `cards` has the highest version seen of each link. */
type Kept = { pair: CryptoKeyPair | null, verified: boolean, cards: Record<string, number> };
/** One use of HPKE. */
type Context = { key: CryptoKey, nonce: Bytes, exporter: Bytes };
/** What a test vector fixes and life draws at random. */
type Chosen = { kem: CryptoKeyPair, enc: CryptoKeyPair, rc: Bytes, time: number };
/** What goes into a knock. */
type Wish = { name: string, pin: string, lang: string, wants: Modality };
/** What a person has typed and chosen; it outlives the screen. */
type Choice = { name: string, pin: string, wants: Modality | '' };
/** The handshake as the guest ends it; `confirm` is still to be sent. */
type Opened = { session: Session, code: string, admit: Admit, confirm: Bytes };
/** `known`: the code matched in an earlier session. */
type Admitted = { opened: Opened, line: Line, known: boolean };
type Waiting = 'calling' | 'unreachable' | 'away' | 'knocking' | 'waiting';

interface Listener {
  /** a new socket stands */
  opened(): void;
  /** whether the therapist's desktop listens */
  here(here: boolean): void;
  frame(frame: Bytes): void;
  /** the socket broke, or could not be opened for the nth time; another try follows by itself */
  lost(tries: number): void;
  /** the desktop ended this socket; no other try follows unless retry is called */
  hungup(): void;
}

interface LobbyEvents {
  state(state: Waiting): void;
  /** a new knock is made */
  ring(): void;
  /** to be filled in while one waits */
  form(form: Form): void;
  /** another knock is welcome */
  wrongPIN(left: number): void;
  /** the line is closed */
  failed(failure: Failure): void;
  /** the line is the caller's now, and the confirm is still to be sent */
  admitted(opened: Opened, line: Line): void;
}

// ---- The session

/** `sas` and `media` key an HMAC and stay bytes until wiped. */
type SessionKeys = {
  signalIn: CryptoKey, signalOut: CryptoKey, dataIn: CryptoKey, dataOut: CryptoKey, resumeIn: CryptoKey, resumeOut: CryptoKey,
  confirm: CryptoKey, sas: Bytes, media: Bytes, resumeID: Bytes,
};
/** 32 bytes each */
type Fingerprints = { host: Bytes, guest: Bytes };
type Device = 'camera' | 'microphone';
type MediaProblem = 'refused' | 'absent' | 'busy';
type ChatLine = { id: string, mine: boolean, text: string, time: number, delivered: boolean };
type RoomState = 'connecting' | 'live' | 'lost' | 'ended';
type EndReason = 'ended' | 'left' | 'tampered' | 'handshake' | 'lost';

interface SignalEvents {
  signal(signal: HostSignal): void;
  tampered(): void;
  /** what the other side misses is no longer kept */
  lost(): void;
  /** the desktop does not know this session, or not any more */
  refused(): void;
}

interface PeerEvents {
  /** an empty one is the last */
  candidate(candidate: Candidate): void;
  message(message: Bytes): void;
  /** ICE has given up, or DTLS broke */
  failed(): void;
  /** something was opened that protocol.md does not have */
  strange(): void;
}

interface RoomEvents {
  state(state: RoomState): void;
  /** a line is new, or was delivered */
  chat(line: ChatLine): void;
  /** what the therapist sends just now */
  remote(mic: boolean, cam: boolean): void;
  stream(stream: MediaStream): void;
  voiceOnly(only: boolean): void;
  verified(): void;
  device(device: Device, problem: MediaProblem | null): void;
  /** is the last */
  ended(why: EndReason): void;
}

/** What the controls do. */
type Doings = { chat: () => void, handouts: () => void, leave: () => void, changed: () => void };
/** What the screen can ask of the session. */
type RoomSeat = { say: (text: string) => void, leave: () => void };

/** A form or a plan, one of the two. A plan that the client wishes to see is done, one that they do not is refused. */
type Handout = {
  id: string, form: Form | null, plan: Plan | null,
  /** what is answered so far, by the number of the item */
  given: Map<number, number>,
  state: 'open' | 'done' | 'kept' | 'refused',
  /** asked by an earlier knock, and not again yet */
  stale: boolean,
  /** all of it was left out */
  skipped: boolean,
  /** an answer made the page show whom to call */
  helped: boolean,
};
