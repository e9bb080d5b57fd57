// Tells how the provider is doing, which no event does. What is told while somebody
// reads must not move what they read: news floats, and what stood in its place
// keeps the place when all is well again.
import { parse } from './parse.js';

const askEvery = 20_000;
const slot = document.getElementById('health');

if (slot) {
  setInterval(() => document.hidden || ask(), askEvery);
  document.addEventListener('visibilitychange', () => document.hidden || ask());
}

async function ask() {
  try {
    const answer = await fetch('/provider', { headers: { Accept: 'text/html' } });
    if (answer.ok && !answer.redirected) tell(answer.status === 204 ? '' : await answer.text());
  } catch {
    // There is no connection, of which the page tells already.
  }
}

function tell(part) {
  const told = slot.querySelector('.failed');
  const news = parse(part).body.firstElementChild;
  if (!news && !told || told?.textContent === news?.textContent) return;
  if (news) {
    if (!slot.firstElementChild) slot.dataset.afloat = '';
    slot.replaceChildren(document.importNode(news, true));
  } else if ('afloat' in slot.dataset) {
    slot.replaceChildren();
    delete slot.dataset.afloat;
  } else {
    told.style.minHeight = `${told.offsetHeight}px`;
    told.classList.remove('failed');
    told.textContent = 'The provider answers again.';
  }
  document.dispatchEvent(new Event('refreshed'));
}
