// Changes one element into another and touches only what differs, so that the
// focus, the scroll and what runs in between stay as they are.
export function morph(from, to) {
  if (from.isEqualNode(to) || from.dataset?.kept !== undefined) return;
  if (from.nodeName !== to.nodeName || from.id !== to.id) {
    from.replaceWith(document.importNode(to, true));
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.data = to.data;
    return;
  }
  copyAttributes(from, to);
  morphChildren(from, to);
}

function copyAttributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
}

function morphChildren(from, to) {
  let next = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const same = wanted.id && [...from.children].find(child => child.id === wanted.id);
    if (same && same !== next) from.insertBefore(same, next);
    const present = same || (next && !next.id && !wanted.id ? next : null);
    if (!present) {
      from.insertBefore(document.importNode(wanted, true), next);
      continue;
    }
    next = present.nextSibling;
    morph(present, wanted);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}
