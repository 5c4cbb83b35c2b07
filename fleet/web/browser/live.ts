/**
 * Follows the stream of the fleet. When something has changed it fetches this page again, as a document that the browser has parsed, and puts each part with
 * `data-live` where the old one stood, if it differs. What somebody is typing into or has opened stays until they are done.
 */

/** Without a stream the page is fetched so often, ms: changes that another process of the fleet has heard come this way too. */
const AT_LEAST_EVERY_MS = 60_000;

let stream: EventSource | null = null;
let last = document.documentElement.dataset.live ?? '';
let busy = false;
let again = false;

function fetched(): Promise<Document | null> {
  return new Promise((resolve) => {
    // As a document, which no policy about markup from strings is about: its scripts do not run.
    const request = new XMLHttpRequest();
    request.open('GET', location.href);
    request.responseType = 'document';
    request.setRequestHeader('Accept', 'text/html');
    request.setRequestHeader('Belkluis-Follows', '1');
    request.onload = () => resolve(request.status === 200 && sameWay(request.responseURL) ? request.responseXML : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

/** Signed out meanwhile: the answer is another page. */
const sameWay = (url: string): boolean => new URL(url).pathname === location.pathname;

/** Whether somebody has ticked, chosen or typed something that the page did not come with. */
function isChanged(control: Element): boolean {
  if (control instanceof HTMLInputElement)
    return control.checked !== control.defaultChecked || control.value !== control.defaultValue;
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (!(control instanceof HTMLSelectElement) || control.options.length === 0) return false;
  // Without one that the page has chosen, a browser shows the first.
  const given = [...control.options].findLastIndex(({ defaultSelected }) => defaultSelected);
  return control.selectedIndex !== Math.max(0, given);
}

const inUse = (part: Element): boolean =>
  [...part.querySelectorAll('input, textarea, select')].some(isChanged) ||
  part.contains(document.activeElement) ||
  // Opened by somebody; or a passkey is asked for, whose answer goes into the form around it.
  part.querySelector('details[open], dialog[open], :popover-open, passkey-button button:disabled') !== null;

async function refresh(): Promise<void> {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const next = await fetched();
  for (const part of document.querySelectorAll('[data-live][id]')) {
    const fresh = next?.getElementById(part.id);
    if (fresh && !inUse(part) && !part.isEqualNode(fresh)) part.replaceWith(document.importNode(fresh, true));
  }
  busy = false;
  if (again) {
    again = false;
    await refresh();
  }
}

function open(): void {
  if (stream || document.hidden) return;
  stream = new EventSource(`/events?last=${encodeURIComponent(last)}`);
  for (const name of ['here', 'changed'])
    stream.addEventListener(name, (event) => {
      last = (event as MessageEvent).lastEventId;
      if (name === 'changed') void refresh();
    });
}

/** A window that nobody sees holds no connection: a browser has six for a host. */
function close(): void {
  stream?.close();
  stream = null;
}

document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
addEventListener('pagehide', close);
addEventListener('pageshow', open);
setInterval(() => {
  if (!document.hidden) void refresh();
}, AT_LEAST_EVERY_MS);
open();
