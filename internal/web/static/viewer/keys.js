// Keys that the browser keeps for itself, or that a phone does not have.

const symbols = {
  Control: [0xffe3, 'ControlLeft'],
  Alt: [0xffe9, 'AltLeft'],
  Shift: [0xffe1, 'ShiftLeft'],
  Super: [0xffeb, 'MetaLeft'],
  Escape: [0xff1b, 'Escape'],
  Tab: [0xff09, 'Tab'],
  Delete: [0xffff, 'Delete'],
  Backspace: [0xff08, 'Backspace'],
  Enter: [0xff0d, 'Enter'],
  F4: [0xffc1, 'F4'],
  F11: [0xffc8, 'F11'],
  t: [0x74, 'KeyT'],
  w: [0x77, 'KeyW'],
};

export class Keys {
  #held = new Set();

  constructor(control) {
    const button = document.querySelector('#keys');
    this.panel = document.querySelector('#keys-panel');
    button.disabled = control === 'view-only';
    this.panel.addEventListener('click', ({ target }) => this.#clicked(target.closest('button')));
  }

  connected(rfb) {
    this.rfb = rfb;
  }

  disconnected() {
    this.rfb = null;
    for (const button of this.panel.querySelectorAll('[data-hold]')) button.setAttribute('aria-pressed', false);
    this.#held.clear();
  }

  // press sends one key by its name in the table above.
  press(name) {
    this.rfb?.sendKey(...symbols[name]);
  }

  // type sends the key that gives a character.
  type(keysym) {
    this.rfb?.sendKey(keysym, null);
  }

  #clicked(button) {
    if (!button || !this.rfb) return;
    if (button.dataset.chord) this.#chord(button.dataset.chord.split(' '));
    if (button.dataset.hold) this.#hold(button, button.dataset.hold);
  }

  #chord(names) {
    for (const name of names) this.rfb.sendKey(...symbols[name], true);
    for (const name of names.reverse()) this.rfb.sendKey(...symbols[name], false);
    this.panel.hidePopover();
    this.rfb.focus();
  }

  #hold(button, name) {
    const down = !this.#held.has(name);
    this.#held[down ? 'add' : 'delete'](name);
    button.setAttribute('aria-pressed', down);
    this.rfb.sendKey(...symbols[name], down);
  }
}
