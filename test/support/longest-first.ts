import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** How long the long ones take, in seconds, each alone on two idle cores; the others take less than 3. */
const SECONDS: Readonly<Record<string, number>> = {
  'kernel/tutorials': 24,
  'cli/demo': 24,
  'config/laws': 14,
  'kernel/multicast-delivery': 13,
  'kernel/multicast-frr': 11,
  'kernel/multicast-joining': 11,
  'kernel/multicast-messages': 10,
  'kernel/multicast-election': 10,
  'kernel/multicast-iperf': 10,
  'kernel/multicast-receivers': 10,
  'kernel/stopping': 9,
  'kernel/multicast-commands': 8,
  'kernel/multicast-restart': 7,
  'kernel/real-tools-policy': 7,
  'kernel/multicast-ffmpeg': 7,
  'kernel/transfer': 7,
  'conformance/offload': 6,
  'kernel/both-ways': 6,
  'kernel/show': 6,
  'kernel/rootless': 5,
  'kernel/traceroute': 5,
  'kernel/dashboard': 7,
  'kernel/reachability': 5,
  'kernel/causes': 4,
  'kernel/real-tools-scanners': 4,
  'cli/main': 4,
  'kernel/instances': 4,
  'kernel/real-tools-options': 4,
  'kernel/real-tools-messages': 3,
  'kernel/real-tools-changes': 3,
  'tun/descriptor-port': 3,
};

/** The longest files begin first, so that none of them is all that is left in the end. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted(
      (a, b) =>
        secondsOf(b) - secondsOf(a) || (a.moduleId < b.moduleId ? -1 : Number(a.moduleId > b.moduleId)),
    );
  }
}

const secondsOf = ({ moduleId }: TestSpecification): number =>
  SECONDS[/([^/]+\/[^/]+)\.test\.ts$/.exec(moduleId)?.[1] ?? ''] ?? 0;
