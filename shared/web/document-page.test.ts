import test from 'ava';
import { callerNotice } from '../policy/documents/caller-notice.ts';
import { wholePolicy } from '../policy/testing/any-policy.ts';
import { documentPage } from './document-page.ts';

test('a notice is one page that loads and runs nothing, in its language, with what a policy says escaped', async (t) => {
  const controller = { ...wholePolicy.controller, name: 'Vis & <script>alert(1)</script> Zoon' };
  const page = String(await documentPage(callerNotice({ ...wholePolicy, controller }, 'nl')));
  t.regex(page, /^<!doctype html>\n<html lang="nl">/);
  t.true(page.includes('Vis &amp; &lt;script&gt;alert(1)&lt;/script&gt; Zoon'));
  t.notRegex(page, /<script|<link|<img|src=|url\(|@import/);
  t.true(page.includes('<blockquote lang="en">'), 'said in English only, and marked as such');
  t.is(page.match(/<h1>/g)?.length, 1);
  t.is(page.match(/<section>/g)?.length, callerNotice(wholePolicy, 'nl').sections.length);
});
