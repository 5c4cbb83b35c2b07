/** Who speaks an announcement: the box, or a person whose recording is brought here and bound to the very sentence that it says. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { type Announcement, announcementsOf } from '@belkluis/shared/policy/words';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, state } from './parts.ts';
import { written } from './policy-edit-form.ts';
import { clean } from './policy-form.ts';

const EDIT = '/policy/edit';

const placeOf = (id: string): string => `${EDIT}/purposes/${id}/voice`;

/** Each sentence once: rules with the purpose's own term say the same. */
function sentencesOf(policy: Pick<Policy, 'controller' | 'rules'>, purpose: Purpose): readonly Announcement[] {
  const rules = [null, ...policy.rules.filter((rule) => rule.purpose === purpose.id)];
  const all = rules.flatMap((rule) => announcementsOf(policy, purpose, rule));
  return [...new Map(all.map((one) => [`${one.language} ${one.textSha256}`, one])).values()];
}

/** The purpose as it is with a file, or without one, for a sentence. What belongs to no present sentence goes: nobody would ever hear it. */
function withVoice(
  policy: Policy,
  purpose: Purpose,
  { language, textSha256 }: Pick<Announcement, 'language' | 'textSha256'>,
  sha256: string | null,
): Policy {
  const present = new Set(sentencesOf(policy, purpose).map((one) => one.textSha256));
  const said = purpose.announcement.said.map((one) => {
    if (one.language !== language) return one;
    const others = (one.wavs ?? []).filter((wav) => wav.textSha256 !== textSha256 && present.has(wav.textSha256));
    const wavs = sha256 === null ? others : [...others, { sha256, textSha256 }];
    return { ...one, wavs: wavs.length === 0 ? undefined : wavs };
  });
  const next = { ...purpose, announcement: { ...purpose.announcement, said } };
  const purposes = policy.purposes.map((one) => (one.id === purpose.id ? next : one));
  return policySchema.parse(clean({ ...policy, purposes }));
}

interface Place {
  readonly policy: Policy;
  readonly purpose: Purpose;
}

function placeIn(c: DeskContext): Place {
  const policy = written(c);
  const purpose = policy.purposes.find(({ id }) => id === c.req.param('id'));
  if (!purpose) throw problem('purpose_unknown');
  return { policy, purpose };
}

/** @throws Problem `not_here`: the draft has another sentence by now. */
function sentenceIn({ policy, purpose }: Place, language: string, textSha256: string): Announcement {
  const found = sentencesOf(policy, purpose).find((one) => one.language === language && one.textSha256 === textSha256);
  if (!found) throw problem('not_here');
  return found;
}

function spoken({ t, services }: Visit, { wav }: Announcement): Html {
  const { policyVoice: texts } = t;
  if (wav === null) return state('off', texts.byBox);
  if (wav === 'outdated') return state('bad', texts.outdated);
  const found = services.policies.voice.seconds(wav);
  return found === null ? state('bad', texts.missing) : state('ok', texts.byPerson(found));
}

function sentence(visit: Visit, purpose: Purpose, one: Announcement, fault: FormFault | null): Html {
  const { t, f } = visit;
  const { policyVoice: texts } = t;
  const { language, text, textSha256, wav } = one;
  const id = `${language}-${textSha256.slice(0, 16)}`;
  const wrong = fault?.field === id ? fault : null;
  const hidden = html`<input type="hidden" name="language" value="${language}"><input type="hidden" name="sentence" value="${textSha256}">`;
  const heard =
    wav === 'outdated'
      ? nothing
      : html`<p><audio controls preload="none" src="${placeOf(purpose.id)}/${language}/${textSha256}" aria-label="${texts.listen(f.languageName(language))}"></audio></p>`;
  return html`<section class="stack tight" aria-labelledby="${id}-title"><h2 id="${id}-title">${t.purpose.sentence(f.languageName(language))}</h2>
    <figure class="said"><blockquote lang="${language}">${text}</blockquote></figure>
    <p>${spoken(visit, one)}</p>${heard}
    <form method="post" action="${placeOf(purpose.id)}" enctype="multipart/form-data" class="stack tight" novalidate>${hidden}
      <div class="field"><label for="${id}">${texts.file}</label><span class="hint" id="${id}-hint">${texts.fileHint}</span>${
        wrong ? html`<span class="error" id="${id}-error">${wrong.text}</span>` : nothing
      }<input id="${id}" name="file" type="file" accept=".wav,audio/wav"${wrong ? html` aria-invalid="true"` : nothing} aria-describedby="${id}-hint${wrong ? ` ${id}-error` : ''}"></div>
      <div class="row"><button class="primary">${texts.bring}</button>${
        wav === null
          ? nothing
          : html`<button formaction="${placeOf(purpose.id)}/box" formenctype="application/x-www-form-urlencoded">${texts.letBox}</button>`
      }</div></form></section>`;
}

function voicePage(visit: Visit, { policy, purpose }: Place, fault: FormFault | null): Html {
  const { t } = visit;
  const { policyVoice: texts } = t;
  const title = `${purpose.name}: ${texts.title}`;
  const all = sentencesOf(policy, purpose);
  const silent = all.some(({ wav }) => wav === 'outdated');
  const body = html`<div class="head"><div><p><a href="${EDIT}">${t.policyEdit.back}</a></p><h1>${title}</h1><p>${texts.lead}</p></div></div>
    <div class="stack narrow">${errorSummary(t, fault)}${
      purpose.announcement.by === 'source' ? html`<p class="note">${texts.source}</p>` : nothing
    }${silent ? html`<p class="note bad">${texts.silent}</p>` : nothing}${all.map((one) => sentence(visit, purpose, one, fault))}</div>`;
  return layout(visit, { title, place: 'policy', body });
}

const isWavProblem = (code: unknown): code is 'wav_malformed' | 'wav_unsupported' | 'wav_too_large' | 'wav_silent' =>
  typeof code === 'string' && ['wav_malformed', 'wav_unsupported', 'wav_too_large', 'wav_silent'].includes(code);

export const policyVoiceRoutes = new Hono<DeskEnv>()
  .get('/policy/edit/purposes/:id/voice', (c) => c.html(voicePage(c.get('visit'), placeIn(c), null)))
  .post('/policy/edit/purposes/:id/voice', async (c) => {
    const place = placeIn(c);
    const person = allowed(c, 'edit policy');
    const visit = c.get('visit');
    const { policies } = visit.services;
    const { language, sentence: hash, file } = await c.req.parseBody();
    const said = sentenceIn(place, String(language), String(hash));
    const refused = (text: string) => {
      c.status(422);
      return c.html(voicePage(visit, place, { field: `${said.language}-${said.textSha256.slice(0, 16)}`, text }));
    };
    if (!(file instanceof File) || file.size === 0) return refused(visit.t.policyVoice.faults.none);
    let sha256: string;
    try {
      sha256 = policies.voice.keep(new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!isWavProblem(code)) throw error;
      return refused(visit.t.policyVoice.faults[code]);
    }
    policies.drafts.keep(person, withVoice(place.policy, place.purpose, said, sha256));
    return c.redirect(placeOf(place.purpose.id), 303);
  })
  .post('/policy/edit/purposes/:id/voice/box', async (c) => {
    const place = placeIn(c);
    const person = allowed(c, 'edit policy');
    const { language, sentence: hash } = await c.req.parseBody();
    const said = sentenceIn(place, String(language), String(hash));
    c.get('visit').services.policies.drafts.keep(person, withVoice(place.policy, place.purpose, said, null));
    return c.redirect(placeOf(place.purpose.id), 303);
  })
  .get('/policy/edit/purposes/:id/voice/:language/:sentence', async (c) => {
    const said = sentenceIn(placeIn(c), c.req.param('language'), c.req.param('sentence'));
    const wav = await c.get('visit').services.policies.voice.say(said);
    return c.body(Uint8Array.from(wav), 200, { 'Content-Type': 'audio/wav' });
  });
