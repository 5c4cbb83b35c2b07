/** One purpose: why, what callers hear, how long, who may open, what for. Everything else is read from it. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Announcement, announcementsOf } from '@belkluis/shared/policy/words';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import { ruleSentence } from '../policy-words.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { fingerprint, purposeName, state } from './parts.ts';
import { facts, section, termRow, termTable } from './policy-parts.ts';

function ground(visit: Visit, purpose: Purpose): Html {
  const { t, f } = visit;
  const texts = t.purpose;
  const { assessment, specialCategories: special } = purpose;
  return section(
    'why',
    texts.why,
    '',
    facts([
      [texts.basis, html`${t.overview.basis[purpose.lawfulBasis]}<small>${texts.article(purpose.lawfulBasis)}</small>`],
      [texts.rationale, purpose.rationale],
      assessment
        ? [texts.assessment, html`${assessment.reference}<small>${f.calendarDay(assessment.completedOn)}</small>`]
        : null,
      [texts.special, special ? texts.specialOf(special.ground, special.statement) : texts.noSpecial],
    ]),
  );
}

function consentWords({ t: { purpose: texts } }: Visit, { consent, mandatory }: Purpose): Html {
  if (mandatory) return html`${texts.mandatory}`;
  switch (consent.mode) {
    case 'inform':
      return html`${texts.consents.inform}`;
    case 'opt-out':
      return html`${texts.consents['opt-out'](consent.key)}${consent.remember ? ` ${texts.remembers}` : ''}`;
    case 'opt-in':
      return html`${texts.consents['opt-in'](consent.key, consent.refuseKey, consent.patienceSeconds)} ${texts.asks[consent.asks]}`;
  }
}

function sentence(visit: Visit, { language, text, textSha256, wav }: Announcement, rule: string | null): Html {
  const { t, f } = visit;
  const { purpose: texts } = t;
  const voice =
    wav === 'outdated'
      ? state('bad', texts.wavOld)
      : html`<span class="soft">${wav === null ? texts.spoken : texts.wav}</span>`;
  return html`<li><figure class="full said"><figcaption>${texts.sentence(f.languageName(language))}${rule === null ? nothing : `, ${texts.ruleTerm(rule)}`}</figcaption>
    <blockquote lang="${language}">${text}</blockquote>
    <p class="soft">${texts.sentenceVersion} <code>${textSha256.slice(0, 16)}</code>. ${voice}</p></figure></li>`;
}

/** Every sentence that callers may hear for this purpose: in each language, and for each rule whose term is another one. */
function sentences(visit: Visit, policy: Pick<Policy, 'controller' | 'rules'>, purpose: Purpose): Html {
  const whole = announcementsOf(policy, purpose);
  const known = new Set(whole.map(({ textSha256 }) => textSha256));
  const ofRules = policy.rules
    .filter((rule) => rule.purpose === purpose.id)
    .flatMap((rule) => announcementsOf(policy, purpose, rule).map((one) => ({ rule: rule.id, one })))
    .filter(({ one }) => !known.has(one.textSha256) && known.add(one.textSha256));
  return html`<ul class="list">${whole.map((one) => sentence(visit, one, null))}${ofRules.map(({ rule, one }) => sentence(visit, one, rule))}</ul>`;
}

function caller(visit: Visit, policy: Policy, purpose: Purpose): Html {
  const { purpose: texts } = visit.t;
  const { by, callerHears, staffHear, staffBeepSeconds } = purpose.announcement;
  const staff = staffHear ? texts.staffHear : texts.staffDont;
  return section(
    'caller',
    texts.caller,
    '',
    html`${facts([
      [texts.by, texts.bys[by]],
      by === 'box' ? [texts.hears, texts.callerHears[callerHears]] : null,
      [texts.staff, staffBeepSeconds === null ? staff : `${staff}, ${texts.beep(staffBeepSeconds)}`],
      [texts.consent, consentWords(visit, purpose)],
      [texts.pause, purpose.pause ? texts.pauseOf(purpose.pause.resumeSeconds) : texts.noPause],
    ])}${sentences(visit, policy, purpose)}`,
  );
}

function terms(visit: Visit, { retention }: Purpose): Html {
  const { purpose: texts } = visit.t;
  const { because, minimum } = retention;
  const rows = [
    termRow(visit, texts.classes.content, retention.contentDays, because.content),
    termRow(visit, texts.classes.traffic, retention.trafficDays, because.traffic),
    termRow(visit, texts.classes.evidence, retention.evidenceDays, because.evidence),
  ];
  return section(
    'terms',
    texts.terms,
    '',
    html`${termTable(visit, texts.termsCaption, texts.terms, rows)}${facts([
      [texts.minimum, minimum ? texts.minimumOf(minimum.days, minimum.ground) : texts.noMinimum],
    ])}`,
  );
}

function rules(visit: Visit, policy: Policy, purpose: Purpose): Html {
  const { purpose: texts } = visit.t;
  const all = policy.rules.filter((rule) => rule.purpose === purpose.id);
  const body =
    all.length === 0
      ? html`<p class="soft">${texts.noRules}</p>`
      : html`<ul class="list">${all.map((rule) => html`<li><span>${ruleSentence(visit, rule, policy.purposes)}<small>${rule.id}</small></span></li>`)}</ul>`;
  return section('rules', texts.rules, '', body);
}

function access(visit: Visit, purpose: Purpose): Html {
  const { t, f, services } = visit;
  const { purpose: texts } = t;
  const known = services.recipients();
  const name = (print: string) => {
    const key = known.find((one) => one.fingerprint === print);
    return html`${key ? key.name : nothing}<span class="fingerprint">${fingerprint(print)}</span>`;
  };
  const sealedTo = purpose.recipients
    ? html`${purpose.recipients.map((print) => html`<small>${name(print)}</small>`)}`
    : texts.everybody;
  return section(
    'access',
    texts.access,
    '',
    facts([
      [texts.level, texts.levels[purpose.level]],
      [texts.mayOpen, purpose.mayOpen.map((role) => t.roles[role]).join(', ')],
      [texts.sealedTo, sealedTo],
      [texts.uses, f.allOf(purpose.uses.map((use) => texts.useNames[use]))],
      [texts.notUsed, purpose.notUsedFor.length === 0 ? texts.nothingSaid : f.allOf(purpose.notUsedFor)],
      [texts.template, purpose.template ? texts.templates[purpose.template] : texts.noTemplate],
    ]),
  );
}

function register(
  { t: { purpose: texts }, f }: Visit,
  { register: { dataSubjects, dataCategories, receivers } }: Purpose,
): Html {
  return section(
    'register',
    texts.register,
    '',
    facts([
      [texts.dataSubjects, f.allOf(dataSubjects)],
      [texts.dataCategories, f.allOf(dataCategories)],
      [texts.receivers, receivers.length === 0 ? texts.nobody : f.allOf(receivers)],
    ]),
  );
}

function purposePage(visit: Visit, policy: Policy, purpose: Purpose): Html {
  const { t, person } = visit;
  const texts = t.purpose;
  const sees = person !== null && may(person, 'see recordings');
  const edits = person !== null && may(person, 'edit policy');
  const body = html`<div class="head"><div><p><a href="/policy">${texts.back}</a></p><h1>${purposeName(purpose.name)}</h1><p>${texts.lead(t.overview.basis[purpose.lawfulBasis], texts.levelWords[purpose.level])}</p></div>${edits ? html`<a class="button" href="/policy/edit#purposes">${t.policy.edit}…</a>` : nothing}</div>
    <div class="split">
      <div class="stack">${ground(visit, purpose)}${caller(visit, policy, purpose)}${terms(visit, purpose)}${rules(visit, policy, purpose)}</div>
      <div class="aside">${access(visit, purpose)}${register(visit, purpose)}${sees ? html`<p><a href="/recordings?purpose=${purpose.id}">${texts.recordings}</a></p>` : nothing}</div>
    </div>`;
  return layout(visit, { title: purpose.name, place: 'policy', body });
}

/** The purpose that the path names, of the policy in force. @throws Problem `purpose_unknown`. */
function found(c: DeskContext): { policy: Policy; purpose: Purpose } {
  const policy = c.get('visit').services.policy()?.policy;
  const purpose = policy?.purposes.find(({ id }) => id === c.req.param('id'));
  if (!policy || !purpose) throw problem('purpose_unknown');
  return { policy, purpose };
}

export const purposeRoutes = new Hono<DeskEnv>().get('/policy/purposes/:id', (c) => {
  allowed(c, 'see policy');
  const { policy, purpose } = found(c);
  return c.html(purposePage(c.get('visit'), policy, purpose));
});
