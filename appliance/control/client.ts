import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { type Answer, type Ask, MAX_LINE, PROBE_MS, type Question, questions, type Status } from './protocol.ts';

/** How long the desk waits for the call process, ms: a page must not hang because calls are down. */
const PATIENCE_MS = 2000;

/** A look at everything asks the call process in turn, ms. */
const HEALTH_MS = 6000;

/** Questions that others have to answer first. */
const longer: Partial<Record<Ask, number>> = { 'probe phone': PROBE_MS, health: HEALTH_MS };

/** The call process's answer; null when it does not run, does not answer, or answers something else. */
export function ask<A extends Ask>(
  path: string,
  question: Question<A> & { readonly ask: A },
): Promise<Answer<A> | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: Answer<A> | null) => {
      socket.destroy();
      resolve(answer);
    };
    let received = 0;
    socket.setTimeout(PATIENCE_MS + (longer[question.ask] ?? 0), () => settle(null));
    socket.once('error', () => settle(null));
    socket.once('close', () => settle(null));
    socket.once('connect', () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MAX_LINE) settle(null);
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => settle(null));
    lines.once('line', (line) => {
      try {
        settle(questions[question.ask].answer.parse(JSON.parse(line)) as Answer<A>);
      } catch {
        settle(null);
      }
    });
  });
}

/** How the call process is; null when it does not run or does not answer. */
export const askStatus = (path: string): Promise<Status | null> => ask(path, { ask: 'status' });
