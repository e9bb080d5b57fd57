// Pages that show deployments: they change as the deployments do.
import { Live } from './live.js';
import { Log } from './log.js';
import { show } from './thumbnails.js';
import { settle } from './drafts.js';
import './deploy.js';

const main = document.getElementById('main');
const live = main.querySelector('[data-live]');
const log = main.querySelector('[data-log]');
const bootLog = log && new Log(log);

show(main);
if (main.querySelector('.document')) settle();
document.addEventListener('refreshed', () => show(main));

if (live) {
  new Live({ root: main, page: location.href, events: live.dataset.live, onLog, onOpen: () => bootLog?.catchUp() });
}

function onLog(piece) {
  if (bootLog) return bootLog.add(piece);
  const lines = main.querySelector(`[data-deployment="${CSS.escape(piece.deployment)}"] [data-show=lines]`);
  if (lines) lines.textContent = (lines.textContent + '\n' + piece.text).trim().split(/\n+/).slice(-6).join('\n');
}
