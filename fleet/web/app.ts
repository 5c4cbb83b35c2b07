/** The console: every page of the fleet, as one function from request to answer. */

import { openQuota } from '@belkluis/shared/access/quota';
import { isTimeZone } from '@belkluis/shared/base/time-zone';
import type { Assets } from '@belkluis/shared/web/assets';
import { answerAsset, contentSecurityPolicy, secure } from '@belkluis/shared/web/content-security';
import { choosesLanguage } from '@belkluis/shared/web/language';
import { isSafe, sameOrigin } from '@belkluis/shared/web/same-origin';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { problem as accessProblem } from '../access/problems.ts';
import { scopeFor } from '../access/rights.ts';
import { isLanguage, preferredLanguage, texts } from './i18n/language.ts';
import { DOOR_QUOTA, MAX_BODY, MAX_POLICY_BODY, PAGE_QUOTA } from './limits.ts';
import { accountRoutes } from './pages/account.ts';
import { agreementRoutes } from './pages/agreement.ts';
import { agreementsRoutes } from './pages/agreements.ts';
import { alertRoutes } from './pages/alert.ts';
import { alertsRoutes } from './pages/alerts.ts';
import { auditRoutes } from './pages/audit.ts';
import { boxRoutes } from './pages/box.ts';
import { boxEditRoutes } from './pages/box-edit.ts';
import { boxesRoutes } from './pages/boxes.ts';
import { boxesActRoutes } from './pages/boxes-act.ts';
import { boxesSendRoutes } from './pages/boxes-send.ts';
import { channelsRoutes } from './pages/channels.ts';
import { customerRoutes } from './pages/customer.ts';
import { customersRoutes } from './pages/customers.ts';
import { enrolRoutes } from './pages/enrol.ts';
import { eventsRoutes } from './pages/events.ts';
import { incidentRoutes } from './pages/incidents.ts';
import { invitationRoutes } from './pages/invitation.ts';
import { maintenanceRoutes } from './pages/maintenance.ts';
import { mutesRoutes } from './pages/mutes.ts';
import { overviewRoutes } from './pages/overview.ts';
import { peopleRoutes } from './pages/people.ts';
import { policyRoutes } from './pages/policies.ts';
import { policyEditRoutes } from './pages/policy-edit.ts';
import { policyKeyRoutes } from './pages/policy-keys.ts';
import { policyLevelRoutes } from './pages/policy-level.ts';
import { policyPreviewRoutes } from './pages/policy-preview.ts';
import { problemPage, problemText } from './pages/problem.ts';
import { proofRoutes } from './pages/proof.ts';
import { providerRoutes } from './pages/providers.ts';
import { recordsRoutes } from './pages/records.ts';
import { rolloutRoutes } from './pages/rollouts.ts';
import { searchRoutes } from './pages/search.ts';
import { signInRoutes } from './pages/sign-in.ts';
import { signInWithRoutes } from './pages/sign-in-with.ts';
import { siteRoutes } from './pages/site.ts';
import { sitesRoutes } from './pages/sites.ts';
import { subprocessorRoutes } from './pages/subprocessors.ts';
import { tokensRoutes } from './pages/tokens.ts';
import { trustRoutes } from './pages/trust.ts';
import { witnessRoutes } from './pages/witness.ts';
import { problem, told } from './problems.ts';
import type { ConsoleServices } from './services.ts';
import {
  addressOf,
  type ConsoleContext,
  type ConsoleEnv,
  formatsIn,
  readCookie,
  type Visit,
  writeCookie,
} from './visit.ts';

export type Console = Hono<ConsoleEnv>;

/** For who is not signed in. Everything else asks to sign in first. */
const open =
  /^\/(trust(\.json)?|location(\.json)?|boxes-send|sign-in(\/code|\/passkey(\/options)?|\/with\/[0-9A-Za-z]+(\/(back|finish))?)?|sign-out|invitation(\/with)?)$/;

/** By a mere link something is begun here, or a provider asked: it counts as if it had been sent. */
const byProvider = /^\/sign-in\/with\/[^/]+(\/finish)?$/;

/** For who gave a password and no second factor yet: to set one up, and nothing else. */
const half = /^\/enrol(\/(app|app\/code|passkey|passkey\/options))?$/;

/** Forms that are larger than others; they are read when it is known who sends them. */
const large = /^\/policies\/(documents|preview|sign(\/now)?|level\/.*)$/;

const noMoreThan = (maxSize: number) => bodyLimit({ maxSize, onError: () => Promise.reject(problem('too_large')) });

/** Who a session is of. */
async function whoIs(
  { access, msps }: ConsoleServices,
  session: string | null,
  used: boolean,
): Promise<Pick<Visit, 'person' | 'half' | 'mspName'>> {
  const nobody = { person: null, half: false, mspName: '' };
  if (session === null) return nobody;
  try {
    const person = await access.signedIn(session, used);
    return { person, half: false, mspName: await msps.nameOf(person.msp) };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'session_over') return nobody;
    if (code === 'second_factor_needed') return { ...nobody, half: true };
    throw error;
  }
}

/** What every page tells of until somebody has read it. */
async function unreadOf(c: ConsoleContext): Promise<Visit['unread']> {
  const { person, services } = c.get('visit');
  const scope = person && scopeFor(person.msp, person.grants, 'see agreements');
  return scope ? services.compliance.incidents.unread(scope) : [];
}

function frameOf(c: ConsoleContext, services: ConsoleServices, assets: Assets): Visit {
  const chosen = readCookie(c, 'language');
  const language = isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('Accept-Language'));
  const zone = readCookie(c, 'zone');
  const timeZone = zone !== undefined && isTimeZone(zone) ? zone : services.timeZone;
  const url = new URL(c.req.url);
  return {
    services,
    assets,
    language,
    t: texts[language],
    f: formatsIn(language, timeZone),
    timeZone,
    formatsIn: (zone) => formatsIn(language, zone),
    here: isSafe(c.req.method) ? url.pathname + url.search : '/',
    now: services.clock.now(),
    session: readCookie(c, 'session') ?? null,
    person: null,
    half: false,
    mspName: '',
    unread: [],
  };
}

/** A script asks for data, a person for a page: each is told in its own form. */
function refuse(c: ConsoleContext, error: unknown): Response | Promise<Response> {
  const visit = c.get('visit');
  const refusal = told(error);
  if (c.req.header('Accept')?.includes('text/html'))
    return c.html(problemPage(visit, refusal.problem, refusal.status), refusal.status);
  return c.json({ code: refusal.problem.code, text: problemText(visit, refusal.problem) }, refusal.status);
}

export function createConsole(services: ConsoleServices, assets: Assets): Console {
  const app = new Hono<ConsoleEnv>();
  const policy = contentSecurityPolicy(assets.importMap);
  const pages = openQuota(services.clock, PAGE_QUOTA);
  const doors = openQuota(services.clock, DOOR_QUOTA);
  const [form, largeForm] = [noMoreThan(MAX_BODY), noMoreThan(MAX_POLICY_BODY)];

  app.use(async (c, next) => {
    await next();
    secure(c, policy);
  });
  app.get('/assets/*', (c) => answerAsset(c, assets));
  app.onError((error, c) => {
    const cause = error instanceof HTTPException ? fromHttp(error) : error;
    const { problem: known, status } = told(cause);
    if (status >= 500)
      services.log('console_failed', { path: c.req.routePath, code: known.code, cause: causeOf(error) });
    return refuse(c, cause);
  });
  app.notFound((c) => refuse(c, problem('not_here')));

  app.use(async (c, next) => {
    c.set('visit', frameOf(c, services, assets));
    if (!pages.takes(addressOf(c))) throw problem('too_many');
    if (byProvider.test(c.req.path) && !doors.takes(addressOf(c))) throw problem('too_many');
    await next();
  });
  app.use(sameOrigin(() => problem('cross_site')));
  app.use((c, next) => (large.test(c.req.path) ? next() : form(c, next)));
  app.use(choosesLanguage(isLanguage, (c, language) => writeCookie(c, 'language', language)));
  app.use(async (c, next) => {
    const visit = c.get('visit');
    // What a page does by itself is no sign that anybody is there.
    const used = c.req.header('Belkluis-Follows') === undefined && c.req.path !== '/events';
    const who = await whoIs(services, visit.session, used);
    c.set('visit', { ...visit, ...who });
    if (who.person) {
      if (c.req.header('Accept')?.includes('text/html'))
        c.set('visit', { ...c.get('visit'), unread: await unreadOf(c) });
      return large.test(c.req.path) ? largeForm(c, next) : next();
    }
    if (!isSafe(c.req.method) && !doors.takes(addressOf(c))) throw problem('too_many');
    if (open.test(c.req.path) || (who.half && half.test(c.req.path))) return next();
    if (who.half) throw accessProblem('second_factor_needed');
    if (!isSafe(c.req.method) || !c.req.header('Accept')?.includes('text/html')) throw accessProblem('session_over');
    return c.redirect(visit.session === null ? '/sign-in' : '/sign-in?notice=ended', 303);
  });

  for (const routes of [
    signInRoutes,
    invitationRoutes,
    enrolRoutes,
    proofRoutes,
    overviewRoutes,
    alertsRoutes,
    mutesRoutes,
    alertRoutes,
    maintenanceRoutes,
    channelsRoutes,
    accountRoutes,
    providerRoutes,
    signInWithRoutes,
    searchRoutes,
    boxesRoutes,
    boxesActRoutes,
    boxRoutes,
    boxEditRoutes,
    customersRoutes,
    customerRoutes,
    sitesRoutes,
    siteRoutes,
    policyRoutes,
    policyLevelRoutes,
    policyEditRoutes,
    policyPreviewRoutes,
    policyKeyRoutes,
    rolloutRoutes,
    witnessRoutes,
    auditRoutes,
    peopleRoutes,
    tokensRoutes,
    agreementsRoutes,
    agreementRoutes,
    subprocessorRoutes,
    incidentRoutes,
    recordsRoutes,
    trustRoutes,
    boxesSendRoutes,
    eventsRoutes,
  ])
    app.route('/', routes);
  return app;
}

/** What the libraries in front of us refuse by throwing. */
function fromHttp(error: HTTPException): Error {
  if (error.status === 403) return problem('cross_site');
  return error.status === 413 ? problem('too_large') : error;
}

/** The deepest cause, for the log: its message names files and codes of the database, never what a person typed. */
function causeOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
}
