/** The script of every part of the page: times in the reader's time zone, and one tab stop for each chart. */

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent ?? '';
  time.textContent = local.format(at);
}

/** Arrow keys move between the points of a chart, and the value of a point is shown below. */
for (const figure of document.querySelectorAll('figure')) {
  const points = [...figure.querySelectorAll<SVGElement>('[data-point]')];
  const readout = figure.querySelector<HTMLElement>('.readout');
  const show = (point: Element): void => {
    if (readout !== null) readout.textContent = point.querySelector('title')?.textContent ?? '';
  };
  points.forEach((point, index) => {
    point.setAttribute('tabindex', index === points.length - 1 ? '0' : '-1');
    point.addEventListener('pointerenter', () => show(point));
    point.addEventListener('focus', () => show(point));
    point.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step === undefined ? undefined : points[index + step];
      if (next === undefined) return;
      event.preventDefault();
      point.setAttribute('tabindex', '-1');
      next.setAttribute('tabindex', '0');
      next.focus();
    });
  });
}
