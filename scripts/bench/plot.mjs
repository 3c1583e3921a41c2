const [WIDTH, LABEL, BAR, GAP, HEAD] = [900, 190, 13, 14, 44];
const COLORS = ['#9aa0a6', '#5f6368', '#e8a33d', '#7aa7e8', '#1a5fb4'];
/** Beyond this ratio a bar is cut, and says how long it would be. */
const MOST = 8;

/**
 * Ratios to a floor as bars, a group for each case: `{ name, ratios }`, the ratios in the order of `contenders`. As SVG.
 */
export const plot = (title, contenders, cases) => {
  const height = (each) => each.ratios.length * BAR + GAP;
  const unit = (WIDTH - LABEL - 70) / MOST;
  const lines = [`<text x="10" y="18" font-weight="bold">${title}</text>`];
  contenders.forEach((name, at) => {
    const x = 10 + at * 170;
    lines.push(`<rect x="${x}" y="26" width="10" height="10" fill="${COLORS[at]}"/>`);
    lines.push(`<text x="${x + 15}" y="35">${name}</text>`);
  });
  let top = HEAD;
  for (const each of cases) {
    lines.push(
      `<text x="${LABEL - 8}" y="${top + GAP + BAR * (each.ratios.length / 2)}" text-anchor="end">${each.name}</text>`,
    );
    each.ratios.forEach((ratio, at) => {
      if (!Number.isFinite(ratio)) return;
      const y = top + GAP / 2 + at * BAR;
      const width = Math.max(1, Math.min(ratio, MOST) * unit);
      lines.push(
        `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${COLORS[at]}"/>`,
        `<text x="${(LABEL + width + 4).toFixed(1)}" y="${y + BAR - 4}" font-size="10">${ratio.toFixed(2)}${ratio > MOST ? ' (cut)' : ''}</text>`,
      );
    });
    top += height(each);
  }
  lines.push(
    `<line x1="${LABEL + unit}" x2="${LABEL + unit}" y1="${HEAD}" y2="${top}" stroke="#c01c28" stroke-dasharray="4 3"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top + 10}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...lines,
    '</svg>\n',
  ].join('\n');
};
