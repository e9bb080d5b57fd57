// How long a viewer waits before it tries again: in seconds, one after the other, and the
// last of them from then on.
const soon = [0.7, 1, 2, 3, 3, 3, 3, 8, 15]; // another server may be there at once, or in 15 seconds none is
const slow = [1, 2, 4, 8, 15]; // the machine or the line needs time
const long = [60]; // somebody must close something first
const after = { 4003: slow, 4006: slow, 4409: slow, 4429: long };

// pause is in milliseconds. Not all viewers of a server that has ended come back at the
// same moment: after 0.2 to 1.2 seconds first, and later a fifth sooner or later.
export function pause(code, tries) {
  const pauses = after[code] ?? soon;
  const seconds = pauses[Math.min(tries, pauses.length - 1)];
  const spread = seconds < 1 ? 1 : 0.4 * seconds;
  return 1000 * (seconds + spread * (Math.random() - 0.5));
}
