/**
 * Whether an interface takes part in the election: `always` never yields, `never` never queries.
 *
 * Source: RFC 4541 §2.1.1.
 */
export const QUERIER_MODES = ['elect', 'always', 'never'] as const;

export type QuerierMode = (typeof QUERIER_MODES)[number];

/**
 * The election of the querier on one interface, as a table for each mode: state × event.
 *
 * Only general queries from an address that may win are events here. Start-up and periodic queries are both
 * `query-due`; the machine counts how long until the next.
 *
 * Source: RFC 9776 §6.6.2.
 */
export type QuerierState = 'down' | 'querier' | 'non-querier';

export const QUERIER_STATES = ['down', 'querier', 'non-querier'] as const satisfies readonly QuerierState[];

export const QUERIER_EVENTS = [
  'interface-up',
  'interface-down',
  'query-due',
  /** A general query from an address below ours and not above the elected querier's. */
  'stronger-query',
  /** A general query from any other address. */
  'weaker-query',
  'other-querier-expired',
] as const;

export type QuerierEvent = (typeof QUERIER_EVENTS)[number];

export type QuerierAction =
  /** We are the querier, with the variables of our own settings. */
  | 'elect-self'
  /** The sender of the query is the querier. */
  | 'elect-sender'
  /** No querier is known. */
  | 'elect-nobody'
  /** The sender of the query would be the querier if we yielded. */
  | 'note-rival'
  /** The series of start-up queries begins. */
  | 'start-querying'
  | 'stop-querying'
  | 'send-general-query'
  | 'arm-other-querier'
  | 'stop-other-querier';

interface QuerierTransition {
  readonly to: QuerierState;
  readonly actions: readonly QuerierAction[];
}

const stay = (to: QuerierState): QuerierTransition => ({ to, actions: [] });

type QuerierTable = Readonly<Record<QuerierState, Readonly<Record<QuerierEvent, QuerierTransition>>>>;

const ELECT: QuerierTable = {
  down: {
    'interface-up': { to: 'querier', actions: ['elect-self', 'start-querying'] },
    'interface-down': stay('down'),
    'query-due': stay('down'),
    'stronger-query': stay('down'),
    'weaker-query': stay('down'),
    'other-querier-expired': stay('down'),
  },
  querier: {
    'interface-up': stay('querier'),
    'interface-down': { to: 'down', actions: ['stop-querying'] },
    'query-due': { to: 'querier', actions: ['send-general-query'] },
    'stronger-query': { to: 'non-querier', actions: ['elect-sender', 'stop-querying', 'arm-other-querier'] },
    'weaker-query': stay('querier'),
    'other-querier-expired': stay('querier'),
  },
  'non-querier': {
    'interface-up': stay('non-querier'),
    'interface-down': { to: 'down', actions: ['stop-other-querier'] },
    'query-due': stay('non-querier'),
    'stronger-query': { to: 'non-querier', actions: ['elect-sender', 'arm-other-querier'] },
    'weaker-query': stay('non-querier'),
    'other-querier-expired': {
      to: 'querier',
      actions: ['stop-other-querier', 'elect-self', 'start-querying'],
    },
  },
};

/** The role is never lost, so `non-querier` is never reached. */
const ALWAYS: QuerierTable = {
  ...ELECT,
  querier: { ...ELECT.querier, 'stronger-query': { to: 'querier', actions: ['note-rival'] } },
};

/** The role is never taken, so `querier` is never reached; the querier is known, because timers follow it. */
const NEVER: QuerierTable = {
  ...ELECT,
  down: { ...ELECT.down, 'interface-up': { to: 'non-querier', actions: ['elect-nobody'] } },
  'non-querier': {
    ...ELECT['non-querier'],
    'other-querier-expired': { to: 'non-querier', actions: ['stop-other-querier', 'elect-nobody'] },
  },
};

export const QUERIER_TABLES: Readonly<Record<QuerierMode, QuerierTable>> = {
  elect: ELECT,
  always: ALWAYS,
  never: NEVER,
};
