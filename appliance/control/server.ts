import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Log } from '@belkluis/shared/base/log';
import { type Answer, type Ask, type DeskAsk, MAX_LINE, type Question, questions } from './protocol.ts';

/** Connections at once: the desk opens one for each of its own that asks, and a burst of programs must not look like a call process that is gone. */
const MAX_CONNECTIONS = 256;

/** Who answers which question. */
export type Answers = { readonly [A in Ask]: (question: Question<A>) => Answer<A> | Promise<Answer<A>> };

/** What one process answers. */
export type CallAnswers = Omit<Answers, DeskAsk>;
export type DeskAnswers = Pick<Answers, DeskAsk>;

function questionIn(line: string, answers: CallAnswers | DeskAnswers): Question | undefined {
  try {
    const said = JSON.parse(line) as { readonly ask?: unknown } | null;
    const name = said?.ask;
    if (typeof name !== 'string' || !Object.hasOwn(answers, name)) return undefined;
    return questions[name as Ask].asks.safeParse(said).data;
  } catch {
    return undefined;
  }
}

/** Answers on the socket at `path`; a stale socket of an earlier process is replaced. Resolves when it listens. */
export function serveControl(
  path: string,
  answers: CallAnswers | DeskAnswers,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MAX_LINE) socket.destroy();
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const question = questionIn(line, answers);
      if (!question) return void socket.end();
      const answer = (answers as Answers)[question.ask] as (asked: Question) => Answer | Promise<Answer>;
      Promise.resolve(question)
        .then(answer)
        .then(
          (said) => socket.write(`${JSON.stringify(said)}\n`),
          (error: Error) => {
            log('control_failed', { ask: question.ask, why: (error as { code?: string }).code ?? error.name });
            socket.end();
          },
        );
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done());
          }),
      });
    });
  });
}
