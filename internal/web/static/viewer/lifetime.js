// How long the desktop has to live, and what is said before it ends.
import { page } from './page.js';

const shown = { calm: 15_000, urgent: 40_000 }; // milliseconds
const every = 60_000;

export class Lifetime {
  #told = 0;

  constructor(main) {
    this.main = main;
    this.left = document.querySelector('#left');
    this.button = document.querySelector('#extend');
    this.line = document.querySelector('#ending');
    this.button.addEventListener('click', () => this.extend());
  }

  run() {
    this.#learn(this.main.dataset.lifetime);
    this.#show();
    setInterval(() => this.#show(), 1000);
    // Somebody may have extended it elsewhere.
    setInterval(() => this.tone && !document.hidden && this.refresh(), every);
  }

  connected(rfb) {
    this.rfb = rfb;
  }

  disconnected() {}

  // refresh asks the server what the end is now.
  async refresh() {
    const desktop = await page();
    if (desktop && 'lifetime' in desktop) this.#learn(desktop.lifetime);
  }

  async extend() {
    for (const button of this.#buttons()) button.disabled = true;
    const answer = await fetch(`/api/deployments/${this.main.dataset.deployment}/extend`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ until: this.extension.until }),
    }).catch(() => null);
    const said = answer?.ok ? null : await answer?.json().catch(() => null);
    await this.refresh();
    for (const button of this.#buttons()) button.disabled = false;
    this.#show();
    this.rfb?.focus();
    this.#say(answer?.ok ? 'calm' : 'urgent', answer?.ok ? `Extended: ${span(this.#milliseconds())} left.`
      : said?.detail ?? 'The server did not answer; try again.');
  }

  #learn(text) {
    const known = text ? JSON.parse(text) : null;
    this.ends = known && new Date(known.ends).getTime();
    this.clause = known?.clause;
    this.extension = known?.extend;
    this.reminders = (known?.reminders ?? []).map(reminder => ({ ...reminder, at: new Date(reminder.at).getTime() }));
    // The server's clock counts; this computer's may be wrong.
    this.ahead = known ? new Date(known.now).getTime() - Date.now() : 0;
  }

  #milliseconds() {
    return this.ends - (Date.now() + this.ahead);
  }

  #show() {
    this.left.hidden = !this.ends;
    const past = this.reminders.filter(reminder => reminder.at <= Date.now() + this.ahead);
    this.tone = past.some(({ tone }) => tone === 'urgent') ? 'urgent' : past.length ? 'calm' : '';
    this.button.hidden = !this.tone || !this.extension;
    this.button.title = this.extension ? `Extend by ${this.extension.by}` : '';
    if (!this.ends) return;
    write(this.left, this.#milliseconds() > 0 ? `${span(this.#milliseconds())} left` : 'time is up');
    this.left.dataset.tone = this.tone;
    this.left.title = `Ends ${new Date(this.ends - this.ahead).toLocaleString()} by ${this.clause}`;
    const newest = past.at(-1);
    if (newest && newest.at > this.#told) this.#tell(newest);
  }

  // tell shows a reminder once, if it still holds: asked again, the server may know
  // a later end.
  async #tell(reminder) {
    this.#told = reminder.at;
    await this.refresh();
    const still = this.reminders.find(({ at }) => at === reminder.at);
    if (still) this.#say(still.tone, still.text, true);
  }

  // say shows a line above the desktop, in full screen too, and takes it away again
  // when it can have been read, but not while somebody is at it.
  #say(tone, text, offer = false) {
    clearTimeout(this.timer);
    const dismiss = this.#action('Dismiss', () => this.#leave());
    const extend = offer && this.extension && this.#action(`Extend by ${this.extension.by}`, () => this.extend());
    this.line.dataset.tone = tone;
    this.#hush();
    this.line.querySelector('p').textContent = text;
    this.line.append(...(extend ? [extend] : []), dismiss);
    const leave = () => {
      if (this.line.matches(':hover, :focus-within')) this.timer = setTimeout(leave, 3000);
      else this.#leave();
    };
    this.timer = setTimeout(leave, shown[tone]);
  }

  // leave takes the line away, and gives the keys back to the desktop if it had them.
  #leave() {
    const had = this.line.contains(document.activeElement);
    this.#hush();
    if (had) this.rfb?.focus();
  }

  #hush() {
    clearTimeout(this.timer);
    this.line.querySelector('p').textContent = '';
    for (const button of this.line.querySelectorAll('button')) button.remove();
  }

  #action(words, act) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'small', textContent: words });
    button.addEventListener('click', act);
    return button;
  }

  #buttons() {
    return [this.button, ...this.line.querySelectorAll('button')];
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function span(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}
