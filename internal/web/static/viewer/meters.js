// The two numbers in the bar.

const soon = 5 * 60 * 1000;

// timeLeft shows how long the desktop has to live.
export function timeLeft(expires) {
  if (!expires) return;
  const field = document.querySelector('#left');
  const end = new Date(expires);
  const show = () => {
    const left = end - Date.now();
    field.textContent = left > 0 ? `${span(left)} left` : 'time is up';
    field.classList.toggle('soon', left < soon);
  };
  field.title = `Ends ${end.toLocaleString()}`;
  field.hidden = false;
  show();
  setInterval(show, 15_000);
}

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

function span(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}
