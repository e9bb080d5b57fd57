// Notes when a canvas shows a desktop: more colours than a background has.
// Times count from the start of the navigation, redirects included.
(() => {
  const enough = 50;
  const look = () => {
    const canvas = document.querySelector('#screen canvas');
    if (canvas?.width > 300 && colours(canvas) > enough) window.firstPixels = performance.now();
    else requestAnimationFrame(look);
  };
  const colours = (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    const seen = new Set();
    for (let i = 0; i < pixels.length && seen.size <= enough; i += 7) seen.add(pixels[i]);
    return seen.size;
  };
  requestAnimationFrame(look);
})();
