/**
 * `<passkey-button begin="…" finish="…" way="create|get">`: asks the browser for a passkey (WebAuthn level 3, 5.1) and goes where the fleet says. With
 * `options="JSON"` in place of `begin`: these count, and nothing is asked for. With `fills="NAME"` in place of `finish`: the answer goes into that
 * field of the form around it, and the form is sent.
 */

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  });

class PasskeyButton extends HTMLElement {
  connectedCallback(): void {
    const can = typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
    this.hidden = !can;
    this.querySelector('button')?.addEventListener('click', () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const button = this.querySelector('button')!;
    const said = this.querySelector('p')!;
    const fills = this.getAttribute('fills');
    // A proof counts once: not for a form that would come back.
    if (fills !== null && !this.closest('form')!.reportValidity()) return;
    said.hidden = true;
    button.disabled = true;
    try {
      const credential = await this.#credential();
      if (fills === null) location.assign(await this.#finished(credential));
      else this.#fill(fills, credential);
    } catch (error) {
      // A browser's own words are in its language and not for people; what the fleet says is.
      said.textContent = error instanceof Refused ? error.message : this.getAttribute('refused');
      said.hidden = false;
      button.disabled = false;
    }
  }

  async #credential(): Promise<unknown> {
    const given = this.getAttribute('options');
    const options = given === null ? await read(await post(this.getAttribute('begin')!, {})) : JSON.parse(given);
    const credential =
      this.getAttribute('way') === 'create'
        ? await navigator.credentials.create({
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as never),
          })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as never),
          });
    return (credential as PublicKeyCredential).toJSON();
  }

  /** Where to go. */
  async #finished(credential: unknown): Promise<string> {
    const { to } = await read(await post(this.getAttribute('finish')!, credential));
    return new URL(String(to), location.origin).pathname;
  }

  #fill(name: string, credential: unknown): void {
    const form = this.closest('form')!;
    form.querySelector<HTMLInputElement>(`input[name="${name}"]`)!.value = JSON.stringify(credential);
    form.submit();
  }
}

/** The fleet refused, in words for people. */
class Refused extends Error {}

async function read(response: Response): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Refused(String(body.text));
  return body;
}

customElements.define('passkey-button', PasskeyButton);
