// Numbers to call in a crisis. They go stale: looked up in the month below, and to be looked up again before each release. Names of lines and
// places are not translated; the places are written as their people write them.

export const dated = '2026-11';

/** @type {{ where: string, numbers: { label: string, call: string }[] }[]} */
export const lines = [
  { where: 'United States · Canada', numbers: [{ label: '988', call: 'tel:988' }, { label: '911', call: 'tel:911' }] },
  { where: 'United Kingdom · Ireland', numbers: [{ label: 'Samaritans 116 123', call: 'tel:116123' }, { label: '999 / 112', call: 'tel:112' }] },
  { where: 'European Union · Unión Europea', numbers: [{ label: '112', call: 'tel:112' }, { label: '116 123', call: 'tel:116123' }] },
  { where: 'Australia', numbers: [{ label: 'Lifeline 13 11 14', call: 'tel:131114' }, { label: '000', call: 'tel:000' }] },
];
