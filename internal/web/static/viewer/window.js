// How the desktop sits in the window.

const remembered = 'dictumal.fit';

// Fit decides whether the desktop takes the window's size or is shown in its own,
// scaled. On a phone a desktop of the window's size would be of no use.
export class Fit {
  constructor(main) {
    this.button = document.querySelector('#fit');
    this.allowed = main.dataset.control !== 'view-only';
    const small = matchMedia('(max-width: 640px)').matches;
    this.follow = this.allowed && (localStorage.getItem(remembered) ?? (small ? 'scale' : 'follow')) === 'follow';
    this.button.disabled = !this.allowed;
    this.button.addEventListener('click', () => this.#toggle());
    this.#label();
  }

  prepare(rfb) {
    this.rfb = rfb;
    rfb.scaleViewport = true;
    rfb.resizeSession = this.follow;
  }

  connected() {}

  disconnected() {}

  #toggle() {
    this.follow = !this.follow;
    localStorage.setItem(remembered, this.follow ? 'follow' : 'scale');
    this.#label();
    if (this.rfb) this.rfb.resizeSession = this.follow;
    this.rfb?.focus();
  }

  #label() {
    this.button.setAttribute('aria-pressed', this.follow);
    this.button.title = this.allowed
      ? (this.follow ? 'The desktop follows the window; click to scale it instead' : 'The desktop is scaled; click to let it follow the window')
      : 'The desktop keeps its size for who may only watch';
  }
}

export function fullScreen() {
  const button = document.querySelector('#full');
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener('click', async () => {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
      return;
    }
    await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
    // Then Escape, Super and Alt+Tab reach the desktop, where the browser can do that.
    await navigator.keyboard?.lock?.().catch(() => {});
  });
  document.addEventListener('fullscreenchange', () => {
    button.title = document.fullscreenElement ? 'Leave full screen' : 'Full screen';
    button.setAttribute('aria-pressed', document.fullscreenElement !== null);
    button.blur(); // or the bar would stay for its sake
  });
}

// peek shows the bar in full screen while the pointer is at the upper edge.
export function peek() {
  addEventListener('pointermove', ({ clientY }) => {
    if (clientY < 3) document.body.classList.add('peek');
    if (clientY > 60) document.body.classList.remove('peek');
  }, { capture: true, passive: true });
}
