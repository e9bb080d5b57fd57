// Elapsed times run on from what the server wrote, whatever this computer's clock says.
const begun = new WeakMap();

setInterval(() => {
  for (const element of document.querySelectorAll('[data-elapsed]')) {
    const known = begun.get(element);
    const elapsed = Number(element.dataset.elapsed);
    if (known?.elapsed === elapsed) element.textContent = clock(elapsed + (performance.now() - known.at) / 1000);
    else begun.set(element, { elapsed, at: performance.now() });
  }
}, 1000);

function clock(seconds) {
  const two = n => String(Math.floor(n)).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
