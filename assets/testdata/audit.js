// What a person with poor sight, a thumb or a screen reader needs from the screen that is on now. Returns what is missing.
(() => {
  const faults = [];
  const seen = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.closest('.unseen');
  const name = (e) => `${e.tagName.toLowerCase()}${e.className && e.className.baseVal === undefined ? '.' + e.className.split(' ').join('.') : ''} "${(e.innerText || '').slice(0, 30)}"`;
  const rgb = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return [parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => [0, 1, 2].map((i) => c[i] / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      layers.push(rgb(getComputedStyle(at).backgroundColor));
      if (layers[layers.length - 1][3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = new Set();
  while (walker.nextNode()) if (walker.currentNode.textContent.trim()) texts.add(walker.currentNode.parentElement);
  for (const e of texts) {
    if (!seen(e) || e.matches('.skip, :disabled *')) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const has = ratio(over(rgb(style.color), ground(e)), ground(e));
    if (has < (large ? 3 : 4.5)) faults.push(`contrast ${has.toFixed(2)}: ${name(e)}`);
    if (size < 12.9) faults.push(`small text: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('button, a[href], summary, input, textarea')) {
    if (!seen(e) || e.matches('.skip')) continue;
    const box = (e.type === 'radio' ? e.labels[0] : e).getBoundingClientRect(); // a thumb finds the words beside it
    if (box.width < 43.9 || box.height < 43.9) faults.push(`too small for a thumb, ${box.width} by ${box.height}: ${name(e)}`);
    if (!(e.innerText.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))) faults.push(`without a name: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    const ids = `${e.getAttribute('aria-labelledby') || ''} ${e.getAttribute('aria-describedby') || ''}`.split(' ').filter(Boolean);
    for (const id of ids) if (!document.getElementById(id)) faults.push(`names ${id}, which is not there: ${name(e)}`);
  }
  const titles = [...document.querySelectorAll('h1')];
  if (titles.length !== 1) faults.push(`${titles.length} titles`);
  if (!['en', 'es'].includes(document.documentElement.lang)) faults.push(`language ${document.documentElement.lang}`);
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids.filter((one, i) => ids.indexOf(one) !== i)) faults.push(`two of ${id}`);
  return faults;
})()
