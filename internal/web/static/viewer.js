// The viewer's page: lets the person in, connects, and wires the bar.
import { enter } from './viewer/enter.js';
import { Connection } from './viewer/connection.js';
import { Clipboard } from './viewer/clipboard.js';
import { Keys } from './viewer/keys.js';
import { Notice } from './viewer/notice.js';
import { Fit, fullScreen, peek } from './viewer/window.js';
import { roundTrip } from './viewer/meters.js';
import { Lifetime } from './viewer/lifetime.js';
import { touchKeyboard } from './viewer/touch.js';
import { Picture } from './viewer/picture.js';

const main = document.querySelector('#desktop');
const notice = new Notice(document);
notice.connecting();

try {
  await enter(main);
  await start();
} catch (error) {
  if (error.title) notice.gone(error.title, error.message, 'Refused');
  else notice.failed('The desktop cannot be shown', error.message);
}

async function start() {
  if (!main.dataset.novnc) throw new Error('This server was built without the viewer. Run “make build” and start it again.');
  const [{ default: RFB }, { default: keysyms }] = await Promise.all([import(main.dataset.novnc), import(main.dataset.keysyms)]);
  const connection = new Connection(main, RFB, notice);
  const fit = new Fit(main);
  const clipboard = new Clipboard(main.dataset.clipboard);
  const keys = new Keys(main.dataset.control);
  const lifetime = new Lifetime(main);
  for (const part of [fit, clipboard, keys, lifetime, new Picture(main)]) connection.use(part);
  touchKeyboard(keys, keysyms, main.dataset.control);
  fullScreen();
  peek();
  lifetime.run();
  roundTrip();
  connection.open();
}
