import { problemsOf } from '@belkluis/shared/base/problem';

/** Why a test call proved nothing, in the order of its way through the box. */
export const testCallProblems = {
  calls_down: 'The call process does not answer. Start it, and look at its log.',
  not_registered: 'A phone of the test could not register over TLS. Look at the certificate and at the SIP port.',
  call_failed: 'The test call did not come about. Look at the media ports and at the load.',
  not_recorded: 'The test call was connected and not recorded. The reason is beside it: without a policy nothing is.',
  not_heard: 'One side of the test call did not hear the other. Look at the media ports and at the load.',
  not_stored: 'No finished recording of the test call came to be. Look at the disk and at the log of the call process.',
  not_opened: 'The recording of the test call cannot be opened with its key. Tell support: recordings may be unusable.',
  differs: 'What was recorded is not what was said. Tell support: recordings may be unusable.',
} as const;

export type TestCallFault = keyof typeof testCallProblems;

export const testCallProblem = problemsOf(testCallProblems);
