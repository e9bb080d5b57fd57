// Keeps a part of a page as the server would draw it now. The server's events say
// when; where they do not come through, asking every five seconds does.
import { morph } from './morph.js';
import { parse } from './parse.js';

const pollEvery = 5000;
const refreshEvery = 60_000; // relative times grow old without any event
const glanceEvery = 10_000; // while a desktop is made, checks change without one, too
const patience = 6; // seconds of silence: the stream has a beat every three
const answerTime = 8000; // a server that was stopped answers never
const moving = '[data-status=PROVISIONING], [data-status=CONFIGURING], [data-warning]';

export class Live {
  #root; #page; #source; #poll; #log; #open; #stale; #drawing; #shown; #quiet = 0; #beats = false; #asking = new AbortController(); #drawn = performance.now();

  // root: what is kept fresh; page: where to read it; events: where changes are
  // told; onLog: called with each piece of a boot log; onOpen: when listening begins.
  constructor({ root, page, events, onLog = () => {}, onOpen = () => {} }) {
    this.#root = root;
    this.#page = page;
    this.#log = onLog;
    this.#open = onOpen;
    this.#shown = this.#states();
    this.#listen(events);
    setInterval(() => document.hidden || this.#glance(), glanceEvery);
    setInterval(() => this.#listenAgain(), 1000);
    addEventListener('pageshow', event => event.persisted && this.refresh());
    document.addEventListener('visibilitychange', () => this.#rest());
  }

  close() {
    this.#source?.close();
    clearInterval(this.#poll);
    this.#root = null;
  }

  // Several events that come together are one refresh; one that comes while the
  // page is being read needs another.
  refresh() {
    this.#stale = true;
    this.#drawing ??= this.#drawUntilFresh();
  }

  #glance() {
    if (this.#root?.querySelector(moving) || performance.now() - this.#drawn > refreshEvery) this.refresh();
  }

  // A browser has few connections to one server, and every tab would hold one: a
  // tab that nobody sees gives its own back, unless a desktop is on its way.
  #rest() {
    if (!this.#root) return;
    if (this.#rests()) {
      this.#source.close();
      this.#poll = clearInterval(this.#poll);
    } else if (!document.hidden && this.#source.readyState === EventSource.CLOSED && !this.#poll) {
      this.#listen(this.#source.url);
      this.refresh();
    }
  }

  #rests() {
    return document.hidden && !this.#root?.querySelector('[data-status=PROVISIONING], [data-status=CONFIGURING]');
  }

  #listen(events) {
    const address = new URL(events, location.href);
    address.searchParams.set('beats', '');
    const source = this.#source = new EventSource(address);
    this.#quiet = 0;
    const hear = (name, act) => source.addEventListener(name, event => {
      this.#quiet = 0;
      act(event);
    });
    for (const name of ['status', 'progress', 'note']) hear(name, () => this.refresh());
    hear('log', event => this.#log(JSON.parse(event.data)));
    hear('beat', () => { this.#beats = true; });
    hear('open', () => {
      this.#beats = false; // another server may have none
      this.#open();
      this.refresh(); // what changed since the page was drawn may be no event of this stream
      this.#poll = clearInterval(this.#poll);
      notice('');
    });
    source.addEventListener('error', () => {
      if (this.#poll) return;
      this.#poll = setInterval(() => this.#ask(), pollEvery);
      this.#askWho();
    });
  }

  // A line that is dead of which nobody has heard is given up for another, on which the
  // page is drawn anew: who was stopped, or cut off, closes nothing. Seconds are turns of
  // this page, so that a computer that was busy or asleep takes no line for dead.
  async #listenAgain() {
    const source = this.#source;
    const { readyState, url } = source;
    const silent = readyState === EventSource.CONNECTING || readyState === EventSource.OPEN && this.#beats;
    this.#quiet = silent && this.#root ? this.#quiet + 1 : 0;
    if (this.#quiet < patience) return;
    source.close();
    this.#asking.abort(); // it would wait for long
    this.#asking = new AbortController();
    await giveUpKept();
    if (this.#root && this.#source === source && !this.#rests()) this.#listen(url);
  }

  // A stream may have ended with its session: people hear of that at once. Whatever
  // else has ended it may pass before anybody needs to know.
  async #askWho() {
    const answer = await fetch('/api/provider', { signal: AbortSignal.timeout(answerTime) }).catch(() => undefined);
    if (answer?.status === 401) signedOut();
  }

  async #ask() {
    try {
      for (const [id, before] of this.#states()) {
        const answer = await fetch(`/api/deployments/${id}`, { signal: AbortSignal.timeout(answerTime) });
        if (answer.status === 401) return signedOut();
        if (!answer.ok) continue;
        if (this.#differs(before, await answer.json())) this.refresh();
      }
      notice('');
    } catch {
      notice('No connection to the server. What you see may be old; this page goes on by itself.');
    }
    // A stream that was refused, not broken, is not tried again by the browser.
    if (this.#source.readyState === EventSource.CLOSED && !this.#rests()) {
      this.#listen(this.#source.url);
    }
  }

  #differs(shown, { status, progress, warning }) {
    const checks = [...this.#root.querySelectorAll('[data-check]')];
    return shown.status !== status || shown.stage !== progress.stage || shown.warning !== warning?.reason ||
      checks.some(({ dataset }) => dataset.up !== String(progress.checks[dataset.check]));
  }

  async #drawUntilFresh() {
    while (this.#stale) {
      await new Promise(done => setTimeout(done, 80));
      this.#stale = false;
      this.#drawn = performance.now();
      // Where there is no connection, whoever brings it back asks again.
      await this.#draw().catch(() => {});
    }
    this.#drawing = undefined;
  }

  async #draw() {
    const answer = await fetch(this.#page, { headers: { Accept: 'text/html' }, signal: AbortSignal.any([this.#asking.signal, AbortSignal.timeout(answerTime)]) });
    if (!answer.ok || !this.#root) return;
    const page = parse(await answer.text());
    const wanted = page.getElementById(this.#root.id) ?? page.body;
    if (this.#root.id === 'main') document.title = page.title;
    for (const part of wanted.querySelectorAll('[data-fresh]')) {
      const shown = document.getElementById(part.id);
      if (shown) morph(shown, part);
    }
    this.#say();
    document.dispatchEvent(new Event('refreshed'));
  }

  // Tells screen readers what has changed, and nothing else.
  #say() {
    const now = this.#states();
    for (const [id, state] of now) {
      const before = this.#shown.get(id);
      if (before && before.words !== state.words) document.getElementById('said').textContent = state.words;
    }
    this.#shown = now;
  }

  #states() {
    const states = new Map();
    for (const element of this.#root.querySelectorAll('[data-deployment]')) {
      const { deployment, status, stage, warning } = element.dataset;
      const title = element.querySelector('h1, h2')?.textContent ?? '';
      const stageWords = element.querySelector('[data-show=words]')?.textContent;
      const end = element.dataset.said ?? element.querySelector('.ending')?.dataset.said;
      const held = element.querySelector('.warning')?.innerText ?? end ?? '';
      const words = `${title} ${stageWords ?? element.querySelector('.state')?.textContent ?? ''} ${held}`;
      states.set(deployment, { status, stage, warning, words });
    }
    return states;
  }
}

// A browser keeps connections for later, up to six, and those lead to where the silent one
// did. Each that does not answer at once is given up, or the next question would wait on it.
async function giveUpKept() {
  const ask = () => fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(1000) });
  await Promise.allSettled(Array.from({ length: 5 }, ask));
}

function signedOut() { notice('Your session has ended.', '/sign-in', 'Sign in'); }

function notice(sentence, url, action) {
  let element = document.getElementById('connection');
  if (!sentence) return element?.remove();
  if (element) return;
  element = Object.assign(document.createElement('p'), { id: 'connection', className: 'notice', textContent: sentence + ' ' });
  element.setAttribute('role', 'status');
  if (url) element.append(Object.assign(document.createElement('a'), { href: url, textContent: action }));
  document.body.append(element);
}
