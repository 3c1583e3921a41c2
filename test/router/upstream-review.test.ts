import { describe, expect, it } from 'vitest';
import { Work } from '../../src/igmp/work.js';
import { UpstreamReview } from '../../src/router/upstream-review.js';
import { instant } from '../../src/time.js';

const NOW = instant(1000);

describe('what the upstream of a proxy is told of groups', () => {
  const started = () => {
    const work = new Work();
    const told: string[] = [];
    const review = new UpstreamReview(work, (group, now) => void told.push(`${group} ${now}`));
    return { work, told, review };
  };

  it('is told in turns, a unit of work for each', () => {
    const { work, told, review } = started();
    review.begin(Array(100).keys(), NOW);
    expect(told).toEqual([]);
    work.poll(NOW);
    // What waits gets 64 units at an instant, and one that begins what is left.
    expect(told).toHaveLength(65);
    expect(told[64]).toBe('64 1000');
    work.poll(work.nextDeadline());
    expect(told).toHaveLength(100);
    expect(told[99]).toBe('99 1000.25390625');
    expect(review.goOn(NOW)).toBe(false);
  });

  it('begins anew where there are others, and has its turns once', () => {
    const { work, told, review } = started();
    review.begin([1, 2, 3], NOW);
    work.poll(NOW);
    expect(told).toHaveLength(3);
    review.begin([4, 5], NOW);
    review.goOn(NOW);
    review.begin([6], NOW);
    expect(review.goOn(NOW)).toBe(true);
    expect(review.goOn(NOW)).toBe(false);
    expect(told.slice(3).map((each) => each.split(' ')[0])).toEqual(['4', '6']);
  });

  it('waits for its turn once, however often it begins', () => {
    const { work, told, review } = started();
    work.spend(1000, NOW);
    for (let each = 0; each < 9; each++) review.begin([each], NOW);
    let turns = 0;
    const counted = review.goOn.bind(review);
    review.goOn = (now) => {
      turns += 1;
      return counted(now);
    };
    work.poll(instant(2000));
    expect([told.length, turns]).toEqual([1, 2]);
  });
});
