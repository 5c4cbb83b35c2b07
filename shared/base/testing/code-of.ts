/** The code that `act` fails with; `none`: it does not fail. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The code that a promise fails with; `none`: it does not fail. What has no code is thrown on. */
export const codeIn = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: { readonly code?: unknown }) => {
      if (typeof error.code !== 'string') throw error;
      return error.code;
    },
  );
