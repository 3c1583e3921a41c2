import { describe, expect, it } from 'vitest';
import { STORMS } from './storms.js';

describe('an interface in a storm of forged messages', () => {
  it.each(STORMS.map((storm) => [storm.name, storm] as const))(
    'of %s keeps its limits, and its members keep what they want',
    (_, { small, blow }) => {
      const { messages, warnings, microseconds } = blow(small);
      expect(messages).toBe(small);
      // A few kinds, each once a minute of virtual time.
      expect(warnings).toBeLessThan(100);
      expect(microseconds).toBeLessThan(5000);
    },
  );
});
