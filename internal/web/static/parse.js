// The one place where text becomes markup; the pages' content policy knows no other.
// It comes from this server, which has escaped what people and machines wrote, and
// a document that was parsed runs no script.
const policy = globalThis.trustedTypes?.createPolicy('dictumal', { createHTML: text => text });

export function parse(text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html');
}
