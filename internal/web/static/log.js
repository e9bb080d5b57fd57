// A boot log that grows: follow it, search it.
const bytes = new TextEncoder();

export class Log {
  #element; #lines; #end; #filling;

  constructor(element) {
    this.#element = element;
    this.#lines = element.querySelector('[data-lines]');
    this.#end = Number(element.dataset.end);
    element.querySelector('[data-find]')?.addEventListener('input', () => this.#find());
    this.#lines.addEventListener('scroll', () => this.#follow(this.#atEnd()), { passive: true });
    this.#box?.addEventListener('change', () => this.#scroll());
    this.#scroll();
  }

  // Adds a piece where it belongs. What is known is left out; what is missing is fetched.
  async add({ offset, text }) {
    const size = bytes.encode(text).length;
    if (offset + size <= this.#end) return;
    if (offset !== this.#end) return this.#fill();
    this.#end += size;
    this.#lines.append(text);
    this.#lines.normalize();
    this.#element.querySelector('[data-empty]')?.remove();
    this.#scroll();
    this.#find();
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

  async #fill() {
    this.#filling ??= (async () => {
      const offset = this.#end;
      const answer = await fetch(`/instances/${this.#element.dataset.log}/log?offset=${offset}`);
      const text = answer.ok ? await answer.text() : '';
      this.#filling = undefined;
      if (text && offset === this.#end) await this.add({ offset, text });
    })();
    return this.#filling;
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
