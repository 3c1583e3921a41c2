/** What the server serves here is uPlot's own module: no bundler, and no import map, which a strict CSP refuses. */
export { default } from 'uplot';
