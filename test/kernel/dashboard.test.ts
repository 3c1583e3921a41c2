import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Background } from '../support/background.js';
import { describeKernel, pythonCommand, until } from '../support/kernel.js';
import { freshName, labText, type RunningLab, startLab } from '../support/lab.js';

/** With `TUNPIKE_SCREENSHOTS=1` the pictures of docs/dashboard.md are made again. */
const WANTS_PICTURES = process.env.TUNPIKE_SCREENSHOTS === '1';
const PICTURES = join(import.meta.dirname, '../../docs/images');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GROUP = '239.1.2.3';
const TOKEN = 'a secret';
/** What the map and the tables need to have been read anew. In milliseconds. */
const PATIENCE = 30_000;

const LAB = `
links:
  red: {}
  core: { delay: 5ms, jitter: 1ms, loss: 1%, rate: 20mbit }
  blue: { from: { bob: { loss: 5% } } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  carol: { interfaces: { red: { address: 198.51.100.11/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, core: { address: 192.0.2.1/30, igmp: {} } }
    routes: [{ to: 203.0.113.0/24, via: 192.0.2.2 }, { to: 198.18.0.0/15, type: blackhole }]
    multicast: { upstream: core }
    filters: [{ name: no-telnet, in: red, match: { protocol: tcp, destination-port: 23 }, action: reject }]
  r2:
    interfaces: { core: { address: 192.0.2.2/30, igmp: {} }, blue: { address: 203.0.113.1/24, igmp: {} } }
    routes: [{ to: default, via: 192.0.2.1 }]
http: { listen: "127.0.0.1:0", token: ${TOKEN} }
`;

const JOIN = `
import socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(sys.argv[1]) + socket.inet_aton(sys.argv[2]))
time.sleep(300)
`;
const SEND = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
while True:
    s.sendto(bytes(500), (sys.argv[1], 5000))
    time.sleep(0.05)
`;

describeKernel('the dashboard in a browser, while traffic flows', ['chromium', 'ping', 'python3'], () => {
  let lab: RunningLab;
  let browser: Browser;
  let page: Page;
  let url: string;
  const programs: Background[] = [];
  /** What the browser complains of, and whom it asks. */
  const complaints: string[] = [];
  const hosts = new Set<string>();

  beforeAll(async () => {
    [lab, browser] = await Promise.all([
      startLab(labText(LAB, WANTS_PICTURES ? 'lab' : freshName())),
      chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }),
    ]);
    url = /at (http:\/\/127\.0\.0\.1:\d+)/.exec(lab.process.stderr)![1]!;
    programs.push(
      lab.background('alice', ['ping', '-q', '-i', '0.05', '-s', '1000', '203.0.113.10']),
      lab.background('carol', ['ping', '-q', '-i', '0.1', '198.18.0.1']),
      lab.background('alice', pythonCommand(JOIN, GROUP, '198.51.100.10')),
      lab.background('bob', pythonCommand(SEND, GROUP)),
    );
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.addInitScript(`document.addEventListener('securitypolicyviolation', (violation) =>
      console.error('CSP: ' + violation.violatedDirective + ' ' + violation.blockedURI))`);
    await page.goto(url);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all(programs.map((program) => program.stop()));
    await lab?.abandon();
  });

  /** Waits until an expression of the page holds. */
  const holds = (what: string, condition: () => Promise<boolean>): Promise<boolean> =>
    until(condition, PATIENCE, what);

  const textOf = (selector: string): Promise<string> => page.locator(selector).innerText();

  const cellsOf = (selector: string): Promise<string[][]> =>
    page
      .locator(`${selector} tbody tr`)
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));

  const faults = async (): Promise<string[]> => {
    const found = await page.evaluate(
      `${AXE};axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' ')))`,
    );
    return found as string[];
  };

  it('asks for the token, and shows nothing without it', async () => {
    await page.waitForSelector('#token-page:not([hidden])');
    expect(await page.locator('#lab').isVisible()).toBe(false);
    expect(await faults()).toEqual([]);
    await page.fill('#token', 'wrong');
    await page.keyboard.press('Enter');
    await holds('a wrong token is refused', async () => (await textOf('#token-error')) !== '');
    await page.fill('#token', TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.node');
    // The browser itself complains of each answer that is an error.
    expect(complaints.filter((each) => !/status of 401/.test(each))).toEqual([]);
    complaints.length = 0;
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
  });

  it('draws who is on which link, what passes, and what is impaired', async () => {
    const ids = await page
      .locator('.node')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-id')));
    expect(ids.toSorted()).toEqual([
      ...['host alice', 'host bob', 'host carol'],
      ...['link blue', 'link core', 'link red', 'router r1', 'router r2'],
    ]);
    const label = (id: string): Promise<string | null> =>
      page.getAttribute(`[data-id="${id}"]`, 'aria-label');
    expect(await label('link core')).toMatch(/^core 5 ms ± 1 ms, loss 1% 20 Mb\/s.*, link$/);
    expect(await label('link blue')).toContain('bob: loss 5%');
    await holds('rates', async () =>
      /out \d.*[kM]b\/s/.test((await page.locator('.map').textContent()) ?? ''),
    );
    await holds('drops of r1', async () => /dropped\/s/.test((await label('router r1')) ?? ''));
    expect(await page.locator('.querier:visible').count()).toBeGreaterThan(1);
  });

  it('shows the tables of what is clicked', async () => {
    await page.click('[data-id="host alice"]');
    expect(await textOf('#details-title')).toBe('alice');
    await holds('the host', async () => (await cellsOf('#details-panel')).length === 1);
    expect((await cellsOf('#details-panel'))[0]).toContain('198.51.100.10/24');
    await page.getByRole('tab', { name: 'Groups' }).click();
    await holds('the group', async () => (await cellsOf('#details-panel'))[0]?.[0] === GROUP);
    await page.click('[data-id="router r1"]');
    await holds('interfaces', async () => (await cellsOf('#details-panel'))[0]?.[0] === 'r1.red');
    await page.getByRole('tab', { name: 'Routes' }).click();
    await holds('routes', async () =>
      (await cellsOf('#details-panel')).some((row) => row[0] === '198.18.0.0/15' && row[1] === 'blackhole'),
    );
  });

  it('takes a name for text, whatever it contains', async () => {
    const name = '<img src=x onerror=alert(1)>\u202e';
    await page.route('**/api/filters*', async (route) => {
      const response = await route.fetch();
      const [row] = await response.json();
      await route.fulfill({ response, json: [{ ...row, name }] });
    });
    await page.getByRole('tab', { name: 'Filters' }).click();
    await holds('the filter', async () => (await cellsOf('#details-panel')).length === 1);
    expect((await cellsOf('#details-panel'))[0]?.[0]).toBe('<img src=x onerror=alert(1)>\\u202e');
    expect(await page.locator('img').count()).toBe(0);
    await page.unroute('**/api/filters*');
  });

  it('charts drops by reason as they rise', async () => {
    const dropped = async (): Promise<number> => {
      const row = (await cellsOf('#drops-table')).find(([reason]) => reason === 'blackhole');
      return Number((row?.[3] ?? '0').replace(/\D/g, ''));
    };
    const before = await dropped();
    await holds('more drops', async () => (await dropped()) > before + 5);
    expect(await page.getAttribute('#drops-chart', 'aria-label')).toMatch(/blackhole [1-9]/);
    // Points of a line have its colour.
    const colored = await page.evaluate(`(() => {
      const canvas = document.querySelector('#drops-chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        const color = data.slice(at, at + 3);
        if (data[at + 3] > 200 && Math.max(...color) - Math.min(...color) > 80) count += 1;
      }
      return count;
    })()`);
    expect(colored).toBeGreaterThan(20);
  });

  it('says who asks, who hears which group, and where its stream goes', async () => {
    await holds('the group', async () => /● alice \(198\.51\.100\.10\)/.test(await textOf('#groups')));
    const text = await textOf('#groups');
    expect(text).toMatch(/querier, v3/);
    await holds('the stream', async () => /203\.0\.113\.10 → 239\.1\.2\.3/.test(await textOf('#groups')));
  });

  it('lights the way of an explained datagram, and where it ends', async () => {
    const lit = (): Promise<(string | null)[]> =>
      page.locator('.node.lit').evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-id')));
    const explained = async (source: string, destination: string, verdict: RegExp): Promise<void> => {
      await page.fill('#explain-source', source);
      await page.fill('#explain-destination', destination);
      await page.click('#explain-form button[type=submit]');
      await holds(`${verdict}`, async () => verdict.test(await textOf('#explain-verdict')));
    };
    await explained('carol', '198.18.0.1', /^Dropped: blackhole, a blackhole route\.$/);
    expect((await lit()).toSorted()).toEqual(['host carol', 'link red', 'router r1']);
    expect(await page.locator('.node.end').getAttribute('data-id')).toBe('router r1');
    await explained('nobody', 'bob', /the lab has no host or router .nobody./);
    expect(await lit()).toEqual([]);
    // The browser's own.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('status of 400')]);
    await explained('bob', GROUP, /^Forwarded to alice/);
    expect(await lit()).toContain('host alice');
    await explained('alice', 'bob', /^Forwarded to bob\.$/);
    expect((await lit()).toSorted()).toEqual([
      ...['host alice', 'host bob', 'link blue', 'link core'],
      ...['link red', 'router r1', 'router r2'],
    ]);
    expect(await page.locator('.edge.lit').count()).toBe(6);
    const steps = await page.locator('#explain-steps li').allInnerTexts();
    expect(steps.at(0)).toContain('to r1.red, the next hop of alice');
    expect(steps.at(-1)).toContain('bob.blue gets it');
  });

  it('tells events as they happen, and what happened to a link', async () => {
    await holds('a drop', async () => (await page.locator('.event.drop').count()) > 0);
    await page.getByLabel('drop', { exact: true }).uncheck();
    await page.getByLabel('icmp', { exact: true }).uncheck();
    expect((await lab.tunpike('link', 'down', 'blue')).code).toBe(0);
    await holds('the event', async () => /blue down/.test(await textOf('#events')));
    await holds('the map', async () =>
      /down/.test((await page.getAttribute('[data-id="link blue"]', 'aria-label')) ?? ''),
    );
    expect(await page.locator('.edge.down').count()).toBe(2);
    expect((await lab.tunpike('link', 'up', 'blue')).code).toBe(0);
    await holds('the map', async () => (await page.locator('.edge.down').count()) === 0);
    await page.getByLabel('drop', { exact: true }).check();
    await page.getByLabel('icmp', { exact: true }).check();
  });

  it('can be used with the keyboard alone', async () => {
    const active = (): Promise<string | null> =>
      page.evaluate("document.activeElement?.getAttribute('data-id') ?? document.activeElement?.id ?? null");
    await page.keyboard.press('Escape');
    expect(await textOf('#details-title')).toBe('Links');
    await page.evaluate('document.activeElement?.blur()');
    const seen: (string | null)[] = [];
    for (let each = 0; each < 20 && !seen.includes('router r2'); each += 1) {
      await page.keyboard.press('Tab');
      seen.push(await active());
    }
    expect(seen).toContain('router r2');
    await page.keyboard.press('Enter');
    expect(await textOf('#details-title')).toBe('r2');
    for (let each = 0; each < 20 && (await active()) !== 'tab-0'; each += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    expect(await active()).toBe('tab-1');
    expect(await page.getAttribute('#tab-1', 'aria-selected')).toBe('true');
    await holds('routes', async () =>
      (await cellsOf('#details-panel')).some(([prefix]) => prefix === '0.0.0.0/0'),
    );
    await page.keyboard.press('Escape');
    expect(await textOf('#details-title')).toBe('Links');
  });

  it('is light and dark, and whoever hears it finds the way', async () => {
    await page.click('[data-id="router r1"]');
    await holds('interfaces', async () => (await cellsOf('#details-panel')).length === 2);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(/rgb\((\d+)/.exec(ground)![1]).toBe(colorScheme === 'light' ? '244' : '16');
      expect(await faults()).toEqual([]);
      if (!WANTS_PICTURES) continue;
      // The dark one shows what a host has.
      if (colorScheme === 'dark') await page.click('[data-id="host alice"]');
      if (colorScheme === 'dark') await page.getByRole('tab', { name: 'Devices' }).click();
      await page.waitForTimeout(5000);
      await page.screenshot({ path: join(PICTURES, `dashboard-${colorScheme}.png`), fullPage: true });
    }
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await holds('a map that runs down', async () => {
      const box = await page.locator('.map svg').boundingBox();
      return box !== null && box.height > box.width;
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await faults()).toEqual([]);
    await page.click('[data-id="link core"]');
    expect(await textOf('#details-title')).toBe('core');
  });

  it('has asked nobody else, had nothing to complain of, and says so when the lab has gone', async () => {
    expect([...hosts]).toEqual([new URL(url).host]);
    expect(complaints).toEqual([]);
    await Promise.all(programs.map((program) => program.stop()));
    await lab.finish();
    await holds('the state', async () => /^no answer since/.test(await textOf('#state')));
  });
});
