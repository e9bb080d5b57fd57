// Dialogs stand in for pages that work without scripts. The browser keeps the
// focus inside and gives it back.
import { parse } from './parse.js';

addEventListener('click', event => {
  const opener = event.target.closest('[data-opens]');
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.closest('dialog [data-closes]') || isBackdrop(event)) {
    event.preventDefault();
    event.target.closest('dialog').close();
  }
});

addEventListener('submit', event => {
  if (event.target.matches('form.destroy')) confirmDestroy(event);
});

// The question comes from the page that asks it where there are no scripts.
async function confirmDestroy(event) {
  const dialog = document.getElementById('destroy');
  if (!dialog) return;
  event.preventDefault();
  const url = event.target.action + '?' + new URLSearchParams(new FormData(event.target));
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = parse(await answer.text());
    dialog.replaceChildren(page.querySelector('#confirm form'));
    dialog.showModal();
  } catch {
    location.assign(url);
  }
}

function isBackdrop(event) {
  if (event.target.tagName !== 'DIALOG') return false;
  const { left, right, top, bottom } = event.target.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}
