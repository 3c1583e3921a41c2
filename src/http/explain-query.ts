import { type ExplainParams, readExplainParams } from '../control/explain.js';
import { Failure } from '../failure.js';
import { withOnly } from './known-parameters.js';

/** The options of `explain` as the command line calls them; a bare `df`, `df=true` and `df=1` are the same. */
export const explainParamsOf = (query: Readonly<Record<string, string>>): ExplainParams => {
  const { df, ...words } = withOnly(EXPLAIN_OPTIONS, query);
  if (df !== undefined && !['', '1', 'true', '0', 'false'].includes(df))
    throw new Failure(2, `df=${df}`, 'write df=true or df=false');
  return readExplainParams({
    ...words,
    sourcePort: words['source-port'],
    destinationPort: words['destination-port'],
    df: df !== undefined && df !== '0' && df !== 'false',
  });
};

const EXPLAIN_OPTIONS = [
  'source',
  'destination',
  'in',
  'protocol',
  'source-port',
  'destination-port',
  'ttl',
  'size',
  'df',
] as const;
