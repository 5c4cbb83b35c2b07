import test from 'ava';
import { callsOfPhone, phonesOf } from './calls-of-phone.ts';
import type { LiveCall } from './live-call.ts';

type Live = Pick<LiveCall, 'facts' | 'recording' | 'paused'>;

const live = (
  id: string,
  phones: string[] | null,
  more: Partial<Live> & { origins?: Live['facts']['origins'] } = {},
): Live => ({
  recording: more.recording ?? null,
  paused: more.paused ?? false,
  facts: {
    id,
    from: '+31687654321',
    to: '+31201110001',
    direction: 'inbound',
    via: 'trunk',
    trunk: 'carrier',
    queue: null,
    startedAt: 60_000,
    ...(more.origins && { origins: more.origins }),
    ...(phones && { phones }),
  },
});

test('a phone is in the calls in which it talks, whatever number was dialled, and in none that rings or that somebody outside has', (t) => {
  const calls = [
    live('a', ['214'], { recording: 'r' }),
    live('b', ['215', '214'], { recording: 's', paused: { until: 90_000 } }),
    live('c', ['216']),
    live('d', null),
    { ...live('e', []), facts: { ...live('e', []).facts, from: '214' } },
  ];
  t.deepEqual(callsOfPhone(calls, '214'), [
    { call: 'a', startedAt: 60_000, recording: 'on', resumesAt: null },
    { call: 'b', startedAt: 60_000, recording: 'paused', resumesAt: 90_000 },
  ]);
  t.like(callsOfPhone(calls, '216'), [{ call: 'c', recording: 'off' }]);
  t.deepEqual(callsOfPhone(calls, '21'), []);
});

test('behind a PBX the call of whoever is rung is steered where the same words are recorded: in the call of who rang', (t) => {
  const origins = [{ call: 'first', how: 'returned', by: 'caller' }] as const;
  const first = live('first', ['214'], { recording: 'r', paused: { until: 90_000 } });
  const second = live('second', ['215'], { origins });
  t.like(callsOfPhone([first, second], '215'), [{ call: 'first', recording: 'paused', resumesAt: 90_000 }]);
  t.is(callsOfPhone([first, live('second', ['214'], { origins })], '214').length, 1);
  t.like(callsOfPhone([live('first', ['214']), second], '215'), [{ call: 'second', recording: 'off' }]);
  const transferred = [{ call: 'first', how: 'transferred', by: 'caller' }] as const;
  t.like(callsOfPhone([first, live('second', ['215'], { origins: transferred })], '215'), [{ call: 'second' }]);
});

test('of those who talk, phones of the box are its own; nobody outside is, nor the name that a PBX was asked for', (t) => {
  const pbx = { via: 'pbx', trunk: null, queue: null } as const;
  const legs = [
    { name: '214', outside: false },
    { name: '215', outside: true },
    { name: '216', outside: false, way: pbx },
    { name: '217', outside: true, way: { via: 'trunk', trunk: 'carrier', queue: null } as const },
  ];
  t.deepEqual(phonesOf(legs), ['214']);
});
