import type { DraftOf } from '../section.js';
import type { FILE_KEYS } from './keys/file.js';
import type { WHOLE_LINK_KEYS } from './keys/link.js';
import type { ROUTE_KEYS, ROUTER_KEYS } from './keys/router.js';

/** As much of a file as could be read. */
export type FileDraft = DraftOf<typeof FILE_KEYS>;
export type LinkDraft = DraftOf<typeof WHOLE_LINK_KEYS>;
export type RouterDraft = DraftOf<typeof ROUTER_KEYS>;
export type RouteDraft = DraftOf<typeof ROUTE_KEYS>;
