// Everything that can go wrong, by one word each. strings/*.js has a title and a human sentence for every one of them.

/**
 * @typedef {'old' | 'insecure' | 'empty' | 'reloaded' | 'cut' | 'unknown' | 'damaged' | 'newer' | 'used' | 'revoked' | 'expired' | 'unreachable' |
 *   'blocked' | 'denied' | 'hungup' | 'handshake' | 'lost' | 'tampered' | 'broken'} FailureKind
 */

export class Failure extends Error {
  /** @param {FailureKind} kind @param {string} [say] the therapist's own sentence */
  constructor(kind, say = '') {
    super(kind);
    this.kind = kind;
    this.say = say;
  }
}
