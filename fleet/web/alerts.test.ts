/** Pages of alerts, maintenance and channels as people use them. */
import test from 'ava';
import type { Grant } from '../access/rights.ts';
import { populate } from './testing/boxes.ts';
import { of, testConsole } from './testing/console.ts';

async function populated(t: Parameters<typeof testConsole>[0], grants: readonly Grant[] = [of('operator')]) {
  const made = await testConsole(t);
  const ids = await populate(made);
  const at = await made.join('joost@noordkop.example', grants);
  const { rows } = await made.services.alerts.list.list(made.scope);
  const alert = (code: string) => rows.find((one) => one.code === code)!.id;
  /** Without the form above, which names every place. */
  const list = async (path: string) => (await at.page(path)).split('<section')[1]!;
  return { ...made, ...at, ids, alert, list };
}

test('alerts are listed by cause and one by one, filtered, and each page leads on', async (t) => {
  const { page, list, ids, services, scope, person, alert } = await populated(t);
  t.regex(await page('/alerts'), /<h1>Alerts: 3 urgent, \d+ need attention/);
  const groups = await page('/alerts?view=codes');
  t.regex(groups, /href="\/alerts\?code=offline"/);
  t.notRegex(groups, /Kennemerland 1/);
  const bad = await list('/alerts?level=bad');
  t.true(bad.includes('Kennemerland 1') && bad.includes('Naaldwijk') && !bad.includes('Dordrecht'));
  const place = ids.get('Gemeente Zuiderwoude')!;
  const there = await list(`/alerts?place=customer:${place}`);
  t.true(there.includes('Raadhuis') && !there.includes('Naaldwijk'));
  await services.alerts.list.assign(scope, [alert('offline')], person.id, person.id);
  const mine = await list('/alerts?mine=on');
  t.true(mine.includes('Naaldwijk') && mine.includes('Assigned to joost') && !mine.includes('Raadhuis'));
  for (const wrong of ['level=x', 'code=__proto__', 'place=customer:x', 'is=constructor', 'box=x', 'view=x'])
    t.true((await page(`/alerts?${wrong}`)).includes('Alerts'), wrong);
});

test('the overview says that nothing is wrong only when nothing is', async (t) => {
  const made = await testConsole(t);
  const { page, person } = await made.join('joost@noordkop.example', [of('operator')]);
  const ids = await populate(made, [{ customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' }]);
  t.regex(await page('/'), /No box finds anything wrong with itself/);
  await made.alerts.watch.raise({ box: ids.get('Oven')! }, 'audit_fork');
  const { list } = made.services.alerts;
  const { rows } = await list.list(made.scope);
  await list.mute(made.scope, rows[0]!.id, null, 'Known', person.id);
  const text = await page('/');
  t.notRegex(text, /No box finds anything wrong/);
  t.regex(text, /Nothing asks for somebody now\..*1 muted or in maintenance/s);
});

test('an alert is acknowledged with a note, given back, assigned, muted and unmuted; names stand for people', async (t) => {
  const { page, list, post, alert, person, services, scope } = await populated(t);
  const at = `/alerts/${alert('offline')}`;
  t.regex(await page(at), /Box not heard: Naaldwijk.*See whether it has power/s);
  await post(`${at}/acknowledge`, { note: 'Power cut <there>' });
  t.regex(await page(at), /joost acknowledged it<small>Power cut &lt;there&gt;/);
  t.notRegex(await page(at), new RegExp(`>${person.id}<`));
  await post(`${at}/unacknowledge`, {});
  t.regex(
    (await (await post(`${at}/acknowledge`, { note: 'x'.repeat(501) })).text())!,
    /at most 500.*aria-invalid="true"/s,
  );
  await post(`${at}/assign`, { person: person.id });
  t.regex(await page(at), /Assigned to<\/dt><dd>joost/);
  t.is((await post(`${at}/assign`, { person: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })).status, 404);
  const wrong = { span: 'time', untilDate: '2020-01-01', untilTime: '10:00', note: '' };
  t.regex(await (await post(`${at}/mute`, wrong)).text(), /Mute until a time in the coming year/);
  // 9 October is in summer time, 31 October in winter time.
  await post(`${at}/mute`, { span: 'time', untilDate: '2026-10-31', untilTime: '10:00', note: 'Moves' });
  t.regex(await page(at), /joost muted it, until Sat 31 Oct 10:00/);
  t.regex(await list('/alerts?is=muted'), /Naaldwijk/);
  t.notRegex(await list('/alerts?is=open'), /Naaldwijk/);
  t.regex(await page('/alerts/mutes'), /Box not heard<\/strong><small>Naaldwijk/);
  t.is((await services.alerts.list.mutes(scope))[0]!.until, Date.UTC(2026, 9, 31, 9, 0));
});

test('several are acknowledged at once, and the list is a file that no spreadsheet calculates', async (t) => {
  const { page, post, get, alert, services, scope } = await populated(t);
  const answer = await post('/alerts/acknowledge', {
    alert: alert('offline'),
    note: '=1+1',
    query: '?level=bad&evil=//elsewhere.example',
  });
  t.is(answer.headers.get('Location'), '/alerts?level=bad');
  t.regex(await page('/alerts?is=acknowledged'), /Naaldwijk/);
  const file = await get('/alerts.csv?is=acknowledged');
  t.is(file.headers.get('Content-Type'), 'text/csv; charset=utf-8');
  const lines = (await file.text()).trim().split('\r\n');
  t.is(lines.length, 2);
  t.regex(lines[1]!, /,offline,Box not heard,bad,.*,Huisartsenpost Westland,Naaldwijk,Naaldwijk,joost,.*,'=1\+1,/);
  t.is((await services.alerts.list.counts(scope)).acknowledged, 1);
});

test('one cause is muted at a site; nobody mutes, plans or tells beyond their role', async (t) => {
  const { page, post, ids, join } = await populated(t);
  const site = ids.get('Gemeente Zuiderwoude, Gemeentehuis')!;
  const mute = { code: 'policy_refused', place: `site:${site}`, level: 'warn', span: 'worse', note: 'Known' };
  t.is((await post('/alerts/mutes', mute)).status, 303);
  t.regex(await page('/alerts/mutes'), /Policy refused<\/strong><small>Gemeentehuis.*until it gets worse: Known/s);
  t.regex(await page('/alerts?is=muted'), /Raadhuis/);
  const end = /action="(\/alerts\/mutes\/\w+\/end)"/.exec(await page('/alerts/mutes'))![1]!;
  await post(end, {});
  t.regex(await page('/alerts/mutes'), /Nothing is muted/);

  const els = await join('els@visser.example', [of('operator', { customer: ids.get('Notariskantoor Van Dael')! })]);
  t.is((await els.post('/alerts/mutes', mute)).status, 404);
  t.is((await els.post('/alerts/mutes', { ...mute, place: '' })).status, 403);
  const reader = await join('lea@noordkop.example', [of('read_only')]);
  t.notRegex(await reader.page('/alerts'), /type="checkbox" name="alert"/);
});

test('a window is planned by the clock of a place, shown by both clocks also where they change, and removed', async (t) => {
  const { page, post, ids } = await populated(t);
  const when = { zone: 'Europe/Lisbon', fromDate: '2026-10-22', fromTime: '23:30', untilDate: '', untilTime: '01:00' };
  const window = { ...when, place: `customer:${ids.get('Notariskantoor Van Dael')!}`, reason: 'Patches <all>' };
  t.regex(await (await post('/maintenance', { ...window, kind: 'weekly' })).text(), /must end after it begins/);
  t.is((await post('/maintenance', { ...window, kind: 'weekly', days: '4' })).status, 303);
  const text = await page('/maintenance');
  t.regex(text, /Next<\/h2>.*Notariskantoor Van Dael.*Patches &lt;all&gt;.*Thursday, 23:30 to 01:00/s);
  t.regex(text, /Clock of Europe\/Lisbon.*Thu 22 Oct 23:30–Fri 23 Oct 01:00.*Thu 29 Oct 23:30–Fri 30 Oct 01:00/s);
  t.regex(text, /Clock of Europe\/Amsterdam.*Fri 23 Oct 00:30–02:00.*Planned by joost/s);
  const remove = /action="(\/maintenance\/\w+\/remove)"/.exec(text)![1]!;
  await post(remove, {});
  t.regex(await page('/maintenance'), /None is planned/);
  const once = { ...window, kind: 'once', fromDate: '2026-10-09', fromTime: '10:00', untilTime: '23:00' };
  await post('/maintenance', { ...once, place: '', zone: 'Europe/Amsterdam' });
  t.regex(await page('/maintenance'), /Open now<\/h2>.*Noordkop ICT/s);
  t.regex(await page('/alerts?is=maintenance'), /In maintenance until today 23:00/);
});

test('a channel is added with a secret that is shown once, tested, changed, and tells what became of its messages', async (t) => {
  const { page, post, services, scope, alerts, clock, log } = await populated(t, [of('owner')]);
  t.regex(await page('/channels'), /nobody is told of anything/);
  const fields = { kind: 'webhook', name: 'Tickets', country: 'nl', language: 'en', level: 'warn', on: 'on' };
  const wrong = await (await post('/channels', { ...fields, url: 'http://receiver.example' })).text();
  t.regex(wrong, /id="url-error".*value="http:\/\/receiver\.example"/s);
  const made = await (await post('/channels', { ...fields, url: 'https://receiver.example/x' })).text();
  const [secret] = /whsec_[\w+/=]+/.exec(made)!;
  const id = (await services.alerts.channels.list(scope))[0]!.id;
  const at = `/channels/${id}`;
  t.false((await page(at)).includes(secret));
  t.regex(await (await post(`${at}/test`, {})).text(), /role="status">The test was taken/);
  t.regex(await (await post(`${at}/test`, {})).text(), /role="alert">A test was sent a moment ago/);
  t.regex(await (await post(`${at}/secret`, {})).text(), /whsec_/);
  t.is((await post(at, { ...fields, name: 'Desk', url: 'https://receiver.example/x', codes: 'offline' })).status, 303);
  t.regex(await page(at), /<h1>Desk/);
  for (const job of ['gather', 'pack', 'send'] as const) await alerts.tell[job]();
  clock.advance(60_000);
  for (const job of ['gather', 'pack', 'send'] as const) await alerts.tell[job]();
  t.regex(await page(at), /1 alert<\/td><td data-label="State">Taken/);
  await post(`${at}/remove`, {});
  t.regex(await page('/channels'), /nobody is told of anything/);
  t.true((await log.head()).size > 5);
});

test('the evidence of a fork is at hand where the alert is', async (t) => {
  const { page, alerts, ids, services, scope } = await populated(t);
  const box = ids.get('Werf')!;
  await alerts.watch.raise({ box }, 'audit_fork');
  const { rows } = await services.alerts.list.list(scope, { code: 'audit_fork' });
  const text = await page(`/alerts/${rows[0]!.id}`);
  t.regex(text, new RegExp(`Evidence.*href="/witness/${box}"`, 's'));
  t.regex(text, /Close: it was seen to/);
});
