// A text that is being written outlives its page: a session may end, a connection
// break, a tab be left. It is kept until it has been saved, for whoever wrote it.
const kept = 'draft ';
const sent = 'sent ';
const name = action => `${kept}${document.body.dataset.user} ${new URL(action, location.href).pathname}`;

export class Draft {
  #name;

  constructor(action) {
    this.#name = name(action);
    sessionStorage.removeItem(sent + this.#name);
  }

  get text() { return sessionStorage.getItem(this.#name); }

  keep(text) { sessionStorage.setItem(this.#name, text); }

  drop() { sessionStorage.removeItem(this.#name); }

  // Whether it was saved shows on the next page.
  send() { sessionStorage.setItem(sent + this.#name, ''); }
}

// settle drops what has been sent; a page that only follows on success calls it.
export function settle() {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(sent)) continue;
    sessionStorage.removeItem(key);
    sessionStorage.removeItem(key.slice(sent.length));
  }
}

// forget drops every text of this tab: whoever signs out wants nothing to remain.
export function forget() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(kept) || key.startsWith(sent)) sessionStorage.removeItem(key);
  }
}
