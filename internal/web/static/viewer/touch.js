// The keyboard of a phone or tablet types into a hidden field; what changes there
// is typed on the desktop. Such keyboards send no keys of their own, and correct
// words that are already written.

const filler = ' '.repeat(64); // something to delete

export function touchKeyboard(keys, keysyms, control) {
  const button = document.querySelector('#keyboard');
  const field = document.querySelector('#touch-keys');
  button.hidden = control === 'view-only' || !matchMedia('(any-pointer: coarse)').matches;
  button.addEventListener('click', () => (document.activeElement === field ? field.blur() : field.focus()));
  field.addEventListener('focus', () => {
    button.setAttribute('aria-pressed', true);
    reset(field);
  });
  field.addEventListener('blur', () => button.setAttribute('aria-pressed', false));
  field.addEventListener('input', () => {
    const before = field.dataset.before ?? filler;
    const same = common(before, field.value);
    for (let i = same; i < before.length; i++) keys.press('Backspace');
    for (const character of field.value.slice(same)) {
      if (character === '\n') keys.press('Enter');
      else keys.type(keysyms.lookup(character.codePointAt(0)));
    }
    field.dataset.before = field.value;
    if (field.value.length < 16 || field.value.length > 256 || field.value.endsWith('\n')) reset(field);
  });
}

function reset(field) {
  field.value = filler;
  field.dataset.before = filler;
  field.setSelectionRange(filler.length, filler.length);
}

// common is the length of the beginning that two texts share.
function common(one, other) {
  let n = 0;
  while (n < one.length && one[n] === other[n]) n++;
  return n;
}
