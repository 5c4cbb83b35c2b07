/** The fields of what may go out, and of how numbers are written here, out of the document and into it. */
import type { Lines, WrittenLines } from '../../lines/schema.ts';
import { FieldWrong, listIn, numberIn, optional } from './form.ts';
import type { Section, Typed } from './line-form.ts';

export const outboundSections: readonly Section[] = [
  {
    id: 'rules',
    shapes: [
      { id: 'allow', is: 'lines', at: 'outbound.allow' },
      { id: 'deny', is: 'lines', at: 'outbound.deny' },
      { id: 'emergency', is: 'lines', at: 'outbound.emergency' },
    ],
  },
  {
    id: 'night',
    shapes: [
      { id: 'nightFrom', is: 'text', at: 'outbound.night.from' },
      { id: 'nightUntil', is: 'text', at: 'outbound.night.until' },
      { id: 'nightWeekend', is: 'check', at: 'outbound.night.weekend' },
      { id: 'nightAllow', is: 'lines', at: 'outbound.night.allow' },
    ],
  },
  {
    id: 'perUser',
    shapes: [
      { id: 'userAtOnce', is: 'number', at: 'outbound.perUser.atOnce', required: true },
      { id: 'userPerDay', is: 'number', at: 'outbound.perUser.perDay', required: true },
      { id: 'userMinutes', is: 'number', at: 'outbound.perUser.minutesPerDay', required: true },
    ],
  },
  {
    id: 'perTrunk',
    shapes: [
      { id: 'trunkPerDay', is: 'number', at: 'outbound.perTrunk.perDay', required: true },
      { id: 'trunkMinutes', is: 'number', at: 'outbound.perTrunk.minutesPerDay', required: true },
    ],
  },
  {
    id: 'numbering',
    folded: true,
    shapes: [
      { id: 'country', is: 'text', at: 'numbering.country', required: true },
      { id: 'international', is: 'text', at: 'numbering.international', required: true },
      { id: 'national', is: 'text', at: 'numbering.national' },
      { id: 'shown', is: 'pick', at: 'numbering.shown', of: ['national', 'e164'] },
    ],
  },
];

export function typedOf({ outbound, numbering }: Lines): Typed {
  const { night, perUser, perTrunk } = outbound;
  return {
    allow: outbound.allow.join('\n'),
    deny: outbound.deny.join('\n'),
    emergency: outbound.emergency.join('\n'),
    nightFrom: night?.from ?? '',
    nightUntil: night?.until ?? '',
    nightWeekend: night?.weekend ? 'on' : '',
    nightAllow: night?.allow.join('\n') ?? '',
    userAtOnce: String(perUser.atOnce),
    userPerDay: String(perUser.perDay),
    userMinutes: String(perUser.minutesPerDay),
    trunkPerDay: String(perTrunk.perDay),
    trunkMinutes: String(perTrunk.minutesPerDay),
    country: numbering.country,
    international: numbering.international,
    national: numbering.national,
    shown: numbering.shown,
  };
}

/** @throws FieldWrong */
export function outboundIn(typed: Typed): Required<Pick<WrittenLines, 'outbound' | 'numbering'>> {
  const needed = (id: keyof Typed): number => {
    const value = numberIn(typed, id);
    if (value === undefined) throw new FieldWrong(id);
    return value;
  };
  const [from, until] = [optional(typed, 'nightFrom'), optional(typed, 'nightUntil')];
  // Half a night, or what is only said of one, is a mistake and not no night: that would let everything out.
  const said = typed.nightWeekend === 'on' || listIn(typed, 'nightAllow').length > 0;
  if (from === undefined && (until !== undefined || said)) throw new FieldWrong('nightFrom');
  if (from !== undefined && until === undefined) throw new FieldWrong('nightUntil');
  const night =
    from === undefined || until === undefined
      ? null
      : { from, until, weekend: typed.nightWeekend === 'on', allow: listIn(typed, 'nightAllow') };
  return {
    outbound: {
      allow: listIn(typed, 'allow'),
      deny: listIn(typed, 'deny'),
      emergency: listIn(typed, 'emergency'),
      night,
      perUser: { atOnce: needed('userAtOnce'), perDay: needed('userPerDay'), minutesPerDay: needed('userMinutes') },
      perTrunk: { perDay: needed('trunkPerDay'), minutesPerDay: needed('trunkMinutes') },
    },
    numbering: {
      country: typed.country ?? '',
      international: typed.international ?? '',
      national: typed.national ?? '',
      shown: typed.shown as 'e164' | 'national',
    },
  };
}
