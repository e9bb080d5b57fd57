// Pages that show deployments: they change as the deployments do.
import { Live } from './live.js';
import { Log } from './log.js';
import { show } from './thumbnails.js';
import './deploy.js';

const main = document.getElementById('main');
const live = main.querySelector('[data-live]');
const log = main.querySelector('[data-log]');
const pages = log && new Log(log);

show(main);
document.addEventListener('refreshed', () => show(main));

if (live) {
  new Live({ root: main, page: location.href, events: live.dataset.live, onLog: onLog });
}

function onLog(piece) {
  if (pages) return pages.add(piece);
  const id = CSS.escape(piece.deploymentId ?? '');
  const line = main.querySelector(`[data-deployment="${id}"] [data-show=line]`);
  if (line) line.textContent = piece.text.trimEnd().split('\n').at(-1);
}
