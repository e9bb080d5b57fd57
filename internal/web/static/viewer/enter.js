// A launch link carries a code in the part of the address that no server sees.
// It is sent once, by POST, and gives a session that may open this desktop.

// enter returns when the page may connect.
export async function enter(main) {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code) {
    history.replaceState(null, '', location.pathname);
    await redeem(main.dataset.session, code);
    // With the session, the server says what the desktop is and what is allowed.
    if (!('open' in main.dataset)) await reload();
  }
  if (!('open' in main.dataset)) {
    throw new Sentence('You cannot see this desktop', 'Sign in as its owner, or ask for a new link.');
  }
}

export class Sentence extends Error {
  constructor(title, message) {
    super(message);
    this.title = title;
  }
}

async function redeem(path, code) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (response.ok) return;
  const problem = await response.json().catch(() => ({}));
  throw new Sentence(problem.detail ?? 'This link could not be opened', 'Ask for a new link, or sign in and open the desktop from its page.');
}

function reload() {
  location.reload();
  return new Promise(() => {}); // the page ends here
}
