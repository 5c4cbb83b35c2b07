/** A browser without JavaScript at pages under test: cookies, Origin, and the redirects left to the test. */

interface Pages {
  request(url: string, init: RequestInit): Response | Promise<Response>;
}

export type Visitor = ReturnType<typeof visitor>;

export function visitor(pages: Pages, origin: string, headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await pages.request(`${origin}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {
        Accept: 'text/html',
        'Accept-Language': 'en',
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...headers,
        ...(init.headers as Record<string, string>),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (/max-age=0/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    send,
    get: (path: string) => send(path),
    page: async (path: string) => (await send(path)).text(),
    post: (path: string, fields: Record<string, string | readonly string[]>, more: Record<string, string> = {}) => {
      const all = Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
      return send(path, { method: 'POST', body: new URLSearchParams(all), headers: { Origin: origin, ...more } });
    },
  };
}
