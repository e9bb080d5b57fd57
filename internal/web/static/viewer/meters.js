// The number in the bar that tells of the connection.

// roundTrip shows how long the server takes to answer. The shortest of three
// counts: the others have waited for something of this computer's own.
export function roundTrip() {
  const field = document.querySelector('#trip');
  const recent = [];
  const measure = async () => {
    if (document.hidden || document.body.dataset.state !== 'connected') return;
    const start = performance.now();
    const response = await fetch('/healthz', { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    if (!response?.ok) return;
    recent.push(performance.now() - start);
    if (recent.length > 3) recent.shift();
    field.textContent = `${Math.max(1, Math.round(Math.min(...recent)))} ms`;
    field.hidden = false;
  };
  setTimeout(measure, 1000);
  setInterval(measure, 5000);
}
