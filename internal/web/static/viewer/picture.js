// Keeps a small picture of the desktop in this browser when one leaves it, for
// the card in the list.
import { remember } from '../thumbnails.js';

const every = 60_000; // in case the page never gets to say goodbye

export class Picture {
  constructor(main) {
    this.keep = () => remember(main.dataset.deployment, main.querySelector('#screen div:last-child canvas'));
    addEventListener('pagehide', () => this.seen && this.keep());
  }

  connected() {
    this.seen = true;
    this.timer = setInterval(this.keep, every);
  }

  disconnected() {
    this.seen = false;
    clearInterval(this.timer);
  }
}
