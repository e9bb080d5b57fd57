// What the server says of this desktop now: the page is asked for again, and what it
// would have told its script is read from it. Undefined where there is no answer.
import { parse } from '../parse.js';

const patience = 4000; // milliseconds: a server that was stopped answers never

export async function page() {
  const response = await fetch(location.pathname, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(patience) }).catch(() => null);
  if (!response || response.status >= 500) return undefined;
  if (response.status === 404) return null;
  const drawn = parse(await response.text());
  return { ...drawn.querySelector('#desktop')?.dataset };
}
