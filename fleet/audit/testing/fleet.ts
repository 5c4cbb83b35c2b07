/** The fleet of the tests. */
export const FLEET = 'f'.repeat(32);
