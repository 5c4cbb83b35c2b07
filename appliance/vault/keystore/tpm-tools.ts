/**
 * A TPM 2.0 by Debian's tpm2-tools, one program a command. Key bytes pass through pipes only: never in arguments, which everybody on the
 * machine may read, and never in a file.
 */
import { spawnSync } from 'node:child_process';
import { problem } from '../problems.ts';

/** How long one command may take, ms: a slow discrete TPM needs some 1000 for the primary key. */
const COMMAND_TIMEOUT_MS = 15_000;

/** A counter is 8 bytes (TPM 2.0 part 2, TPM_NT_COUNTER). */
const COUNTER_BYTES = 8;

/** Ways to a TPM. The tools know others, which start programs and load libraries: a file in the keystore must not be able to. */
const TCTI = /^(device|swtpm|mssim|tabrmd)(:|$)/;

export interface TpmTools {
  /** Runs one command and gives what it printed. @throws Problem `tpm_unavailable` with the tool's own first error. */
  run(tool: string, args: readonly string[], input?: Uint8Array): Buffer;
  /** As `run`, for what may fail without harm. */
  tidy(tool: string, args: readonly string[]): void;
  /** Indices that are defined in the TPM's memory. */
  indices(): string[];
  /** Value of a counter. @throws Problem `epoch_key_missing` when this TPM does not know it, `tpm_unavailable`. */
  counter(index: string): bigint;
}

/** The first line by which a tool says what is wrong. */
const firstError = (text: string): string =>
  text
    .split('\n')
    .find((line) => line.startsWith('ERROR'))
    ?.slice(0, 200) ?? '';

/** Commands to the TPM that `tcti` names: `device:/dev/tpmrm0`, `swtpm:host=127.0.0.1,port=2321`. */
export function tpmTools(tcti: string): TpmTools {
  if (!TCTI.test(tcti)) throw problem('tpm_unavailable', `${tcti} names no TPM`);
  const spawn = (tool: string, args: readonly string[], input?: Uint8Array) =>
    spawnSync(`tpm2_${tool}`, args, {
      input: input ?? new Uint8Array(),
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH, TPM2TOOLS_TCTI: tcti },
    });
  const tools: TpmTools = {
    run(tool, args, input) {
      const { status, stdout, stderr, error } = spawn(tool, args, input);
      if (status === 0) return stdout;
      throw problem('tpm_unavailable', `tpm2_${tool}: ${error?.message ?? firstError(stderr.toString())}`);
    },
    tidy(tool, args) {
      spawn(tool, args);
    },
    indices: () =>
      tools
        .run('getcap', ['handles-nv-index'])
        .toString()
        .split('\n')
        .map((line) => line.replace(/^\s*-?\s*/, '').toLowerCase())
        .filter((line) => line.startsWith('0x')),
    counter(index) {
      try {
        return tools.run('nvread', ['-s', String(COUNTER_BYTES), index]).readBigUInt64BE();
      } catch (error) {
        if (tools.indices().includes(index)) throw error;
        throw problem('epoch_key_missing', `the TPM has no counter ${index}`, error);
      }
    },
  };
  return tools;
}
