/** How the parts of a call speak to the worker that carries it. */
import type { Prompt } from '../door.ts';
import type { Command, Report } from './commands.ts';
import type { PackedPrompt } from './prompt-pack.ts';

/** Reports that answer a command. */
export type Kind = Exclude<Report['kind'], 'dtmf' | 'silent' | 'refused'>;
export type Answer<K extends Kind> = Extract<Report, { kind: K }>;
export type WithoutReply<C> = C extends { reply: number } ? Omit<C, 'reply'> : never;

/** What a call's part says to its worker. */
export interface Speak {
  tell(command: Command): void;
  /** @throws Problem: what the worker refused, or `media_lost`. */
  ask<K extends Kind>(kind: K, command: WithoutReply<Command>): Promise<Answer<K>>;
  pack(prompt: Prompt): PackedPrompt;
}
