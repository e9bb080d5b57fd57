// What the page says about the connection: a word in the bar, and where there is
// no picture to look at, a sentence in the middle.

export class Notice {
  constructor(page) {
    this.body = page.body;
    this.word = page.querySelector('#state .word');
    this.box = page.querySelector('#notice');
    this.retry = page.querySelector('#retry');
  }

  connecting() {
    this.#show('connecting', 'Connecting', 'Connecting to the desktop', '', false);
  }

  connected() {
    this.#state('connected', 'Connected');
    this.box.hidden = true;
  }

  // lost says that the stream will come back, and when it is tried again.
  lost(reason, seconds, detail = '') {
    const when = seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again';
    this.#show('lost', 'Reconnecting', reason, `${detail} ${when}`.trim(), seconds > 0);
  }

  // failed says that it went wrong and will not come back by itself.
  failed(title, message, word = 'Failed') {
    this.#show('failed', word, title, message, false);
  }

  // gone says that there is nothing to come back to, or no right to it.
  gone(title, message, word = 'Ended') {
    this.#show('gone', word, title, message, false);
  }

  #show(state, word, title, detail, retry) {
    this.#state(state, word);
    write(this.box.querySelector('h1'), title);
    write(this.box.querySelector('.detail'), detail);
    write(this.retry, 'Try now');
    this.retry.hidden = !retry;
    this.box.hidden = false;
  }

  #state(state, word) {
    this.body.dataset.state = state;
    write(this.word, word);
  }
}

// What has not changed is not written again: it would be read aloud again.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
