// Runs in a page with one frame for each width, and leaves what it finds as JSON in the page's only element.
const luminance = ([r, g, b]) => {
  const linear = [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const colours = text => [...text.matchAll(/rgba?\(([^)]+)\)/g)].map(m => m[1].split(/[, /]+/).map(Number))
  .filter(c => c.length < 4 || c[3] > 0.99).map(c => c.slice(0, 3));

const grounds = (view, element) => {
  for (let e = element; e; e = e.parentElement) {
    const style = view.getComputedStyle(e);
    const found = [...colours(style.backgroundImage), ...colours(style.backgroundColor)];
    if (found.length > 0) return found;
  }
  return [[255, 255, 255]];
};
const describe = e => e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '') + ' "' + e.textContent.trim().slice(0, 30) + '"';

const probe = frame => {
  const view = frame.contentWindow;
  const page = frame.contentDocument;
  page.querySelectorAll('details').forEach(details => { details.open = true; });
  const width = view.innerWidth;
  const shown = e => e.getClientRects().length > 0;
  const scrolled = e => e.closest('.scroll') !== null;
  const worst = {ratio: 21, where: ''};
  const walker = page.createTreeWalker(page.body, 4);
  const seen = new Set();
  let darkest = 1;
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(e) || !shown(e)) continue;
    seen.add(e);
    const ink = colours(view.getComputedStyle(e).color)[0];
    const under = grounds(view, e);
    darkest = Math.min(darkest, ...under.map(luminance));
    const ratio = Math.min(...under.map(ground => contrast(ink, ground)));
    if (ratio < worst.ratio) Object.assign(worst, {ratio, where: describe(e)});
  }
  const outside = [...page.body.querySelectorAll('*')].filter(e => shown(e) && !scrolled(e)
    && e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().right > width + 0.5);
  const strips = [...page.querySelectorAll('.strip, .lanes svg')];
  const small = e => e.getBoundingClientRect().width < 5 || e.getBoundingClientRect().height < 10;
  const styles = {};
  page.querySelectorAll('.key').forEach(e => {
    const style = view.getComputedStyle(e);
    styles[e.className] = style.backgroundImage.replace(/rgba?\([^)]*\)/g, 'C');
  });
  return {
    width,
    scrollWidth: page.documentElement.scrollWidth,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches,
    ground: luminance(colours(view.getComputedStyle(page.body).backgroundColor)[0]),
    outside: outside.slice(0, 5).map(describe),
    strips: strips.length,
    invisible: strips.filter(e => !shown(e) || small(e)).slice(0, 5).map(describe),
    pageless: [...page.querySelectorAll('.strip i')].filter(e => e.getBoundingClientRect().width < 1).length,
    darkest,
    contrast: worst.ratio,
    faintest: worst.where,
    texts: seen.size,
    patterns: styles,
  };
};

window.addEventListener('load', () => {
  const found = [...document.querySelectorAll('iframe')].map(probe);
  document.body.innerHTML = '<pre id="probe"></pre>';
  document.querySelector('pre').textContent = 'BEGIN' + JSON.stringify(found) + 'END';
});
