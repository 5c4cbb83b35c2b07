/** Numbers of the overview: each is what the list behind it has, and none says more than boxes have told. */
import test, { type ExecutionContext } from 'ava';
import { ordinaryDay, populate, type TestBox } from './testing/boxes.ts';
import { of, testConsole } from './testing/console.ts';
import { policyBoxes } from './testing/policies.ts';

async function looked(t: ExecutionContext, boxes: readonly TestBox[] = ordinaryDay) {
  const made = await testConsole(t);
  const ids = await populate(made, boxes);
  return { ...made, ids, ...(await made.join('maaike@noordkop.example', [of('owner'), of('policy_signer')])) };
}

const inside = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

/** How many rows of a list there are, in all its pages. */
async function rowsAt(page: (path: string) => Promise<string>, link: string): Promise<number> {
  const [at = '', part] = link.split('#');
  let path = at || '/';
  let rows = 0;
  for (let pages = 0; path !== '' && pages < 20; pages++) {
    const whole = await page(path);
    const text =
      part === undefined
        ? whole
        : inside(whole, new RegExp(`<section aria-labelledby="${part}"[^>]*>(.*?)</section>`, 's'));
    rows += [...text.matchAll(part === 'claims' ? /<li>/g : /<th scope="row">/g)].length;
    path = inside(text, /<a href="([^"]+)" rel="next"/).replaceAll('&amp;', '&');
  }
  return rows;
}

test('each figure is as many as the list behind its link has, whatever is how', async (t) => {
  const made = await looked(t, [
    ...ordinaryDay,
    ...Array.from({ length: 30 }, (_, at) => ({
      customer: 'Verzekeringshuis Brabant',
      site: 'Oss',
      name: `Oss ${at}`,
    })),
  ]);
  const { page, services, ids, scope } = made;
  await policyBoxes(made);
  const level = { kind: 'msp', of: scope.msp } as const;
  const parts = { holidays: [{ date: '2027-12-25', name: 'Christmas' }] };
  await services.policies.levels.write(scope, level, 0, { parts }, 'fleet');
  const now = await services.policies.preview(scope, { all: true });
  const input = { choice: { all: true }, token: now.token, title: 'Holidays', leaveOut: true };
  await services.policies.sign(scope, input, 'fleet');
  await services.revoke(ids.get('Werf')!, 'fleet');
  const waits = ids.get('Gemeente Zuiderwoude, Werf')!;
  Object.assign(services, {
    enrolment: {
      ...services.enrolment,
      waitingOf: async () => [{ site: waits, state: 'typed', expiresAt: made.clock.now() + 60_000 }],
    },
    witness: { ...services.witness, troubled: async () => [ids.get('Breda')!, ids.get('Oss')!] },
  });
  const text = await page('/');
  const figures = [
    ...inside(text, /<ul class="figures">(.*?)<\/ul>/s).matchAll(/<a href="([^"]+)"><strong>([\d,]+)<\/strong>/g),
  ];
  t.is(figures.length, 6);
  for (const [, link, count] of figures) t.is(await rowsAt(page, link!), Number(count), link);
  t.deepEqual(
    figures.map(([, , count]) => count),
    ['44', '3', '2', '1', '9', '2'],
  );
  const links = [...text.matchAll(/<dd><a href="([^"]+)">([\d,]+) box/g)];
  t.true(links.length >= 4, `${links.length} numbers of tiles`);
  for (const [, link, count] of links) t.is(await rowsAt(page, link!.replaceAll('&amp;', '&')), Number(count), link);
});

test('until something is wanted, numbers of policy and software lead to those boxes', async (t) => {
  const { page } = await looked(t);
  const links = [...(await page('/')).matchAll(/<dd><a href="(\/boxes[^"]+)">([\d,]+) box/g)];
  t.deepEqual(
    links.map(([, link]) => link!.split('=')[0]),
    ['/boxes?policy', '/boxes?policy', '/boxes?policy', ...Array(3).fill('/boxes?software')],
  );
  for (const [, link, count] of links) t.is(await rowsAt(page, link!), Number(count), link);
});

test('alerts that are counted are those that the link shows, without those that are muted', async (t) => {
  const { page, person, services, scope } = await looked(t);
  const { rows } = await services.alerts.list.list(scope);
  await services.alerts.list.mute(scope, rows[0]!.id, null, 'Known', person.id);
  t.is((await services.alerts.list.counts(scope)).muted, 1);
  const [, link, count] = /<h2 id="alerts">Alerts<\/h2><a href="([^"]+)">5 of (\d+)</.exec(await page('/'))!;
  t.is(Number(count), rows.length - 1);
  t.is([...(await page(link!)).matchAll(/<li><span>(?:<input[^>]*> )?<span class="state/g)].length, Number(count));
});

const roomOf = async (page: (path: string) => Promise<string>): Promise<Record<string, string>> => {
  const tile = inside(await page('/'), /id="live-storage">(.*?)<\/section>/s);
  const rows = [...tile.matchAll(/<dt>([^<]*)(?:<small>[^<]*<\/small>)?<\/dt><dd>(.*?)<\/dd>/g)];
  return Object.fromEntries(rows.map(([, name, said]) => [name, said!.replaceAll(/<[^>]*>/g, '')]));
};

test('room: those that are not named are counted as what they are, short, roomy or not known', async (t) => {
  const box = (name: string, more: Partial<TestBox> = {}): TestBox => ({
    ...{ customer: 'Bakkerij Visser', site: 'Utrecht', name, ...more },
  });
  const short = Array.from({ length: 7 }, (_, at) => box(`Short ${at}`, { gauges: { disk_days_left: 20 + at } }));
  const { page } = await looked(t, [...short, box('Roomy'), box('Silent', { silent: true })]);
  const { 'Short 0': first, ...rest } = await roomOf(page);
  t.is(first, '20 days left');
  t.is(rest['Short 4'], '24 days left');
  t.false('Short 5' in rest);
  t.is(rest['Others within 90 days'], '2 boxes');
  t.is(rest['Not within 90 days'], '1 box');
  t.is(rest['Nothing told of it'], '1 box');
});

test('room: nobody says that a box has room which told nothing', async (t) => {
  const silent = { customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven', silent: true };
  const { page } = await looked(t, [silent]);
  const [tile] = /id="live-storage">.*?<\/section>/s.exec(await page('/'))!;
  t.regex(tile, /No box has said anything yet/);
  t.regex(await page('/customers'), /data-label="Disk, days" class="num">–</);
});
