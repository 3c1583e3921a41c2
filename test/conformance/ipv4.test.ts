import { IPV4 } from './ipv4/part.js';
import { testPart } from './part-tests.js';

testPart(IPV4, 284);
