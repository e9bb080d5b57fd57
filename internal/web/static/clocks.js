// Times that pass and times that are left run on from what the server wrote, whatever
// this computer's clock says.
const begun = new WeakMap();

setInterval(() => {
  for (const element of document.querySelectorAll('[data-elapsed]')) {
    run(element, Number(element.dataset.elapsed), (seconds, passed) => clock(seconds + passed));
  }
  for (const element of document.querySelectorAll('[data-left]')) {
    run(element, Number(element.dataset.left), (seconds, passed) => left(seconds - passed));
  }
}, 1000);

function run(element, seconds, words) {
  const known = begun.get(element);
  if (known?.seconds !== seconds) begun.set(element, { seconds, at: performance.now() });
  else write(element, words(seconds, (performance.now() - known.at) / 1000));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What is left is named by its largest unit, as the server does.
function left(seconds) {
  if (seconds < 1) return 'now';
  const count = (n, unit) => `in ${n} ${unit}${n === 1 ? '' : 's'}`;
  if (seconds < 60) return count(Math.floor(seconds), 'second');
  if (seconds < 3600) return count(Math.floor(seconds / 60), 'minute');
  if (seconds < 48 * 3600) return count(Math.floor(Math.round(seconds / 60) / 60), 'hour');
  return count(Math.floor(seconds / 86400), 'day');
}

function clock(seconds) {
  const two = n => String(Math.floor(n)).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
