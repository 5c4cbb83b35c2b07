/** Signing in at the desk as a person does: name, password, code. */
import type { Page } from 'playwright-core';
import type { Role } from '../../appliance/access/roles.ts';
import { PASSWORD, type TestDesk } from '../../appliance/web/testing/desk.ts';

export interface Credentials {
  readonly name: string;
  /** Of the authenticator, at the moment it is asked for. */
  readonly code: () => string;
}

/** With the password of all tests; ends on the first page. */
export async function signInAs(page: Page, origin: string, { name, code }: Credentials): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Code').fill(code());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${origin}/`);
}

/** Makes the person first. */
export async function signIn(
  box: TestDesk,
  origin: string,
  page: Page,
  name: string,
  roles: readonly Role[],
): Promise<void> {
  const { code } = await box.addPerson(name, roles);
  await signInAs(page, origin, { name, code });
}
