// The deploy dialog: choose, send, then watch it come up in the same place.
import { Live } from './live.js';
import { Log } from './log.js';
import { morph } from './morph.js';
import { parse } from './parse.js';

const form = document.querySelector('form[data-deploy]');
let asking;

if (form) reveal();
form?.addEventListener('change', event => {
  if (event.target.name !== 'size') return offer(new URLSearchParams(new FormData(form)));
  form.querySelector('[data-price]').textContent = event.target.dataset.button;
});
form?.addEventListener('click', event => {
  if (!event.target.closest('[data-all]')) return;
  event.preventDefault();
  const chosen = new URLSearchParams(new FormData(form));
  chosen.set('all', '1');
  offer(chosen);
});

// Which sizes fit a region and a stream is the server's to say. Only the last
// question counts; where there is no answer, sending the form will bring one.
async function offer(chosen) {
  asking?.abort();
  asking = new AbortController();
  chosen.delete('key');
  try {
    const answer = await fetch(`${form.getAttribute('action')}?${chosen}`, { signal: asking.signal });
    if (!answer.ok) return;
    const page = parse(await answer.text());
    morph(form, page.querySelector('form[data-deploy]'));
    for (const radio of form.querySelectorAll('[type=radio]')) radio.checked = radio.defaultChecked;
    reveal();
  } catch {
    // Somebody has asked again, or there is no connection.
  }
}

// The chosen size comes into sight within its list, and nothing else moves.
function reveal() {
  const row = form.querySelector('[name=size]:checked')?.closest('label');
  if (!row) return;
  const [inside, list] = [row.getBoundingClientRect(), row.parentElement.getBoundingClientRect()];
  if (inside.top < list.top || inside.bottom > list.bottom) row.parentElement.scrollTop += inside.top - list.top - list.height / 3;
}

form?.addEventListener('submit', async event => {
  if (!form.closest('dialog')) return;
  event.preventDefault();
  const button = form.querySelector('[data-price]');
  button.disabled = true;
  try {
    await watch(await send(new FormData(form)));
  } catch (problem) {
    refuse(problem.message);
    button.disabled = false;
  }
});

async function send(fields) {
  const answer = await fetch('/api/deployments', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': fields.get('key') },
    body: JSON.stringify({
      constitutionId: form.dataset.deploy,
      version: Number(fields.get('version')),
      region: fields.get('region') ?? undefined,
      size: fields.get('size') ?? undefined,
      stream: fields.get('stream') ?? undefined,
    }),
  }).catch(() => { throw new Error('The server cannot be reached. Nothing was deployed; try again.'); });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? 'The server could not answer. Try again.');
  return body.id;
}

function refuse(sentence) {
  const place = form.querySelector('[data-refused]');
  place.textContent = sentence;
  place.hidden = false;
}

// From here on the dialog shows a part of the instance's own page.
async function watch(id) {
  const page = `/instances/${id}/progress`;
  const answer = await fetch(page);
  if (!answer.ok) return location.assign(`/instances/${id}`);
  const parsed = parse(await answer.text());
  const root = parsed.getElementById('watch');
  form.replaceWith(root);
  root.querySelector('[data-first]')?.focus();
  const log = new Log(root.querySelector('[data-log]'));
  const events = `/api/deployments/${id}/events`;
  const live = new Live({ root, page, events, onLog: piece => log.add(piece), onOpen: () => log.catchUp() });
  root.closest('dialog').addEventListener('close', () => {
    live.close();
    location.assign(`/instances/${id}`);
  });
}
