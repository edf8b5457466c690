/** How the cost of a call grows with one number. */
export interface Curve {
  readonly title: string;
  readonly points: readonly {
    readonly at: number;
    readonly ours: number;
    readonly theirs: number;
  }[];
}

const panelWidth = 380;
const panelHeight = 250;
const margin = { left: 58, right: 24, top: 40, bottom: 36 };
const top = 64;
const colors = { ours: '#2563eb', theirs: '#d97706', text: '#334155', line: '#cbd5e1' };

/** Line charts (SVG), two in a row; both scales of each are logarithmic. */
export function growthChart(title: string, curves: readonly Curve[]): string {
  const height = top + Math.ceil(curves.length / 2) * panelHeight + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * panelWidth} ${height}" font-family="sans-serif" font-size="12" fill="${colors.text}">`,
    `<rect width="${2 * panelWidth}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="16" font-weight="bold">${title}</text>`,
    `<rect x="16" y="38" width="12" height="12" fill="${colors.ours}"/><text x="34" y="49">Rollcall</text>`,
    `<rect x="120" y="38" width="12" height="12" fill="${colors.theirs}"/><text x="138" y="49">etcd</text>`,
    ...curves.map(
      (curve, at) =>
        `<g transform="translate(${(at % 2) * panelWidth} ${top + Math.floor(at / 2) * panelHeight})">${panel(curve)}</g>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

function panel({ title, points }: Curve): string {
  const costs = points.flatMap(({ ours, theirs }) => [ours, theirs]);
  const x = scale(
    points.map(({ at }) => at),
    [margin.left, panelWidth - margin.right],
  );
  const low = 10 ** Math.floor(Math.log10(Math.min(...costs)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...costs)));
  const y = scale([low, high], [panelHeight - margin.bottom, margin.top]);
  const lines = Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, power) => {
    const cost = low * 10 ** power;
    return (
      `<line x1="${margin.left}" x2="${panelWidth - margin.right}" y1="${y(cost)}" y2="${y(cost)}" stroke="${colors.line}"/>` +
      `<text x="${margin.left - 8}" y="${y(cost)}" dy="4" text-anchor="end">${cost.toLocaleString('en')}</text>`
    );
  });
  const names = points.map(
    ({ at }, place) =>
      `<text x="${x(at)}" y="${panelHeight - margin.bottom + 18}" text-anchor="${place === points.length - 1 ? 'end' : 'middle'}">${at.toLocaleString('en')}</text>`,
  );
  const curve = (color: string, pick: (point: Curve['points'][number]) => number): string => {
    const places = points.map((point) => `${x(point.at)},${y(pick(point))}`);
    const dots = places.map((place) => {
      const [cx, cy] = place.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`;
    });
    return `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}`;
  };
  return [
    `<text x="${margin.left}" y="22" font-weight="bold">${title}</text>`,
    ...lines,
    ...names,
    curve(colors.theirs, ({ theirs }) => theirs),
    curve(colors.ours, ({ ours }) => ours),
  ].join('');
}

/** From numbers to places, logarithmically; the least and the greatest number are at the ends. */
function scale(
  numbers: readonly number[],
  [first, last]: readonly [number, number],
): (number: number) => string {
  const low = Math.log(Math.min(...numbers));
  const span = Math.log(Math.max(...numbers)) - low || 1;
  return (number) => (first + ((Math.log(number) - low) / span) * (last - first)).toFixed(1);
}
