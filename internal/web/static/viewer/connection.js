// The stream: makes it, notices when it ends, and brings it back.
import { page } from './page.js';
import { pause } from './pauses.js';
import { Pulse } from './pulse.js';

// The codes with which the gateway ends a stream for good, and what is said then.
const ends = {
  4001: (notice, why) => notice.gone('This desktop has been destroyed', why ?? '', 'Destroyed'),
  4002: (notice) => notice.gone('You may no longer see this desktop', ''),
  4004: (notice) => notice.failed('Another machine answers at this desktop’s address', 'Nothing was sent to it.', 'Refused'),
  4005: (notice, reason) => notice.failed('The stream was refused', reason, 'Refused'),
};

// And those after which it is worth another try.
const passing = {
  1012: 'The server is restarting',
  4003: 'The machine does not answer',
  4006: 'The stream was interrupted',
  4409: 'The connection was too slow',
  4429: 'Too many desktops are open',
};

export class Connection {
  #parts = [];
  #attempts = 0;

  constructor(main, RFB, notice) {
    Object.assign(this, { main, RFB, notice });
    this.screen = main.querySelector('#screen');
    notice.retry.addEventListener('click', () => this.#now());
    addEventListener('online', () => this.#now());
    document.addEventListener('visibilitychange', () => document.hidden || this.#now());
  }

  // use hands each new stream to a part of the page, which has connected(rfb) and disconnected().
  use(part) {
    this.#parts.push(part);
  }

  open() {
    const address = new URL(this.main.dataset.ws, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    address.searchParams.set('beats', '');
    const socket = this.socket = new WebSocket(address);
    socket.addEventListener('open', () => { this.opened = true; });
    socket.addEventListener('close', (event) => this.#closed(socket, event));
    new Pulse(socket, () => this.#closed(socket, { silent: true }));
    this.opened = false;
    this.rfb = new this.RFB(this.screen, socket, { shared: true });
    this.rfb.background = 'transparent';
    this.rfb.viewOnly = this.main.dataset.control === 'view-only';
    this.rfb.addEventListener('connect', () => this.#connected());
    this.canvas = this.screen.querySelector('div:last-child canvas');
    for (const part of this.#parts) part.prepare?.(this.rfb);
  }

  #connected() {
    this.#attempts = 0;
    this.screen.querySelector('.last')?.remove();
    this.notice.connected();
    for (const part of this.#parts) part.connected(this.rfb);
    this.rfb.focus();
  }

  // closed comes for each stream once: a line that seems dead may close in earnest later.
  async #closed(socket, { code, reason, silent }) {
    if (socket !== this.socket) return;
    this.socket = null;
    for (const part of this.#parts) part.disconnected();
    this.#keepPicture();
    if (silent) this.rfb.disconnect();
    if (ends[code] && code !== 4001) return ends[code](this.notice, reason);
    // A refusal before the stream began has no code, and why a desktop was destroyed
    // fits into none; the page itself knows.
    const say = code === 4001 ? await this.#ask() ?? ends[4001] : this.opened || silent ? null : await this.#ask();
    if (say) return say(this.notice);
    const sentence = passing[code] ?? (this.opened ? 'The connection was lost' : 'The server does not answer');
    this.#wait(sentence, pause(code, this.#attempts), code === 4429 ? reason : '');
  }

  // keepPicture leaves the last picture on the screen, where there is one.
  #keepPicture() {
    if (!this.canvas?.width || this.screen.querySelector('.last')) return;
    this.canvas.className = 'last';
    this.canvas.removeAttribute('style');
    this.screen.prepend(this.canvas);
  }

  #wait(sentence, delay, detail) {
    this.#attempts += 1;
    this.until = Date.now() + delay;
    this.say = () => this.notice.lost(sentence, Math.max(0, Math.ceil((this.until - Date.now()) / 1000)), detail);
    clearTimeout(this.timer);
    clearInterval(this.countdown);
    this.timer = setTimeout(() => this.#now(), delay);
    this.countdown = setInterval(this.say, 250);
    this.say();
  }

  #now() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    clearInterval(this.countdown);
    this.timer = null;
    this.until = 0;
    this.say();
    this.open();
  }

  // ask learns from the page whether there still is a desktop for this person. It
  // gives what is to be said if not.
  async #ask() {
    const desktop = await page();
    if (desktop === undefined) return null;
    if (desktop === null) return (notice) => notice.gone('This desktop is gone', 'It has been destroyed, or it is not yours.');
    if (!('open' in desktop)) return (notice) => notice.gone('Your session has ended', 'Sign in again; the desktop goes on meanwhile.');
    if (desktop.status === 'DESTROYING' || desktop.status === 'DESTROYED') return (notice) => ends[4001](notice, desktop.why);
    if (desktop.status === 'ERROR') return (notice) => notice.failed('This desktop has failed', 'Its page says why and what to do.');
    return null;
  }
}
