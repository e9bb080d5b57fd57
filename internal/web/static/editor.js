// The editor: a text area that keeps its manners, with the text drawn beneath it
// in colours, line numbers, faults underlined, and its effect beside it.
import { Draft } from './drafts.js';
import { parse } from './parse.js';

const form = document.getElementById('editor');
const area = form.querySelector('textarea');
const lines = form.querySelector('.lines');
const draft = new Draft(form.action);
let faults = [...document.querySelectorAll('#faults li[data-line]')]
  .map(item => ({ line: Number(item.dataset.line), column: Number(item.dataset.column) }));
let checking = 0;
let saved = area.value;

form.classList.add('enhanced');
restore();
draw();
check();

area.addEventListener('input', () => {
  faults = [];
  draw();
  clearTimeout(checking);
  checking = setTimeout(check, 250);
  draft.keep(area.value);
});

addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's') {
    event.preventDefault();
    form.requestSubmit();
  }
});

form.addEventListener('submit', () => {
  saved = area.value;
  draft.send();
});
document.getElementById('cancel').addEventListener('click', () => {
  saved = area.value;
  draft.drop();
});
addEventListener('beforeunload', event => area.value !== saved && event.preventDefault());

document.getElementById('faults').addEventListener('click', event => {
  const { line, column } = event.target.closest('li')?.dataset ?? {};
  if (line) jump(Number(line), Number(column));
});

// A text that was not saved when the page went away, say because a session ended.
function restore() {
  const text = draft.text;
  if (text === null || text === area.value) return draft.drop();
  const written = area.value;
  const note = document.getElementById('restored');
  area.value = text;
  note.hidden = false;
  note.querySelector('button').addEventListener('click', () => {
    area.value = written;
    note.hidden = true;
    draft.drop();
    draw();
    check();
  });
}

async function check() {
  const text = area.value;
  const meaning = document.getElementById('meaning');
  meaning.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.dataset.check, { method: 'POST', body: new URLSearchParams({ document: text }) });
    if (!answer.ok || text !== area.value) return;
    const effect = await answer.json();
    faults = effect.faults;
    show(document.getElementById('faults'), effect.faultsHTML);
    if (!faults.length) show(meaning, effect.meaningHTML);
    draw();
  } catch {
    // Without a connection one can still write; saving will say what is wrong.
  } finally {
    meaning.setAttribute('aria-busy', String(faults.length > 0));
  }
}

function show(place, markup) {
  place.replaceChildren(...parse(markup).body.childNodes);
}

function draw() {
  const text = area.value.split('\n');
  const end = text[0] === '---' ? text.indexOf('---', 1) : -1;
  lines.replaceChildren(...text.map((line, i) => drawLine(line, i, end)));
}

function drawLine(line, i, end) {
  const element = document.createElement('div');
  const wrong = faults.filter(fault => fault.line === i + 1);
  if (wrong.length) {
    element.className = 'bad';
    underline(element, line, wrong[0].column ?? 1);
    return element;
  }
  const key = i < end && line.match(/^(\s*(?:- )?)([\w.-]+:)(.*)$/s);
  if (i === end || (i === 0 && end > 0)) element.className = 'fence';
  else if (i < end && /^\s*#/.test(line)) element.className = 'comment';
  else if (i > end && /^#{1,6} /.test(line)) element.className = 'heading';
  if (key && i > 0) element.append(key[1], span('key', key[2]), key[3]);
  else element.textContent = line;
  return element;
}

// The word at the place is what is wrong; columns count characters, not code units.
function underline(element, line, column) {
  const characters = [...line];
  const before = characters.slice(0, column - 1).join('');
  const word = characters.slice(column - 1).join('').match(/^(?:[^\s,\]:]+|.)/s)?.[0] ?? '';
  element.append(before, Object.assign(document.createElement('u'), { textContent: word || ' ' }), line.slice(before.length + word.length));
}

function span(name, text) {
  return Object.assign(document.createElement('span'), { className: name, textContent: text });
}

function jump(line, column) {
  const before = area.value.split('\n').slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(before + column - 1, before + column - 1);
  lines.children[line - 1]?.scrollIntoView({ block: 'center' });
}
