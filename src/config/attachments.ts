import type { Address } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { FileDraft } from './draft.js';
import type { Report } from './report.js';
import type { Path } from './tree.js';

/** A host or router on a link, as the draft describes it. */
export interface DraftAttachment {
  readonly kind: 'host' | 'router';
  readonly owner: string;
  readonly link: string;
  readonly path: Path;
  readonly addresses: readonly DraftAddress[];
  /** Nothing about it is wrong; only then may conclusions be drawn from what it lacks. */
  readonly isKnown: boolean;
}

export interface DraftAddress {
  readonly own: InterfaceAddress;
  readonly path: Path;
}

export interface DraftLoopback {
  readonly router: string;
  readonly address: Address;
  readonly path: Path;
}

/** Every attachment of a draft, hosts first, in the order of the file. */
export const attachmentsOf = (draft: FileDraft, report: Report): readonly DraftAttachment[] => [
  ...[...(draft.hosts ?? [])].flatMap(([owner, host]) =>
    [...(host?.interfaces ?? [])].map(([link, each]): DraftAttachment => {
      const path = ['hosts', owner, 'interfaces', link];
      const isKnown = !report.isFaulty(...path);
      return { kind: 'host', owner, link, path, addresses: addressesOf(each?.address, path), isKnown };
    }),
  ),
  ...[...(draft.routers ?? [])].flatMap(([owner, router]) =>
    [...(router?.interfaces ?? [])].map(([link, each]): DraftAttachment => {
      const path = ['routers', owner, 'interfaces', link];
      const isKnown = !report.isFaulty(...path, 'address') && each !== undefined;
      return { kind: 'router', owner, link, path, addresses: addressesOf(each?.address, path), isKnown };
    }),
  ),
];

/** The loopback addresses of the routers that have one. */
export const loopbacksOf = (draft: FileDraft): readonly DraftLoopback[] =>
  [...(draft.routers ?? [])].flatMap(([router, { ip } = {}]) =>
    ip?.loopback === undefined
      ? []
      : [{ router, address: ip.loopback, path: ['routers', router, 'ip', 'loopback'] }],
  );

/** The addresses of an interface, written as one or as a list. */
export const addressesOf = (
  written: InterfaceAddress | readonly (InterfaceAddress | undefined)[] | undefined,
  path: Path,
): DraftAddress[] => {
  if (written === undefined) return [];
  if ('address' in written) return [{ own: written, path: [...path, 'address'] }];
  return written.flatMap((own, at) => (own === undefined ? [] : [{ own, path: [...path, 'address', at] }]));
};
