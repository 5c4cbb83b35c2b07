/**
 * Metadata documents of every dialect (RFC 7865, its drafts, vendors) as one model. What differs: ids as `participant_id` or `id`;
 * associations as elements of their own or inside the participant; some have no streams, no associations, or nobody in them.
 */
import { MAX_PARTY } from '../limits.ts';
import { problem } from '../problems.ts';
import type { MetadataUpdate, Participant, Presence, StreamUse } from './model.ts';
import { type Element, readXml } from './xml.ts';

const childrenOf = (element: Element, name: string): readonly Element[] =>
  element.children.filter((child) => child.name === name);

const textOf = (element: Element, ...names: string[]): string | null =>
  element.children.find(({ name, text }) => names.includes(name) && text !== '')?.text ?? null;

const attributeOf = (element: Element, ...names: string[]): string | null =>
  names.map((name) => element.attributes.get(name)).find((value) => value !== undefined && value !== '') ?? null;

/** RFC 3339; without a zone it is UTC, as the sources that leave it out mean it. */
function timeOf(element: Element, ...names: string[]): number | null {
  const text = textOf(element, ...names);
  if (text === null) return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}

const datesOf = (element: Element) => ({
  from: timeOf(element, 'associate-time', 'start-time'),
  until: timeOf(element, 'disassociate-time', 'end-time', 'stop-time'),
});

const listOf = (element: Element, name: string): readonly string[] =>
  childrenOf(element, name).flatMap(({ text }) => (text === '' ? [] : [text]));

function participantOf(element: Element, id: string, calling: ReadonlyMap<string, boolean>): Participant {
  const names = childrenOf(element, 'nameid');
  const named = names.find((name) => name.attributes.has('aor')) ?? names[0] ?? element;
  return {
    id,
    aor: attributeOf(named, 'aor') ?? textOf(named, 'aor'),
    name: textOf(named, 'name')?.slice(0, MAX_PARTY) ?? null,
    calling: calling.get(id) ?? null,
  };
}

/** `<callingParty>` in an extension of the participant, or in one that names it as its parent. */
function callingParties(root: Element): ReadonlyMap<string, boolean> {
  const told = new Map<string, boolean>();
  const look = (within: Element, id: string): void => {
    for (const child of within.children) {
      if (child.name === 'callingparty') told.set(id, child.text.toLowerCase() === 'true');
      else look(child, id);
    }
  };
  for (const element of root.children) {
    const parent =
      element.name === 'participant' ? attributeOf(element, 'participant_id', 'id') : attributeOf(element, 'parent');
    if (parent !== null && ['participant', 'extensiondata'].includes(element.name)) look(element, parent);
  }
  return told;
}

/** @throws Problem `metadata_malformed`, `metadata_foreign`, `metadata_forbidden`, `metadata_too_large`. */
export function readMetadata(bytes: Uint8Array): MetadataUpdate {
  const root = readXml(bytes);
  if (root.name !== 'recording') throw problem('metadata_foreign');
  const idsOf = (name: string): [Element, string][] =>
    childrenOf(root, name).flatMap((element) => {
      const id = attributeOf(element, `${name}_id`, 'id');
      return id === null ? [] : [[element, id] as [Element, string]];
    });
  const calling = callingParties(root);
  const presences: Presence[] = [];
  const uses: StreamUse[] = [];
  const use = (element: Element, participant: string): void => {
    uses.push({ participant, sends: listOf(element, 'send'), receives: listOf(element, 'recv'), ...datesOf(element) });
  };
  // Drafts of the RFC had the associations within the participant.
  for (const [element, participant] of idsOf('participant')) {
    const session = attributeOf(element, 'session_id', 'session');
    if (session !== null) presences.push({ participant, session, ...datesOf(element) });
    if (element.children.some(({ name }) => name === 'send' || name === 'recv')) use(element, participant);
  }
  for (const element of childrenOf(root, 'participantsessionassoc')) {
    const participant = attributeOf(element, 'participant_id', 'participant');
    const session = attributeOf(element, 'session_id', 'session');
    if (participant !== null && session !== null) presences.push({ participant, session, ...datesOf(element) });
  }
  for (const element of childrenOf(root, 'participantstreamassoc')) {
    const participant = attributeOf(element, 'participant_id', 'participant');
    if (participant !== null) use(element, participant);
  }
  // A session may leave the recording session before it ends (RFC 7865 6.4).
  const left = childrenOf(root, 'sessionrecordingassoc').flatMap((element) => {
    const id = attributeOf(element, 'session_id', 'session');
    const { until } = datesOf(element);
    return id === null || until === null ? [] : [{ id, group: null, from: null, until }];
  });
  return {
    datamode: /^\s*partial\s*$/i.test(textOf(root, 'datamode') ?? '') ? 'partial' : 'complete',
    groups: idsOf('group').map(([element, id]) => ({ id, ...datesOf(element) })),
    sessions: [
      ...idsOf('session').map(([element, id]) => ({ id, group: textOf(element, 'group-ref'), ...datesOf(element) })),
      ...left,
    ],
    participants: idsOf('participant').map(([element, id]) => participantOf(element, id, calling)),
    streams: idsOf('stream').map(([element, id]) => ({
      id,
      session: attributeOf(element, 'session_id', 'session'),
      label: textOf(element, 'label'),
    })),
    presences,
    uses,
  };
}
