// Copies what the pages use from node_modules into internal/web/dist, which the
// binary embeds: noVNC, the fonts, and the icons as one sprite.
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const dist = join(root, 'internal/web/dist');

const fonts = {
  'inter': 'inter',
  'source-serif-4': 'serif',
  'source-serif-4-italic': 'serif-italic',
  'jetbrains-mono': 'mono',
};

// Those that a template or a script names; the sprite holds no others.
const icons = `
  arrow-left arrow-right arrow-up-right box calendar check chevron-down chevron-right circle-alert circle-help
  clipboard clipboard-copy clipboard-paste clock coins command copy cpu download ellipsis expand external-link eye
  file-text fullscreen globe history hourglass key keyboard laptop link lock log-in log-out map-pin maximize minimize
  monitor mouse-pointer network package pause pencil play plug plus power refresh-cw scale scaling scan scroll-text
  search server settings shield shield-check terminal timer trash-2 triangle-alert unplug user users wifi-off x zoom-in
`.trim().split(/\s+/);

await clean();
await copyNoVNC();
for (const [font, name] of Object.entries(fonts)) await copyFont(font, name);
await writeFile(join(dist, 'icons.svg'), await sprite());

// The README is committed so that the folder can be embedded before it is built.
async function clean() {
  await mkdir(dist, { recursive: true });
  for (const entry of await readdir(dist)) {
    if (entry !== 'README') await rm(join(dist, entry), { recursive: true });
  }
  await mkdir(join(dist, 'fonts'));
}

async function copyNoVNC() {
  const from = join(modules, '@novnc/novnc');
  for (const part of ['core', 'vendor', 'LICENSE.txt', 'AUTHORS']) {
    await cp(join(from, part), join(dist, 'novnc', part), { recursive: true });
  }
}

async function copyFont(font, name) {
  const italic = font.endsWith('-italic');
  const family = font.replace(/-italic$/, '');
  const files = join(modules, '@fontsource-variable', family, 'files');
  for (const script of ['latin', 'latin-ext']) {
    const file = `${family}-${script}-wght-${italic ? 'italic' : 'normal'}.woff2`;
    const suffix = script === 'latin' ? '' : '-ext';
    await cp(join(files, file), join(dist, 'fonts', `${name}${suffix}.woff2`));
  }
}

async function sprite() {
  const symbols = await Promise.all(icons.map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
}

async function symbol(icon) {
  const svg = await readFile(join(modules, 'lucide-static/icons', `${icon}.svg`), 'utf8');
  const drawing = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  const lines = drawing.replace(/\s+/g, ' ').replace(/ \/>/g, '/>').replace(/> </g, '><').trim();
  return `<symbol id="${icon}" viewBox="0 0 24 24">${lines}</symbol>`;
}
