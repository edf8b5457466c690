/** One line of a chart: how a row compares with etcd. */
export interface ChartRow {
  readonly name: string;
  /** Rate, ours divided by theirs. */
  readonly rate: number;
  /** Processor time of the members for each call, theirs divided by ours. */
  readonly processor: number;
}

const width = 760;
const rowHeight = 44;
const top = 64;
const left = 270;
/** The longest bar; a longer ratio is cut there, and its number says how much it is. */
const ratioMax = 4;
const colors = { rate: '#2563eb', processor: '#d97706', text: '#334155', line: '#94a3b8' };

/** A bar chart (SVG) of ratios: bars right of the line at 1 are better than etcd. */
export function ratioChart(title: string, rows: readonly ChartRow[]): string {
  const height = top + rows.length * rowHeight + 24;
  const x = (ratio: number): number =>
    left + (Math.min(ratio, ratioMax) / ratioMax) * (width - left - 60);
  const bar = (y: number, ratio: number, color: string): string =>
    `<rect x="${left}" y="${y}" width="${(x(ratio) - left).toFixed(1)}" height="13" fill="${color}"/>` +
    `<text x="${(x(ratio) + 6).toFixed(1)}" y="${y + 11}" font-size="11">${ratio.toFixed(2)}</text>`;
  const lines = rows.map(({ name, rate, processor }, at) => {
    const y = top + at * rowHeight;
    return (
      `<text x="${left - 10}" y="${y + 20}" text-anchor="end">${escaped(name)}</text>` +
      bar(y + 2, rate, colors.rate) +
      bar(y + 18, processor, colors.processor)
    );
  });
  const equal = x(1).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="${colors.text}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="16" font-weight="bold">${escaped(title)}</text>`,
    `<rect x="16" y="38" width="12" height="12" fill="${colors.rate}"/><text x="34" y="49">rate, Rollcall ÷ etcd</text>`,
    `<rect x="200" y="38" width="12" height="12" fill="${colors.processor}"/><text x="218" y="49">processor time of a call, etcd ÷ Rollcall</text>`,
    ...lines,
    `<line x1="${equal}" y1="${top - 6}" x2="${equal}" y2="${height - 16}" stroke="${colors.line}" stroke-dasharray="4 3"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
