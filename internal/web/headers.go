package web

// contentSecurityPolicy lets a page load what this server serves and nothing else,
// run no inline script or style, and be framed by nobody. Pictures may be data:
// and blob: because the viewer draws with them.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
	"img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
