// Which addresses may be told when they are to stay hidden and no TURN server stands between: those that lead no further than a house. The relay
// hands out the servers; one that hands out none must not show more by it.

const houses = [
  /^(127|10)\.\d+\.\d+\.\d+$/, /^192\.168\.\d+\.\d+$/, /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/, /^169\.254\.\d+\.\d+$/, // RFC 1122, 1918 and 3927
  /^::1$/, /^f[cd][0-9a-f]{2}:[0-9a-f:]*$/i, /^fe[89ab][0-9a-f]:[0-9a-f:]*$/i, // RFC 4291 and 4193
  /^[0-9a-z-]+\.local$/i, // RFC 6762: only the own network answers to it
];

/** @param {string} address */
function isHouse(address) {
  return houses.some((house) => house.test(address));
}

/** Whether a candidate (RFC 8839, 5.1) stays in the house. One of another type than host would name where the house itself is. @param {string} candidate */
export function isLocal(candidate) {
  const [, , , , address, , typ, type, ...more] = candidate.trim().split(/\s+/);
  return typ === 'typ' && type === 'host' && !more.includes('raddr') && isHouse(address || '');
}

/** A description without the addresses that lead out of the house. @param {string} sdp */
export function localOnly(sdp) {
  return sdp.split(/\r?\n/).filter((line) => !/^a=candidate:/i.test(line) || isLocal(line.slice(2)))
    // The default address stands here once more; nobody who speaks ICE reads it.
    .map((line) => line.replace(/^(c=|a=rtcp:\d+ )IN .*/, '$1IN IP4 0.0.0.0')).join('\r\n');
}
