// The last picture of a desktop, as this browser saw it; it never leaves the browser.
const prefix = 'desktop ';
const width = 720;

// remember keeps a small picture of a canvas.
export function remember(id, canvas) {
  if (!canvas?.width) return;
  const small = document.createElement('canvas');
  small.width = width;
  small.height = Math.round(width * canvas.height / canvas.width);
  small.getContext('2d').drawImage(canvas, 0, 0, small.width, small.height);
  try {
    localStorage.setItem(prefix + id, small.toDataURL('image/webp', .8));
  } catch {
    forget(); // there is no room for more
  }
}

// show puts the pictures into their places. Of a desktop that ends, it is shown
// this last time.
export function show(root) {
  for (const place of root.querySelectorAll('[data-thumbnail]')) {
    const name = prefix + place.dataset.thumbnail;
    const picture = localStorage.getItem(name);
    if (picture && place.dataset.kept === undefined) {
      place.dataset.kept = ''; // morph leaves it alone
      place.replaceChildren(Object.assign(new Image(), { src: picture, alt: 'The desktop as you last saw it' }));
    }
    if (place.closest('[data-status=DESTROYING]')) localStorage.removeItem(name);
  }
}

// forget drops all pictures.
export function forget() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
}
