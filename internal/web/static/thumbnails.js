// The last picture of a desktop, as this browser saw it; it never leaves the browser.
const key = id => `desktop ${id}`;
const width = 720;

// remember keeps a small picture of a canvas; the viewer calls it when one leaves.
export function remember(id, canvas) {
  if (!canvas?.width) return;
  const small = document.createElement('canvas');
  small.width = width;
  small.height = Math.round(width * canvas.height / canvas.width);
  small.getContext('2d').drawImage(canvas, 0, 0, small.width, small.height);
  try {
    localStorage.setItem(key(id), small.toDataURL('image/webp', .8));
  } catch {
    forgetOthers([]);
  }
}

// show puts the pictures into their places.
export function show(root = document) {
  for (const place of root.querySelectorAll('[data-thumbnail]')) {
    const picture = localStorage.getItem(key(place.dataset.thumbnail));
    if (!picture || place.dataset.kept !== undefined) continue;
    place.dataset.kept = ''; // morph leaves it alone
    place.replaceChildren(Object.assign(new Image(), { src: picture, alt: 'The desktop as you last saw it' }));
  }
}

// forgetOthers drops the pictures of all desktops but these.
export function forgetOthers(ids) {
  const kept = new Set(ids.map(key));
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('desktop ') && !kept.has(name)) localStorage.removeItem(name);
  }
}
