// One key, or g and one more, while nobody is typing.
const places = { i: '/instances', c: '/constitutions' };
let going = 0;

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  const wasGoing = event.timeStamp - going < 1200;
  going = 0;
  if (wasGoing && places[event.key]) location.assign(places[event.key]);
  else if (event.key === 'g') going = event.timeStamp;
  else if (event.key === 'n') location.assign('/constitutions/new');
  else if (event.key === '?') document.getElementById('help')?.showModal();
  else if (event.key === '/') focusFilter(event);
});

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function focusFilter(event) {
  const filter = document.querySelector('[aria-keyshortcuts="/"], [data-find]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}
