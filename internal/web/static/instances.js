// Pages that show deployments: they change as the deployments do.
import { Live } from './live.js';
import { Log } from './log.js';
import { show } from './thumbnails.js';
import { settle } from './drafts.js';
import { pick } from './several.js';
import './deploy.js';
import './extend.js';
import './health.js';

const main = document.getElementById('main');
const live = main.querySelector('[data-live]');
const log = main.querySelector('[data-log]');
const bootLog = log && new Log(log);

show(main);
pick(main);
if (main.querySelector('.document')) settle();
document.addEventListener('refreshed', () => show(main));

if (live) {
  const page = new Live({ root: main, page: location.href, events: live.dataset.live, onLog, onOpen: () => bootLog?.catchUp() });
  document.addEventListener('changed', () => page.refresh());
}

function onLog(piece) {
  if (bootLog) return bootLog.add(piece);
  const lines = main.querySelector(`[data-deployment="${CSS.escape(piece.deployment)}"] [data-show=lines]`);
  if (lines) lines.textContent = (lines.textContent + '\n' + piece.text).trim().split(/\n+/).slice(-6).join('\n');
}
