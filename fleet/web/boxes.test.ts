/** Boxes at the console: the list by its filter, as a file, acts on several, and the page of one. */
import test, { type ExecutionContext } from 'ava';
import { storeBatch } from '../inventory/store.ts';
import { health } from '../inventory/testing/boxes.ts';
import { populate } from './testing/boxes.ts';
import { of, testConsole } from './testing/console.ts';

async function day(t: ExecutionContext, grants = [of('owner')]) {
  const made = await testConsole(t);
  const ids = await populate(made);
  return { ...made, ids, ...(await made.join('maaike@noordkop.example', grants)) };
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(/<th scope="row"><a href="\/boxes\/[0-9a-f]+">([^<]+)<\/a>/g)].map(([, name]) => name!);

const hidden = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<input type="hidden" name="${name}" value="([^"]*)">`, 'g'))].map(
    ([, value]) => value!,
  );

/** One line of RFC 4180 in fields. */
const cells = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );

test('the worst is first; the address is the filter, and what is not of it filters nothing', async (t) => {
  const { page, ids } = await day(t);
  const all = namesIn(await page('/boxes'));
  t.is(all.length, 18);
  t.deepEqual(all.slice(0, 2), ['Kennemerland 1', 'Naaldwijk']);
  t.deepEqual(namesIn(await page('/boxes?finding=disk_forecast')), ['Amstel &amp; Vecht 2']);
  t.deepEqual(namesIn(await page('/boxes?policy=pending')), ['Dordrecht']);
  t.deepEqual(namesIn(await page('/boxes?state=gone')), ['Naaldwijk']);
  t.deepEqual(namesIn(await page(`/boxes?customer=${ids.get('Taxicentrale Kennemerland')}&q=2`)), ['Kennemerland 2']);
  t.deepEqual(namesIn(await page(`/boxes?site=${ids.get('Huisartsenpost Westland, Monster')}`)), ['Monster']);
  t.is(namesIn(await page("/boxes?state=x&finding=' OR 1=1&customer=%00&policy=none of it")).length, 18);
  t.regex(await page('/boxes?q=nobody'), /No box is like this/);
  t.regex(await page('/boxes?state=bad'), /<option value="bad" selected>/);
});

test('the file has the rows of the filter, and no cell that a spreadsheet would calculate', async (t) => {
  const { get, ids, services, scope } = await day(t);
  const evil = '=HYPERLINK("http://x","a, b")';
  await services.boxes.rename(scope, ids.get('Monster')!, evil, 'anna');
  const answer = await get('/boxes.csv');
  t.is(answer.headers.get('Content-Type'), 'text/csv; charset=utf-8');
  const lines = (await answer.text()).split('\r\n');
  t.is(lines.pop(), '');
  t.is(lines.length, 19);
  const rows = lines.map(cells);
  t.true(rows.every((row) => row.length === rows[0]!.length));
  t.deepEqual(rows[1]!.slice(1, 6), [
    ...['Kennemerland 1', 'Taxicentrale Kennemerland', 'Haarlem', 'bad'],
    'recording_late test_call_failed',
  ]);
  t.is(rows.find(([id]) => id === ids.get('Monster'))![1], `'${evil}`);
  t.is((await (await get('/boxes.csv?policy=pending')).text()).trim().split('\r\n').length, 2);
});

test('an act says what it will do in numbers first, and does that or nothing', async (t) => {
  const { page, post, get, ids, services, scope, log } = await day(t);
  const [one, two] = ['Kennemerland 1', 'Naaldwijk'].map((name) => ids.get(name)!) as [string, string];
  const asked = await page(`/boxes/act?what=test_call&box=${one}&box=${two}&box=${'0'.repeat(32)}`);
  t.regex(asked, /<h1>Place a test call at 2 boxes<\/h1>/);
  t.regex(asked, /That are there now<\/dt><dd>1<\/dd>/);
  const [expects] = hidden(asked, 'expects');
  const before = (await log.head()).size;
  const fewer = await post('/boxes/act/test_call', { box: [one], expects: expects! });
  t.is(fewer.status, 409);
  t.regex(await fewer.text(), /Meanwhile there is 1 box/);
  t.is((await log.head()).size, before);
  const done = await post('/boxes/act/test_call', { box: [one, two], expects: expects! });
  t.regex(await done.text(), /2 boxes will place a test call/);
  t.is((await log.head()).size, before + 2);
  const again = await post('/boxes/act/test_call', { box: [one, two], expects: expects! });
  t.regex(await again.text(), /2 boxes were asked for the same a moment ago/);
  t.regex(await page(`/boxes/${one}`), /Test call<small>.*?waits for the box/s);
  t.is((await get('/boxes/act?what=erase')).status, 404);
  t.regex(await page('/boxes/act?what=sync'), /Tick boxes first/);

  const whole = await page('/boxes/act?what=maintenance&whom=whole&policy=pending');
  t.regex(whole, /Plan maintenance of 1 box/);
  const form = { whom: 'whole', policy: 'pending', expects: hidden(whole, 'expects')[0]! };
  const when = { from: '2026-10-10', fromTime: '22:00', until: '2026-10-11', untilTime: '02:00' };
  const unsaid = await post('/boxes/act/maintenance', { ...form, ...when, reason: '' });
  t.regex(await unsaid.text(), /aria-invalid="true"[^>]*aria-describedby="reason-hint reason-error"/);
  await post('/boxes/act/maintenance', { ...form, ...when, reason: 'new disk' });
  const { next } = await services.alerts.windows.nowAndNext(scope);
  t.deepEqual([...next[0]!.boxes!], [ids.get('Dordrecht')]);

  const mute = hidden(await page(`/boxes/act?what=mute&box=${one}`), 'expects')[0]!;
  await post('/boxes/act/mute', { box: one, expects: mute, code: 'recording_late', days: '7', note: '' });
  t.is((await services.alerts.list.counts(scope, { box: one })).muted, 1);

  const site = ids.get('Huisartsenpost Westland, Monster')!;
  await post('/boxes/act/move', { box: one, expects: mute, site });
  t.is((await services.boxes.get(scope, one)).site, site);
});

test('tags: given at the box and to several, found by, in the file, taken away; what is no tag is said at its field', async (t) => {
  const { page, post, get, ids, services, scope, logged } = await day(t);
  const [one, two] = ['Monster', 'Naaldwijk'].map((name) => ids.get(name)!) as [string, string];
  t.notRegex(await page('/boxes'), /<select id="tag"/, 'where nobody has given any there is nothing to choose');
  t.is((await post(`/boxes/${one}/tags`, { tags: 'Attic, <b> & c' })).status, 303);
  t.regex(
    await page(`/boxes/${one}`),
    /<dt>Tags<\/dt><dd>.*?<a href="\/boxes\?tag=%3Cb%3E\+%26\+c">&lt;b&gt; &amp; c<\/a>/s,
  );
  const wrong = await post(`/boxes/${one}/tags`, { tags: `fine, ${'x'.repeat(31)}` });
  t.is(wrong.status, 400);
  t.regex(await wrong.text(), /href="#tags".*value="fine, x{31}"[^>]*aria-invalid="true"/s);
  t.deepEqual((await services.boxes.get(scope, one)).tags, ['<b> & c', 'Attic']);
  t.regex(await page(`/boxes/${one}/edit`), /value="&lt;b&gt; &amp; c, Attic"/);

  const asked = await page(`/boxes/act?what=tag&box=${one}&box=${two}`);
  t.regex(asked, /<h1>Add tags to 2 boxes<\/h1>/);
  const form = { box: [one, two], expects: hidden(asked, 'expects')[0]! };
  const nothing = await post('/boxes/act/tag', { ...form, tags: ' , ' });
  t.is(nothing.status, 400);
  t.regex(await nothing.text(), /href="#tags"/);
  t.regex(
    await (await post('/boxes/act/tag', { ...form, tags: 'attic, contract A' })).text(),
    /<h1>2 boxes tagged<\/h1>/,
  );
  t.deepEqual(namesIn(await page('/boxes?tag=ATTIC')).sort(), ['Monster', 'Naaldwijk']);
  t.deepEqual(namesIn(await page('/boxes?q=contract')).sort(), ['Monster', 'Naaldwijk']);
  t.regex(await page('/search?q=contract'), /Monster/);
  t.regex(await page('/boxes?tag=Attic'), /<option value="Attic" selected>/);
  const lines = (await (await get('/boxes.csv?tag=attic')).text()).trim().split('\r\n').map(cells);
  t.deepEqual([lines[0]!.at(-1), lines.length], ['tags', 3]);
  t.is(lines.find(([id]) => id === two)!.at(-1), 'Attic, contract A');
  // What a filter chose is tagged whole, and the form keeps the filter.
  const whole = await page('/boxes/act?what=untag&whom=whole&tag=attic');
  t.regex(whole, /<option value="Attic">/);
  const all = { whom: 'whole', tag: 'attic', expects: hidden(whole, 'expects')[0]! };
  t.regex(await (await post('/boxes/act/untag', { ...all, tags: 'Attic' })).text(), /taken away from 2 boxes/);
  t.regex(await page('/boxes?tag=attic'), /No box is like this/);
  t.deepEqual((await services.boxes.get(scope, two)).tags, ['contract A']);
  const told = JSON.stringify(logged) + (await page('/audit'));
  t.regex(told, /changed the tags of a box/);
  t.notRegex(told, /attic|contract a/i, 'the words are in no log');
});

test('saved views: one’s own and those for everybody are links above the list; who may deletes them', async (t) => {
  const { page, post, join, ids, log } = await day(t);
  const filter = { state: 'gone', customer: ids.get('Huisartsenpost Westland')! };
  const path = `/boxes?state=gone&amp;customer=${filter.customer}`;
  t.notRegex(await page('/boxes'), /boxes\/views/);
  t.regex(await page('/boxes?state=gone'), /action="\/boxes\/views"[^>]*>.*name="state" value="gone".*id="shared"/s);
  const before = (await log.head()).size;
  t.is((await post('/boxes/views', { name: 'Nothing' })).status, 400);
  t.is(
    (await post('/boxes/views', { ...filter, name: 'Westland <gone>', nonsense: 'x' })).headers.get('Location'),
    path.replace('&amp;', '&'),
  );
  t.is((await post('/boxes/views', { state: 'bad', name: 'All bad', shared: 'on' })).status, 303);
  t.is((await log.head()).size, before + 2);
  const shown = await page(path.replace('&amp;', '&'));
  t.true(shown.includes(`<a href="${path}" aria-current="true">Westland &lt;gone&gt;</a>`));
  t.regex(shown, /<a href="\/boxes\?state=bad">All bad<\/a>/);
  const twice = await post('/boxes/views', { state: 'bad', name: 'westland <GONE>' });
  t.is(twice.status, 409);
  t.regex(
    await twice.text(),
    /<details open>.*href="#name".*name="state" value="bad".*value="westland &lt;GONE&gt;"[^>]*aria-invalid/s,
  );

  const colleague = await join('rik@noordkop.example', [of('read_only')]);
  const theirs = await colleague.page('/boxes');
  t.regex(theirs, /All bad/);
  t.notRegex(theirs, /Westland &lt;|\/remove"/, 'neither another’s own, nor a way to delete');
  t.notRegex(await colleague.page('/boxes?state=bad'), /id="shared"/);
  t.is((await colleague.post('/boxes/views', { state: 'bad', name: 'x', shared: 'on' })).status, 403);
  const removes = [...(await page('/boxes')).matchAll(/action="(\/boxes\/views\/[^"]+\/remove)"/g)].map(
    ([, at]) => at!,
  );
  t.is(removes.length, 2);
  t.deepEqual((await Promise.all(removes.map(async (at) => (await colleague.post(at, {})).status))).sort(), [403, 404]);
  t.is((await colleague.post('/boxes/views', { state: 'ok', name: 'Well' })).status, 303);
  t.regex(await colleague.page('/boxes'), /Well.*\/remove"/s);

  // A name may tell of a customer, so those of one customer get none of everybody's.
  const els = await join('els@westland.example', [of('operator', { customer: filter.customer })]);
  t.notRegex(await els.page('/boxes'), /All bad|boxes\/views/);
  t.is((await els.post('/boxes/views', { state: 'ok', name: 'x', shared: 'on' })).status, 403);
  t.deepEqual(await Promise.all(removes.map(async (at) => (await els.post(at, {})).status)), [404, 404]);

  for (const at of removes) t.is((await post(at, {})).status, 303);
  t.notRegex(await page('/boxes'), /All bad|Westland &lt;/);
  t.is((await post(removes[0]!, {})).status, 404);
  const told = await page('/audit');
  t.regex(told, /saved a view of boxes.*deleted a view of boxes|deleted a view of boxes.*saved a view of boxes/s);
  t.notRegex(told, /All bad|gone&gt;/);
});

test('acts of somebody with one customer reach no box of another', async (t) => {
  const { join, ids, services, scope } = await day(t);
  const own = ids.get('Huisartsenpost Westland')!;
  const { page, post } = await join('els@westland.example', [of('operator', { customer: own })]);
  const theirs = ids.get('Kennemerland 1')!;
  t.regex(await page(`/boxes/act?what=revoke&box=${theirs}`), /Tick boxes first/);
  t.is((await post('/boxes/act/revoke', { box: theirs, expects: '' })).status, 409);
  t.is((await services.boxes.get(scope, theirs)).state, 'active');
  t.deepEqual(namesIn(await page('/boxes')).sort(), ['Monster', 'Naaldwijk']);
  t.false((await page('/boxes.csv')).includes('Kennemerland'));
});

test('one box: findings with advice, policy, its log, commands; renamed, moved and revoked', async (t) => {
  const { page, post, code, ids, services, scope, clock, kysely, newId } = await day(t);
  const id = ids.get('Kennemerland 1')!;
  const text = await page(`/boxes/${id}`);
  t.regex(text, /<h1>Kennemerland 1<\/h1>.*state bad/s);
  t.regex(text, /Two findings|2 findings/);
  t.regex(text, /Recording proven<\/span><small>since/);
  t.regex(text, /nothing was signed here for this box/);
  t.regex(text, /41 days left/);
  t.regex(text, /Nothing cosigned yet/);
  clock.advance(60_000);
  await storeBatch(kysely, [
    {
      ...{ box: id, id: newId(), ts: clock.now(), seq: 9, numbered: true, digest: 'x', skewMs: null },
      ...{ heardAt: clock.now(), said: health(clock.now(), {}, { disk_used_percent: 61, cpu_percent: 97 }) },
    },
  ]);
  const drawn = await page(`/boxes/${id}?range=day`);
  t.regex(
    drawn,
    /aria-label="Disk used, 24 hours: 61% throughout; within the limit of 90%; nothing heard for 2\d hours/,
  );
  t.regex(drawn, /aria-label="Processor, 24 hours: 97% throughout; beyond the limit of 85%/);
  t.regex(drawn, /<rect class="plot-gap"/);
  t.is((await post(`/boxes/${id}/commands`, { op: 'reboot' })).status, 400);
  await post(`/boxes/${id}/commands`, { op: 'sync' });
  t.is((await services.commands.of(scope, id)).rows.length, 1);
  t.regex(await page(`/boxes/${id}`), /value="sync" disabled aria-label="Ask: Tell everything again"/);

  const taken = await post(`/boxes/${id}/name`, { name: 'kennemerland  2' });
  t.is(taken.status, 409);
  t.regex(await taken.text(), /aria-invalid="true"/);
  await post(`/boxes/${id}/name`, { name: 'Haarlem <1>' });
  t.regex(await page(`/boxes/${id}`), /<h1>Haarlem &lt;1&gt;<\/h1>/);
  t.regex(await page(`/boxes/${id}/revoke`), /<h1>Revoke Haarlem/);
  const unproven = await post(`/boxes/${id}/revoke`, { code: '000000' });
  t.is(unproven.status, 400);
  t.regex(await unproven.text(), /aria-invalid="true"/);
  t.is((await services.boxes.get(scope, id)).state, 'active', 'an open session alone revokes nothing');
  clock.advance(60_000);
  await post(`/boxes/${id}/revoke`, { code: code() });
  t.is((await services.boxes.get(scope, id)).state, 'revoked');
  t.regex(await page(`/boxes/${id}`), /It was revoked on/);
});

test('a timeline in pages has each thing once, newest first; acts are for who may read the log', async (t) => {
  const { page, join, post, ids, clock, kysely, newId } = await day(t);
  const id = ids.get('Dordrecht')!;
  for (let at = 0; at < 40; at++) {
    // Many of one instant, and of several sources.
    if (at % 20 === 0) clock.advance(60_000);
    await storeBatch(kysely, [
      {
        ...{ box: id, id: newId(), ts: clock.now(), seq: 20 + at, numbered: true, digest: `${at}`, skewMs: null },
        heardAt: clock.now(),
        said: {
          kind: 'event',
          body: { is: 'gap', of: 'health', lost: 1001 + at, why: 'age', from: 1e12, until: 1e12 },
        },
      },
    ]);
    if (at % 10 === 0) await post(`/boxes/${id}/name`, { name: `Dordrecht ${at}` });
    if (at === 20) await post(`/boxes/${id}/commands`, { op: 'sync' });
  }
  const read = async (fetch: (path: string) => Promise<string>) => {
    const lines: string[] = [];
    const times: string[] = [];
    let path = `/boxes/${id}`;
    for (let pages = 0; path && pages < 20; pages++) {
      const text = await fetch(path);
      const list = /id="live-timeline">(.*?)<\/section>/s.exec(text)![1]!;
      lines.push(...[...list.matchAll(/<span class="state \w+">([^<]*)<\/span>/g)].map(([, said]) => said!));
      times.push(...[...list.matchAll(/datetime="([^"]*)"/g)].map(([, time]) => time!));
      path = /<a href="([^"#]+)#timeline">Older/.exec(list)?.[1]?.replaceAll('&amp;', '&') ?? '';
    }
    t.deepEqual(times, [...times].sort().reverse());
    return lines;
  };
  const all = await read(page);
  const lost = all.filter((line) => line.includes('messages were lost'));
  t.is(lost.length, 40);
  t.is(new Set(lost).size, 40);
  t.is(all.filter((line) => line.includes('renamed a box')).length, 4);
  t.is(all.filter((line) => line.includes('Tell everything again')).length, 1);
  const { page: looks } = await join('lezer@noordkop.example', [of('read_only')]);
  const theirs = await read(looks);
  t.false(theirs.some((line) => line.includes('renamed')));
  t.is(theirs.filter((line) => line.includes('messages were lost')).length, 40);
  t.regex(await looks(`/boxes/${id}`), /Your role looks and changes nothing here/);
});

test('software that is old turns red in the list, on the overview and on the page of its box, with the advisories by name', async (t) => {
  const { page, join, ids, services, software, scope, clock } = await day(t);
  const id = ids.get('Monster')!;
  const { software: version } = await services.boxes.get(scope, id);
  const own = version!.slice(1);
  const release = (of: string, components: readonly object[] = []) => {
    const metadata = { timestamp: new Date(clock.now()).toISOString(), component: { name: 'belkluis', version: of } };
    return software.bringRelease(JSON.stringify({ bomFormat: 'CycloneDX', metadata, components }), 'operator');
  };
  t.regex(await page(`/boxes/${id}`), /Nobody has brought the list of its packages/);
  await release(own, [{ purl: 'pkg:npm/ws@8.1.0' }]);
  await release('98.0.0');
  const at = new Date(clock.now()).toISOString();
  const affected = [{ package: { ecosystem: 'npm', name: 'ws' }, versions: ['8.1.0'] }];
  await software.bringAdvisories(
    JSON.stringify({ id: 'GHSA-eeee', modified: at, published: at, affected }),
    'operator',
  );
  t.regex(
    await page(`/boxes/${id}`),
    /state warn">a newer one since 0 days, 1 known vulnerability<.*GHSA-eeee \(ws\)/s,
  );
  clock.advance(31 * 86_400_000);
  const { page: later } = await join('piet@noordkop.example', [of('owner')]);
  t.regex(await later(`/boxes/${id}`), /state bad">a newer one since 31 days/);
  t.regex(await later('/boxes'), /state bad">a newer one since 31 days, 1 known vulnerability/);
  t.regex(await later('/'), /state bad">a newer one since 31 days/);
});
