// The clipboard: a panel that always works, and this computer's own where the
// browser lets the page use it.

const rules = {
  both: 'Text goes both ways.',
  copy: 'Text may be copied out of the desktop, not into it.',
  paste: 'Text may be pasted into the desktop, not out of it.',
  none: 'The constitution allows no text in or out.',
};

export class Clipboard {
  #last = ''; // what both sides are known to have
  #timer;

  constructor(right) {
    this.mayCopy = right === 'copy' || right === 'both';
    this.mayPaste = right === 'paste' || right === 'both';
    this.button = document.querySelector('#clipboard');
    this.text = document.querySelector('#clipboard-text');
    this.note = document.querySelector('#clipboard-note');
    this.sync = document.querySelector('#clipboard-sync');
    this.button.disabled = right === 'none';
    this.button.title = right === 'none' ? rules.none : 'Clipboard';
    document.querySelector('#clipboard-rule').textContent = rules[right] ?? rules.none;
    this.text.readOnly = !this.mayPaste;
    this.text.addEventListener('input', () => this.#typed());
    this.sync.addEventListener('click', () => this.#pull(true));
    document.querySelector('#clipboard-panel').addEventListener('toggle', ({ newState }) => this.#toggled(newState));
    addEventListener('focus', () => this.#pull(false));
  }

  connected(rfb) {
    this.rfb = rfb;
    if (this.mayCopy) rfb.addEventListener('clipboard', ({ detail }) => this.#received(detail.text));
    this.#pull(false);
  }

  disconnected() {
    this.rfb = null;
  }

  #toggled(state) {
    this.note.textContent = '';
    if (state === 'open') this.#offer();
    else this.rfb?.focus();
  }

  // offer shows the button that makes the browser ask, where it would ask.
  async #offer() {
    this.sync.hidden = !this.mayPaste || !navigator.clipboard?.readText || await permission() === 'granted';
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#push(this.text.value, 'Sent to the desktop'), 250);
  }

  #push(text, said) {
    if (!this.mayPaste || !this.rfb || text === this.#last) return;
    this.#last = text;
    this.rfb.clipboardPasteFrom(text);
    this.note.textContent = said;
  }

  async #received(text) {
    this.#last = text;
    this.text.value = text;
    // Without the permission the panel still has it.
    if (document.hasFocus()) await navigator.clipboard?.writeText(text).catch(() => {});
  }

  // pull takes over this computer's clipboard, and makes the browser ask only
  // where the person has.
  async #pull(asked) {
    if (!this.mayPaste || !this.rfb || !navigator.clipboard?.readText) return;
    if (!asked && (!document.hasFocus() || await permission() !== 'granted')) return;
    const text = await navigator.clipboard.readText().catch(() => null);
    if (text) this.text.value = text;
    if (text) this.#push(text, 'Sent to the desktop');
    if (asked) {
      if (text === null) this.note.textContent = 'The browser did not allow it.';
      this.#offer();
    }
  }
}

async function permission() {
  const status = await navigator.permissions?.query({ name: 'clipboard-read' }).catch(() => null);
  return status?.state ?? 'unknown';
}
