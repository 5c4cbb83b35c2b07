import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  cannot_listen:
    'The SIP port cannot be opened. See which program uses it, or choose another port in the configuration.',
  tls_material_missing: 'A TLS listener needs a key and a certificate. Name both in the configuration.',
  tls_material_unusable: 'The TLS key and certificate cannot be used. Check that both are PEM and belong together.',
  no_listener:
    'There is no local socket of this kind and address family to send from. Add a listener to the configuration.',
  unreachable: 'The other side cannot be reached. Check its address, port and transport, and the network between.',
  no_answer: 'The other side did not answer in time. Check that it runs and that no firewall drops its answers.',
  dns_failed: 'No DNS server gives an answer. Check the network and the DNS servers of this machine.',
  name_unknown:
    'The DNS knows no server of this name that the box may speak to. Check the name, and whether TLS is offered there.',
  closed: 'The SIP stack has been closed.',
  bad_range: 'This is neither an IP address nor a network such as 192.0.2.0/24. Correct it in the configuration.',
  not_now: 'The call is not in a state that allows this.',
});
