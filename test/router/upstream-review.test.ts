import { describe, expect, it } from 'vitest';
import { Work } from '../../src/igmp/work.js';
import { UpstreamReview } from '../../src/router/upstream-review.js';
import { instant, NEVER } from '../../src/time.js';

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
    review.begin(() => Array(100).keys(), NOW);
    expect(told).toEqual([]);
    work.poll(NOW);
    // What waits gets 64 units at an instant, and one that begins what is left.
    expect(told).toHaveLength(65);
    expect(told[64]).toBe('64 1000');
    work.poll(work.nextDeadline());
    expect(told).toHaveLength(100);
    expect(told[99]).toBe('99 1000.25390625');
    expect(work.nextDeadline()).toBe(NEVER);
  });

  it('is told at once of as many as there is work left for, and of the others in turns', () => {
    const { work, told, review } = started();
    review.beginAtOnce(() => [1, 2, 3], NOW);
    expect([told.length, work.nextDeadline()]).toEqual([3, NEVER]);
    review.beginAtOnce(() => Array(1000).keys(), NOW);
    expect(told).toHaveLength(3 + 254);
    review.beginAtOnce(() => [4], NOW);
    expect(told).toHaveLength(3 + 254);
    for (let next = work.nextDeadline(); next !== NEVER; next = work.nextDeadline()) work.poll(next);
    expect(told).toHaveLength(3 + 1000 + 1);
  });

  it('looks for the next one in turns, too', () => {
    const { work, told, review } = started();
    review.beginAtOnce(function* () {
      for (let each = 0; each < 1000; each += 1) yield undefined;
      yield 7;
    }, NOW);
    expect([told, work.isLeft(NOW)]).toEqual([[], false]);
    for (let next = work.nextDeadline(); next !== NEVER; next = work.nextDeadline()) work.poll(next);
    expect(told.map((each) => each.split(' ')[0])).toEqual(['7']);
  });

  it('goes through others when it is through with these, and through the same once more', () => {
    const { work, told, review } = started();
    const some = () => [1, 2];
    const others = () => [3];
    review.begin(some, NOW);
    review.goOn(NOW);
    review.goOn(NOW);
    for (let each = 0; each < 9; each += 1) for (const all of [others, some]) review.begin(all, NOW);
    work.poll(NOW);
    expect(told.map((each) => each.split(' ')[0])).toEqual(['1', '2', '3', '1', '2']);
    expect(work.nextDeadline()).toBe(NEVER);
  });

  it('has turns again when it begins after all was told', () => {
    const { work, told, review } = started();
    for (const group of [1, 2, 3]) {
      review.begin(() => [group], NOW);
      work.poll(NOW);
    }
    expect(told.map((each) => each.split(' ')[0])).toEqual(['1', '2', '3']);
  });

  it('waits for its turn once, however often it begins', () => {
    const { work, told, review } = started();
    work.spend(1000, NOW);
    const groups = () => [1];
    for (let each = 0; each < 9; each++) review.begin(groups, NOW);
    let turns = 0;
    const counted = review.goOn.bind(review);
    review.goOn = (now) => {
      turns += 1;
      return counted(now);
    };
    work.poll(instant(2000));
    expect([told.length, turns]).toEqual([1, 3]);
  });
});
