import { IGMP } from './igmp/part.js';
import { testPart } from './part-tests.js';

testPart(IGMP, 232);
