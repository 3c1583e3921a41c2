import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';

/** Whoever can reach the server from another machine must know a token. */
export const checkHttp = ({ http }: FileDraft, report: Report): void => {
  const { listen, token } = http ?? {};
  if (listen === undefined || listen.startsWith('127.') || token !== undefined || report.isFaulty('http'))
    return;
  report.error(
    'E-RANGE',
    ['http', 'listen'],
    `\`${listen}\` can be reached from other machines, and there is no \`token\``,
    'write `"127.0.0.1:9476"`, or add `token:` with a secret',
  );
};
