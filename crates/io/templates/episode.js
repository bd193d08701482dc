'use strict';
{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const numbers = text => (text || '').split(' ').filter(Boolean);
  const index = attribute => {
    const map = new Map();
    for (const element of all(`.text [data-${attribute}]`))
      for (const n of numbers(element.dataset[attribute])) map.has(n) ? map.get(n).push(element) : map.set(n, [element]);
    return map;
  };
  const words = index('e'), cues = index('c');
  const tip = document.getElementById('tip');
  let selected = null, next = 0;

  const clear = () => all('.on').forEach(element => element.classList.remove('on'));
  const mark = (evidence, article) => {
    clear();
    article?.classList.add('on');
    for (const n of evidence)
      for (const element of [...(words.get(n) || []), ...(cues.get(n) || [])]) element.classList.add('on');
  };
  const show = element => element?.scrollIntoView({ block: 'center', behavior: 'instant' });

  for (const article of all('.code')) {
    const evidence = numbers(article.dataset.all);
    // A click marks all evidence of the code and goes to the first piece; each further click goes to the next.
    article.querySelector('.head').addEventListener('click', () => {
      next = selected === article ? (next + 1) % evidence.length : 0;
      selected = article;
      mark(evidence, article);
      show(words.get(evidence[next])?.[0]);
    });
    for (const link of all('[data-go]', article))
      link.addEventListener('click', event => {
        event.preventDefault();
        selected = null;
        mark([link.dataset.go], article);
        show(words.get(link.dataset.go)?.[0]);
      });
  }

  for (const element of all('.text [title]')) {
    element.dataset.tip = element.title;
    element.removeAttribute('title');
    const evidence = numbers(element.dataset.e);
    element.addEventListener('mouseenter', () => {
      tip.textContent = element.dataset.tip;
      tip.hidden = false;
      const box = element.getClientRects()[0], size = tip.getBoundingClientRect();
      const below = box.bottom + 8 + size.height < innerHeight;
      tip.style.left = Math.max(8, Math.min(box.left, innerWidth - size.width - 8)) + 'px';
      tip.style.top = (below ? box.bottom + 8 : box.top - size.height - 8) + 'px';
      for (const n of evidence) for (const cue of cues.get(n) || []) cue.classList.add('on');
    });
    element.addEventListener('mouseleave', () => {
      tip.hidden = true;
      for (const n of evidence)
        for (const cue of cues.get(n) || [])
          if (!words.get(n)?.[0].classList.contains('on')) cue.classList.remove('on');
    });
    if (evidence.length)
      element.addEventListener('click', () => {
        const item = document.getElementById('e' + evidence[0]);
        selected = null;
        mark([evidence[0]], item.closest('.code'));
        const folded = item.closest('details');
        if (folded) folded.open = true;
        item.scrollIntoView({ block: 'nearest' });
      });
  }
  addEventListener('beforeprint', () => all('details').forEach(folded => { folded.open = true; }));
  document.addEventListener('keydown', event => { if (event.key === 'Escape') { clear(); selected = null; } });
}
