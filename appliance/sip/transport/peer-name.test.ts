import test from 'ava';
import { speaksFor } from './peer-name.ts';

test('a certificate speaks for the domain that it names, and for no other, no wildcard and no user', (t) => {
  const speaks = (subjectaltname: string, domain = 'example.net') => speaksFor({ subjectaltname }, domain);
  t.true(speaks('DNS:other.test, DNS:Example.NET'));
  t.true(speaks('URI:sip:example.net, DNS:sbc1.example.net'));
  t.true(speaks('DNS:sbc1.example.net', 'sbc1.example.net.'));
  t.false(speaks('URI:sip:example.net, DNS:sbc1.example.net', 'sbc1.example.net'), 'SIP URIs decide alone');
  t.true(speaks('URI:http://other.test/, DNS:example.net'), 'other URIs say nothing');
  t.true(speaks('URI:sip:anna@other.test, DNS:example.net'), 'nor does a user');
  t.false(speaks('DNS:*.example.net', 'sip.example.net'));
  t.false(speaks('DNS:sbc1.example.net'));
  t.false(speaks('DNS:"x, DNS:example.net"'), 'a name inside another name');
  t.false(speaks(''));
});
