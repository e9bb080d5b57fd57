// What every page does: keys, dialogs, copying, clocks that run.
import './keys.js';
import './dialogs.js';
import './clocks.js';
import './times.js';

addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.getAttribute('aria-label');
  button.setAttribute('aria-label', 'Copied');
  button.dataset.copied = '';
  setTimeout(() => {
    button.setAttribute('aria-label', before);
    delete button.dataset.copied;
  }, 1500);
});

// A link that is called a button must do what buttons do.
addEventListener('keydown', event => {
  if (event.key !== ' ' || event.target.getAttribute?.('role') !== 'button') return;
  event.preventDefault();
  event.target.click();
});
