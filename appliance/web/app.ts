/** The desk: every page of the box, as one function from request to answer. */
import type { Assets } from '@belkluis/shared/web/assets';
import { answerAsset, contentSecurityPolicy, secure } from '@belkluis/shared/web/content-security';
import { choosesLanguage } from '@belkluis/shared/web/language';
import { isSafe, sameOrigin } from '@belkluis/shared/web/same-origin';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { apiRoutes } from './api.ts';
import { formatsOf } from './i18n/formats.ts';
import { isLanguage, preferredLanguage, texts } from './i18n/language.ts';
import { MAX_BODY, MAX_VOICE_BODY } from './limits.ts';
import { accountRoutes } from './pages/account.ts';
import { attemptsRoutes } from './pages/attempts.ts';
import { auditRoutes } from './pages/audit.ts';
import { backupsRoutes } from './pages/backups.ts';
import { callRoutes } from './pages/call.ts';
import { callsRoutes } from './pages/calls.ts';
import { connectionRoutes } from './pages/connection.ts';
import { erasuresRoutes } from './pages/erasures.ts';
import { exceptionsRoutes } from './pages/exceptions.ts';
import { fleetRoutes } from './pages/fleet.ts';
import { fleetLeaveRoutes } from './pages/fleet-leave.ts';
import { healthRoutes } from './pages/health.ts';
import { holdRoutes } from './pages/hold.ts';
import { holdsRoutes } from './pages/holds.ts';
import { licencesRoutes } from './pages/licences.ts';
import { lineDraftRoutes } from './pages/line-draft.ts';
import { loginRoutes } from './pages/login.ts';
import { outboundRoutes } from './pages/outbound.ts';
import { overviewRoutes } from './pages/overview.ts';
import { pbxRoutes } from './pages/pbx.ts';
import { phoneRoutes } from './pages/phone.ts';
import { phonesRoutes } from './pages/phones.ts';
import { policyRoutes } from './pages/policy.ts';
import { policyAddRoutes } from './pages/policy-add.ts';
import { policyChangesRoutes } from './pages/policy-changes.ts';
import { policyEditRoutes } from './pages/policy-edit.ts';
import { policyReviewRoutes } from './pages/policy-review.ts';
import { policyVoiceRoutes } from './pages/policy-voice.ts';
import { privacyDataRoutes } from './pages/privacy-data.ts';
import { privacyDocumentRoutes } from './pages/privacy-documents.ts';
import { privacyObjectionRoutes } from './pages/privacy-objections.ts';
import { privacyStaffRoutes } from './pages/privacy-staff.ts';
import { problemPage, problemText } from './pages/problem.ts';
import { purposeRoutes } from './pages/purpose.ts';
import { recordingRoutes } from './pages/recording.ts';
import { recordingActsRoutes } from './pages/recording-acts.ts';
import { recordingsRoutes } from './pages/recordings.ts';
import { retentionRoutes } from './pages/retention.ts';
import { setUpRoutes } from './pages/set-up.ts';
import { timeRoutes } from './pages/time.ts';
import { tokensRoutes } from './pages/tokens.ts';
import { trunkRoutes } from './pages/trunk.ts';
import { trunksRoutes } from './pages/trunks.ts';
import { problem, told } from './problems.ts';
import { provisionRoutes } from './provision.ts';
import type { DeskServices } from './services.ts';
import { type DeskContext, type DeskEnv, readCookie, type Visit, writeCookie } from './visit.ts';

export type Desk = Hono<DeskEnv>;

/** Pages that somebody who is not signed in may see. Everything else asks to sign in first. */
const open: readonly RegExp[] = [/^\/login(\/code)?$/, /^\/logout$/, /^\/set-up(\/code)?$/, /^\/licences$/];

/** Where recordings of announcements are brought. */
const VOICE = /^\/policy\/edit\/purposes\/[^/]+\/voice$/;

function visitOf(c: DeskContext, services: DeskServices, assets: Assets): Visit {
  const chosen = readCookie(c, 'language');
  const language = isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('Accept-Language'));
  const token = readCookie(c, 'session');
  const url = new URL(c.req.url);
  return {
    services,
    assets,
    place: services.policy()?.policy.controller.name ?? null,
    language,
    t: texts[language],
    f: formatsOf(language, services.timeZone),
    here: isSafe(c.req.method) ? url.pathname + url.search : '/',
    now: services.clock.now(),
    person: token ? services.access.signedIn(token) : null,
  };
}

/** A script asks for bytes, a person for a page: each is told in its own form. */
function refuse(c: DeskContext, code: string, status: ReturnType<typeof told>['status']): Response | Promise<Response> {
  const visit = c.get('visit');
  if (c.req.header('Accept')?.includes('text/html')) return c.html(problemPage(visit, code, status), status);
  return c.json({ code, text: problemText(visit, code) }, status);
}

export function createDesk(services: DeskServices, assets: Assets): Desk {
  const desk = new Hono<DeskEnv>();
  const policy = contentSecurityPolicy(assets.importMap);

  desk.use(async (c, next) => {
    await next();
    secure(c, policy);
  });
  desk.get('/assets/*', (c) => answerAsset(c, assets));
  desk.route('/', provisionRoutes(services));
  desk.route('/', apiRoutes(services));
  desk.use(async (c, next) => {
    c.set('visit', visitOf(c, services, assets));
    await next();
  });
  desk.onError((error, c) => {
    const { code, status } = error instanceof HTTPException ? fromHttp(error) : told(error);
    if (status >= 500) services.log('desk_failed', { path: c.req.routePath, code, cause: causeOf(error) });
    return refuse(c, code, status);
  });
  desk.notFound((c) => refuse(c, 'not_here', 404));

  desk.use(sameOrigin(() => problem('cross_site')));
  const limited = (maxSize: number) => bodyLimit({ maxSize, onError: () => Promise.reject(problem('too_large')) });
  const [small, voice] = [limited(MAX_BODY), limited(MAX_VOICE_BODY)];
  desk.use((c, next) => (c.get('visit').person && VOICE.test(c.req.path) ? voice : small)(c, next));
  desk.use(choosesLanguage(isLanguage, (c, language) => writeCookie(c, 'language', language)));
  desk.use(async (c, next) => {
    if (c.get('visit').person || open.some((path) => path.test(c.req.path))) return next();
    if (!isSafe(c.req.method) || !c.req.header('Accept')?.includes('text/html')) throw problem('not_allowed');
    if (services.access.empty()) return c.redirect('/set-up', 303);
    return c.redirect(readCookie(c, 'session') ? '/login?notice=ended' : '/login', 303);
  });

  for (const routes of [
    loginRoutes,
    setUpRoutes,
    overviewRoutes,
    recordingsRoutes,
    recordingRoutes,
    recordingActsRoutes,
    holdsRoutes,
    holdRoutes,
    erasuresRoutes,
    retentionRoutes,
    exceptionsRoutes,
    auditRoutes,
    callsRoutes,
    callRoutes,
    phonesRoutes,
    phoneRoutes,
    attemptsRoutes,
    tokensRoutes,
    connectionRoutes,
    trunksRoutes,
    trunkRoutes,
    outboundRoutes,
    pbxRoutes,
    lineDraftRoutes,
    policyRoutes,
    purposeRoutes,
    policyVoiceRoutes,
    policyEditRoutes,
    policyAddRoutes,
    policyReviewRoutes,
    policyChangesRoutes,
    privacyDocumentRoutes,
    privacyStaffRoutes,
    privacyObjectionRoutes,
    privacyDataRoutes,
    backupsRoutes,
    fleetRoutes,
    fleetLeaveRoutes,
    healthRoutes,
    timeRoutes,
    accountRoutes,
    licencesRoutes,
  ]) {
    desk.route('/', routes);
  }
  return desk;
}

/** What the libraries in front of us refuse by throwing. */
function fromHttp(error: HTTPException): ReturnType<typeof told> {
  if (error.status === 403) return told(problem('cross_site'));
  if (error.status === 413) return told(problem('too_large'));
  return told(error);
}

/** The deepest cause, for the log: its message names files and SQLite codes, never what a person typed. */
function causeOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
}
