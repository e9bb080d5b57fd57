// A boot log that grows: follow it, search it.
export class Log {
  #element; #lines; #last; #waiting;

  constructor(element) {
    this.#element = element;
    this.#lines = element.querySelector('[data-lines]');
    this.#last = Number(element.dataset.last);
    element.querySelector('[data-find]')?.addEventListener('input', () => this.#find());
    this.#lines.addEventListener('scroll', () => this.#follow(this.#atEnd()), { passive: true });
    this.#box?.addEventListener('change', () => this.#scroll());
    this.#scroll();
  }

  // Adds a piece; one that is known is left out. While earlier ones are fetched it waits.
  add(piece) {
    if (this.#waiting) return this.#waiting.push(piece);
    if (piece.offset <= this.#last) return;
    this.#last = piece.offset;
    this.#lines.append(piece.text);
    this.#lines.normalize();
    this.#element.querySelector('[data-empty]')?.remove();
    this.#scroll();
    this.#find();
  }

  // Fetches what came while nobody listened.
  async catchUp() {
    if (this.#waiting) return;
    this.#waiting = [];
    let missed = [];
    try {
      const answer = await fetch(`/instances/${this.#element.dataset.log}/log?after=${this.#last}`);
      if (answer.ok) missed = await answer.json();
    } finally {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      for (const piece of [...missed, ...waiting]) this.add(piece);
    }
  }

  get #box() { return this.#element.querySelector('[data-follow]'); }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#lines;
    return scrollHeight - scrollTop - clientHeight < 30;
  }

  #follow(on) { if (this.#box) this.#box.checked = on; }

  #scroll() {
    if (this.#box?.checked ?? true) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  #find() {
    if (!CSS.highlights) return;
    const word = this.#element.querySelector('[data-find]')?.value.toLowerCase() ?? '';
    const node = this.#lines.firstChild;
    const ranges = word && node ? occurrences(node, word) : [];
    CSS.highlights.set('found', new Highlight(...ranges));
    const found = this.#element.querySelector('[data-found]');
    if (found) found.textContent = word ? String(ranges.length) : '';
    if (ranges.length) {
      this.#follow(false);
      this.#lines.scrollTop += ranges[0].getBoundingClientRect().top - this.#lines.getBoundingClientRect().top - 40;
    }
  }
}

function occurrences(node, word) {
  const text = node.data.toLowerCase();
  const ranges = [];
  for (let at = text.indexOf(word); at >= 0 && ranges.length < 1000; at = text.indexOf(word, at + word.length)) {
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    ranges.push(range);
  }
  return ranges;
}
