const [WIDTH, HEIGHT, LEFT, GAP] = [900, 150, 70, 34];

/** Rows of plots over time, one a figure: `{ title, of }`, where `of` takes it from a sample; as SVG. */
export const plot = (samples, figures) => {
  const last = Math.max(1, samples.at(-1)?.seconds ?? 1);
  const rows = figures.map(({ title, of }, row) => {
    const top = row * (HEIGHT + GAP) + GAP;
    const values = samples.map(of);
    const most = Math.max(...values, 1e-9) * 1.1;
    const points = samples.map(({ seconds }, at) => {
      const x = LEFT + (seconds / last) * (WIDTH - LEFT - 10);
      return `${x.toFixed(1)},${(top + HEIGHT - (values[at] / most) * HEIGHT).toFixed(1)}`;
    });
    return [
      `<text x="${LEFT}" y="${top - 6}">${title}</text>`,
      `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${most.toPrecision(3)}</text>`,
      `<text x="${LEFT - 6}" y="${top + HEIGHT}" text-anchor="end">0</text>`,
      `<rect x="${LEFT}" y="${top}" width="${WIDTH - LEFT - 10}" height="${HEIGHT}" fill="none" stroke="#bbb"/>`,
      `<polyline points="${points.join(' ')}" fill="none" stroke="#06c" stroke-width="1.5"/>`,
    ].join('\n');
  });
  const height = figures.length * (HEIGHT + GAP) + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...rows,
    `<text x="${WIDTH - 10}" y="${height - 8}" text-anchor="end">${last.toFixed(0)} s</text>`,
    '</svg>\n',
  ].join('\n');
};
