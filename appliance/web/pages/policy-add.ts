/** A purpose that is added to a draft: out of a template or like another one, and then written like any other. */
import { examplePolicy } from '@belkluis/shared/policy/examples/example';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Policy } from '@belkluis/shared/policy/schema';
import { packNames } from '@belkluis/shared/policy/schema';
import { templateNames } from '@belkluis/shared/policy/templates';
import { Hono } from 'hono';
import type { DeskContext, DeskEnv, Visit } from '../visit.ts';
import { FieldWrong } from './form.ts';
import { keepPart, showPart, written } from './policy-edit-form.ts';
import type { PolicyPart } from './policy-form.ts';

/** What a new purpose may begin with, by the value that a form sends. */
export type Beginnings = ReadonlyMap<string, { readonly words: string; readonly purpose: Purpose }>;

const LIKE = 'like:';

/** Templates of the countries whose law binds, or of all where none is named, and the purposes that there are. */
function beginningsOf({ t, f, now }: Visit, policy: Policy): Beginnings {
  const languages = [
    ...new Set(policy.purposes.flatMap(({ announcement }) => announcement.said.map(({ language }) => language))),
  ];
  const countries = policy.lawPacks.length > 0 ? policy.lawPacks : packNames;
  const templates = countries.flatMap((country) =>
    templateNames.flatMap((template) => {
      const [purpose] = examplePolicy({ template, country, languages, issuedAt: new Date(now) }).purposes;
      const words = t.policyEdit.fromTemplate(t.purpose.templates[template], f.country(country));
      return purpose ? [[`${template}:${country}`, { words, purpose }] as const] : [];
    }),
  );
  const like = policy.purposes.map(
    (purpose) => [`${LIKE}${purpose.id}`, { words: t.policyEdit.fromPurpose(purpose.name), purpose }] as const,
  );
  return new Map([...templates, ...like]);
}

function addPart(policy: Policy, beginnings: Beginnings): PolicyPart {
  return {
    under: ['purposes', policy.purposes.length],
    sections: [
      {
        id: 'begin',
        shapes: [
          { id: 'id', is: 'text', at: 'id', required: true },
          { id: 'name', is: 'text', at: 'name', required: true },
          { id: 'like', is: 'pick', at: 'template', of: [...beginnings.keys()] },
        ],
      },
    ],
    typed: { id: '', name: '', like: [...beginnings.keys()][0] ?? '' },
    next(typed) {
      const begun = beginnings.get(typed.like ?? '');
      if (!begun) throw new FieldWrong('like');
      return { ...policy, purposes: [...policy.purposes, { ...begun.purpose, id: typed.id, name: typed.name }] };
    },
  };
}

function formOf(c: DeskContext) {
  const policy = written(c);
  const visit = c.get('visit');
  const beginnings = beginningsOf(visit, policy);
  const form = { title: visit.t.policyEdit.addPurposeTitle, action: '/policy/edit/purposes/new', back: '/policy/edit' };
  return { policy, form: { ...form, beginnings }, part: addPart(policy, beginnings) };
}

export const policyAddRoutes = new Hono<DeskEnv>()
  .get('/policy/edit/purposes/new', (c) => {
    const { policy, form, part } = formOf(c);
    return showPart(c, policy, form, part);
  })
  .post('/policy/edit/purposes/new', (c) => {
    const { policy, form, part } = formOf(c);
    return keepPart(c, policy, form, () => part);
  });
