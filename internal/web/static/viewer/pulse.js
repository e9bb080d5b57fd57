// Notices that a line is dead of which nobody has heard: who was stopped, or cut off,
// closes nothing. The server says something every two seconds, whatever the desktop
// does. Seconds are counted by turns of this page, so that a computer that is busy or
// was asleep takes no line for dead that it has not looked at.
const begin = 5; // seconds for the line to be there
const usual = 5; // of silence
const most = 40; // on lines where silence was no death

let patience = usual; // of all lines of this page

export class Pulse {
  #quiet = 0; #turns = 0; #open = false; #beats = false; #timer; #dead;

  // dead: called once when the line seems to be.
  constructor(socket, dead) {
    this.#dead = dead;
    socket.addEventListener('open', () => { this.#open = true; });
    socket.addEventListener('message', (event) => this.#hear(event));
    socket.addEventListener('close', () => this.stop());
    this.#timer = setInterval(() => this.#turn(), 1000);
  }

  stop() {
    clearInterval(this.#timer);
  }

  // hear keeps beats, which are text, from the viewer, whose protocol has none.
  #hear(event) {
    this.#quiet = 0;
    if (typeof event.data !== 'string') return;
    this.#beats = true;
    event.stopImmediatePropagation();
  }

  #turn() {
    this.#quiet += 1;
    this.#turns += 1;
    if (this.#open ? !this.#beats || this.#quiet < patience : this.#quiet < begin) return;
    // Where silence comes again so soon it is a slow line, and not a dead one.
    if (this.#open) patience = this.#turns < 60 ? Math.min(2 * patience, most) : usual;
    this.stop();
    this.#dead();
  }
}
